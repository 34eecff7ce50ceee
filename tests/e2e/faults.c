/*
 * Faults: what a kernel, a filter, a container or the command itself may do to an init that runs. It has to live, pass
 * signals on as far as it can, reap, and exit as the command did.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../lib/filter.h"
#include "../lib/init.h"
#include "../lib/tap.h"

enum {
	DEATH = 128,	  /* exit status of a death by signal n: 128 + n */
	ORDINARY = 65534, /* the user and group of ordinary users, where the test is root (init.h) */
};

/* ---- facts about an init that runs ---- */

static double seconds_of(clockid_t clock)
{
	struct timespec time = {0};

	(void)clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Whether the process sleeps, and uses next to nothing of the time that this one works: one that goes round in a loop
 * gets as much as we do. */
static bool is_idle(pid_t pid)
{
	clockid_t clock;
	double own = seconds_of(CLOCK_PROCESS_CPUTIME_ID), before;

	if (!wait_for_state(pid, 'S') || clock_getcpuclockid(pid, &clock) != 0)
		return false;
	before = seconds_of(clock);
	while (seconds_of(CLOCK_PROCESS_CPUTIME_ID) < own + 0.03)
		continue;
	return seconds_of(clock) - before < 0.01;
}

/* Whether the process comes to have no descriptor but 0..2, and the first two are /dev/null, if open. */
static bool comes_to_hold_nothing(pid_t pid)
{
	double deadline = seconds_of(CLOCK_MONOTONIC) + INIT_DEADLINE;
	char path[64], target[64];

	while (seconds_of(CLOCK_MONOTONIC) < deadline) {
		bool holds = false;

		/* The test opens a few descriptors, and none above this. */
		for (int descriptor = 0; descriptor < 64; descriptor++) {
			ssize_t length;

			(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, descriptor);
			length = readlink(path, target, sizeof(target) - 1);
			target[length > 0 ? length : 0] = '\0';
			if (length > 0 && descriptor != STDERR_FILENO &&
				(descriptor > STDERR_FILENO || strcmp(target, "/dev/null") != 0))
				holds = true;
		}
		if (!holds)
			return true;
		(void)sched_yield();
	}
	return false;
}

static bool begins(const char *line, const char *with)
{
	return line != NULL && strncmp(line, with, strlen(with)) == 0;
}

/* Whether the next line of the command, `child wait` or `child signals`, says that it is ready. */
static bool is_ready(struct init *init)
{
	return begins(init_read_line(init), "ready ");
}

/* Sends a signal to the init; gives back whether the next line of `child signals` says that the command has it. */
static bool passes_on(struct init *init, int signal)
{
	char expected[16];

	(void)snprintf(expected, sizeof(expected), "%d from ", signal);
	return kill(init->pid, signal) == 0 && begins(init_read_line(init), expected);
}

/* Sends a signal to the command and not to the init. */
static void kill_command(const struct init *init, int signal)
{
	pid_t command = only_child_of(init->pid);

	if (command > 0) /* -1 would be everybody */
		(void)kill(command, signal);
}

/* ---- system calls refused ---- */

enum spared {
	NOTHING_SPARED,
	NO_FORWARDING, /* without it signals cannot be passed on; but the init must live, sleep and reap */
};

/* Calls that a machine has not, or that have two names. */
#ifdef SYS_poll
#define POLL SYS_poll, SYS_ppoll
#else
#define POLL SYS_ppoll, REFUSED_END
#endif
#ifdef SYS_dup2
#define DUP2 SYS_dup2, SYS_dup3
#else
#define DUP2 SYS_dup3, REFUSED_END
#endif
#ifdef SYS_open
#define OPEN SYS_open, SYS_openat
#else
#define OPEN SYS_openat, REFUSED_END
#endif
#ifdef SYS_getpgrp
#define GETPGID SYS_getpgrp, SYS_getpgid
#else
#define GETPGID SYS_getpgid, REFUSED_END
#endif

static const struct refused {
	const char *name;
	struct refusal refusal;
	enum spared spared;
} refused_calls[] = {
	{"close_range", {{SYS_close_range, REFUSED_END}, 0}, NOTHING_SPARED},
	{"close_range, getdents64", {{SYS_close_range, SYS_getdents64, REFUSED_END}, 0}, NOTHING_SPARED},
	{"close_range, open", {{SYS_close_range, OPEN, REFUSED_END}, 0}, NOTHING_SPARED},
	{"prctl", {{SYS_prctl, REFUSED_END}, 0}, NOTHING_SPARED},
	{"ioctl", {{SYS_ioctl, REFUSED_END}, 0}, NOTHING_SPARED},
	{"setsid", {{SYS_setsid, REFUSED_END}, 0}, NOTHING_SPARED},
	{"setsid, setpgid", {{SYS_setsid, SYS_setpgid, REFUSED_END}, 0}, NOTHING_SPARED},
#ifdef SYS_fork
	{"clone", {{SYS_clone, SYS_clone3, REFUSED_END}, 0}, NOTHING_SPARED},
#endif
	{"open", {{OPEN, REFUSED_END}, 0}, NOTHING_SPARED},
	{"chdir", {{SYS_chdir, REFUSED_END}, 0}, NOTHING_SPARED},
	{"poll", {{POLL, REFUSED_END}, 0}, NOTHING_SPARED},
	{"dup2", {{DUP2, REFUSED_END}, 0}, NOTHING_SPARED},
	{"fcntl", {{SYS_fcntl, REFUSED_END}, 0}, NOTHING_SPARED},
	{"fstat", {{SYS_fstat, SYS_newfstatat, SYS_statx, REFUSED_END}, 0}, NOTHING_SPARED},
	{"getpgid", {{GETPGID, REFUSED_END}, 0}, NOTHING_SPARED},
	{"getsid", {{SYS_getsid, REFUSED_END}, 0}, NOTHING_SPARED},
	{"prlimit64", {{SYS_prlimit64, SYS_getrlimit, REFUSED_END}, 0}, NOTHING_SPARED},
	{"ptrace", {{SYS_ptrace, REFUSED_END}, 0}, NOTHING_SPARED},
	{"rt_sigaction", {{SYS_rt_sigaction, REFUSED_END}, 0}, NOTHING_SPARED},
	{"rt_sigpending", {{SYS_rt_sigpending, REFUSED_END}, 0}, NOTHING_SPARED},
	{"rt_sigqueueinfo", {{SYS_rt_sigqueueinfo, REFUSED_END}, 0}, NOTHING_SPARED},
	{"waitid", {{SYS_waitid, REFUSED_END}, 0}, NOTHING_SPARED},
	{"rt_sigtimedwait", {{SYS_rt_sigtimedwait, REFUSED_END}, 0}, NO_FORWARDING},
	{"kill", {{SYS_kill, REFUSED_END}, 0}, NO_FORWARDING},
};

/* For struct start's `prepare`: a descriptor too many, and the filter. */
static void inherit_and_refuse(void *refusal)
{
	if (dup2(STDOUT_FILENO, 40) < 0)
		_exit(99);
	filter_install(refusal);
}

static bool lives_without(const struct way *way, struct refusal *refusal, enum spared spared)
{
	const char *const exits[] = {child_path(), "exit", "7", NULL};
	const char *const waits[] = {child_path(), "wait", NULL};
	/* Short, so that a hang does not hold up all of the rest. */
	struct start start = {
		.way = *way, .words = exits, .prepare = inherit_and_refuse, .argument = refusal, .deadline = 20};
	struct init init;
	int status;
	bool held;

	if (!init_start(&init, &start))
		return false;
	status = init_wait_for_exit(&init);
	init_end(&init);
	if (status != 7) {
		tap_note("exit status %d, expected 7", status);
		return false;
	}

	start.words = waits;
	if (!init_start(&init, &start))
		return false;
	held = !is_ready(&init) || !comes_to_hold_nothing(init.pid);
	(void)kill(init.pid, SIGTERM);
	if (spared == NO_FORWARDING) {
		if (!is_idle(init.pid))
			tap_note("it does not sleep");
		else
			kill_command(&init, SIGTERM);
	}
	status = init_wait_for_exit(&init);
	init_end(&init);
	if (held)
		tap_note("the command is not ready, or the init still holds its descriptors");
	if (status != DEATH + SIGTERM)
		tap_note("exit status %d, expected %d", status, DEATH + SIGTERM);
	return !held && status == DEATH + SIGTERM;
}

/* Fails on: crun and podman (design.md), whose fallback for close_range() was for ENOSYS only; dumb-init 1.2.5, which
 * gives up where setsid() is refused. */
static void calls_are_refused(const struct way *way)
{
	for (size_t i = 0; i < sizeof(refused_calls) / sizeof(refused_calls[0]); i++)
		for (int with = 0; with < 2; with++) {
			struct refusal refusal = refused_calls[i].refusal;

			refusal.error = with == 0 ? EPERM : ENOSYS;
			(void)tap_case(lives_without(way, &refusal, refused_calls[i].spared),
				"lives without %s (%s), %s", refused_calls[i].name, with == 0 ? "EPERM" : "ENOSYS",
				way_name(way));
		}
}

#ifdef SYS_fork
/* The child then reports through a pipe, and not in shared memory, why it could not execute the command. Fails on: an
 * init that takes the child's end for the command's, and says nothing. */
static void start_fails_without_clone(const struct way *way)
{
	static const struct {
		const char *command;
		int status;
		const char *errors;
	} table[] = {
		{"/doesnotexist", 127, "[dumb-init] /doesnotexist: No such file or directory\n"},
		{"/", 126, "[dumb-init] /: Permission denied: it is a directory\n"},
	};
	struct refusal refusal = {{SYS_clone, SYS_clone3, REFUSED_END}, EPERM};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *const words[] = {table[i].command, NULL};
		struct start start = {.way = *way, .words = words, .prepare = filter_install, .argument = &refusal};
		struct init init;
		char *errors = NULL;
		int status = -1;

		if (init_start(&init, &start)) {
			errors = init_read_all_errors(&init);
			status = init_wait_for_exit(&init);
			init_end(&init);
		}
		if (!tap_case(status == table[i].status && strcmp(errors, table[i].errors) == 0,
			    "%s cannot be started, without clone, %s", table[i].command, way_name(way)))
			tap_note("status %d: %s", status, errors != NULL ? errors : "");
		free(errors);
	}
}
#endif

/* wait4() tells an end and a stop in other words. Fails on: an init that takes the stop for the command's end. */
static void command_stops_and_dies_without_waitid(const struct way *way)
{
	char stop[8];
	const char *const words[] = {child_path(), "say", "begins", "--", "raise", stop, "--", "die", "9", NULL};
	struct refusal refusal = {{SYS_waitid, REFUSED_END}, EPERM};
	struct start start = {.way = *way, .words = words, .prepare = filter_install, .argument = &refusal};
	struct init init;
	char *errors = NULL;
	int status = -1, length = 0;
	bool stopped = false;

	(void)snprintf(stop, sizeof(stop), "%d", SIGSTOP);
	if (init_start(&init, &start)) {
		stopped = init_expect(&init, "begins") && wait_for_state(only_child_of(init.pid), 'T');
		(void)kill(init.pid, SIGCONT);
		errors = init_read_all_errors(&init);
		status = init_wait_for_exit(&init);
		init_end(&init);
		(void)sscanf(errors, "[dumb-init] %*s (PID %*d) was killed by SIGKILL (9)\n%n", &length);
	}
	if (!tap_case(stopped && status == DEATH + SIGKILL && length > 0 && errors[length] == '\0',
		    "the command stops and dies, without waitid, %s", way_name(way)))
		tap_note(
			"%s, status %d: %s", stopped ? "stopped" : "not stopped", status, errors != NULL ? errors : "");
	free(errors);
}

/* ---- no process to be had ---- */

/* One line that names it, exit status 1, and no hang. Fails on: an init that waits for a child that is not there. */
static void check_no_process(
	const struct way *way, const char *reason, void (*prepare)(void *argument), struct refusal *refusal)
{
	const char *const words[] = {child_path(), "exit", "7", NULL};
	struct start start = {.way = *way, .words = words, .prepare = prepare, .argument = refusal};
	struct init init;
	char *errors;
	int status;
	bool passed;

	if (!init_start(&init, &start)) {
		(void)tap_case(false, "no process could be made, %s", way_name(way));
		return;
	}
	errors = init_read_all_errors(&init);
	status = init_wait_for_exit(&init);
	init_end(&init);
	passed = status == 1 && begins(errors, "[dumb-init] ") && strchr(errors, '\n') == strrchr(errors, '\n') &&
		 strstr(errors, child_path()) != NULL && strstr(errors, reason) != NULL;
	if (!tap_case(passed, "no process could be made: %s, %s", reason, way_name(way)))
		tap_note("status %d: %s", status, errors);
	free(errors);
}

static void allow_no_process(void *unused)
{
	(void)unused;
	if (setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0}) != 0)
		_exit(99);
}

static void no_process_can_be_made(const struct way *way)
{
	static const char unavailable[] = "Resource temporarily unavailable";
	static const char no_memory[] = "Cannot allocate memory";
#ifdef SYS_fork
	struct refusal refusal = {{SYS_clone, SYS_clone3, SYS_fork, SYS_vfork}, EAGAIN};
#else
	struct refusal refusal = {{SYS_clone, SYS_clone3, REFUSED_END}, EAGAIN};
#endif

	check_no_process(way, unavailable, filter_install, &refusal);
	refusal.error = ENOMEM;
	check_no_process(way, no_memory, filter_install, &refusal);
	if (way->ordinary_user) /* root may always */
		check_no_process(way, unavailable, allow_no_process, NULL);
}

/* ---- the command asks to be traced ---- */

/* Fails on: dumb-init 1.2.5 (assertion), tini (exits 1), catatonit (hangs): any stop is taken for something else. */
static void command_asks_to_be_traced(const struct way *way)
{
	static const struct {
		const char *what;
		const char *words[10]; /* after "child traceme --"; CHILD is its path */
		int to_send;	       /* once it is ready; or 0 */
		int status;
	} table[] = {
		{"executes another program", {"exec", "CHILD", "exit", "7"}, 0, 7},
		{"gets a signal that kills it", {"raise", "10", "--", "exit", "7"}, 0, DEATH + 10},
		{"gets a signal that it ignores", {"ignore", "10", "--", "raise", "10", "--", "exit", "7"}, 0, 7},
		{"gets a signal through the init", {"wait"}, SIGTERM, DEATH + SIGTERM},
		{"gets SIGKILL", {"raise", "9", "--", "exit", "7"}, 0, DEATH + SIGKILL},
		{"exits", {"exit", "7"}, 0, 7},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *words[16] = {child_path(), "traceme", "--"};
		struct start start = {.way = *way, .words = words};
		struct init init;
		int status = -1;

		for (size_t word = 0; table[i].words[word] != NULL; word++)
			words[3 + word] =
				strcmp(table[i].words[word], "CHILD") == 0 ? child_path() : table[i].words[word];
		if (init_start(&init, &start)) {
			if (table[i].to_send != 0 && is_ready(&init))
				(void)kill(init.pid, table[i].to_send);
			status = init_wait_for_exit(&init);
			init_end(&init);
		}
		if (!tap_case(status == table[i].status, "the command asks to be traced and %s, %s", table[i].what,
			    way_name(way)))
			tap_note("status %d, expected %d", status, table[i].status);
	}
}

/* The same with a stop: let go, it is really stopped ('T', not 't' for a tracee's stop), and SIGCONT wakes it. */
static void traced_command_stops(const struct way *way)
{
	char stop[8];
	const char *const words[] = {
		child_path(), "say", "begins", "--", "traceme", "--", "raise", stop, "--", "exit", "7", NULL};
	struct init init;
	bool stopped = false;
	int status = -1;

	(void)snprintf(stop, sizeof(stop), "%d", SIGSTOP);
	if (init_start(&init, &(struct start){.way = *way, .words = words})) {
		stopped = init_expect(&init, "begins") && wait_for_state(only_child_of(init.pid), 'T');
		(void)kill(init.pid, SIGCONT);
		status = init_wait_for_exit(&init);
		init_end(&init);
	}
	if (!tap_case(stopped && status == 7, "the command asks to be traced and stops, %s", way_name(way)))
		tap_note("%s, status %d", stopped ? "stopped" : "not stopped", status);
}

/* ---- no permission to signal the command ---- */

static void drop_cap_kill(void *unused)
{
	(void)unused;
	/* From what root's programs may have at most. */
	if (prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0) != 0)
		_exit(99);
}

/* Fails on: tini ("Unexpected error when forwarding signal", and ends, which as PID 1 kills the command). */
static void command_is_another_user(const struct way *way)
{
	static const int sent[] = {SIGUSR1, SIGTERM};

	if (way->ordinary_user)
		return; /* who cannot start anything as somebody else */
	for (int single_child = 0; single_child < 2; single_child++) {
		const char *const words[] = {
			single_child ? "-c" : "-g", child_path(), "user", "65534", "--", "signals", NULL};
		struct start start = {.way = *way, .words = words, .prepare = drop_cap_kill};
		struct init init;
		bool warned = false;
		int status = -1;

		if (init_start(&init, &start)) {
			warned = is_ready(&init);
			for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]) && warned; i++) {
				const char *line;

				(void)kill(init.pid, sent[i]);
				line = init_read_error_line(&init);
				warned = begins(line, "[dumb-init] ") &&
					 strstr(line, "Operation not permitted") != NULL &&
					 strstr(line, "CAP_KILL") != NULL;
			}
			kill_command(&init, SIGKILL);
			status = init_wait_for_exit(&init);
			init_end(&init);
		}
		if (!tap_case(warned && status == DEATH + SIGKILL,
			    "the command is another user's and CAP_KILL is missing, %s, %s", words[0], way_name(way)))
			tap_note("%s, status %d", warned ? "warned" : "not warned", status);
	}
}

/* ---- SIGCHLD ---- */

static void ignore_sigchld(void *unused)
{
	(void)unused;
	(void)signal(SIGCHLD, SIG_IGN);
}

/* Fails on: tini and catatonit, which wait for ever for a child that the kernel has reaped. */
static void sigchld_is_ignored(const struct way *way)
{
	const char *const words[] = {child_path(), "exit", "7", NULL};
	struct start start = {.way = *way, .words = words, .prepare = ignore_sigchld};
	struct init init;
	int status = -1;

	if (init_start(&init, &start)) {
		status = init_wait_for_exit(&init);
		init_end(&init);
	}
	(void)tap_case(status == 7, "SIGCHLD is ignored at the start, %s", way_name(way));
}

/* ---- no /proc, no /dev ---- */

/* Mounts an empty folder over `path`, in a mount namespace of this process. */
static void hide(const char *path)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", path, "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, NULL) != 0)
		_exit(99);
}

static void hide_proc(void *unused)
{
	(void)unused;
	hide("/proc");
}

static void hide_dev(void *unused)
{
	(void)unused;
	hide("/dev");
}

static void hide_proc_and_dev(void *unused)
{
	hide_proc(unused);
	hide_dev(unused);
}

static bool can_mount(const struct way *way)
{
	return way->pid_1 || !way->ordinary_user; /* PID 1 is root of its user namespace until exec */
}

/* ---- standard error ---- */

/* Enough lines for any pipe, socket or terminal to be full: two a signal, of about 50 bytes. */
enum { MANY = 1000 };

/*
 * What standard error may be. Each gives back the descriptor for the init, with the one that its lines come out of in
 * *reader, or -1.
 */
static int full_pipe(int *reader)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETPIPE_SZ, 4096) < 0)
		tap_bail("pipe: %s", strerror(errno));
	*reader = ends[0];
	return ends[1];
}

static int full_socket(int *reader)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ||
		setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int)) != 0)
		tap_bail("socketpair: %s", strerror(errno));
	*reader = ends[0];
	return ends[1];
}

static int full_terminal(int *reader)
{
	int slave;

	*reader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*reader < 0 || grantpt(*reader) != 0 || unlockpt(*reader) != 0)
		tap_bail("pseudoterminal: %s", strerror(errno));
	slave = open(ptsname(*reader), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		tap_bail("%s: %s", ptsname(*reader), strerror(errno));
	return slave;
}

static int reader_gone(int *reader)
{
	int writer = full_pipe(reader);

	(void)close(*reader);
	*reader = -1;
	return writer;
}

static int full_disk(int *reader)
{
	*reader = -1;
	return open("/dev/full", O_WRONLY | O_CLOEXEC);
}

static int nothing(int *reader)
{
	*reader = -1;
	return open("/dev/null", O_WRONLY | O_CLOEXEC); /* closed by close_standard_error() */
}

static void close_standard_error(void *unused)
{
	(void)unused;
	(void)close(STDERR_FILENO);
}

/* Reads what is there without waiting; gives back how many of dumb-init's lines it has. */
static int count_lines(int descriptor)
{
	static const char prefix[] = "[dumb-init] ";
	static char bytes[1 << 20];
	size_t length = 0;
	ssize_t count;
	int times = 0;

	if (fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0)
		tap_bail("fcntl: %s", strerror(errno));
	while ((count = read(descriptor, bytes + length, sizeof(bytes) - 1 - length)) > 0)
		length += (size_t)count;
	bytes[length] = '\0';
	for (const char *found = bytes; (found = strstr(found, prefix)) != NULL; found++)
		times++;
	(void)fcntl(descriptor, F_SETFL, 0);
	return times;
}

/* Two about the start, and two a signal. */
enum { ALL_LINES = 3 + 2 * MANY }; /* the version, the option, the command */

static void read_line(int reader, char *line, size_t size)
{
	size_t length = 0;

	while (length < size - 1 && read(reader, line + length, 1) == 1 && line[length] != '\n')
		length++;
	line[length] = '\0';
}

/* Once there is room again, the next line says how many there was none for: all of them are accounted for. The next
 * signal's say no more of it; a pipe of one page has room for one line only. */
static bool tells_what_was_dropped(struct init *init, int reader)
{
	char line[1024], after[1024];
	int got, dropped = 0, again = 0;

	/* It sleeps: the last line has been written, or dropped. */
	if (!wait_for_state(init->pid, 'S'))
		return false;
	got = count_lines(reader);
	if (!passes_on(init, SIGUSR1))
		return false;
	read_line(reader, line, sizeof(line));
	if (!passes_on(init, SIGUSR1))
		return false;
	read_line(reader, after, sizeof(after));
	(void)sscanf(after, "[dumb-init] (%d lines", &again);
	if (sscanf(line, "[dumb-init] (%d lines", &dropped) == 1 && got + dropped == ALL_LINES && again <= 1)
		return true;
	tap_note("%d lines came, %d were dropped, of %d: %s, %s", got, dropped, ALL_LINES, line, after);
	return false;
}

/*
 * Fails on: dumb-init 1.2.5 with -v, which blocks where the pipe or terminal is full, as PID 1 for ever; and where the
 * reader is gone passes its own SIGPIPE on, a busy loop with -v.
 */
static void standard_error_fails(const struct way *way)
{
	static const struct {
		const char *what;
		int (*make)(int *reader);
		void (*prepare)(void *argument);
		bool counts; /* whole lines come out, or nothing */
	} table[] = {
		{"a full pipe", full_pipe, NULL, true},
		{"a full socket", full_socket, NULL, true},
		{"a full terminal", full_terminal, NULL, false},
		{"a full terminal without /proc", full_terminal, hide_proc, false},
		{"a pipe without reader", reader_gone, NULL, false},
		{"a full disk", full_disk, NULL, false},
		{"missing", nothing, close_standard_error, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *const words[] = {"-v", child_path(), "signals", NULL};
		struct start start = {.way = *way, .words = words, .prepare = table[i].prepare, .deadline = 20};
		bool all_came, idle, waits, told;
		int reader, status, came = 0;
		struct init init;

		if (table[i].prepare == hide_proc && !can_mount(way))
			continue;
		start.error = table[i].make(&reader);
		/* As an engine does for the user that it starts. */
		if (way->ordinary_user && geteuid() == 0 && isatty(start.error))
			(void)fchown(start.error, ORDINARY, ORDINARY);
		if (!init_start(&init, &start)) {
			(void)tap_case(false, "standard error is %s, %s", table[i].what, way_name(way));
			continue;
		}
		if (is_ready(&init))
			while (came < MANY && passes_on(&init, SIGUSR1))
				came++;
		all_came = came == MANY;
		idle = all_came && is_idle(init.pid);
		waits = (fcntl(start.error, F_GETFL) & O_NONBLOCK) == 0;
		told = !all_came || !table[i].counts || tells_what_was_dropped(&init, reader);
		/* The next that the command gets, so there was no SIGPIPE, say. */
		status = all_came && passes_on(&init, SIGTERM) ? init_wait_for_exit(&init) : -1;
		init_end(&init);
		if (!tap_case(idle && waits && told && status == 0, "standard error is %s, %s", table[i].what,
			    way_name(way)))
			tap_note("%d of %d signals came; %s; the command's standard error %s; status %d", came, MANY,
				idle ? "idle" : "not idle", waits ? "waits" : "no longer waits", status);
		(void)close(start.error);
		if (reader >= 0)
			(void)close(reader);
	}
}

/* ---- files missing ---- */

static void change_root(void *folder)
{
	if (chroot(folder) != 0 || chdir("/") != 0)
		_exit(99);
}

/* Orphans, signals, exit status and the descriptors: all as ever. */
static bool works(const struct start *start)
{
	struct init init;
	bool good;

	if (!init_start(&init, start))
		return false;
	good = init_expect(&init, "orphaned") && is_ready(&init);
	good = good && wait_for_children(init.pid, 1) && comes_to_hold_nothing(init.pid);
	good = good && passes_on(&init, SIGUSR1) && passes_on(&init, SIGTERM);
	good = good && init_wait_for_exit(&init) == 0;
	init_end(&init);
	return good;
}

/* Fails on: an init that takes the names or the descriptors that it cannot look up for a reason to end. */
static void files_are_missing(const struct way *way)
{
	static const struct {
		const char *what;
		void (*prepare)(void *argument);
	} table[] = {{"/proc", hide_proc}, {"/dev", hide_dev}, {"/proc and /dev", hide_proc_and_dev}};

	if (!can_mount(way))
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *const words[] = {"-v", child_path(), "orphans", "20", "0", "--", "signals", NULL};
		struct start start = {.way = *way, .words = words, .prepare = table[i].prepare};

		(void)tap_case(works(&start), "without %s, %s", table[i].what, way_name(way));
	}
}

/* Whether the program needs a dynamic loader, and libraries, to start. */
static bool is_dynamic(const char *path)
{
	ElfW(Ehdr) header;
	ElfW(Phdr) segment;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool dynamic = false;

	if (fd < 0 || read(fd, &header, sizeof(header)) != (ssize_t)sizeof(header))
		tap_bail("%s: %s", path, strerror(errno));
	for (int i = 0; i < header.e_phnum; i++) {
		off_t offset = (off_t)header.e_phoff + i * (off_t)sizeof(segment);

		if (pread(fd, &segment, sizeof(segment), offset) == (ssize_t)sizeof(segment) &&
			segment.p_type == PT_INTERP)
			dynamic = true;
	}
	(void)close(fd);
	return dynamic;
}

/* A root with two files in it, the init and its command: an image built from scratch. */
static void root_is_empty(const struct way *way)
{
	static const char *const init_words[] = {"/init", NULL};
	static const char *const words[] = {"-v", "/child", "orphans", "20", "0", "--", "signals", NULL};
	char folder[PATH_MAX], command[8 * PATH_MAX];
	const char *parent = getenv("TMPDIR");
	struct start start = {.way = *way, .init_words = init_words, .words = words, .prepare = change_root};

	if (!can_mount(way) || is_dynamic(init_path()))
		return; /* who cannot change the root, or what cannot start there */
	(void)snprintf(folder, sizeof(folder), "%s/dumb-init-faults.XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
		tap_bail("%s: %s", folder, strerror(errno));
	(void)snprintf(command, sizeof(command), "cp '%s' '%s/init' && cp '%s' '%s/child' && chmod 755 '%s'/*",
		init_path(), folder, child_path(), folder, folder);
	if (system(command) != 0)
		tap_bail("the programs cannot be copied");
	start.argument = folder;
	(void)tap_case(works(&start), "the root is empty, %s", way_name(way));
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		tap_note("%s could not be removed", folder);
}

int main(void)
{
	for_each_way(calls_are_refused);
#ifdef SYS_fork
	for_each_way(start_fails_without_clone);
#endif
	for_each_way(command_stops_and_dies_without_waitid);
	for_each_way(no_process_can_be_made);
	for_each_way(command_asks_to_be_traced);
	for_each_way(traced_command_stops);
	for_each_way(command_is_another_user);
	for_each_way(sigchld_is_ignored);
	for_each_way(standard_error_fails);
	for_each_way(files_are_missing);
	for_each_way(root_is_empty);
	return tap_end();
}
