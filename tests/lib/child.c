/*
 * The process under test: `child VERB [argument]...`, or `child PREPARATION [argument]... -- VERB...`.
 *
 * It is static and small, so that it starts where there is nothing else, and it asks the kernel and not /proc. Signals
 * are set with the kernel's own calls: those of the C libraries pass over some real-time signals.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#ifdef __mips__
enum { SIGNALS = 128, HANDLER_WORD = 1 };
#else
enum { SIGNALS = 64, HANDLER_WORD = 0 };
#endif

struct signal_set {
	unsigned char bytes[SIGNALS / 8];
};

/* Long enough for the kernel's struct sigaction on every machine; all zero means "default". */
struct kernel_action {
	unsigned long words[8];
};

/* Its end is closed when this process is ready: see leave(). */
static int ready_pipe = -1;

__attribute__((noreturn)) static void fail(const char *what)
{
	(void)fprintf(stderr, "child: %s: %s\n", what, strerror(errno));
	_exit(99);
}

/* One line is one write, so that lines of several processes do not mix. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char line[4096];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	(void)!write(STDOUT_FILENO, line, (size_t)length);
}

static void ready(const char *who)
{
	say("%sready %d\n", who, (int)getpid());
	if (ready_pipe >= 0)
		(void)close(ready_pipe);
	ready_pipe = -1;
}

static int number(const char *word)
{
	char *end;
	long value = word != NULL ? strtol(word, &end, 10) : 0;

	if (word == NULL || *end != '\0') {
		(void)fprintf(stderr, "child: a number is missing at '%s'\n", word != NULL ? word : "the end");
		_exit(99);
	}
	return (int)value;
}

static struct signal_set change_mask(int how, struct signal_set set)
{
	struct signal_set old;

	if (syscall(SYS_rt_sigprocmask, how, &set, &old, sizeof(set)) != 0)
		fail("rt_sigprocmask");
	return old;
}

static struct signal_set all_signals(void)
{
	struct signal_set set;

	memset(&set, 0xff, sizeof(set));
	return set;
}

static struct signal_set one_signal(int signal)
{
	struct signal_set set = {{0}};
	unsigned long bits[sizeof(set) / sizeof(unsigned long)] = {0};
	size_t width = 8 * sizeof(bits[0]);

	bits[(size_t)(signal - 1) / width] = 1UL << (size_t)(signal - 1) % width;
	memcpy(&set, bits, sizeof(set));
	return set;
}

static void set_disposition(int signal, void (*handler)(int))
{
	struct kernel_action action = {{0}};

	action.words[HANDLER_WORD] = (unsigned long)handler;
	(void)syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof(struct signal_set));
}

static bool is_ignored(int signal)
{
	struct kernel_action action = {{0}};

	(void)syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof(struct signal_set));
	return action.words[HANDLER_WORD] == (unsigned long)SIG_IGN;
}

/* ---- verbs: they end the process ---- */

/* exit N */
static void verb_exit(char **arguments)
{
	_exit(number(arguments[0]));
}

/* die N: of signal N, without a core */
static void verb_die(char **arguments)
{
	static const struct rlimit no_core;
	int signal = number(arguments[0]);

	/* The limit does not hold where a core is piped to a program (core(5)). */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)prctl(PR_SET_DUMPABLE, 0);
	set_disposition(signal, SIG_DFL);
	(void)kill(getpid(), signal);
	(void)change_mask(SIG_UNBLOCK, one_signal(signal));
	_exit(99); /* it was not deadly */
}

/* wait: for a signal that ends it; prints "ready PID" */
static void verb_wait(char **arguments)
{
	(void)arguments;
	ready("");
	for (;;)
		(void)pause();
}

/* Takes every signal, printing `who` and "15 from PID code CODE" for each, until `last` has come (0: for ever). */
static void take_signals(const char *who, int last)
{
	struct signal_set all = all_signals();
	int signal;

	(void)change_mask(SIG_SETMASK, all);
	ready(who);
	do {
		siginfo_t info;

		/* EINTR: stopped and continued. Not rt_sigtimedwait's libc face: musl refuses some of the set. */
		do
			signal = (int)syscall(SYS_rt_sigtimedwait, &all, &info, NULL, sizeof(all));
		while (signal < 0 && errno == EINTR);
		if (signal < 0)
			fail("rt_sigtimedwait");
		say("%s%d from %d code %d\n", who, signal, (int)info.si_pid, info.si_code);
	} while (signal != last);
}

/* signals [N]: blocks all, prints "ready PID" and each signal taken; exits 0 after signal N (SIGTERM) */
static void verb_signals(char **arguments)
{
	take_signals("", arguments[0] != NULL ? number(arguments[0]) : SIGTERM);
	_exit(0);
}

/* pair: the same for ever, with a child in the same process group; lines begin with "command " and "child " */
static void verb_pair(char **arguments)
{
	pid_t child = fork();

	(void)arguments;
	if (child < 0)
		fail("fork");
	take_signals(child == 0 ? "child " : "command ", 0);
	_exit(0);
}

/* status: prints "blocked 1 2", "ignored 13", "pending" */
static void verb_status(char **arguments)
{
	static const char *const kinds[] = {"blocked", "ignored", "pending"};
	struct signal_set blocked = change_mask(SIG_BLOCK, (struct signal_set){{0}});
	struct signal_set pending;

	(void)arguments;
	(void)syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	for (int kind = 0; kind < 3; kind++) {
		char line[512];
		size_t length = (size_t)snprintf(line, sizeof(line), "%s", kinds[kind]);

		for (int signal = 1; signal <= SIGNALS; signal++) {
			struct signal_set one = one_signal(signal);
			bool is_set = kind == 1 && is_ignored(signal);

			for (size_t i = 0; i < sizeof(one); i++)
				if (kind != 1 && ((kind == 0 ? blocked : pending).bytes[i] & one.bytes[i]) != 0)
					is_set = true;
			if (is_set)
				length += (size_t)snprintf(line + length, sizeof(line) - length, " %d", signal);
		}
		say("%s\n", line);
	}
	_exit(0);
}

/* ids: prints "pid N ppid N pgrp N sid N foreground N" (-1: standard input is not the controlling terminal) */
static void verb_ids(char **arguments)
{
	(void)arguments;
	say("pid %d ppid %d pgrp %d sid %d foreground %d\n", (int)getpid(), (int)getppid(), (int)getpgrp(),
		(int)getsid(0), (int)tcgetpgrp(STDIN_FILENO));
	_exit(0);
}

/* fds: prints the open descriptors, "fds 0 1 2" */
static void verb_fds(char **arguments)
{
	char line[4096];
	size_t length = (size_t)snprintf(line, sizeof(line), "fds");

	(void)arguments;
	for (int descriptor = 0; descriptor < 1024 && length < sizeof(line) - 8; descriptor++)
		if (fcntl(descriptor, F_GETFD) >= 0)
			length += (size_t)snprintf(line + length, sizeof(line) - length, " %d", descriptor);
	say("%s\n", line);
	_exit(0);
}

/* cwd: prints the working directory */
static void verb_cwd(char **arguments)
{
	char path[4000];

	(void)arguments;
	if (getcwd(path, sizeof(path)) == NULL)
		fail("getcwd");
	say("%s\n", path);
	_exit(0);
}

/* environment [NAME]: prints "NAME=value", or "NAME unset"; all of it without a name */
static void verb_environment(char **arguments)
{
	const char *value;

	if (arguments[0] == NULL) {
		for (char **variable = environ; *variable != NULL; variable++)
			say("%s\n", *variable);
		_exit(0);
	}
	value = getenv(arguments[0]);
	if (value != NULL)
		say("%s=%s\n", arguments[0], value);
	else
		say("%s unset\n", arguments[0]);
	_exit(0);
}

/* words [WORD]...: prints each, "<word>" */
static void verb_words(char **arguments)
{
	for (; *arguments != NULL; arguments++)
		say("<%s>\n", *arguments);
	_exit(0);
}

/* ---- preparations: a verb follows after "--" ---- */

__attribute__((noreturn)) static void run(char **words);

/* Gives back what follows the first "--". */
static char **after_dashes(char **words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, "--") == 0)
			return words + 1;
	(void)fprintf(stderr, "child: `-- VERB` is missing\n");
	_exit(99);
}

static bool at_dashes(const char *word)
{
	return word == NULL || strcmp(word, "--") == 0;
}

/* say WORD -- VERB: prints the word first */
static void prepare_say(char **arguments)
{
	say("%s\n", arguments[0]);
}

/* ignore SIGNAL... -- VERB */
static void prepare_ignore(char **arguments)
{
	for (; !at_dashes(*arguments); arguments++)
		set_disposition(number(*arguments), SIG_IGN);
}

/* block SIGNAL... -- VERB */
static void prepare_block(char **arguments)
{
	for (; !at_dashes(*arguments); arguments++)
		(void)change_mask(SIG_BLOCK, one_signal(number(*arguments)));
}

/* close DESCRIPTOR... -- VERB */
static void prepare_close(char **arguments)
{
	for (; !at_dashes(*arguments); arguments++)
		(void)close(number(*arguments));
}

/* session -- VERB: in a new session */
static void prepare_session(char **arguments)
{
	(void)arguments;
	if (setsid() < 0)
		fail("setsid");
}

/* group [parents] -- VERB: in a process group of its own, or in its parent's */
static void prepare_group(char **arguments)
{
	if (setpgid(0, at_dashes(*arguments) ? 0 : getpgid(getppid())) != 0)
		fail("setpgid");
}

/* user UID -- VERB */
static void prepare_user(char **arguments)
{
	if (setuid((uid_t)number(arguments[0])) != 0)
		fail("setuid");
}

/* traceme -- VERB: asks to be traced by the parent */
static void prepare_traceme(char **arguments)
{
	(void)arguments;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		fail("PTRACE_TRACEME");
}

/* raise SIGNAL -- VERB: sends it to itself first */
static void prepare_raise(char **arguments)
{
	(void)kill(getpid(), number(arguments[0]));
}

/* orphans N STATUS -- VERB: N orphans are made, which end with that status all at once; prints "orphaned" */
static void prepare_orphans(char **arguments)
{
	int count = number(arguments[0]), status = number(arguments[1]);
	int gate[2];
	pid_t parent;

	if (pipe(gate) != 0)
		fail("pipe");
	parent = fork();
	if (parent < 0)
		fail("fork");
	if (parent == 0) {
		char unused;

		(void)close(gate[1]);
		for (int i = 0; i < count; i++) {
			pid_t orphan = fork();

			if (orphan < 0)
				fail("fork");
			if (orphan == 0) {
				(void)!read(gate[0], &unused, 1); /* ends when the gate is closed */
				_exit(status);
			}
		}
		_exit(0);
	}
	if (waitpid(parent, &status, 0) != parent || status != 0)
		_exit(99);
	say("orphaned\n");
	(void)close(gate[0]);
	(void)close(gate[1]);
}

/* wait-for-input -- VERB: goes on when a line, or the end, has come on standard input; prints "got LINE" */
static void prepare_input(char **arguments)
{
	char line[1024];
	size_t length = 0;

	(void)arguments;
	while (length < sizeof(line) - 1 && read(STDIN_FILENO, line + length, 1) == 1 && line[length] != '\n')
		length++;
	line[length] = '\0';
	say("got %s\n", line);
}

/* leave VERB... -- VERB: the first verb goes on in a child that nobody waits for; the second one begins when that child
 * has said that it is ready, or is gone. The first may have preparations: its own "--" is written "+". */
static void prepare_leave(char **arguments)
{
	static char dashes[] = "--";
	char **second = after_dashes(arguments);
	int ready_ends[2];
	pid_t child;
	char unused;

	if (pipe(ready_ends) != 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		(void)close(ready_ends[0]);
		ready_pipe = ready_ends[1];
		second[-1] = NULL;
		for (char **word = arguments; *word != NULL; word++)
			if (strcmp(*word, "+") == 0)
				*word = dashes;
		run(arguments);
	}
	(void)close(ready_ends[1]);
	(void)!read(ready_ends[0], &unused, 1);
	(void)close(ready_ends[0]);
}

/* ready -- VERB: says "ready PID" first, for a verb that does not, or that comes after a stop */
static void prepare_ready(char **arguments)
{
	(void)arguments;
	ready("");
}

/* take NAME SIGNAL -- VERB: blocks all signals, prints "NAME ready PID" and "NAME 15 from PID code CODE" for each that
 * it takes, and goes on after that signal (0: never). All stay blocked. */
static void prepare_take(char **arguments)
{
	char who[32];

	(void)snprintf(who, sizeof(who), "%s ", arguments[0]);
	take_signals(who, number(arguments[1]));
}

/* Goes on in a child, when its parent is dead. */
static void become_orphan(void)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		fail("fork");
	if (child > 0)
		_exit(0);
	while (getppid() == parent)
		(void)sched_yield();
}

/* orphan -- VERB: in a child, when its parent is dead; of the same process group */
static void prepare_orphan(char **arguments)
{
	(void)arguments;
	become_orphan();
}

/* daemon -- VERB: the same in a session that it does not lead; as daemon(7) says */
static void prepare_daemon(char **arguments)
{
	become_orphan();
	prepare_session(arguments);
	become_orphan();
}

static int idle(void *unused)
{
	(void)unused;
	while (pause() < 0)
		continue;
	return 0;
}

/* crowd N -- VERB: N children do nothing. They share this process's memory, since so many need not have their own. */
static void prepare_crowd(char **arguments)
{
	enum { STACK = 2048 };
	int count = number(arguments[0]);
	char *stacks = malloc((size_t)count * STACK);

	if (stacks == NULL)
		fail("malloc");
	for (int i = 1; i <= count; i++)
		if (clone(idle, stacks + (size_t)i * STACK - (uintptr_t)stacks % 16, CLONE_VM | SIGCHLD, NULL) < 0)
			fail("clone");
}

/*
 * above -- VERB: the verb goes on in a child, which is meant to become the init under test. This process takes no
 * signal and is handed orphans. When the child has ended it prints "above ended STATUS got 15 ...", with the signals
 * that were sent to it, and waits for ever, so that it can be seen what it was handed.
 */
static void prepare_above(char **arguments)
{
	struct signal_set before = change_mask(SIG_SETMASK, all_signals()), pending;
	char line[512];
	size_t length;
	int status;
	pid_t child;

	(void)arguments;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)change_mask(SIG_SETMASK, before);
		return;
	}
	if (waitpid(child, &status, 0) != child || syscall(SYS_rt_sigpending, &pending, sizeof(pending)) != 0)
		fail("above");
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	length = (size_t)snprintf(line, sizeof(line), "above ended %d got", status);
	for (int signal = 1; signal <= SIGNALS; signal++)
		for (size_t i = 0; i < sizeof(pending) && signal != SIGCHLD; i++)
			if ((pending.bytes[i] & one_signal(signal).bytes[i]) != 0)
				length += (size_t)snprintf(line + length, sizeof(line) - length, " %d", signal);
	say("%s\n", line);
	(void)idle(NULL);
}

/* manager N: has N workers, which `take worker 64`; at SIGTERM sends each SIGTERM and 64, and exits 0 when all have */
static void verb_manager(char **arguments)
{
	enum { MOST = 64 };
	int count = number(arguments[0]);
	pid_t workers[MOST];

	for (int i = 0; i < count && i < MOST; i++) {
		workers[i] = fork();
		if (workers[i] < 0)
			fail("fork");
		if (workers[i] == 0) {
			take_signals("worker ", SIGNALS);
			_exit(0);
		}
	}
	take_signals("manager ", SIGTERM);
	for (int i = 0; i < count && i < MOST; i++) {
		(void)kill(workers[i], SIGTERM);
		(void)kill(workers[i], SIGNALS);
		(void)waitpid(workers[i], NULL, 0);
	}
	_exit(0);
}

/*
 * bomb KIND MOST: takes no signal and forks without end, until MOST forks were made: then it waits for ever. The number
 * is counted in the file that is standard input. KIND is
 *   chain     there is one, in one process group: each forks and exits
 *   scatters  the same, and each begins a session of its own
 *   crowd     there are a few hundred, the most that this user may have here, and each forks as soon as he may again
 */
static void verb_bomb(char **arguments)
{
	bool grows = strcmp(arguments[0], "crowd") == 0, scatters = strcmp(arguments[0], "scatters") == 0;
	int most = number(arguments[1]);
	atomic_int *forks = mmap(NULL, sizeof(*forks), PROT_READ | PROT_WRITE, MAP_SHARED, STDIN_FILENO, 0);

	if (forks == MAP_FAILED)
		fail("mmap");
	if (grows && (geteuid() == 0 || setrlimit(RLIMIT_NPROC, &(struct rlimit){300, 300}) != 0))
		fail("bomb: it would be without bounds");
	(void)change_mask(SIG_SETMASK, all_signals());
	ready("");
	while (atomic_fetch_add(forks, 1) < most) {
		pid_t child = fork();

		if (child < 0) {
			(void)atomic_fetch_sub(forks, 1);
			(void)sched_yield();
		} else if (child > 0 && !grows) {
			_exit(0);
		} else if (child == 0 && scatters) {
			(void)setsid();
		}
	}
	(void)idle(NULL);
}

/* name WORD -- VERB: under another name, of up to 15 bytes */
static void prepare_name(char **arguments)
{
	if (prctl(PR_SET_NAME, arguments[0]) != 0)
		fail("prctl");
}

/* eat N: has ever more memory, up to N MiB, and exits 0 then; it is meant to be killed for it before */
static void verb_eat(char **arguments)
{
	enum { MIB = 1 << 20 };

	for (int count = number(arguments[0]); count > 0; count--) {
		void *more = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (more == MAP_FAILED)
			fail("mmap");
		memset(more, 1, MIB);
	}
	_exit(0);
}

/* exec PROGRAM [WORD]...: becomes another program */
static void verb_exec(char **arguments)
{
	(void)execv(arguments[0], arguments);
	fail(arguments[0]);
}

static const struct verb {
	const char *name;
	void (*call)(char **arguments);
	bool prepares; /* something, for the verb after "--" */
} verbs[] = {
	{"exit", verb_exit, false},
	{"die", verb_die, false},
	{"wait", verb_wait, false},
	{"signals", verb_signals, false},
	{"pair", verb_pair, false},
	{"status", verb_status, false},
	{"ids", verb_ids, false},
	{"fds", verb_fds, false},
	{"cwd", verb_cwd, false},
	{"environment", verb_environment, false},
	{"words", verb_words, false},
	{"exec", verb_exec, false},
	{"manager", verb_manager, false},
	{"bomb", verb_bomb, false},
	{"eat", verb_eat, false},
	{"say", prepare_say, true},
	{"ignore", prepare_ignore, true},
	{"block", prepare_block, true},
	{"close", prepare_close, true},
	{"session", prepare_session, true},
	{"group", prepare_group, true},
	{"user", prepare_user, true},
	{"traceme", prepare_traceme, true},
	{"raise", prepare_raise, true},
	{"orphans", prepare_orphans, true},
	{"wait-for-input", prepare_input, true},
	{"leave", prepare_leave, true},
	{"ready", prepare_ready, true},
	{"take", prepare_take, true},
	{"orphan", prepare_orphan, true},
	{"daemon", prepare_daemon, true},
	{"crowd", prepare_crowd, true},
	{"above", prepare_above, true},
	{"name", prepare_name, true},
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	(void)fprintf(stderr, "child: no such verb: %s\n", name != NULL ? name : "(none)");
	_exit(99);
}

static void run(char **words)
{
	for (;;) {
		const struct verb *verb = find_verb(words[0]);

		verb->call(words + 1);
		if (!verb->prepares)
			_exit(99);
		words = after_dashes(words + 1);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	run(argv + 1);
}
