#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"
#include "number.h"
#include "search.h"
#include "signals.h"
#include "system.h"
#include "text.h"
#include "word.h"

/* Enough for the child's frames: its search, the one that explains a failure, lines of text, and the kernel's share. */
enum { STACK_SIZE = 2 * sizeof(struct search) + 3 * sizeof(struct text) + 8192 };

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

/* Fails as execvp does: with the first error that is about a file, or with "permission denied" if that was met on the
 * way, or with "not found", which may also be about a file: one whose interpreter is missing. Unlike execvp() of glibc
 * it does not run a file of unknown format through a shell. */
static struct exec_failure execute(char *const *words)
{
	struct exec_failure failure = {.error = ENOENT};
	struct search search;
	int tries = 0;

	search_begin(&search, words[0]);
	while (search_next(&search)) {
		struct exec_failure now;

		(void)execve(search.file, words, environ);
		now = (struct exec_failure){.error = errno, .tries = ++tries};
		if (now.error == EACCES) {
			if (failure.error != EACCES)
				failure = now;
		} else if (now.error != ENOENT && now.error != ENOTDIR) {
			return now;
		} else if (failure.tries == 0 && access(search.file, F_OK) == 0) {
			failure = now;
		} else if (!search_in_path(words[0])) {
			failure.error = now.error;
		}
	}
	return failure;
}

/* The child. With CLONE_VM it runs in our memory, on a stack of its own, while we are suspended: it makes system calls,
 * leaves the C library's state alone, and does not return. It explains a failure by itself, since an emulator
 * (qemu-user) may take CLONE_VM for a fork, and then nothing else that it does reaches us. A terminal's stop signal
 * that comes between the open mask and exec leaves both stopped until SIGCONT: the price of a mask that is empty for
 * the command, as in posix_spawn. */
static int child(void *argument)
{
	struct launch *launch = argument;
	struct exec_failure failure;
	struct text listen_pid;

	terminal_enter(launch->terminal);
	if (launch->listen_pid != NULL) {
		text_clear(&listen_pid);
		text_add(&listen_pid, "LISTEN_PID=%d", (int)getpid());
		*launch->listen_pid = text_string(&listen_pid);
	}
	signals_restore_defaults();
	failure = execute(launch->words);
	(void)signals_block_all(); /* stopped by what it writes to a terminal, it would keep us suspended */
	launch->failure = failure_explain(launch->words[0], &failure);
	if (launch->pipe >= 0)
		(void)!write(launch->pipe, &launch->failure, sizeof(launch->failure));
	_exit(launch->failure);
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
	(void)close(ends[1]);
	if (pid > 0)
		(void)!read(ends[0], &launch->failure, sizeof(launch->failure)); /* nothing, if exec succeeded */
	(void)close(ends[0]);
	return pid;
}

int spawn(struct command *command, const struct terminal *terminal)
{
	alignas(16) char stack[STACK_SIZE];
	struct launch launch = {
		.words = command->words, .terminal = terminal, .listen_pid = find_listen_pid(), .pipe = -1};
	char *listen_pid = launch.listen_pid != NULL ? *launch.listen_pid : NULL;
	siginfo_t end;

	/* CLONE_VFORK suspends us until the child has executed the command or is gone; CLONE_VM spares the copy of our
	 * page tables and hands the failure back (clone(2)). Handlers are not shared (no CLONE_SIGHAND), so the child
	 * can reset its own. */
	command->pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &launch);
	if (command->pid < 0)
		command->pid = fork_and_wait(&launch);
	if (launch.listen_pid != NULL)
		*launch.listen_pid = listen_pid; /* the child's is on its stack */
	if (command->pid < 0)
		return -1;
	if (launch.failure != 0)
		(void)waitid(P_PID, (id_t)command->pid, &end, WEXITED);
	command->leads_group = terminal->which != TERMINAL_UNTOUCHED;
	return launch.failure;
}
