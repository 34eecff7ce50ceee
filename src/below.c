#include "below.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "process.h"
#include "system.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_send_signal 424 /* Linux 5.1, the same on every machine but alpha */
#define SYS_pidfd_open 434	  /* Linux 5.3 */
#endif

/* The kernel's PID_MAX_LIMIT (linux/threads.h) where pointers have 64 bits; 32768 where they have 32. */
enum { MOST_PIDS = sizeof(long) > 4 ? 1 << 22 : 1 << 15 };

enum { KILLED = 16 };

struct sweep {
	const struct family *family;
	int signal, afterwards;
	pid_t own_session;
	pid_t known_below;    /* the last one found: chains of parents usually pass there */
	pid_t killed[KILLED]; /* groups that were sent SIGKILL, by their number: once for each of thousands of members
			       * would take minutes. One may take another's place, and is then killed once more. */
	int found;
	int error; /* errno; 0 if nothing failed */
};

/* Gives back whether the chain of parents leads to us, and where the process itself stands. */
static bool is_below(const struct sweep *sweep, pid_t pid, struct standing *standing)
{
	struct standing next;

	if (!process_standing(pid, standing))
		return false;
	for (next = *standing; next.parent != sweep->family->own_pid && next.parent != sweep->known_below;)
		if (next.parent <= 1 || !process_standing(next.parent, &next))
			return false;
	return true;
}

/* Sends one signal: to the process of the descriptor or, where there is none or it is refused, to the PID, which may be
 * the negative number of a group. */
static void send_one(struct sweep *sweep, int descriptor, pid_t pid, int signal)
{
	long result = descriptor >= 0 ? syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0) : -1;

	if (descriptor < 0 || (result != 0 && errno != ESRCH))
		result = kill(pid, signal);
	if (result != 0 && errno != ESRCH)
		sweep->error = errno;
}

static void send_both(struct sweep *sweep, int descriptor, pid_t pid)
{
	send_one(sweep, descriptor, pid, sweep->signal);
	if (sweep->afterwards != 0)
		send_one(sweep, descriptor, pid, sweep->afterwards);
}

/* The process is below. */
static void kill_group(struct sweep *sweep, const struct standing *standing)
{
	pid_t *killed = &sweep->killed[(unsigned int)standing->group % KILLED];

	if (!sweep->family->closed || standing->parent != sweep->family->own_pid ||
		standing->session == sweep->own_session || standing->group <= 1 || *killed == standing->group)
		return;
	*killed = standing->group;
	(void)kill(-standing->group, SIGKILL);
}

/* By way of a descriptor, which stays that of one process: if the number is given to another one while we look, then
 * that one is not below us, or the signal reaches nobody. */
static void signal_if_below(int pid, void *argument)
{
	struct sweep *sweep = argument;
	struct standing standing;
	int descriptor;

	/* As PID 1: most may be sent it, and have been. */
	if (sweep->signal == 0 && (kill(pid, 0) == 0 || errno != EPERM))
		return;
	descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
	if (is_below(sweep, pid, &standing)) {
		sweep->known_below = pid;
		sweep->found++;
		if (sweep->signal == SIGKILL)
			kill_group(sweep, &standing);
		if (standing.state != 'Z') /* where that has changed its user, it could not be sent anything */
			send_both(sweep, descriptor, pid);
	}
	if (descriptor >= 0)
		system_close(descriptor);
}

/* A child's number is nobody else's. */
static void signal_if_hidden(int pid, void *argument)
{
	struct standing standing;

	if (!process_standing(pid, &standing))
		send_both(argument, -1, pid);
}

/* Gives back whether the number is that of a child, alive or not yet collected: while it is, it is nobody else's. For
 * P_ALL, whether there are children at all. */
static bool is_child(idtype_t type, pid_t pid)
{
	siginfo_t info;

	return waitid(type, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void ask_for_children(struct sweep *sweep)
{
	for (pid_t pid = is_child(P_ALL, 0) ? 2 : MOST_PIDS; pid < MOST_PIDS; pid++) {
		pid_t group;

		if (!is_child(P_PID, pid))
			continue;
		sweep->found++;
		group = getpgid(pid);
		if (group == pid)
			send_both(sweep, -1, -pid);
		else if (group <= 1 || !is_child(P_PID, group)) /* or it gets it with the group */
			send_both(sweep, -1, pid);
	}
}

int below_signal(const struct family *family, int signal, int afterwards)
{
	struct sweep sweep = {.family = family,
		.signal = signal,
		.afterwards = afterwards,
		.known_below = family->own_pid,
		.own_session = getsid(0)};

	if (family->own_pid == 1) {
		sweep.found = kill(-1, signal) == 0;
		(void)kill(-1, afterwards);
		sweep.signal = sweep.afterwards = 0; /* which is sent to nobody, but fails as another one would */
	}
	if (process_proc_is_ours()) {
		(void)file_visit_folder("/proc", signal_if_below, &sweep);
		if (sweep.found > 0)
			file_visit_list("/proc/thread-self/children", signal_if_hidden, &sweep);
	}
	if (sweep.found == 0)
		ask_for_children(&sweep);
	if (sweep.found == 0)
		sweep.error = ESRCH;
	errno = sweep.error;
	return sweep.error == 0 ? 0 : -1;
}
