/*
 * The command under an init that is measured: child VERB PROCESSES. It makes that many processes whose parent is gone,
 * so that they are the init's, says "ready" on standard output, and then
 *
 *   handler   writes the time at which a SIGUSR1 reached its handler, as 8 bytes, again and again
 *   stop      exits at SIGTERM
 *   pause     waits to be killed
 *   orphans   waits for a byte on standard input, sends all of the processes a SIGTERM at once, of which they die,
 *             and writes how many nanoseconds it took until not even a zombie of them was left, as 8 bytes
 *
 * The orphans are in a session of their own, whether or not the init has made one for the command: sessions are
 * scheduled as groups (sched(7), autogroup), and in one with the init they are reaped by other rules: many at each
 * wake-up.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK_SIZE = 16384, PAGE = 4096, BALLAST = 256 * PAGE, POLL_NANOSECONDS = 200000 };

static struct {
	int processes;
	int made;
	pid_t group;
	pid_t *pids;
} shared;

__attribute__((noreturn)) static void fail(const char *what)
{
	(void)fprintf(stderr, "child: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int orphan(void *argument)
{
	(void)argument;
	for (;;)
		(void)syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
	return 0;
}

/* Makes them and is gone. This one has the command's memory (and leaves the C library's state alone there); they have
 * their own, as much as a small shell, since the slower they die the fewer there are at each wake-up of the init. */
static int parent(void *argument)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));

	(void)argument;
	shared.group = (pid_t)syscall(SYS_setsid);
	for (; shared.made < shared.processes; shared.made++) {
		pid_t pid = clone(orphan, stack + STACK_SIZE, SIGCHLD, NULL);

		if (pid < 0)
			break;
		shared.pids[shared.made] = pid;
	}
	(void)syscall(SYS_exit_group, shared.made == shared.processes ? 0 : 1);
	return 0;
}

static void make_orphans(int processes)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	volatile char *ballast;
	int status;
	pid_t pid;

	if (processes == 0)
		return;
	shared.processes = processes;
	shared.pids = calloc((size_t)processes, sizeof(*shared.pids));
	ballast = malloc(BALLAST);
	if (shared.pids == NULL || ballast == NULL)
		fail("memory");
	for (int i = 0; i < BALLAST; i += PAGE)
		ballast[i] = 1;
	pid = clone(parent, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		(void)fprintf(stderr, "child: only %d of %d processes can be had (kernel.pid_max, RLIMIT_NPROC?)\n",
			shared.made, processes);
		_exit(99);
	}
}

/* A PID is free when its process has been reaped; nobody in this namespace makes new ones. Each is asked about once,
 * but for the first that is left. */
static void await_end_of_orphans(void)
{
	const struct timespec pause = {.tv_nsec = POLL_NANOSECONDS};

	for (int i = 0; i < shared.processes; i++)
		while (kill(shared.pids[i], 0) == 0)
			(void)nanosleep(&pause, NULL);
}

static void put(long long nanoseconds)
{
	(void)!write(STDOUT_FILENO, &nanoseconds, sizeof(nanoseconds));
}

static void on_user_signal(int signal)
{
	(void)signal;
	put(now());
}

static void on_stop(int signal)
{
	(void)signal;
	_exit(0);
}

static void handle(int signal, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	if (sigaction(signal, &action, NULL) != 0)
		fail("sigaction");
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	char byte;

	(void)setsid(); /* fails where the init has made the command the leader of a group */
	if (strcmp(verb, "handler") == 0)
		handle(SIGUSR1, on_user_signal);
	if (strcmp(verb, "stop") == 0)
		handle(SIGTERM, on_stop);
	make_orphans(argc > 2 ? atoi(argv[2]) : 0);
	(void)!write(STDOUT_FILENO, "ready", 5);

	if (strcmp(verb, "orphans") == 0 && read(STDIN_FILENO, &byte, 1) == 1) {
		long long began = now();

		if (shared.group > 1)
			(void)kill(-shared.group, SIGTERM);
		await_end_of_orphans();
		put(now() - began);
	}
	for (;;)
		(void)pause();
}
