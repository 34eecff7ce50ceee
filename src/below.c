#include "below.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "process.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_send_signal 424 /* Linux 5.1, the same on every machine but alpha */
#define SYS_pidfd_open 434	  /* Linux 5.3 */
#endif

/* The kernel's PID_MAX_LIMIT (linux/threads.h) where pointers have 64 bits; 32768 where they have 32. */
enum { MOST_PIDS = sizeof(long) > 4 ? 1 << 22 : 1 << 15 };

struct sweep {
	int signal;
	pid_t own_pid, own_session;
	pid_t known_below; /* the last one found: chains of parents usually pass there */
	int found;
	int error; /* errno; 0 if nothing failed */
};

/* Gives back whether the chain of parents leads to us, and where the process itself stands. */
static bool is_below(const struct sweep *sweep, pid_t pid, struct standing *standing)
{
	struct standing next;

	if (!process_standing(pid, standing))
		return false;
	for (next = *standing; next.parent != sweep->own_pid && next.parent != sweep->known_below;)
		if (next.parent <= 1 || !process_standing(next.parent, &next))
			return false;
	return true;
}

static void note_failure(struct sweep *sweep, int result)
{
	if (result != 0 && errno != ESRCH)
		sweep->error = errno;
}

/* By way of a descriptor, which stays that of one process: if the number is given to another one while we look, then
 * that one is not below us, or the signal reaches nobody. */
static void signal_if_below(int pid, void *argument)
{
	struct sweep *sweep = argument;
	struct standing standing;
	int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);

	if (is_below(sweep, pid, &standing)) {
		sweep->known_below = pid;
		sweep->found++;
		if (sweep->signal == SIGKILL && standing.session > 0 && standing.session != sweep->own_session &&
			standing.group > 1)
			(void)kill(-standing.group, SIGKILL);
		note_failure(sweep, descriptor >= 0
					    ? (int)syscall(SYS_pidfd_send_signal, descriptor, sweep->signal, NULL, 0)
					    : kill(pid, sweep->signal));
	}
	if (descriptor >= 0)
		(void)close(descriptor);
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
			note_failure(sweep, kill(-pid, sweep->signal));
		else if (group <= 1 || !is_child(P_PID, group)) /* or it gets it with the group */
			note_failure(sweep, kill(pid, sweep->signal));
	}
}

int below_signal(int signal)
{
	struct sweep sweep = {.signal = signal, .own_pid = getpid(), .own_session = getsid(0)};

	sweep.known_below = sweep.own_pid;

	if (sweep.own_pid == 1)
		return kill(-1, signal);
	if (process_proc_is_ours())
		(void)file_visit_numbers("/proc", signal_if_below, &sweep);
	if (sweep.found == 0)
		ask_for_children(&sweep);
	if (sweep.found == 0)
		sweep.error = ESRCH;
	errno = sweep.error;
	return sweep.error == 0 ? 0 : -1;
}
