/*
 * Measures one thing about several inits, in turns: A B C A B C ... so that whatever else the machine does hits all
 * alike.
 *
 *   bench MEASURE [-n ROUNDS] [-p PROCESSES] [-i INITS] [-t SECONDS] [-c CPU] NAME=COMMAND...
 *
 * COMMAND is the init's words with blanks between them, the last of which may be "--"; the command is added. An empty
 * one stands for the command alone, without an init. Each init is PID 1 of a PID namespace of its own, with a /proc of
 * its own, in a session of its own, in the environment of a container. Needs root, or a user namespace in which it is.
 *
 * -p: so many processes that live below the init. -i: so many inits of its kind on the machine, of which one is
 * measured. -c: everything on this CPU. One line a value on standard output:
 *
 *   MEASURE <tab> PROCESSES <tab> INITS <tab> NAME <tab> VALUE
 *
 * Measures, with times in nanoseconds and memory in KiB:
 *
 *   startup       from the init's exec until it is gone, with a command that does nothing
 *   latency       from kill(2) on the init to the command's handler; 100 signals a round
 *   stop          from SIGTERM on the init, whose command exits at it, until the init is gone
 *   reap          PROCESSES orphans die at once, and for one of them: reap_time, until none is left;
 *                 reap_cpu, the CPU time of the init
 *   memory        memory_pss, memory_private_dirty, memory_page_tables of an idle init
 *   leak          by how much memory has grown after PROCESSES signals, one by one: leak_signals_pss,
 *                 leak_signals_private_dirty; after PROCESSES orphans: leak_orphans_pss, leak_orphans_private_dirty
 *   wakeups       how often it ran in so many idle seconds
 *   lost          1 if a SIGTERM was lost that came when the init had just blocked or handled it, else 0
 *   calls         system calls, the init's and its child's: calls, before the command is executed;
 *                 calls_run, of the whole run; and which, once, as comments
 *   instructions  user instructions of the whole run, the init's and its child's before the command is
 *                 executed, counted by single steps
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* <linux/ptrace.h> and <sys/ptrace.h> do not go together. */
#ifndef PTRACE_GET_SYSCALL_INFO
#define PTRACE_GET_SYSCALL_INFO 0x420e
#endif

enum {
	SIGNALS_A_ROUND = 100,
	SIGNALS_A_TURN = 10,
	MANY = 10000, /* processes at the same time */
	MAX_WORDS = 32,
	MAX_INITS = 16, /* kinds of them */
	STACK_SIZE = 65536,
	DEADLINE = 900000,	/* milliseconds, for whatever takes longest */
	SETTLE = 200000,	/* nanoseconds */
	BEGINNING = 20000000,	/* nanoseconds: after that, whatever an init has put off at its start is done */
	BLOCKED_DEADLINE = 5000 /* milliseconds, for an init to block or to handle SIGTERM */
};

struct kind {
	const char *name;
	char *words[MAX_WORDS]; /* the init's; then room for the command's */
	int length;
};

/* An init that runs. */
struct running {
	pid_t pid;
	long long began; /* when it was executed */
	int proc;	 /* /proc/1 of its namespace */
	int output;	 /* the command's standard output */
	int input;	 /* and input */
};

/* What it takes to make one; shared with the child that does it. */
struct start {
	char **words;
	int input;
	int output;
	bool traced;
	const char *failed; /* what did, if anything */
	int error;
	long long began;
};

struct situation {
	const char *measure;
	int rounds;
	int processes;
	int inits;
	int seconds;
	struct kind kinds[MAX_INITS];
	int kind_count;
};

static char *nothing = "nothing", *child = "child"; /* paths; from the environment */

/* Inits look for variables: with the forty of a login session some take twice as many instructions. */
static char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOSTNAME=0123456789ab", "HOME=/root", NULL};

static int null;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	(void)fflush(stdout);
	(void)fputs("bench: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments);
	va_end(arguments);
	(void)fprintf(stderr, " (%s)\n", strerror(error));
	exit(1); /* whatever we have started dies with us: PR_SET_PDEATHSIG */
}

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void wait_nanoseconds(long long nanoseconds)
{
	struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};

	while (nanosleep(&time, &time) != 0)
		continue;
}

static void put(const struct situation *situation, const char *measure, const char *name, long long value)
{
	(void)printf("%s\t%d\t%d\t%s\t%lld\n", measure, situation->processes, situation->inits, name, value);
	(void)fflush(stdout);
}

/* ---- an init as PID 1 ---- */

/* In the child, with our memory, while we are suspended. */
static int begin(void *argument)
{
	struct start *start = argument;

	start->failed = start->words[0];
	(void)setsid();
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (mount("proc", "/proc", "proc", 0, NULL) != 0)
		start->failed = "mount /proc";
	else if (dup2(start->input, STDIN_FILENO) >= 0 && dup2(start->output, STDOUT_FILENO) >= 0 &&
		 dup2(null, STDERR_FILENO) >= 0 && (!start->traced || ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)) {
		start->began = now();
		(void)execv(start->words[0], start->words);
	}
	start->error = errno;
	_exit(99);
}

/* Starts an init with the command, whose words end with NULL. The C library's state is the child's too, and it is left
 * alone there, but for errno. */
static void run(struct running *running, const struct kind *kind, bool traced, char *const *command)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));
	char *words[MAX_WORDS];
	struct start start = {.words = words, .input = null, .output = null, .traced = traced};
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	int length = kind->length;

	memcpy(words, kind->words, sizeof(words));
	for (; *command != NULL && length < MAX_WORDS - 1; command++)
		words[length++] = *command;
	words[length] = NULL;

	*running = (struct running){.proc = -1, .output = -1, .input = -1};
	if (words[length - 1] != nothing) {
		if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
			fail("pipe");
		start.input = in[0];
		start.output = out[1];
		running->input = in[1];
		running->output = out[0];
	}
	running->pid = clone(begin, stack + STACK_SIZE, CLONE_NEWPID | CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
	if (running->pid < 0)
		fail("no PID namespace can be had");
	errno = start.error;
	if (start.error != 0)
		fail("%s: %s", kind->name, start.failed);
	running->began = start.began;
	if (in[0] >= 0)
		(void)close(in[0]);
	if (out[1] >= 0)
		(void)close(out[1]);
}

/* Waits until the init is gone, and gives back when that was. */
static long long await_end(const struct running *running, int *status)
{
	if (waitpid(running->pid, status, 0) != running->pid)
		fail("waitpid");
	return now();
}

/* To be called in the order in which they were started, the last one first, after their end. */
static void clean_up(struct running *running)
{
	if (running->proc >= 0)
		(void)close(running->proc);
	if (running->output >= 0)
		(void)close(running->output);
	if (running->input >= 0)
		(void)close(running->input);
	(void)umount2("/proc", MNT_DETACH);
}

static void end(struct running *running)
{
	int status;

	(void)kill(running->pid, SIGKILL);
	(void)await_end(running, &status);
	clean_up(running);
}

static void read_from(const struct kind *kind, const struct running *running, void *bytes, size_t size)
{
	struct pollfd output = {.fd = running->output, .events = POLLIN};

	for (size_t done = 0; done < size;) {
		ssize_t count = -1;

		if (poll(&output, 1, DEADLINE) == 1)
			count = read(running->output, (char *)bytes + done, size - done);
		if (count <= 0)
			fail("%s: nothing comes from the command", kind->name);
		done += (size_t)count;
	}
}

/* Starts an init with a verb of child.c, and waits until that is ready and the init looks at nothing but its signals.
 */
static void run_child(struct running *running, const struct kind *kind, char *verb, int processes)
{
	char count[16], ready[5];

	(void)snprintf(count, sizeof(count), "%d", processes);
	run(running, kind, false, (char *[]){child, verb, count, NULL});
	read_from(kind, running, ready, sizeof(ready));
	running->proc = open("/proc/1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	wait_nanoseconds(BEGINNING);
}

/* ---- what /proc says ---- */

static const char *read_file(const struct running *running, const char *name)
{
	static char text[8192];
	int file = openat(running->proc, name, O_RDONLY | O_CLOEXEC);
	ssize_t count = file >= 0 ? read(file, text, sizeof(text) - 1) : -1;

	if (file >= 0)
		(void)close(file);
	text[count > 0 ? count : 0] = '\0';
	return text;
}

/* The number after a word at the beginning of a line, or -1. */
static long long field_of(const char *text, const char *word, int base)
{
	const char *found = strstr(text, word);

	return found != NULL ? strtoll(found + strlen(word), NULL, base) : -1;
}

static unsigned long long set_of(const char *status, const char *word)
{
	const char *found = strstr(status, word);

	return found != NULL ? strtoull(found + strlen(word), NULL, 16) : 0;
}

/* Nanoseconds that it has been on a CPU (Documentation/scheduler/sched-stats.rst). */
static long long cpu_of(const struct running *running)
{
	return strtoll(read_file(running, "schedstat"), NULL, 10);
}

static long long switches_of(const struct running *running)
{
	const char *status = read_file(running, "status");

	return field_of(status, "\nvoluntary_ctxt_switches:", 10) +
	       field_of(status, "\nnonvoluntary_ctxt_switches:", 10);
}

/* ---- the measures, one value each ---- */

static void measure_startup(const struct situation *situation, const struct kind *kind)
{
	struct running running;
	long long time;
	int status;

	run(&running, kind, false, (char *[]){nothing, NULL});
	time = await_end(&running, &status) - running.began;
	if (status != 0)
		fail("%s: status %#x", kind->name, (unsigned int)status);
	clean_up(&running);
	put(situation, "startup", kind->name, time);
}

/* Several inits live side by side, and each signal goes to another one: the speed of a machine drifts within a second.
 */
static void measure_latency(const struct situation *situation, const struct kind *kinds, int count)
{
	struct running running[MAX_INITS];

	for (int i = 0; i < count; i++)
		run_child(&running[i], &kinds[i], "handler", situation->processes);
	for (int i = 0; i < SIGNALS_A_ROUND * count; i++) {
		int turn = i / SIGNALS_A_TURN % count;
		long long arrived, sent;

		wait_nanoseconds(SETTLE);
		sent = now();
		(void)kill(running[turn].pid, SIGUSR1);
		read_from(&kinds[turn], &running[turn], &arrived, sizeof(arrived));
		put(situation, "latency", kinds[turn].name, arrived - sent);
	}
	for (int i = count - 1; i >= 0; i--)
		end(&running[i]);
}

static void measure_stop(const struct situation *situation, const struct kind *kind)
{
	struct running running;
	long long sent, ended;
	int status;

	run_child(&running, kind, "stop", situation->processes);
	sent = now();
	(void)kill(running.pid, SIGTERM);
	ended = await_end(&running, &status);
	if (status != 0)
		fail("%s: status %#x", kind->name, (unsigned int)status);
	clean_up(&running);
	put(situation, "stop", kind->name, ended - sent);
}

/* Lets the orphans die, and gives back how many nanoseconds it took until none was left. */
static long long end_orphans(const struct kind *kind, const struct running *running)
{
	long long time;

	(void)!write(running->input, "", 1);
	read_from(kind, running, &time, sizeof(time));
	wait_nanoseconds(SETTLE); /* the init's CPU time is counted when it sleeps */
	return time;
}

static void measure_reap(const struct situation *situation, const struct kind *kind)
{
	struct running running;
	long long cpu, time;

	if (situation->processes == 0)
		fail("reap needs -p");
	run_child(&running, kind, "orphans", situation->processes);
	cpu = cpu_of(&running);
	time = end_orphans(kind, &running);
	cpu = cpu_of(&running) - cpu;
	put(situation, "reap_time", kind->name, time / situation->processes);
	put(situation, "reap_cpu", kind->name, cpu / situation->processes);
	end(&running);
}

struct memory {
	long long pss;
	long long private_dirty;
};

static struct memory memory_of(const struct running *running)
{
	const char *text = read_file(running, "smaps_rollup");

	return (struct memory){field_of(text, "\nPss:", 10), field_of(text, "\nPrivate_Dirty:", 10)};
}

static void measure_memory(const struct situation *situation, const struct kind *kind)
{
	struct running running;
	struct memory memory;

	run_child(&running, kind, "pause", situation->processes);
	memory = memory_of(&running);
	put(situation, "memory_pss", kind->name, memory.pss);
	put(situation, "memory_private_dirty", kind->name, memory.private_dirty);
	put(situation, "memory_page_tables", kind->name, field_of(read_file(&running, "status"), "\nVmPTE:", 10));
	end(&running);
}

static void measure_leak(const struct situation *situation, const struct kind *kind)
{
	struct running running;
	struct memory before, after;
	long long arrived;

	run_child(&running, kind, "handler", 0);
	before = memory_of(&running);
	for (int i = 0; i < situation->processes; i++) {
		(void)kill(running.pid, SIGUSR1);
		read_from(kind, &running, &arrived, sizeof(arrived));
	}
	wait_nanoseconds(SETTLE);
	after = memory_of(&running);
	end(&running);
	put(situation, "leak_signals_pss", kind->name, after.pss - before.pss);
	put(situation, "leak_signals_private_dirty", kind->name, after.private_dirty - before.private_dirty);

	run_child(&running, kind, "orphans", situation->processes);
	before = memory_of(&running);
	(void)end_orphans(kind, &running);
	after = memory_of(&running);
	end(&running);
	put(situation, "leak_orphans_pss", kind->name, after.pss - before.pss);
	put(situation, "leak_orphans_private_dirty", kind->name, after.private_dirty - before.private_dirty);
}

/* All of them at the same time: it takes long. */
static void measure_wakeups(const struct situation *situation)
{
	struct running running[MAX_INITS];
	long long before[MAX_INITS];

	for (int i = 0; i < situation->kind_count; i++)
		run_child(&running[i], &situation->kinds[i], "pause", situation->processes);
	wait_nanoseconds(500000000);
	for (int i = 0; i < situation->kind_count; i++)
		before[i] = switches_of(&running[i]);
	wait_nanoseconds(1000000000LL * situation->seconds);
	for (int i = 0; i < situation->kind_count; i++)
		put(situation, "wakeups", situation->kinds[i].name, switches_of(&running[i]) - before[i]);
	for (int i = situation->kind_count - 1; i >= 0; i--)
		end(&running[i]);
}

/* Gives back whether a SIGTERM would wait or be handled from now on. What a process waits for in sigtimedwait() it does
 * not block as long as it sleeps there (kernel/signal.c, do_sigtimedwait()): an init that sleeps is past the beginning
 * too. (One that is suspended by vfork() is in state D.) */
static bool takes_signals(const struct running *running, int signal)
{
	const char *status = read_file(running, "status");
	unsigned long long sets = set_of(status, "\nSigBlk:") | set_of(status, "\nSigCgt:");

	return (sets >> (signal - 1) & 1) != 0 || strstr(status, "\nState:\tS") != NULL;
}

/* Gives back whether it sleeps and no SIGTERM waits for it. */
static bool is_idle(const char *status)
{
	unsigned long long pending = set_of(status, "\nSigPnd:") | set_of(status, "\nShdPnd:");

	return strstr(status, "\nState:\tS") != NULL && (pending >> (SIGTERM - 1) & 1) == 0;
}

/* A signal that came before the init blocked or handled it is nobody's fault: it is sent after that, a little later
 * each time. It is lost when both are asleep, three times in a row, with nothing pending. */
static void measure_lost(const struct situation *situation, const struct kind *kind, int round)
{
	struct running running;
	long long deadline = now() + 1000000LL * BLOCKED_DEADLINE;
	char ready[5];
	int status, idle = 0;

	run(&running, kind, false, (char *[]){child, "pause", NULL});
	running.proc = open("/proc/1", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (!takes_signals(&running, SIGTERM))
		if (now() > deadline)
			fail("%s neither blocks nor handles SIGTERM", kind->name);
	for (long long until = now() + round % 50 * 2000; now() < until;)
		continue;
	(void)kill(running.pid, SIGTERM);

	while (waitpid(running.pid, &status, WNOHANG) == 0) {
		int command = openat(running.proc, "../2", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		struct running other = {.proc = command};

		idle = is_idle(read_file(&running, "status")) && command >= 0 && is_idle(read_file(&other, "status")) &&
				       poll(&(struct pollfd){.fd = running.output, .events = POLLIN}, 1, 0) == 1
			       ? idle + 1
			       : 0;
		if (command >= 0)
			(void)close(command);
		if (idle == 3)
			break;
		wait_nanoseconds(1000000);
	}
	put(situation, "lost", kind->name, idle == 3);
	if (idle == 3) {
		read_from(kind, &running, ready, sizeof(ready));
		end(&running);
	} else {
		clean_up(&running);
	}
}

/* ---- tracing ---- */

/* struct ptrace_syscall_info begins with what happened; the call's number comes after two addresses. */
struct syscall_info {
	unsigned char what;
	unsigned char reserved[3];
	unsigned int machine;
	unsigned long long pointers[2];
	unsigned long long number;
	unsigned long long arguments[8];
};

enum { ENTRY = 1 }; /* PTRACE_SYSCALL_INFO_ENTRY */

enum { MAX_CALLS = 4096 };

struct trace {
	long long steps;  /* instructions or system calls, of both */
	long long before; /* calls before the one that executed the command */
	struct {
		unsigned short number;
		bool by_init;
	} calls[MAX_CALLS];
};

/* Gives back whether the process stands at the beginning of a system call, and which. */
static bool enters_call(pid_t pid, unsigned long long *number)
{
	struct syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <= 0 || info.what != ENTRY)
		return false;
	*number = info.number;
	return true;
}

/* Follows the init through its run, and its child until that executes the command, by single steps or system calls.
 * With vfork the init goes on during exec, before that is reported, so the count is taken where the call begins. */
static struct trace *trace(const struct kind *kind, bool single)
{
	static struct trace trace;
	struct running running;
	bool executed = false;
	int status;
	pid_t pid;

	trace = (struct trace){0};
	run(&running, kind, true, (char *[]){nothing, NULL});
	if (waitpid(running.pid, &status, 0) != running.pid || !WIFSTOPPED(status))
		fail("%s: cannot be traced", kind->name);
	if (ptrace(PTRACE_SETOPTIONS, running.pid, NULL,
		    (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)) != 0)
		fail("ptrace");
	(void)ptrace(single ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, running.pid, NULL, NULL);

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		bool is_init = pid == running.pid;
		unsigned long long number;
		int signal = 0;

		if (!WIFSTOPPED(status)) {
			if (is_init)
				break;
			continue;
		}
		if (status >> 16 == PTRACE_EVENT_EXEC && !is_init) {
			executed = true;
			(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (enters_call(pid, &number)) {
				if (number == SYS_execve && !is_init && !executed)
					trace.before = trace.steps;
				if (trace.steps < MAX_CALLS) {
					trace.calls[trace.steps].number = (unsigned short)number;
					trace.calls[trace.steps].by_init = is_init;
				}
				trace.steps++;
			}
		} else if (WSTOPSIG(status) == SIGTRAP) {
			if (single && status >> 16 == 0)
				trace.steps++;
		} else if (WSTOPSIG(status) != SIGSTOP || is_init) { /* SIGSTOP: a child's first stop, for us */
			signal = WSTOPSIG(status);
		}
		(void)ptrace(single ? PTRACE_SINGLESTEP : PTRACE_SYSCALL, pid, NULL, (void *)(long)signal);
	}
	if (!WIFEXITED(status) || status != 0 || !executed)
		fail("%s: status %#x", kind->name, (unsigned int)status);
	clean_up(&running);
	return &trace;
}

static void measure_calls(const struct situation *situation, const struct kind *kind, int round)
{
	const struct trace *result = trace(kind, false);

	put(situation, "calls", kind->name, result->before);
	put(situation, "calls_run", kind->name, result->steps - 1); /* the command's exec is no cost of the init's */
	for (int i = 0; round == 0 && i < result->before && i < MAX_CALLS; i++)
		(void)printf("# call\t%s\t%s\t%u\n", kind->name, result->calls[i].by_init ? "init" : "child",
			result->calls[i].number);
}

static void measure_instructions(const struct situation *situation, const struct kind *kind)
{
	put(situation, "instructions", kind->name, trace(kind, true)->steps);
}

/* ---- all of them ---- */

static void measure_one(const struct situation *situation, const struct kind *kind, int round)
{
	const char *measure = situation->measure;

	if (strcmp(measure, "startup") == 0)
		measure_startup(situation, kind);
	else if (strcmp(measure, "latency") == 0)
		measure_latency(situation, kind, 1);
	else if (strcmp(measure, "stop") == 0)
		measure_stop(situation, kind);
	else if (strcmp(measure, "reap") == 0)
		measure_reap(situation, kind);
	else if (strcmp(measure, "memory") == 0)
		measure_memory(situation, kind);
	else if (strcmp(measure, "leak") == 0)
		measure_leak(situation, kind);
	else if (strcmp(measure, "lost") == 0)
		measure_lost(situation, kind, round);
	else if (strcmp(measure, "calls") == 0)
		measure_calls(situation, kind, round);
	else if (strcmp(measure, "instructions") == 0)
		measure_instructions(situation, kind);
	else
		fail("no measure is called '%s'", measure);
}

/* With others of its kind around: they are made once a kind, and all its rounds are measured among them. */
static void measure_in_crowd(const struct situation *situation, const struct kind *kind)
{
	int others = situation->inits - 1;
	struct running *crowd = calloc((size_t)others, sizeof(*crowd));

	if (crowd == NULL)
		fail("memory");
	for (int i = 0; i < others; i++)
		run_child(&crowd[i], kind, "pause", 0);
	for (int round = 0; round < situation->rounds; round++)
		measure_one(situation, kind, round);
	for (int i = others - 1; i >= 0; i--)
		end(&crowd[i]);
	free(crowd);
}

static int number_of(const char *word, int minimum)
{
	char *rest;
	long value = strtol(word, &rest, 10);

	if (*word == '\0' || *rest != '\0' || value < minimum || value > 10000000)
		fail("'%s' is not a number of %d or more", word, minimum);
	return (int)value;
}

static void add_kind(struct situation *situation, char *word)
{
	struct kind *kind = &situation->kinds[situation->kind_count++];
	char *command = strchr(word, '=');

	if (command == NULL || situation->kind_count > MAX_INITS)
		fail("'%s' is not NAME=COMMAND, or one too many", word);
	*command++ = '\0';
	kind->name = word;
	for (char *part = strtok(command, " "); part != NULL && kind->length < MAX_WORDS - 8; part = strtok(NULL, " "))
		kind->words[kind->length++] = part;
}

static void pin(int number)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)number, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0)
		fail("CPU %d", number);
}

static void prepare(void)
{
	struct rlimit files;

	if (getenv("BENCH_NOTHING") != NULL)
		nothing = getenv("BENCH_NOTHING");
	if (getenv("BENCH_CHILD") != NULL)
		child = getenv("BENCH_CHILD");
	environ = environment;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || access(nothing, X_OK) != 0 || access(child, X_OK) != 0)
		fail("BENCH_NOTHING, BENCH_CHILD");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max; /* three for each init of a crowd */
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	/* /proc is mounted again and again, for us alone. */
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		fail("no mount namespace can be had");
}

int main(int argc, char **argv)
{
	static struct situation situation = {.rounds = 10, .inits = 1, .seconds = 10};
	int option;

	if (argc < 2)
		fail("usage: bench MEASURE [-n ROUNDS] [-p PROCESSES] [-i INITS] [-t SECONDS] [-c CPU] "
		     "NAME=COMMAND...");
	situation.measure = argv[1];
	while ((option = getopt(argc - 1, argv + 1, "n:p:i:t:c:")) != -1) {
		switch (option) {
		case 'n':
			situation.rounds = number_of(optarg, 1);
			break;
		case 'p':
			situation.processes = number_of(optarg, 0);
			break;
		case 'i':
			situation.inits = number_of(optarg, 1);
			break;
		case 't':
			situation.seconds = number_of(optarg, 1);
			break;
		case 'c':
			pin(number_of(optarg, 0));
			break;
		default:
			return 1;
		}
	}
	for (int i = optind + 1; i < argc; i++)
		add_kind(&situation, argv[i]);
	prepare();

	if (strcmp(situation.measure, "wakeups") == 0) {
		measure_wakeups(&situation);
	} else if (strcmp(situation.measure, "latency") == 0 && situation.inits == 1 &&
		   situation.processes * situation.kind_count <= MANY) {
		for (int round = 0; round < situation.rounds; round++)
			measure_latency(&situation, situation.kinds, situation.kind_count);
	} else if (situation.inits > 1) {
		for (int i = 0; i < situation.kind_count; i++)
			measure_in_crowd(&situation, &situation.kinds[i]);
	} else {
		for (int round = 0; round < situation.rounds; round++)
			for (int i = 0; i < situation.kind_count; i++)
				measure_one(&situation, &situation.kinds[i], round);
	}
	return 0;
}
