/*
 * Orphans are reaped, whatever their number, and while nothing happens dumb-init does nothing and holds nothing
 * (contract 2.6, 4, 5).
 *
 * What it fails on: tini and catatonit keep the command's standard input, output and descriptors open, so that readers
 * see no end of file, and its working directory; tini wakes up every second.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

#define MANY "3000"
enum { SOME = 50 };

static const struct mode {
	const char *name;
	const char *option;
} modes[] = {{"default mode", NULL}, {"-c", "-c"}};

/* Starts `init [OPTION] -- child WORD...`. */
static bool start_child(struct init *init, struct start *start, const char *option, const char *const *verb)
{
	return init_start_child(init, start, (const char *const[]){option, NULL}, verb);
}

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		tap_bail("no pipe");
}

static void close_both(const int ends[2])
{
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static bool starts_with(const char *line, const char *start)
{
	return line != NULL && strncmp(line, start, strlen(start)) == 0;
}

/* The init is in its loop: a signal went through it. */
static bool is_supervising(struct init *init)
{
	(void)kill(init->pid, SIGUSR1);
	return starts_with(init_read_line(init), "10 from");
}

/* Ends `child signals`, whose status must be the init's, not an orphan's. */
static bool ends_with(struct init *init, int status)
{
	(void)kill(init->pid, SIGTERM);
	return init_wait_for_exit(init) == status;
}

/* ---- orphans ---- */

static void test_many_orphans(const struct way *way)
{
	static const char *const verb[] = {"orphans", MANY, "7", "--", "signals", NULL};

	for (size_t mode = 0; mode < 2; mode++) {
		struct start start = {.way = *way};
		struct init init;
		bool passed = start_child(&init, &start, modes[mode].option, verb);

		if (passed) {
			/* From that line on all orphans are the init's: only the command remains. */
			passed = init_expect(&init, "orphaned") && starts_with(init_read_line(&init), "ready") &&
				 wait_for_children(init.pid, 1) && ends_with(&init, 0);
			init_end(&init);
		}
		tap_case(passed, MANY " orphans that die at once are reaped: %s, %s", modes[mode].name, way_name(way));
	}
}

/* The init is stopped while they die: it then finds a single SIGCHLD. */
static bool reaps_all_for_one_signal(struct init *init, int input)
{
	pid_t command, children[SOME + 1];

	if (!init_expect(init, "begun"))
		return false;
	command = only_child_of(init->pid);
	(void)kill(init->pid, SIGSTOP);
	if (!wait_for_state(init->pid, 'T') || write(input, "\n", 1) != 1 || !init_expect(init, "orphaned") ||
		children_of(init->pid, children, SOME + 1) != SOME + 1)
		return false;
	for (int i = 0; i <= SOME; i++)
		if (children[i] != command && !wait_for_state(children[i], 'Z'))
			return false;
	(void)kill(init->pid, SIGCONT);
	return wait_for_children(init->pid, 1) && ends_with(init, 128 + SIGTERM);
}

static void test_one_signal_for_many(const struct way *way)
{
	static const char *const verb[] = {
		"say", "begun", "--", "wait-for-input", "--", "orphans", "50", "0", "--", "wait", NULL};
	struct start start = {.way = *way};
	struct init init;
	int input[2];
	bool passed;

	make_pipe(input);
	start.input = input[0];
	passed = start_child(&init, &start, NULL, verb);
	if (passed) {
		passed = reaps_all_for_one_signal(&init, input[1]);
		init_end(&init);
	}
	close_both(input);
	tap_case(passed, "one SIGCHLD for %d deaths is enough, %s", SOME, way_name(way));
}

/* ---- memory ---- */

struct memory {
	long anonymous, data; /* kB */
};

/* VmData is what was asked for. What is in use is summed up page by page, as status has estimates only. */
static bool read_memory(pid_t pid, struct memory *memory)
{
	char path[64], value[64], line[256];
	FILE *file;

	if (!read_status_field(pid, "VmData", value, sizeof(value)))
		return false;
	memory->data = atol(value);
	memory->anonymous = -1;
	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (starts_with(line, "Anonymous:"))
			memory->anonymous = atol(line + strlen("Anonymous:"));
	if (file != NULL)
		(void)fclose(file);
	return memory->anonymous >= 0;
}

static bool many_signals(struct init *init)
{
	for (int i = 0; i < 500; i++)
		if (!is_supervising(init))
			return false;
	return true;
}

static bool memory_stays(struct init *init, int input)
{
	struct memory before, after;

	/* The first orphans and lines touch the pages that will be needed, once those of the start have been given
	 * back. */
	if (!init_expect(init, "begun") || !wait_until_settled(init->pid) || write(input, "\n", 1) != 1 ||
		!init_expect(init, "orphaned") || !wait_for_children(init->pid, 1) || !wait_until_settled(init->pid) ||
		!read_memory(init->pid, &before))
		return false;
	if (write(input, "\n", 1) != 1 || !init_expect(init, "orphaned") ||
		!starts_with(init_read_line(init), "ready") || !many_signals(init) ||
		!wait_for_children(init->pid, 1) || !read_memory(init->pid, &after))
		return false;
	tap_note("anonymous memory %ld, then %ld kB; data %ld, then %ld kB", before.anonymous, after.anonymous,
		before.data, after.data);
	/* The stack begins at random, and a signal may go a little deeper than an orphan: into another page, if need
	 * be. If each of 3,500 left something behind, there would be more. */
	return after.anonymous <= before.anonymous + sysconf(_SC_PAGESIZE) / 1024 && after.data == before.data;
}

static void test_memory(const struct way *way)
{
	static const char *const verb[] = {"say", "begun", "--", "wait-for-input", "--", "orphans", "10", "0", "--",
		"wait-for-input", "--", "orphans", MANY, "0", "--", "signals", NULL};
	struct start start = {.way = *way};
	struct init init;
	int input[2];
	bool passed;

	make_pipe(input);
	start.input = input[0];
	passed = start_child(&init, &start, "-v", verb);
	if (passed) {
		passed = memory_stays(&init, input[1]);
		init_end(&init);
	}
	close_both(input);
	tap_case(passed, "memory does not grow with " MANY " orphans and 500 signals, %s", way_name(way));
}

/* ---- idle ---- */

/* Signals go to the command past the init, which does not even wake up. */
static bool sleeps_while_command_works(struct init *init)
{
	char before[32], after[32];
	pid_t command;

	if (!starts_with(init_read_line(init), "ready") || !is_supervising(init) || !wait_until_settled(init->pid) ||
		!read_status_field(init->pid, "voluntary_ctxt_switches", before, sizeof(before)))
		return false;
	command = only_child_of(init->pid);
	for (int i = 0; i < 500 && command > 0; i++) {
		(void)kill(command, SIGUSR2);
		if (!starts_with(init_read_line(init), "12 from"))
			return false;
	}
	return read_status_field(init->pid, "voluntary_ctxt_switches", after, sizeof(after)) &&
	       strcmp(before, after) == 0;
}

static void test_idle(const struct way *way)
{
	struct start start = {.way = *way};
	struct init init;
	bool passed = start_child(&init, &start, NULL, (const char *const[]){"signals", NULL});

	if (passed) {
		passed = sleeps_while_command_works(&init);
		init_end(&init);
	}
	tap_case(passed, "nothing wakes it up while nothing happens, %s", way_name(way));
}

/* ---- what it holds ---- */

enum { INHERITED = 9, HIGH = 700 };

/* In the init to be: a pipe and other descriptors that are inherited, and a working directory. */
static void have_descriptors(void *argument)
{
	const int *pipe = argument;

	if (dup2(pipe[1], INHERITED) < 0 || dup2(STDIN_FILENO, HIGH) < 0 || chdir("/proc") != 0)
		_exit(99);
}

static bool link_is(pid_t pid, const char *name, const char *expected)
{
	char path[64], target[256];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length >= 0)
		target[length] = '\0';
	if (length >= 0 && strcmp(target, expected) == 0)
		return true;
	tap_note("%s is %s, not %s", path, length >= 0 ? target : "missing", expected);
	return false;
}

/* Only the first three may be open. */
static bool holds_nothing_from_3_on(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	DIR *folder;
	bool passed = true;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.' && atoi(entry->d_name) > STDERR_FILENO) {
			tap_note("the init holds descriptor %s", entry->d_name);
			passed = false;
		}
	(void)closedir(folder);
	return passed;
}

/* The command, and not the init, has what was inherited: when it closes it, readers see the end. */
static bool holds_nothing(struct init *init, int inherited)
{
	char byte;

	if (!starts_with(init_read_line(init), "ready") || !is_supervising(init) || !wait_until_settled(init->pid))
		return false;
	if (!link_is(init->pid, "fd/0", "/dev/null") || !link_is(init->pid, "fd/1", "/dev/null") ||
		!link_is(init->pid, "cwd", "/") || !holds_nothing_from_3_on(init->pid))
		return false;
	/* The end of file, and the command still runs. */
	return read(inherited, &byte, 1) == 0 && is_supervising(init);
}

static void test_holds_nothing(const struct way *way)
{
	static const char *const verb[] = {"close", "9", "--", "signals", NULL};

	for (size_t mode = 0; mode < 2; mode++) {
		int inherited[2];
		struct start start = {.way = *way, .prepare = have_descriptors, .argument = inherited};
		struct init init;
		bool passed;

		make_pipe(inherited);
		passed = start_child(&init, &start, modes[mode].option, verb);
		(void)close(inherited[1]);
		if (passed) {
			passed = holds_nothing(&init, inherited[0]);
			init_end(&init);
		}
		(void)close(inherited[0]);
		tap_case(passed, "it holds no descriptor and no directory of the command: %s, %s", modes[mode].name,
			way_name(way));
	}
}

/* The test reads to the end of standard output while both run. */
static void test_output_ends(const struct way *way)
{
	struct start start = {.way = *way};
	struct init init;
	bool passed = start_child(&init, &start, NULL, (const char *const[]){"close", "1", "--", "wait", NULL});

	if (passed) {
		passed = init_output_ends(&init) && wait_for_children(init.pid, 1) && ends_with(&init, 128 + SIGTERM);
		init_end(&init);
	}
	tap_case(passed, "standard output ends when the command closes it, %s", way_name(way));
}

static void test_command_gets_all(const struct way *way)
{
	static const struct {
		const char *verb, *expected;
	} cases[] = {{"fds", "fds 0 1 2 9 700"}, {"cwd", "/proc"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int inherited[2];
		struct start start = {.way = *way, .prepare = have_descriptors, .argument = inherited};
		struct init init;
		bool passed;

		make_pipe(inherited);
		passed = start_child(&init, &start, NULL, (const char *const[]){cases[i].verb, NULL});
		if (passed) {
			passed = init_expect(&init, cases[i].expected);
			init_end(&init);
		}
		close_both(inherited);
		tap_case(passed, "the command has all that was inherited: %s, %s", cases[i].expected, way_name(way));
	}
}

int main(void)
{
	for_each_way(test_many_orphans);
	for_each_way(test_one_signal_for_many);
	for_each_way(test_memory);
	for_each_way(test_idle);
	for_each_way(test_holds_nothing);
	for_each_way(test_output_ends);
	for_each_way(test_command_gets_all);
	return tap_end();
}
