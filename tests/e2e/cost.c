/*
 * What dumb-init costs, as far as that is the same in each run: system calls, user instructions, wake-ups, allocations
 * and memory. (Times are for `make bench`.) The figures are in tests/e2e/cost.table, whose head says what they are of
 * and how they are made anew.
 *
 * The same in each run means that what is around the init is, too: its words and their length, the environment, the
 * cgroup, and the order of things: the command has ended before the init goes on, or is held at its exec until the init
 * has nothing to do any more.
 *
 * What it fails on, each tried in src/: a call more, before the command, in its child, for each signal or only with a
 * pipe; two calls that change places; a loop of 250 turns; a timeout in the wait; brk(2) for a line of -v; a page more
 * at the start, or with the signals or the orphans; a constructor that makes a call.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"
#include "trace.h"

#define MAKE_ANEW "if that is meant to be so, make the table anew: its head says how"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Calls have the same numbers and names, and a page the same size, on the machines that the figures are for. */
#if defined(__x86_64__) && defined(__LP64__)
enum { HAS_FIGURES = 1 };
#else
enum { HAS_FIGURES = 0 };
#endif

static const char *variable(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : otherwise;
}

/* ---- the table ---- */

enum { TABLE_LINES = 200, LINE_SIZE = 4096 };

struct line {
	char *key; /* NULL for a comment or an empty line */
	char *value;
};

static struct line table[TABLE_LINES];
static int table_lines;
static bool printing; /* the table, and no results of tests */

static char *copy_of(const char *string)
{
	char *copy = strdup(string);

	if (copy == NULL)
		tap_bail("no memory");
	return copy;
}

static void add_line(const char *key, const char *value)
{
	if (table_lines == TABLE_LINES)
		tap_bail("the table has more than %d lines", TABLE_LINES);
	table[table_lines++] = (struct line){.key = key != NULL ? copy_of(key) : NULL, .value = copy_of(value)};
}

static struct line *find_line(const char *key)
{
	for (int i = 0; i < table_lines; i++)
		if (table[i].key != NULL && strcmp(table[i].key, key) == 0)
			return &table[i];
	return NULL;
}

/* NULL if the table has none. */
static const char *figure(const char *key)
{
	const struct line *line = find_line(key);

	return line != NULL ? line->value : NULL;
}

static void set_figure(const char *key, const char *value)
{
	struct line *line = find_line(key);

	if (line == NULL) {
		add_line(key, value);
	} else {
		free(line->value);
		line->value = copy_of(value);
	}
}

/* A line that begins with a tab goes on where the one before it ended. */
static void read_table(void)
{
	char path[4096], text[LINE_SIZE], longer[LINE_SIZE];
	FILE *file;

	/* The folder that automake's harness calls by this name. */
	(void)snprintf(path, sizeof(path), "%s/tests/e2e/cost.table", variable("srcdir", "."));
	file = fopen(path, "re");
	if (file == NULL)
		tap_bail("%s: %s (srcdir is the folder with the sources)", path, strerror(errno));
	while (fgets(text, sizeof(text), file) != NULL) {
		struct line *last = table_lines > 0 ? &table[table_lines - 1] : NULL;
		char *value = strstr(text, ": ");

		text[strcspn(text, "\n")] = '\0';
		if (*text == '\t' && last != NULL && last->key != NULL) {
			(void)snprintf(longer, sizeof(longer), "%.2000s %.2000s", last->value, text + 1);
			set_figure(last->key, longer);
		} else if (*text == '#' || value == NULL) {
			add_line(NULL, text);
		} else {
			*value = '\0';
			add_line(text, value + 2);
		}
	}
	(void)fclose(file);
}

static void print_table(void)
{
	enum { WIDTH = 120, TAB = 8 };

	for (int i = 0; i < table_lines; i++) {
		int column;

		if (table[i].key == NULL) {
			(void)puts(table[i].value);
			continue;
		}
		column = printf("%s:", table[i].key);
		for (const char *word = table[i].value; *word != '\0';) {
			int length = (int)strcspn(word, " ");

			if (column + 1 + length > WIDTH) {
				(void)printf("\n\t%.*s", length, word);
				column = TAB + length;
			} else {
				column += printf(" %.*s", length, word);
			}
			word += length + (word[length] == ' ');
		}
		(void)putchar('\n');
	}
}

/* ---- which build this is ---- */

/* "musl, static-pie" */
static const char *linking(void)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), "%s, %s", variable("LIBC", "musl"), variable("LINKED", "static-pie"));
	return name;
}

/* "gcc 12, lld, musl, static-pie": what instructions and memory depend on. */
static const char *build_name(void)
{
	static char name[128];
	const char *version = variable("COMPILER_VERSION", "?");

	(void)snprintf(name, sizeof(name), "%s %.*s, %s, %s", variable("COMPILER", "gcc"), (int)strcspn(version, "."),
		version, variable("LINKER", "lld"), linking());
	return name;
}

/* glibc has functions for each kind of processor, and a shared library may be another one on each machine. */
static bool is_all_ours(void)
{
	return strncmp(linking(), "musl, static", strlen("musl, static")) == 0;
}

static bool has_own_flags(void)
{
	return strcmp(variable("OWN_CFLAGS", "yes"), "yes") == 0;
}

/* ---- the world around the init ---- */

enum { MAX_OPTIONS = 4, MAX_WORDS = 32 };

/* Paths are as long everywhere. /sys is a folder that is always there. */
#define WORLD "/sys"
#define INIT WORLD "/dumb-init"
#define CHILD WORLD "/child"
#define CGROUPS WORLD "/fs/cgroup"

struct world {
	struct way way;
	const char *options[MAX_OPTIONS + 1], *verb[MAX_WORDS + 1]; /* end with NULL */
	bool lines_to_pipe;					    /* standard error is a pipe, else /dev/null */
	int input;						    /* as struct start has it */
	bool traced;						    /* by the test, from its exec on */
	int lines;						    /* the pipe's other end, or -1 */
};

/* In the process that becomes the init. */
static void need(bool success, const char *what)
{
	if (success)
		return;
	(void)dprintf(STDOUT_FILENO, "%s: %s\n", what, strerror(errno));
	_exit(99);
}

static void make_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	need(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content) && close(fd) == 0, path);
}

static void put_over(const char *source, const char *target)
{
	need(mount(source, target, NULL, MS_BIND, NULL) == 0, target);
}

/* Executes the init with a cgroup and an environment such as containers have. For struct start's `prepare`. */
static void enter_world(void *argument)
{
	static char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOSTNAME=0123456789ab", "HOME=/root", NULL};
	const struct world *world = argument;
	const char *words[1 + MAX_OPTIONS + 2 + MAX_WORDS + 1] = {"dumb-init"};
	size_t count = 1;

	(void)umask(022);
	if (!world->way.pid_1) /* PID 1 has mounts of its own already */
		need(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mounts");
	need(mount("tmpfs", WORLD, "tmpfs", 0, NULL) == 0, WORLD);
	need(mkdir(WORLD "/fs", 0755) == 0 && mkdir(CGROUPS, 0755) == 0, CGROUPS);
	make_file(CGROUPS "/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n");
	make_file(CGROUPS "/memory.max", "max\n");
	make_file(WORLD "/cgroup", "0::/\n");
	put_over(WORLD "/cgroup", "/proc/self/cgroup");
	make_file(INIT, "");
	put_over(init_path(), INIT);
	make_file(CHILD, "");
	put_over(child_path(), CHILD);

	for (const char *const *option = world->options; *option != NULL; option++)
		words[count++] = *option;
	words[count++] = "--";
	words[count++] = CHILD;
	for (const char *const *word = world->verb; *word != NULL; word++)
		words[count++] = *word;
	/* The stack then begins at the same place in its page. A container's filter may refuse it: see slack_of(). */
	(void)personality(ADDR_NO_RANDOMIZE);
	need(!world->traced || ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0, "PTRACE_TRACEME");
	(void)execve(INIT, (char **)(uintptr_t)words, environment);
	need(false, INIT);
}

/* An ordinary user has no mounts of his own outside of a PID namespace. */
static bool can_enter_world(const struct way *way)
{
	return way->pid_1 || !way->ordinary_user;
}

static bool start_world(struct init *init, struct world *world)
{
	struct start start = {.way = world->way, .prepare = enter_world, .argument = world, .input = world->input};
	int ends[2] = {-1, -1};
	bool started;

	/* Whoever the init is, the pipe is one that he may open: the engine's is. */
	if (world->lines_to_pipe && (pipe2(ends, O_CLOEXEC) != 0 || fchmod(ends[1], 0666) != 0))
		tap_bail("a pipe: %s", strerror(errno));
	start.error = world->lines_to_pipe ? ends[1] : open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (start.error < 0)
		tap_bail("/dev/null: %s", strerror(errno));
	started = init_start(init, &start);
	(void)close(start.error);
	world->lines = ends[0];
	return started;
}

static bool starts_with(const char *line, const char *start)
{
	return line != NULL && strncmp(line, start, strlen(start)) == 0;
}

/* Starts it there and follows it to its end. */
static bool run_traced(struct trace *trace, struct world *world)
{
	bool followed;

	world->traced = true;
	if (!start_world(&trace->init, world))
		return false; /* it has said why */
	followed = trace_follow(trace);
	if (world->lines >= 0)
		(void)close(world->lines);
	init_end(&trace->init);
	return followed;
}

/* ---- system calls ---- */

/* Says where two lists of words differ. */
static void note_difference(const char *found, const char *expected)
{
	int at = 0, shown;

	for (int i = 0; found[i] == expected[i] && found[i] != '\0'; i++)
		if (found[i] == ' ')
			at = i + 1;
	shown = at > 60 ? at - 60 : 0;
	tap_note("found:    ...%.*s >>> %.100s", at - shown, found + shown, found + at);
	tap_note("in table: ...%.*s >>> %.100s", at - shown, expected + shown, expected + at);
	tap_note(MAKE_ANEW);
}

/* Compares with the table, or takes it over. `held`: the table's figures are for builds such as this one. */
static void compare(const char *key, const char *found, bool held, const char *description)
{
	const char *expected = figure(key);

	if (printing) {
		if (held)
			set_figure(key, found);
	} else if (!held || expected == NULL) {
		tap_note("%s", found);
		tap_case(true, "%s (only told: the table has none for this build)", description);
	} else {
		if (strcmp(found, expected) != 0)
			note_difference(found, expected);
		tap_case(strcmp(found, expected) == 0, "%s", description);
	}
}

/* The command is let go when the init waits for it. */
static void tell_end(struct trace *trace)
{
	trace_let_go(trace);
	trace->told = true;
}

/* The init is sent a signal once its command is ready. */
static void tell_signal(struct trace *trace)
{
	if (trace->phase == 0) {
		trace_let_go(trace);
		trace->phase++;
	} else if (init_has_output(&trace->init) && starts_with(init_read_line(&trace->init), "ready")) {
		(void)kill(trace->init.pid, SIGUSR1);
		trace->told = true;
	}
}

static const struct situation {
	const char *name;
	bool not_pid_1, lines_to_pipe;
	const char *option;
	const char *verb[3];
	void (*tell)(struct trace *trace); /* NULL: the command ends at once */
} situations[] = {
	{"as PID 1, of a command that ends at once", false, false, NULL, {"exit", "0"}, NULL},
	{"as PID 1", false, false, NULL, {"exit", "0"}, tell_end},
	{"as PID 1, standard error is a pipe", false, true, NULL, {"exit", "0"}, tell_end},
	{"as PID 1, with a signal", false, false, NULL, {"signals", "10"}, tell_signal},
	{"as PID 1, -c, with a signal", false, false, "-c", {"signals", "10"}, tell_signal},
	{"not as PID 1", true, false, NULL, {"exit", "0"}, tell_end},
};

static struct trace trace_of(const struct situation *situation)
{
	return (struct trace){.command_first = situation->tell == NULL,
		.tell = situation->tell,
		.patient = true,
		.told = situation->tell == NULL};
}

static struct world world_of(const struct situation *situation, const struct way *way)
{
	struct world world = {.way = *way, .options = {situation->option}, .lines_to_pipe = situation->lines_to_pipe};

	memcpy(world.verb, situation->verb, sizeof(situation->verb));
	return world;
}

static void test_situation(const struct situation *situation, const struct way *way)
{
	static struct trace trace;
	struct world world = world_of(situation, way);
	char key[128], description[256];
	bool held;

	trace = trace_of(situation);
	if (!run_traced(&trace, &world)) {
		tap_case(false, "system calls of a run %s, %s", situation->name, way_name(way));
		return;
	}
	held = HAS_FIGURES && trace.main != 0;
	if (situation == situations) {
		(void)snprintf(key, sizeof(key), "calls before main(), %s", linking());
		(void)snprintf(description, sizeof(description), "system calls of the C library before main(), %s",
			way_name(way));
		compare(key, trace_list(&trace, 0, trace.calls_before_main), held && is_all_ours(), description);
	}
	(void)snprintf(key, sizeof(key), "calls %s", situation->name);
	(void)snprintf(description, sizeof(description), "system calls of a run %s: %d, %s", situation->name,
		trace.calls, way_name(way));
	compare(key, trace_list(&trace, trace.calls_before_main, trace.calls), held, description);
}

static void test_calls(const struct way *way)
{
	if (!can_enter_world(way))
		return;
	for (size_t i = 0; i < COUNT(situations); i++)
		if (situations[i].not_pid_1 == !way->pid_1)
			test_situation(&situations[i], way);
}

/* ---- instructions ---- */

static void compare_instructions(const struct trace *trace, const struct way *way)
{
	enum { PERCENT = 2, PERCENT_BEFORE_MAIN = 20 };
	bool held = trace->main != 0 && is_all_ours() && has_own_flags();
	long long from_main, before_main;
	char key[160], found[64];
	const char *expected;
	bool passed;

	(void)snprintf(key, sizeof(key), "instructions, %s", build_name());
	(void)snprintf(found, sizeof(found), "%lld and %lld before main()", trace->from_main, trace->before_main);
	expected = held ? figure(key) : NULL;
	if (printing) {
		if (held)
			set_figure(key, found);
	} else if (expected == NULL || sscanf(expected, "%lld and %lld", &from_main, &before_main) != 2) {
		tap_case(true, "user instructions of a run: %s (only told: the table has none for %s%s), %s", found,
			build_name(), has_own_flags() ? "" : " with these CFLAGS", way_name(way));
	} else {
		/* The kernel may hand the C library a longer list of facts (getauxval(3)) than it did for the table. */
		passed = llabs(trace->from_main - from_main) * 100 <= from_main * PERCENT &&
			 trace->before_main * 100 <= before_main * (100 + PERCENT_BEFORE_MAIN);
		if (!passed)
			tap_note(MAKE_ANEW);
		tap_case(passed, "user instructions of a run: %s; in the table %s; %s", found, expected, way_name(way));
	}
}

static void test_instructions(const struct way *way)
{
	static struct trace trace;
	struct world world = world_of(situations, way);

	if (!way->pid_1 || !HAS_FIGURES)
		return;
	trace = trace_of(situations);
	trace.by_steps = true;
	if (run_traced(&trace, &world))
		compare_instructions(&trace, way);
	else
		tap_case(false, "user instructions of a run, %s", way_name(way));
}

/* ---- SIGKILL for a group ---- */

#define MEMBERS_WORD "300"
enum { MEMBERS = 300, MOST_KILLS = MEMBERS / 5 };

/* Not as PID 1 it goes to whole groups, too. Once for each of their members would be as often as the square of their
 * number: 8,000 took half a minute to end. Here it is once for each search for those who are left. */
static void test_group_kill(const struct way *way)
{
	static struct trace trace;
	struct world world = {.way = *way,
		.options = {"-k", "0.05"},
		.verb = {"ignore", "15", "--", "crowd", MEMBERS_WORD, "--", "exit", "0"}};
	bool followed;

	if (way->pid_1 || !can_enter_world(way))
		return;
	trace = (struct trace){.command_first = true, .told = true};
	followed = run_traced(&trace, &world);
	tap_case(followed && trace.times[SYS_kill] <= MOST_KILLS, "%d calls of kill for a group of %d, %s",
		trace.times[SYS_kill], MEMBERS, way_name(way));
}

/* ---- allocations ---- */

#define MANY_WORD "1000"
enum { MANY = 1000, BATCH = 100 };

/* SIGRTMIN and some: these are queued. */
enum { QUEUED_SIGNAL = 40 };

/* They are forwarded, one by one; the test reads what the command says of it later. */
static void send_batch(const struct init *init)
{
	for (int i = 0; i < BATCH; i++)
		(void)kill(init->pid, QUEUED_SIGNAL);
}

/* `who` is what the command's lines begin with. It also takes the SIGCHLD of its own children. */
static bool expect_signal(struct init *init, const char *who, int signal)
{
	const char *line;

	while ((line = init_read_line(init)) != NULL)
		if (starts_with(line, who) && atoi(line + strlen(who)) == signal)
			return true;
	return false;
}

static bool read_batch(struct init *init, const char *who)
{
	for (int i = 0; i < BATCH; i++)
		if (!expect_signal(init, who, QUEUED_SIGNAL))
			return false;
	return true;
}

/* When all orphans have been reaped, signals are sent; then SIGTERM, at which the command exits. */
static void tell_many(struct trace *trace)
{
	enum { HELD, STARTING, REAPING, SENT };
	struct init *init = &trace->init;

	if (trace->phase == HELD) {
		trace_let_go(trace);
		trace->phase = STARTING;
	} else if (trace->phase == STARTING) {
		if (init_has_output(init) && starts_with(init_read_line(init), "ready"))
			trace->phase = REAPING;
	} else if (trace->phase == REAPING) {
		if (children_of(init->pid, NULL, 0) == 1) {
			send_batch(init);
			trace->phase = SENT;
		}
	} else if (read_batch(init, "") && trace->phase < SENT + MANY / BATCH - 1) {
		send_batch(init);
		trace->phase++;
	} else {
		(void)kill(init->pid, SIGTERM);
		trace->told = true;
	}
}

static void test_allocations(const struct way *way)
{
	static const struct {
		const char *name;
		int number;
	} allocations[] = {
		{"brk", SYS_brk},
#ifdef SYS_mmap
		{"mmap", SYS_mmap},
#endif
#ifdef SYS_mmap2
		{"mmap2", SYS_mmap2},
#endif
		{"mremap", SYS_mremap},
	};
	static struct trace trace;
	struct world world = {.way = *way,
		.options = {"-v"},
		.verb = {"orphans", MANY_WORD, "0", "--", "signals"},
		.lines_to_pipe = true}; /* nobody reads them, and it becomes full */
	bool passed;

	if (!can_enter_world(way))
		return;
	trace = (struct trace){.tell = tell_many};
	passed = run_traced(&trace, &world);
	for (size_t i = 0; i < COUNT(allocations); i++) {
		int times = trace.times[allocations[i].number];

		if (times > 0) {
			tap_note("%s is called %d times", allocations[i].name, times);
			passed = false;
		}
	}
	tap_case(passed, "no memory is allocated for -v, " MANY_WORD " orphans and " MANY_WORD " signals, %s",
		way_name(way));
}

/* ---- memory ---- */

/* In KiB, what no other process can have: not Private_Dirty, which counts a file's pages that are not on the disk yet,
 * and not Pss, which is less where another dumb-init runs. */
struct memory {
	long anonymous, resident;
	long slack; /* so much more of `anonymous` is chance */
};

/* Without ADDR_NO_RANDOMIZE the stack begins somewhere in 8 KiB (arch_align_stack() in the kernel). */
static long slack_of(pid_t pid)
{
	enum { KIB = 8 };
	char path[64], line[32];
	FILE *file;
	bool same_each_time;

	(void)snprintf(path, sizeof(path), "/proc/%d/personality", (int)pid);
	file = fopen(path, "re");
	same_each_time = file != NULL && fgets(line, sizeof(line), file) != NULL &&
			 (strtoul(line, NULL, 16) & ADDR_NO_RANDOMIZE) != 0;
	if (file != NULL)
		(void)fclose(file);
	return same_each_time ? 0 : KIB;
}

static bool read_memory(pid_t pid, struct memory *memory)
{
	char path[64], line[256];
	FILE *file;

	*memory = (struct memory){-1, -1, slack_of(pid)};
	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		(void)sscanf(line, "Rss: %ld", &memory->resident);
		(void)sscanf(line, "Anonymous: %ld", &memory->anonymous);
	}
	if (file != NULL)
		(void)fclose(file);
	return memory->anonymous >= 0 && memory->resident >= 0;
}

/* Waits until the init sleeps without a timeout, or for the second that is enough for whatever it does at the start:
 * one with a timeout for ever is found out by that. */
static void await_sleep(pid_t pid)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};

	for (int i = 0; i < 1000 && !sleeps_without_timeout(pid); i++)
		(void)nanosleep(&millisecond, NULL);
}

/* Orphans die, `batches` of signals are sent, and the init sleeps again. */
static bool go_through(struct init *init, int input, const char *who, int batches)
{
	const char *line;

	if (write(input, "\n", 1) != 1 || !init_expect(init, "orphaned"))
		return false;
	line = init_read_line(init);
	if (!starts_with(line, who) || !starts_with(line + strlen(who), "ready") || !wait_for_children(init->pid, 1))
		return false;
	for (int i = 0; i < batches; i++) {
		send_batch(init);
		if (!read_batch(init, who))
			return false;
	}
	await_sleep(init->pid);
	return true;
}

static bool memory_stays(struct init *init, int input, struct memory *after)
{
	struct memory before;

	/* The first ones touch the pages that will be needed. */
	if (!starts_with(init_read_line(init), "ready") || !go_through(init, input, "some ", 1) ||
		!read_memory(init->pid, &before))
		return false;
	(void)kill(init->pid, SIGUSR1); /* the last one that `some` takes */
	if (!expect_signal(init, "some ", SIGUSR1) || !go_through(init, input, "many ", MANY / BATCH) ||
		!read_memory(init->pid, after))
		return false;
	tap_note("private %ld, then %ld KiB; resident %ld, then %ld KiB", before.anonymous, after->anonymous,
		before.resident, after->resident);
	return after->anonymous <= before.anonymous && after->resident <= before.resident;
}

static void compare_memory(const struct memory *memory, const struct way *way)
{
	bool held = HAS_FIGURES && is_all_ours() && has_own_flags();
	char key[128], found[32];
	const char *expected;

	(void)snprintf(key, sizeof(key), "private KiB, %s", build_name());
	(void)snprintf(found, sizeof(found), "%ld", memory->anonymous);
	expected = held ? figure(key) : NULL;
	if (printing) {
		if (held)
			set_figure(key, found);
	} else if (expected == NULL) {
		tap_case(true, "private memory: %s KiB (only told: the table has none for %s%s), %s", found,
			build_name(), has_own_flags() ? "" : " with these CFLAGS", way_name(way));
	} else {
		bool passed = memory->anonymous <= atol(expected) + memory->slack;

		if (!passed)
			tap_note(MAKE_ANEW);
		tap_case(passed, "private memory: %s KiB, at most %s%s, %s", found, expected,
			memory->slack > 0 ? " and 8 (addresses are random)" : "", way_name(way));
	}
}

static void test_memory(const struct way *way)
{
	struct world world = {.way = *way,
		.verb = {"ready", "--", "wait-for-input", "--", "orphans", "100", "0", "--", "take", "some", "10", "--",
			"wait-for-input", "--", "orphans", MANY_WORD, "0", "--", "take", "many", "0", "--", "exit",
			"0"}};
	struct memory memory = {0};
	struct init init;
	int input[2];
	bool passed;

	if (!can_enter_world(way))
		return;
	if (pipe2(input, O_CLOEXEC) != 0)
		tap_bail("pipe: %s", strerror(errno));
	world.input = input[0];
	passed = start_world(&init, &world);
	if (passed) {
		passed = memory_stays(&init, input[1], &memory);
		init_end(&init);
	}
	(void)close(input[0]);
	(void)close(input[1]);
	tap_case(
		passed, "memory does not grow with " MANY_WORD " orphans and " MANY_WORD " signals, %s", way_name(way));
	if (passed && way->pid_1)
		compare_memory(&memory, way);
}

/* ---- wake-ups ---- */

enum { IDLE_SECONDS = 2, WAYS = 4 };

static const char *const idle_modes[][2] = {{NULL}, {"-c"}, {"--wait"}, {"-k", "5"}};

/* All of them are idle at the same time, since it takes so long. */
static struct idle {
	struct init init;
	struct way way;
	int mode;
	bool started;
	long before; /* context switches */
} idle[WAYS * COUNT(idle_modes)];
static size_t idle_count;

static long context_switches(pid_t pid)
{
	char waited[32], preempted[32];

	if (!read_status_field(pid, "voluntary_ctxt_switches", waited, sizeof(waited)) ||
		!read_status_field(pid, "nonvoluntary_ctxt_switches", preempted, sizeof(preempted)))
		return -1;
	return atol(waited) + atol(preempted);
}

static void start_idle(const struct way *way)
{
	static const char *const verb[] = {"signals", NULL};

	for (size_t mode = 0; mode < COUNT(idle_modes); mode++) {
		const char *const options[] = {idle_modes[mode][0], idle_modes[mode][1], NULL};
		struct idle *one = &idle[idle_count++];
		struct start start = {.way = *way};

		*one = (struct idle){.way = *way, .mode = (int)mode};
		if (!init_start_child(&one->init, &start, options, verb))
			continue;
		/* It has done all that it does at the start once a signal has gone through it. */
		(void)kill(one->init.pid, starts_with(init_read_line(&one->init), "ready") ? SIGUSR1 : SIGKILL);
		one->started = expect_signal(&one->init, "", SIGUSR1);
		if (!one->started)
			init_end(&one->init);
	}
}

static void test_wakeups(void)
{
	struct timespec left = {.tv_sec = IDLE_SECONDS};

	if (printing)
		return;
	idle_count = 0;
	for_each_way(start_idle);
	for (size_t i = 0; i < idle_count; i++)
		if (idle[i].started)
			await_sleep(idle[i].init.pid);
	for (size_t i = 0; i < idle_count; i++)
		if (idle[i].started)
			idle[i].before = context_switches(idle[i].init.pid);
	while (nanosleep(&left, &left) != 0)
		continue;
	for (size_t i = 0; i < idle_count; i++) {
		const char *const *mode = idle_modes[idle[i].mode];
		long times = idle[i].started ? context_switches(idle[i].init.pid) - idle[i].before : -1;

		if (times > 0)
			tap_note("it ran %ld times", times);
		tap_case(times == 0, "idle for %d seconds, it does not run once: %s%s%s, %s", IDLE_SECONDS,
			mode[0] != NULL ? mode[0] : "default mode", mode[1] != NULL ? " " : "",
			mode[1] != NULL ? mode[1] : "", way_name(&idle[i].way));
	}
	for (size_t i = 0; i < idle_count; i++)
		if (idle[i].started)
			init_end(&idle[i].init);
}

/* ---- all of it ---- */

int main(int argc, char **argv)
{
	const char *no_trace = trace_why_not();
	int output = -1;

	printing = argc == 2 && strcmp(argv[1], "--print") == 0;
	if (printing) {
		output = dup(STDOUT_FILENO);
		if (output < 0 || freopen("/dev/null", "we", stdout) == NULL)
			tap_bail("/dev/null: %s", strerror(errno));
	}
	read_table();
	if (no_trace == NULL) {
		for_each_way(test_calls);
		for_each_way(test_instructions);
		for_each_way(test_group_kill);
		for_each_way(test_allocations);
	} else {
		tap_skip("system calls, instructions, allocations", no_trace);
	}
	for_each_way(test_memory);
	test_wakeups();
	if (!printing)
		return tap_end();

	if (tap_end() != 0) {
		(void)fprintf(stderr, "cost: no table, since a test fails: see them without --print\n");
		return 1;
	}
	if (dup2(output, STDOUT_FILENO) < 0)
		return 1;
	print_table();
	return fflush(stdout) == 0 ? 0 : 1;
}
