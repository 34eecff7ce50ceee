#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"
#include "number.h"
#include "search.h"
#include "signals.h"
#include "system.h"
#include "text.h"
#include "word.h"

/* What clone() of either C library needs on our stack, many times over. */
enum { CLONE_FRAME = 1024 };

struct launch {
	char *const *words;
	const struct terminal *terminal;
	char **listen_pid; /* where the environment has it, if it is to be changed; else NULL */
	int failure; /* exit status, written by the child in memory that it shares with us; 0 if it was executed */
	int pipe;    /* where it reports that if it does not share memory; else -1 */
};

/* systemd's socket activation names the process that the sockets are for (sd_listen_fds(3)): us, or a parent that
 * executed us by way of a shell. They are the command's. */
static char **find_listen_pid(void)
{
	for (char **word = environ; *word != NULL; word++) {
		const char *value = word_after(*word, "LISTEN_PID=");
		int pid = value != NULL ? number_parse_word(value, INT_MAX) : -1;

		if (pid > 0 && (pid == getpid() || pid == getppid()))
			return word;
	}
	return NULL;
}

/* Fails as execvp does: with the first error that is about a file, or with "permission denied" if such a file was met
 * on the way, or with "not found", which may also be about a file: one whose interpreter is missing. Unlike execvp() it
 * calls a command "not found" that may be in a folder which may not be searched, as shells do; unlike glibc's it does
 * not run a file of unknown format through a shell. */
static struct exec_failure execute(char *const *words)
{
	struct exec_failure failure = {.error = ENOENT};
	bool in_path = search_in_path(words[0]);
	struct search search;
	int tries = 0;

	search_begin(&search, words[0]);
	while (search_next(&search)) {
		struct exec_failure now;
		bool seen;

		(void)execve(search.file, words, environ);
		now = (struct exec_failure){.error = errno, .tries = ++tries};
		seen = access(search.file, F_OK) == 0;
		if (now.error == EACCES) {
			if (failure.error != EACCES && (seen || !in_path))
				failure = now;
		} else if (now.error != ENOENT && now.error != ENOTDIR) {
			return now;
		} else if (failure.tries == 0 && seen) {
			failure = now;
		} else if (!in_path) {
			failure.error = now.error;
		}
	}
	return failure;
}

/* Executes the command, or says why that cannot be. It explains a failure by itself, since an emulator (qemu-user) may
 * take CLONE_VM for a fork, and then nothing else that it does reaches us. A terminal's stop signal that comes between
 * the open mask and exec leaves both stopped until SIGCONT: the price of a mask that is empty for the command, as in
 * posix_spawn. */
static __attribute__((noinline, noreturn)) void become_command(struct launch *launch)
{
	struct exec_failure failure;

	(void)signals_unblock_all();
	failure = execute(launch->words);
	(void)signals_block_all(); /* stopped by what it writes to a terminal, it would keep us suspended */
	launch->failure = failure_explain(launch->words[0], &failure);
	if (launch->pipe >= 0)
		(void)system_write(launch->pipe, &launch->failure, sizeof(launch->failure));
	_exit(launch->failure);
}

/* The same, as the process that LISTEN_PID names. Not inlined, and so no page of stack is touched where there is none.
 */
static __attribute__((noinline, noreturn)) void become_listener(struct launch *launch)
{
	struct text listen_pid;

	text_clear(&listen_pid);
	text_add(&listen_pid, "LISTEN_PID=%d", (int)getpid());
	*launch->listen_pid = text_string(&listen_pid);
	become_command(launch);
}

/* The child. With CLONE_VM it runs in our memory while we are suspended: it makes system calls, leaves the C library's
 * state alone, and does not return. */
static int child(void *argument)
{
	struct launch *launch = argument;

	terminal_enter(launch->terminal);
	if (launch->listen_pid != NULL)
		become_listener(launch);
	become_command(launch);
}

/* Where clone() is refused, as by a filter: fork, and wait for the pipe's end, which exec closes. */
static pid_t fork_and_wait(struct launch *launch)
{
	int ends[2];
	pid_t pid;

	if (syscall(SYS_pipe2, ends, O_CLOEXEC) != 0)
		return -1;
	launch->pipe = ends[1];
#ifdef SYS_fork
	pid = (pid_t)syscall(SYS_fork); /* glibc's fork() is clone() again */
#else
	pid = fork();
#endif
	if (pid == 0)
		child(launch);
	system_close(ends[1]);
	if (pid > 0)
		(void)!read(ends[0], &launch->failure, sizeof(launch->failure)); /* nothing, if exec succeeded */
	system_close(ends[0]);
	return pid;
}

/*
 * CLONE_VFORK suspends us until the child has executed the command or is gone; CLONE_VM spares the copy of our page
 * tables and hands the failure back (clone(2)). So its stack can be where vfork(2) has it, below our own: nothing of
 * ours is there meanwhile, as no signal comes, and a stack of its own would be another few pages of memory for good.
 * Not inlined, for this to be the lowest frame. Handlers are not shared (no CLONE_SIGHAND).
 */
static __attribute__((noinline)) pid_t make_child(struct launch *launch)
{
	char *stack = __builtin_frame_address(0);

	return clone(child, stack - CLONE_FRAME, CLONE_VM | CLONE_VFORK | SIGCHLD, launch);
}

int spawn(struct command *command, const struct terminal *terminal)
{
	struct launch launch = {
		.words = command->words, .terminal = terminal, .listen_pid = find_listen_pid(), .pipe = -1};
	char *listen_pid = launch.listen_pid != NULL ? *launch.listen_pid : NULL;
	siginfo_t end;

	command->pid = make_child(&launch);
	if (command->pid < 0)
		command->pid = fork_and_wait(&launch);
	if (launch.listen_pid != NULL)
		*launch.listen_pid = listen_pid;
	if (command->pid < 0)
		return -1;
	if (launch.failure != 0)
		(void)waitid(P_PID, (id_t)command->pid, &end, WEXITED);
	return launch.failure;
}
