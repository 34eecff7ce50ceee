/*
 * What each option of the command line does, by itself and by its environment variable: --delay, --exit-map,
 * --parent-death-signal, --subreaper, --pause, --warn-on-reap, and what --verbose says about all of them (contract 1,
 * 3, 6). What is refused is in usage.sh; --wait, --kill-after and --all have tests of their own.
 *
 * What it fails on: no other init has --delay, or a line for what is in force; tini's -e gives 0 and nothing else, and
 * maps a failure to start as well (dropin.c). The rest has been seen to fail on mistakes that were made on purpose.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"
#include "init.h"
#include "tap.h"

enum { RTMIN = 34, RTMAX = 64, MARKER = RTMAX, MOST_OPTIONS = 7, MOST_VARIABLES = 9 };

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Takes all signals, for ever. */
static const char *const taker[] = {"signals", "0", NULL};

/* ---- starting and reading ---- */

/* Starts `init OPTION... -- child VERB...`. */
static bool start_child(struct init *init, const struct way *way, const char *const *options,
	const char *const *environment, const char *const *verb)
{
	return init_start_child(init, &(struct start){.way = *way, .environment = environment}, options, verb);
}

/* As root a long table is gone through in two ways of the four: what it is about does not depend on the user. */
static bool is_enough(const struct way *way)
{
	return geteuid() == 0 && way->pid_1 == way->ordinary_user;
}

static bool is_ready(struct init *init)
{
	const char *line = init_read_line(init);

	return line != NULL && strncmp(line, "ready ", strlen("ready ")) == 0;
}

static bool start_taker(
	struct init *init, const struct way *way, const char *const *options, const char *const *environment)
{
	if (!start_child(init, way, options, environment, taker))
		return false;
	if (is_ready(init))
		return true;
	init_end(init);
	return false;
}

/* Nothing but what was read has gone through the init: one more is next. */
static bool nothing_else(struct init *init, pid_t pid)
{
	return kill(pid, MARKER) == 0 && init_expect_signal(init, MARKER);
}

/* The text of options and variables, for the description of a case. */
static const char *describe(const char *const *options, const char *const *environment)
{
	static char text[512];

	*text = '\0';
	for (; environment != NULL && *environment != NULL; environment++)
		(void)strcat(strcat(text, *environment), " ");
	for (; options != NULL && *options != NULL; options++)
		(void)strcat(strcat(text, *options), " ");
	if (*text != '\0')
		text[strlen(text) - 1] = '\0';
	return *text != '\0' ? text : "no option";
}

static long long milliseconds(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A span begins before something is sent and ends after something was seen, so it is never too short; both ends are cut
 * to whole milliseconds. */
static bool took_at_least(long long since, int expected)
{
	long long took = milliseconds() - since + 1;

	if (took >= expected)
		return true;
	tap_note("it took %lld ms, and not at least %d", took, expected);
	return false;
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

static bool has_status(struct init *init, int expected)
{
	int status = init_wait_for_exit(init);

	if (status == expected)
		return true;
	tap_note("expected exit status %d, got %d", expected, status);
	return false;
}

/* ---- --delay: who gets what ---- */

/* After each signal that is sent to the init, the command gets this one and no other; 0: none. */
static const struct delaying {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	struct {
		int sent, expected;
	} signals[6];
} delayings[] = {
	/* The second one sends it at once, and one of it; the third is held again. */
	{{"-d", "USR1:infinity"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, SIGUSR1}, {SIGUSR1, 0}, {SIGUSR1, SIGUSR1}}},
	{{"-d", "USR1:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGHUP, SIGHUP}, {SIGUSR2, SIGUSR2}, {SIGUSR1, SIGUSR1}}},
	{{"-dUSR1:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, SIGUSR1}}},
	{{"-c", "-d", "USR1:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGHUP, SIGHUP}, {SIGUSR1, SIGUSR1}}},
	{{"-a", "-d", "USR1:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGHUP, SIGHUP}, {SIGUSR1, SIGUSR1}}},
	{{"--delay=SIGUSR1:60m"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, SIGUSR1}}},
	{{"--del", "sigusr1:3600"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, SIGUSR1}}},
	/* Several, each by itself. */
	{{"-d", "USR1:1h,HUP:infinity"}, {NULL}, {{SIGUSR1, 0}, {SIGHUP, 0}, {SIGUSR1, SIGUSR1}, {SIGHUP, SIGHUP}}},
	{{"-d", "USR1:1h", "-d", "HUP:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGHUP, 0}, {SIGHUP, SIGHUP}}},
	{{"-d", "RTMIN+1:1h"}, {NULL}, {{RTMIN + 1, 0}, {RTMIN, RTMIN}, {RTMIN + 1, RTMIN + 1}}},
	{{"-d", "CHLD:1h"}, {NULL}, {{SIGCHLD, 0}, {SIGCHLD, SIGCHLD}}},
	/* The last rule for a signal counts, and 0 is none. */
	{{"-d", "USR1:1h,USR1:0"}, {NULL}, {{SIGUSR1, SIGUSR1}}},
	{{"-d", "USR1:0s", "-d", "USR1:1h"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, SIGUSR1}}},
	/* The environment, and what takes it back. */
	{{NULL}, {"DUMB_INIT_DELAY=USR1:1h,HUP:1h"}, {{SIGUSR1, 0}, {SIGHUP, 0}, {SIGUSR1, SIGUSR1}}},
	{{NULL}, {"DUMB_INIT_DELAY="}, {{SIGUSR1, SIGUSR1}}},
	{{"-d", "USR1:0"}, {"DUMB_INIT_DELAY=USR1:1h,HUP:1h"}, {{SIGUSR1, SIGUSR1}, {SIGHUP, 0}}},
	{{"-d", "USR1:1h"}, {"DUMB_INIT_DELAY=USR1:0,HUP:1h"}, {{SIGUSR1, 0}, {SIGHUP, 0}}},
	/* What is received is held back, and rewritten when it is sent. */
	{{"-d", "USR1:1h", "-r", "USR1:USR2"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR2, SIGUSR2}, {SIGUSR1, SIGUSR2}}},
	{{"-r", "USR1:USR2", "-d", "USR2:1h"}, {NULL}, {{SIGUSR1, SIGUSR2}, {SIGUSR2, 0}, {SIGUSR2, SIGUSR2}}},
	{{"-d", "TERM:1h", "-r", "TERM:INT"}, {NULL}, {{SIGTERM, 0}, {SIGTERM, SIGINT}}},
	{{"-d", "USR1:1h", "-r", "USR1:0"}, {NULL}, {{SIGUSR1, 0}, {SIGUSR1, 0}, {SIGUSR1, 0}}},
	/* A request to stop is held back once, until it is sent; it ends no delay but its own. */
	{{"-d", "TERM:1h,USR1:1h"}, {NULL},
		{{SIGTERM, 0}, {SIGUSR1, 0}, {SIGUSR1, SIGUSR1}, {SIGTERM, SIGTERM}, {SIGTERM, SIGTERM}, {SIGUSR1, 0}}},
	{{"-d", "INT:1h"}, {NULL}, {{SIGINT, 0}, {SIGINT, SIGINT}, {SIGINT, SIGINT}}},
	{{"-d", "QUIT:1h"}, {NULL}, {{SIGQUIT, 0}, {SIGQUIT, SIGQUIT}, {SIGQUIT, SIGQUIT}}},
	{{"-d", "TERM:1h"}, {NULL}, {{SIGQUIT, SIGQUIT}, {SIGTERM, 0}, {SIGINT, SIGINT}, {SIGTERM, SIGTERM}}},
	{{"-d", "TERM:1h", "-r", "INT:0"}, {NULL}, {{SIGINT, 0}, {SIGTERM, 0}, {SIGTERM, SIGTERM}}},
	{{"-d", "INT:1h,HUP:1h"}, {NULL}, {{SIGINT, 0}, {SIGHUP, 0}, {SIGTERM, SIGTERM}, {SIGINT, SIGINT}}},
	{{"-d", "HUP:1h"}, {NULL}, {{SIGTERM, SIGTERM}, {SIGHUP, 0}, {SIGHUP, SIGHUP}}},
};

static bool delays(struct init *init, const struct delaying *delaying)
{
	for (size_t i = 0; i < 6 && delaying->signals[i].sent != 0; i++) {
		(void)kill(init->pid, delaying->signals[i].sent);
		if (delaying->signals[i].expected != 0 && !init_expect_signal(init, delaying->signals[i].expected))
			return false;
		if (!nothing_else(init, init->pid)) {
			tap_note("after signal %d, number %zu", delaying->signals[i].sent, i + 1);
			return false;
		}
	}
	return true;
}

static void test_who_is_held(const struct way *way)
{
	if (is_enough(way))
		return;
	for (size_t i = 0; i < sizeof(delayings) / sizeof(delayings[0]); i++) {
		const struct delaying *delaying = &delayings[i];
		struct init init;
		bool passed = start_taker(&init, way, delaying->options, delaying->environment);

		if (passed) {
			passed = delays(&init, delaying);
			init_end(&init);
		}
		tap_case(passed, "held back, number %zu: %s, %s", i, describe(delaying->options, delaying->environment),
			way_name(way));
	}
}

/* SIGTSTP is rewritten to SIGSTOP, and stops the init as well, when it is sent and not before. */
static void test_held_stop(const struct way *way)
{
	struct init init;
	bool passed = start_taker(&init, way, WORDS("-d", "TSTP:1h"), NULL);

	if (passed) {
		pid_t command = only_child_of(init.pid);

		passed = kill(init.pid, SIGTSTP) == 0 && nothing_else(&init, init.pid) &&
			 kill(init.pid, SIGTSTP) == 0 && wait_for_state(command, 'T') &&
			 (way->pid_1 || wait_for_state(init.pid, 'T')) && kill(init.pid, SIGCONT) == 0 &&
			 init_expect_signal(&init, SIGCONT) && nothing_else(&init, init.pid);
		init_end(&init);
	}
	tap_case(passed, "held back: SIGTSTP stops nobody until it is sent, %s", way_name(way));
}

/* While SIGUSR1 is held, here for ever, orphans are reaped; the command is told by what is pending for it. */
static bool reaps_meanwhile(struct init *init, int input)
{
	pid_t command = only_child_of(init->pid);

	(void)kill(init->pid, SIGUSR1);
	(void)kill(init->pid, MARKER);
	if (!wait_for_signal_bit(command, "ShdPnd", MARKER) || has_signal_bit(command, "ShdPnd", SIGUSR1))
		return false;
	return write(input, "\n", 1) == 1 && init_expect(init, "orphaned") && is_ready(init) &&
	       wait_for_children(init->pid, 1) && init_expect_signal(init, MARKER) && kill(init->pid, SIGUSR1) == 0 &&
	       init_expect_signal(init, SIGUSR1) && nothing_else(init, init->pid);
}

static void test_reaping_meanwhile(const struct way *way)
{
	static const char *const delays[] = {"USR1:infinity", "USR1:1h", "USR1:1h,CHLD:1h"};
	char usr1[8], marker[8];
	const char *const verb[] = {"block", usr1, marker, "--", "say", "begun", "--", "wait-for-input", "--",
		"orphans", "20", "0", "--", "signals", "0", NULL};

	(void)snprintf(usr1, sizeof(usr1), "%d", SIGUSR1);
	(void)snprintf(marker, sizeof(marker), "%d", MARKER);
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		struct start start = {.way = *way};
		struct init init;
		int input[2];
		bool passed;

		make_pipe(input);
		start.input = input[0];
		passed = init_start_child(&init, &start, WORDS("-d", delays[i]), verb);
		if (passed) {
			passed = init_expect(&init, "begun") && reaps_meanwhile(&init, input[1]);
			init_end(&init);
		}
		close_both(input);
		tap_case(passed, "held back: orphans are reaped meanwhile: -d %s, %s", delays[i], way_name(way));
	}
}

/* ---- --delay: when ---- */

static void test_how_long(const struct way *way)
{
	enum { EXPECTED = 60 };
	static const char *const times[] = {"60ms", "0.06", "0.060s", "0.001m"};

	if (is_enough(way))
		return;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char rule[32];
		struct init init;
		bool passed;

		(void)snprintf(rule, sizeof(rule), "USR1:%s", times[i]);
		passed = start_taker(&init, way, WORDS("-d", rule), NULL);
		/* And once more: the first time has left nothing behind. */
		for (int round = 0; passed && round < 2; round++) {
			long long begin = milliseconds();

			passed = kill(init.pid, SIGUSR1) == 0 && init_expect_signal(&init, SIGUSR1) &&
				 took_at_least(begin, EXPECTED) && nothing_else(&init, init.pid);
		}
		if (init.pid > 0)
			init_end(&init);
		tap_case(passed, "held back for its time: -d %s, %s", rule, way_name(way));
	}
}

/* One that is held when a stop is requested is not lost. */
static void test_held_at_the_stop(const struct way *way)
{
	struct init init;
	bool passed = start_taker(&init, way, WORDS("-d", "USR1:50ms"), NULL);

	if (passed) {
		int terms = 0, others = 0;

		(void)kill(init.pid, SIGUSR1);
		(void)kill(init.pid, SIGTERM);
		for (int i = 0; i < 2; i++) {
			const char *line = init_read_line(&init);
			int signal = 0;

			(void)(line != NULL && sscanf(line, "%d from", &signal) == 1);
			terms += signal == SIGTERM;
			others += signal == SIGUSR1;
		}
		passed = terms == 1 && others == 1 && nothing_else(&init, init.pid);
		init_end(&init);
	}
	tap_case(passed, "held back: what is held when a stop is requested still comes, %s", way_name(way));
}

/* The command ignores the request; the knife comes this long after it was sent, not after it was received. */
static void test_clock_starts_late(const struct way *way)
{
	enum { DELAY = 150, GRACE = 100 };
	struct init init;
	long long begin;
	bool passed = start_taker(&init, way, WORDS("-d", "TERM:150ms", "-k", "0.1"), NULL);

	if (passed) {
		begin = milliseconds();
		passed = kill(init.pid, SIGTERM) == 0 && init_expect_signal(&init, SIGTERM) &&
			 took_at_least(begin, DELAY) && has_status(&init, 128 + SIGKILL) &&
			 took_at_least(begin, DELAY + GRACE);
		init_end(&init);
	}
	tap_case(passed, "held back: the clock of --kill-after starts after the delay, %s", way_name(way));

	passed = start_taker(&init, way, WORDS("-d", "TERM:infinity", "-k", "0.1"), NULL);
	if (passed) {
		passed = kill(init.pid, SIGTERM) == 0 && nothing_else(&init, init.pid);
		begin = milliseconds();
		passed = passed && kill(init.pid, SIGTERM) == 0 && init_expect_signal(&init, SIGTERM) &&
			 has_status(&init, 128 + SIGKILL) && took_at_least(begin, GRACE);
		init_end(&init);
	}
	tap_case(passed, "held back: the clock of --kill-after starts with the second SIGTERM, %s", way_name(way));
}

/* ---- --delay: the command's end ---- */

/* Holds SIGTERM in the init; that it has got so far is told by another one, which is pending for the command. */
static bool holds_one(struct init *init)
{
	pid_t command = only_child_of(init->pid);

	return kill(init->pid, SIGTERM) == 0 && kill(init->pid, SIGUSR2) == 0 &&
	       wait_for_signal_bit(command, "ShdPnd", SIGUSR2);
}

static void test_end_cancels(const struct way *way)
{
	static const char *const delays[] = {"TERM:1h", "TERM:infinity"};
	char usr2[8];
	const char *const ends[] = {
		"block", usr2, "--", "say", "begun", "--", "wait-for-input", "--", "exit", "5", NULL};
	const char *const waits[] = {"block", usr2, "--", "wait", NULL};
	struct init init;
	bool passed;

	(void)snprintf(usr2, sizeof(usr2), "%d", SIGUSR2);
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		struct start start = {.way = *way};
		int input[2];

		make_pipe(input);
		start.input = input[0];
		passed = init_start_child(&init, &start, WORDS("-d", delays[i]), ends);
		if (passed) {
			passed = init_expect(&init, "begun") && holds_one(&init) && write(input[1], "\n", 1) == 1 &&
				 has_status(&init, 5) && init_errors_are(&init, "");
			init_end(&init);
		}
		close_both(input);
		tap_case(passed, "held back: dumb-init exits when the command does: -d %s, %s", delays[i],
			way_name(way));
	}

	/* What is held was not sent: a death of the same signal is reported. */
	passed = start_child(&init, way, WORDS("-d", "TERM:1h"), NULL, waits);
	if (passed) {
		const char *line;

		passed = is_ready(&init) && holds_one(&init) && kill(only_child_of(init.pid), SIGTERM) == 0 &&
			 has_status(&init, 128 + SIGTERM);
		line = passed ? init_read_error_line(&init) : NULL;
		passed = line != NULL && strstr(line, "was killed by SIGTERM (15)") != NULL;
		init_end(&init);
	}
	tap_case(passed, "held back: a death by that signal from elsewhere is reported, %s", way_name(way));
}

enum verdict { RIGHT, WRONG, LATE };

/* With --wait: SIGUSR1, held before SIGWINCH goes through, is due after the command has ended and before the knife, and
 * does not come. LATE: nothing can be said, as the command has not ended before it was due. */
static enum verdict end_cancels_for_the_rest(const struct way *way, int delay)
{
	char rule[32], grace[32];
	struct start start = {.way = *way};
	struct init init;
	int input[2];
	enum verdict verdict = WRONG;

	(void)snprintf(rule, sizeof(rule), "USR1:%dms", delay);
	(void)snprintf(grace, sizeof(grace), "%dms", delay + delay / 2);
	make_pipe(input);
	start.input = input[0];
	if (init_start_child(&init, &start, WORDS("-d", rule, "-k", grace),
		    WORDS("leave", "signals", "0", "--", "wait-for-input", "--", "exit", "5"))) {
		bool ready = is_ready(&init);
		long long begin = milliseconds();

		if (ready && kill(init.pid, SIGUSR1) == 0 && kill(init.pid, SIGWINCH) == 0 &&
			init_expect_signal(&init, SIGWINCH) && write(input[1], "\n", 1) == 1 &&
			init_expect(&init, "got ") && init_expect_signal(&init, SIGTERM)) {
			bool late = milliseconds() - begin >= delay;

			if (init_expect_signal(&init, SIGCONT) && init_read_line(&init) == NULL && has_status(&init, 5))
				verdict = RIGHT;
			if (late)
				verdict = LATE;
		} else if (milliseconds() - begin >= delay) {
			verdict = LATE;
		}
		init_end(&init);
	}
	close_both(input);
	return verdict;
}

static void test_end_cancels_for_the_rest(const struct way *way)
{
	enum verdict verdict = LATE;

	for (int delay = 80; verdict == LATE && delay < 20000; delay *= 2)
		verdict = end_cancels_for_the_rest(way, delay);
	tap_case(verdict == RIGHT, "held back: the end of the command cancels it for the rest too, %s", way_name(way));
}

/* ---- --exit-map ---- */

static const struct mapping {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	const char *verb[3];
	int expected;
} mappings[] = {
	{{"-e", "3"}, {NULL}, {"exit", "3"}, 0},
	{{"-e3"}, {NULL}, {"exit", "3"}, 0},
	{{"-e", "3"}, {NULL}, {"exit", "4"}, 4},
	{{"-e", "3:7"}, {NULL}, {"exit", "3"}, 7},
	{{"--exit-map=3:7"}, {NULL}, {"exit", "3"}, 7},
	{{"--exit", "3:7"}, {NULL}, {"exit", "3"}, 7},
	{{"-e", "0:7"}, {NULL}, {"exit", "0"}, 7},
	{{"-e", "0:7"}, {NULL}, {"exit", "1"}, 1},
	{{"-e", "255:254"}, {NULL}, {"exit", "255"}, 254},
	{{"-e", "0:255"}, {NULL}, {"exit", "0"}, 255},
	/* A death is 128 + n. */
	{{"-e", "143"}, {NULL}, {"die", "15"}, 0},
	{{"-e", "137:9"}, {NULL}, {"die", "9"}, 9},
	{{"-e", "192:1"}, {NULL}, {"die", "64"}, 1},
	{{"-e", "143"}, {NULL}, {"exit", "143"}, 0},
	{{"-e", "143"}, {NULL}, {"exit", "15"}, 15},
	/* Lists, of which each is applied to what the command gave. */
	{{"-e", "1,3:7,5"}, {NULL}, {"exit", "1"}, 0},
	{{"-e", "1,3:7,5"}, {NULL}, {"exit", "3"}, 7},
	{{"-e", "1,3:7,5"}, {NULL}, {"exit", "5"}, 0},
	{{"-e", "1:2", "-e", "2:3"}, {NULL}, {"exit", "1"}, 2},
	{{"-e", "2:3", "-e", "1:2"}, {NULL}, {"exit", "1"}, 2},
	{{"-e", "1:2,2:3"}, {NULL}, {"exit", "2"}, 3},
	{{"-e", "1:2,2:1"}, {NULL}, {"exit", "1"}, 2},
	/* The last one for a status counts, and itself is none. */
	{{"-e", "1:2", "-e", "1:3"}, {NULL}, {"exit", "1"}, 3},
	{{"-e", "1:2,1"}, {NULL}, {"exit", "1"}, 0},
	{{"-e", "1:2,1:1"}, {NULL}, {"exit", "1"}, 1},
	{{NULL}, {"DUMB_INIT_EXIT_MAP=3:7,4"}, {"exit", "3"}, 7},
	{{NULL}, {"DUMB_INIT_EXIT_MAP=3:7,4"}, {"exit", "4"}, 0},
	{{NULL}, {"DUMB_INIT_EXIT_MAP="}, {"exit", "3"}, 3},
	{{"-e", "3:8"}, {"DUMB_INIT_EXIT_MAP=3:7,4"}, {"exit", "3"}, 8},
	{{"-e", "3:8"}, {"DUMB_INIT_EXIT_MAP=3:7,4"}, {"exit", "4"}, 0},
	{{"-e", "3:3"}, {"DUMB_INIT_EXIT_MAP=3:7"}, {"exit", "3"}, 3},
	/* Its own 127 and 126 are the command's, which has been started. */
	{{"-e", "127:7"}, {NULL}, {"exit", "127"}, 7},
	{{"-e", "126:7"}, {NULL}, {"exit", "126"}, 7},
	{{"-c", "-e", "3:7"}, {NULL}, {"exit", "3"}, 7},
	{{"-a", "-e", "3:7"}, {NULL}, {"exit", "3"}, 7},
	{{"--wait", "-e", "3:7"}, {NULL}, {"exit", "3"}, 7},
};

static void test_exit_map(const struct way *way)
{
	if (is_enough(way))
		return;
	for (size_t i = 0; i < sizeof(mappings) / sizeof(mappings[0]); i++) {
		const struct mapping *mapping = &mappings[i];
		struct init init;
		bool passed = start_child(&init, way, mapping->options, mapping->environment, mapping->verb);

		if (passed) {
			passed = has_status(&init, mapping->expected);
			init_end(&init);
		}
		tap_case(passed, "exit map: %s: %s %s, %s", describe(mapping->options, mapping->environment),
			mapping->verb[0], mapping->verb[1], way_name(way));
	}
}

/* Every status has a rule here, to the opposite one. */
static void test_whole_exit_map(const struct way *way)
{
	char map[256 * sizeof("255:255,")] = "";
	bool passed = true;

	if (is_enough(way))
		return;
	for (int status = 0; status < 256; status++)
		(void)snprintf(map + strlen(map), sizeof(map) - strlen(map), "%s%d:%d", status > 0 ? "," : "", status,
			255 - status);
	for (int status = 0; status < 256 && passed; status += 17) {
		char word[8];
		struct init init;

		(void)snprintf(word, sizeof(word), "%d", status);
		passed = start_child(&init, way, WORDS("-e", map), NULL, WORDS("exit", word));
		if (passed) {
			passed = has_status(&init, 255 - status);
			init_end(&init);
		}
	}
	tap_case(passed, "exit map: all statuses at once, %s", way_name(way));
}

/* A stop that the command does not survive is what -e 143 is mostly for. */
static void test_exit_map_of_a_stop(const struct way *way)
{
	struct init init;
	bool passed = start_child(&init, way, WORDS("-e", "143"), NULL, WORDS("wait"));

	if (passed) {
		passed = is_ready(&init) && kill(init.pid, SIGTERM) == 0 && has_status(&init, 0) &&
			 init_errors_are(&init, "");
		init_end(&init);
	}
	tap_case(passed, "exit map: a SIGTERM that was passed on is a success, %s", way_name(way));

	passed = start_taker(&init, way, WORDS("-e", "137:0", "-k", "0.01"), NULL);
	if (passed) {
		passed = kill(init.pid, SIGTERM) == 0 && has_status(&init, 0);
		init_end(&init);
	}
	tap_case(passed, "exit map: killed by --kill-after, %s", way_name(way));
}

/* What is not the command's own status is not mapped. */
static void test_not_mapped(const struct way *way)
{
	static const struct {
		const char *name;
		const char *words[6];
		int expected;
	} cases[] = {
		{"a command that is not found", {"-e", "127:7,126:7,1:7,0:7", "--", "/doesnotexist"}, 127},
		{"a command that cannot be run", {"-e", "127:7,126:7,1:7,0:7", "--", "/"}, 126},
		{"a usage error", {"-e", "127:7,126:7,1:7,0:7", "--nonsense", "--", "/doesnotexist"}, 1},
		{"no command", {"-e", "127:7,126:7,1:7,0:7"}, 1},
		{"--version", {"-e", "127:7,126:7,1:7,0:7", "--version"}, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct init init;
		bool passed = init_start(&init, &(struct start){.way = *way, .words = cases[i].words});

		if (passed) {
			passed = has_status(&init, cases[i].expected);
			init_end(&init);
		}
		tap_case(passed, "exit map: not for %s, %s", cases[i].name, way_name(way));
	}
}

/* ---- --parent-death-signal ---- */

static struct refusal refuses_prctl = {.calls = {SYS_prctl, REFUSED_END}, .error = 1 /* EPERM */};

enum { REFUSED = 98, NEVER_ASKED = 97 };

struct family {
	struct way way; /* of the init */
	bool race;	/* the init is to be stopped once it knows its parent */
};

static void write_file(const char *path, const char *text)
{
	size_t length = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		_exit(99);
	(void)close(fd);
}

/* Leads the traced init as far as the return of its first getppid(), and lets go of it there, stopped. */
static void stop_after_getppid(pid_t init)
{
	struct __ptrace_syscall_info call;
	bool asked = false;
	int status;

	if (waitpid(init, &status, 0) != init || !WIFSTOPPED(status))
		_exit(REFUSED);
	(void)ptrace(PTRACE_SETOPTIONS, init, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	for (;;) {
		(void)ptrace(PTRACE_SYSCALL, init, NULL, NULL);
		if (waitpid(init, &status, 0) != init || !WIFSTOPPED(status))
			_exit(NEVER_ASKED);
		if (ptrace(PTRACE_GET_SYSCALL_INFO, init, sizeof(call), &call) <= 0)
			_exit(REFUSED);
		if (call.op == PTRACE_SYSCALL_INFO_EXIT && asked)
			break;
		if (call.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		asked = call.entry.nr == SYS_getppid;
		if (call.entry.nr == SYS_prctl && call.entry.args[0] == PR_SET_PDEATHSIG)
			_exit(NEVER_ASKED);
	}
	(void)kill(init, SIGSTOP);
	(void)ptrace(PTRACE_DETACH, init, NULL, NULL);
}

/* In the process that would become the init: it stays its parent, and a child of it goes on. As PID 1 the child sees
 * the mounts and the /proc of outside, which does not matter here. */
static void have_mortal_parent(void *argument)
{
	const struct family *family = argument;
	uid_t user = geteuid();
	char user_map[64], group_map[64];
	pid_t child;

	(void)snprintf(user_map, sizeof(user_map), "%u %u 1", user, user);
	(void)snprintf(group_map, sizeof(group_map), "%u %u 1", getegid(), getegid());

	if (family->way.pid_1) {
		if (unshare(CLONE_NEWPID | (user != 0 ? CLONE_NEWUSER : 0)) != 0)
			_exit(99);
		if (user != 0) {
			write_file("/proc/self/setgroups", "deny");
			write_file("/proc/self/uid_map", user_map);
			write_file("/proc/self/gid_map", group_map);
		}
	}
	child = fork();
	if (child < 0)
		_exit(99);
	if (child == 0) {
		if (family->race && ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(REFUSED);
		return;
	}
	/* The test waits for the ends of these. */
	(void)syscall(SYS_close_range, 0, ~0U, 0);
	if (family->race)
		stop_after_getppid(child);
	for (;;)
		(void)pause();
}

/* `init` becomes the parent, which is the test's child; gives back the PID of the init below it, or -1. */
static pid_t start_below_parent(struct init *init, struct family *family, const char *const *options,
	const char *const *environment, const char *const *verb)
{
	struct start start = {.way = {.ordinary_user = family->way.ordinary_user},
		.environment = environment,
		.prepare = have_mortal_parent,
		.argument = family};

	return init_start_child(init, &start, options, verb) ? only_child_of(init->pid) : -1;
}

/* The parent dies; the init becomes the test's child, as the test adopts orphans. */
static bool end_parent(struct init *init)
{
	return kill(init->pid, SIGKILL) == 0 && init_wait_for_exit(init) == 256 + SIGKILL;
}

/* Waits for an adopted init's end; gives back its status as init_wait_for_exit() does. */
static int exit_of_adopted(pid_t pid)
{
	int status;

	if (!wait_for_state(pid, 'Z') || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static const struct parent_death {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	int expected; /* the signal that the command gets, or 0 */
} parent_deaths[] = {
	{{"-p", "USR1"}, {NULL}, SIGUSR1},
	{{"-pSIGUSR1"}, {NULL}, SIGUSR1},
	{{"--parent-death-signal=sigterm"}, {NULL}, SIGTERM},
	{{"--pare", "RTMIN+1"}, {NULL}, RTMIN + 1},
	{{"-c", "-p", "USR1"}, {NULL}, SIGUSR1},
	{{"-p", "USR1", "-p", "USR2"}, {NULL}, SIGUSR2},
	{{NULL}, {NULL}, 0},
	{{NULL}, {"DUMB_INIT_PARENT_DEATH_SIGNAL=USR1"}, SIGUSR1},
	{{NULL}, {"DUMB_INIT_PARENT_DEATH_SIGNAL="}, 0},
	{{"-p", "USR2"}, {"DUMB_INIT_PARENT_DEATH_SIGNAL=USR1"}, SIGUSR2},
	/* Like any other. */
	{{"-p", "USR1", "-r", "USR1:USR2"}, {NULL}, SIGUSR2},
	{{"-p", "USR1", "-r", "USR1:0"}, {NULL}, 0},
	{{"-p", "USR1", "-d", "USR1:1h"}, {NULL}, 0},
	{{"-p", "CHLD"}, {NULL}, SIGCHLD},
	{{"-p", "SEGV"}, {NULL}, SIGSEGV},
};

static void test_parent_death(const struct way *way)
{
	struct family family = {.way = *way};
	struct init init;
	pid_t pid;
	bool passed;

	for (size_t i = 0; i < sizeof(parent_deaths) / sizeof(parent_deaths[0]); i++) {
		const struct parent_death *death = &parent_deaths[i];

		pid = start_below_parent(&init, &family, death->options, death->environment, taker);
		passed = pid > 0 && is_ready(&init) && end_parent(&init) &&
			 (death->expected == 0 || init_expect_signal(&init, death->expected)) &&
			 nothing_else(&init, pid);
		init_end(&init);
		tap_case(passed, "parent's death: the command gets signal %d: %s, %s", death->expected,
			describe(death->options, death->environment), way_name(way));
	}

	/* It is no surprise then. */
	pid = start_below_parent(&init, &family, WORDS("-p", "TERM"), NULL, WORDS("wait"));
	passed = pid > 0 && is_ready(&init) && end_parent(&init) && exit_of_adopted(pid) == 128 + SIGTERM &&
		 init_errors_are(&init, "");
	init_end(&init);
	tap_case(passed, "parent's death: the command dies of it, and dumb-init exits as it did, %s", way_name(way));

	/* This one is the kernel's to act upon. */
	pid = start_below_parent(&init, &family, WORDS("-p", "SIGKILL"), NULL, taker);
	passed = pid > 0 && is_ready(&init) && end_parent(&init) && exit_of_adopted(pid) == 256 + SIGKILL;
	init_end(&init);
	tap_case(passed, "parent's death: -p SIGKILL ends dumb-init, %s", way_name(way));

	/* Whoever relies on it is told, and nothing is started. */
	passed = init_start_child(&init,
		&(struct start){.way = *way, .prepare = filter_install, .argument = &refuses_prctl},
		WORDS("-p", "TERM"), WORDS("say", "started", "--", "exit", "3"));
	if (passed) {
		passed = has_status(&init, 1) && init_read_line(&init) == NULL &&
			 init_errors_are(&init, "[dumb-init] SIGTERM (15) cannot be had at the parent's death: "
						"Operation not permitted\n");
		init_end(&init);
	}
	tap_case(passed, "parent's death: the signal cannot be had, nothing is started, %s", way_name(way));

	/* With --wait, after the command's end: a stop signal goes to what is left. */
	pid = start_below_parent(&init, &family, WORDS("--wait", "-p", "INT"), NULL,
		WORDS("leave", "session", "+", "signals", "0", "--", "exit", "3"));
	passed = pid > 0 && is_ready(&init) && init_expect_signal(&init, SIGTERM) &&
		 init_expect_signal(&init, SIGCONT) && end_parent(&init) && init_expect_signal(&init, SIGINT) &&
		 nothing_else(&init, only_child_of(pid)) && kill(only_child_of(pid), SIGKILL) == 0 &&
		 exit_of_adopted(pid) == 3;
	init_end(&init);
	tap_case(passed, "parent's death: after the command's end, what is left gets it, %s", way_name(way));
}

/* Until the init is stopped, or its parent has given up. */
static bool wait_for_stop(const struct init *init, pid_t pid)
{
	char state[32];

	while (read_status_field(pid, "State", state, sizeof(state)) && *state != 'T') {
		if (read_status_field(init->pid, "State", state, sizeof(state)) && *state == 'Z')
			return false;
		if (!init_is_in_time(init))
			return false;
	}
	return *state == 'T';
}

/*
 * The parent dies after the init has begun and before it has asked the kernel for the signal. It is stopped in between
 * (with ptrace) until the parent is gone. As PID 1 this cannot be told: its parent has no number there, dead or alive.
 */
static void test_parent_dies_early(const struct way *way)
{
	struct family family = {.way = *way, .race = true};
	int count = 0, signal = 0, status = -1;
	struct init init;
	const char *line;
	bool passed;
	pid_t pid;

	if (way->pid_1)
		return;
	pid = start_below_parent(&init, &family, WORDS("-p", "USR1"), NULL, taker);
	passed = pid > 0 && wait_for_stop(&init, pid);
	if (!passed)
		status = init_wait_for_exit(&init);
	/* SIGCONT is passed on too. The command either blocks both in time, or dies of what it is to get. */
	passed = passed && end_parent(&init) && kill(pid, SIGCONT) == 0;
	if (passed && is_ready(&init)) {
		(void)kill(pid, MARKER);
		while (signal != MARKER && (line = init_read_line(&init)) != NULL)
			if (sscanf(line, "%d from", &signal) == 1 && signal == SIGUSR1)
				count++;
	} else if (passed) {
		count = exit_of_adopted(pid) == 128 + SIGUSR1;
	}
	if (passed && count != 1)
		tap_note("the command got the signal %d times", count);
	if (status == NEVER_ASKED)
		tap_note("dumb-init has not looked who its parent is before it asks for the signal");
	init_end(&init);
	if (status == REFUSED)
		tap_skip("parent's death: it is gone already", "no process can be traced here");
	else
		tap_case(passed && count == 1, "parent's death: it is gone before dumb-init has asked, %s",
			way_name(way));
}

/* ---- --subreaper ---- */

static const struct subreaping {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	bool insists;
} subreapings[] = {
	{{"-s"}, {NULL}, true},
	{{"--subreaper"}, {NULL}, true},
	{{"--sub"}, {NULL}, true},
	{{NULL}, {"DUMB_INIT_SUBREAPER=1"}, true},
	{{"-sg"}, {"DUMB_INIT_SUBREAPER=0"}, true},
	{{NULL}, {NULL}, false},
	{{NULL}, {"DUMB_INIT_SUBREAPER=0"}, false},
	{{NULL}, {"DUMB_INIT_SUBREAPER="}, false},
};

static void test_subreaper(const struct way *way)
{
	static const char *const verb[] = {"orphans", "5", "0", "--", "signals", NULL};

	for (size_t i = 0; i < sizeof(subreapings) / sizeof(subreapings[0]); i++) {
		const struct subreaping *subreaping = &subreapings[i];
		const char *words = describe(subreaping->options, subreaping->environment);
		struct start start = {.way = *way,
			.environment = subreaping->environment,
			.prepare = filter_install,
			.argument = &refuses_prctl};
		struct init init;
		bool passed = start_child(&init, way, subreaping->options, subreaping->environment, verb);

		if (passed) {
			passed = init_expect(&init, "orphaned") && is_ready(&init) && wait_for_children(init.pid, 1) &&
				 kill(init.pid, SIGTERM) == 0 && has_status(&init, 0) && init_errors_are(&init, "");
			init_end(&init);
		}
		tap_case(passed, "subreaper: orphans are adopted, silently: %s, %s", words, way_name(way));

		/* PID 1 need not ask. */
		passed = init_start_child(
			&init, &start, subreaping->options, WORDS("say", "started", "--", "exit", "3"));
		if (passed && subreaping->insists && !way->pid_1) {
			passed = has_status(&init, 1) && init_read_line(&init) == NULL &&
				 init_errors_are(&init, "[dumb-init] cannot adopt orphans, as --subreaper asks: "
							"Operation not permitted\n");
			init_end(&init);
			tap_case(passed, "subreaper: refused, nothing is started: %s, %s", words, way_name(way));
		} else {
			if (passed) {
				passed = init_expect(&init, "started") && has_status(&init, 3) &&
					 init_errors_are(&init, "");
				init_end(&init);
			}
			tap_case(passed, "subreaper: refused, and nobody cares: %s, %s", words, way_name(way));
		}
	}
}

/* ---- --pause ---- */

/* Starts `init -v OPTION...`, and reads as far as the line which says that it pauses: all signals are blocked then. */
static bool start_pause(struct init *init, struct start *start, const char *const *words)
{
	const char *line;

	start->words = words;
	if (!init_start(init, start))
		return false;
	while ((line = init_read_error_line(init)) != NULL)
		if (strncmp(line, "[dumb-init] in force: ", strlen("[dumb-init] in force: ")) == 0 &&
			(strstr(line, "--pause") != NULL || strstr(line, "DUMB_INIT_PAUSE") != NULL))
			return true;
	tap_note("no line says that it pauses");
	init_end(init);
	return false;
}

/* Sends a signal; gives back whether the init says that it has taken it. */
static bool takes(struct init *init, int signal)
{
	char expected[16];
	const char *line;

	(void)snprintf(expected, sizeof(expected), " (%d)", signal);
	(void)kill(init->pid, signal);
	while ((line = init_read_error_line(init)) != NULL)
		if (strncmp(line, "[dumb-init] received ", strlen("[dumb-init] received ")) == 0 &&
			strstr(line, expected) != NULL)
			return true;
	tap_note("signal %d was not taken", signal);
	return false;
}

static const struct pausing {
	const char *words[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
} pausings[] = {
	{{"-vP"}, {NULL}},
	{{"-v", "-P", "--"}, {NULL}},
	{{"-v", "--pause"}, {NULL}},
	{{"-v", "--pau", "-c"}, {NULL}},
	{{"-v", "-a", "-P"}, {NULL}},
	{{"-v"}, {"DUMB_INIT_PAUSE=1"}},
	{{"-v", "-P", "-e", "0:5"}, {NULL}}, /* that is for a command's status */
	{{"-v", "-P", "--wait"}, {NULL}},
	{{"-v", "-P", "-k", "1h"}, {NULL}},
	/* There is no command, whatever the words. */
	{{"-v", "-P", "--", "/doesnotexist"}, {NULL}},
	{{"-v", "-P", "/doesnotexist", "-x"}, {NULL}},
};

/* Gives back whether a signal that ends no pause is one that does not stop the init either. */
static bool leaves_a_pause_alone(int signal)
{
	switch (signal) {
	case SIGTERM:
	case SIGINT:
	case SIGKILL:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return false;
	default:
		return true;
	}
}

/* Whether the init has used next to no processor time: what goes through all numbers there are uses seconds. Only where
 * /proc is its own: to go through what others have started may take long as well. */
static bool is_idle(const struct way *way, pid_t pid)
{
	struct timespec used;
	clockid_t clock;

	if (!way->pid_1)
		return true;
	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return false;
	if (used.tv_sec == 0 && used.tv_nsec < 300000000)
		return true;
	tap_note("the init has used %ld.%03ld s", (long)used.tv_sec, used.tv_nsec / 1000000);
	return false;
}

static void test_pause(const struct way *way)
{
	static const int ends[] = {SIGTERM, SIGINT};
	struct init init;
	bool passed;

	for (size_t i = 0; i < sizeof(pausings) / sizeof(pausings[0]); i++)
		for (size_t end = 0; end < 2; end++) {
			passed =
				start_pause(&init, &(struct start){.way = *way, .environment = pausings[i].environment},
					pausings[i].words);
			if (passed) {
				passed = takes(&init, SIGHUP) && takes(&init, SIGQUIT) && is_idle(way, init.pid) &&
					 takes(&init, ends[end]) && has_status(&init, 0);
				init_end(&init);
			}
			tap_case(passed, "pause: exits 0 on signal %d, and not on SIGHUP and SIGQUIT: %s, %s",
				ends[end], describe(pausings[i].words, pausings[i].environment), way_name(way));
		}

	passed = start_pause(&init, &(struct start){.way = *way}, WORDS("-v", "-P"));
	if (passed) {
		for (int signal = 1; signal <= RTMAX && passed; signal++)
			passed = !leaves_a_pause_alone(signal) || takes(&init, signal);
		passed = passed && takes(&init, SIGTERM) && has_status(&init, 0);
		init_end(&init);
	}
	tap_case(passed, "pause: no signal but SIGTERM and SIGINT ends it, %s", way_name(way));

	passed = start_pause(
		&init, &(struct start){.way = *way}, WORDS("-v", "-P", "--", child_path(), "say", "started"));
	if (passed) {
		passed = takes(&init, SIGUSR1) && children_of(init.pid, NULL, 0) == 0 && takes(&init, SIGTERM) &&
			 has_status(&init, 0) && init_read_line(&init) == NULL;
		init_end(&init);
	}
	tap_case(passed, "pause: the words of a command are not run, %s", way_name(way));

	/* The command line cannot take it back, but the variable itself can. */
	passed = start_child(&init, way, NULL, WORDS("DUMB_INIT_PAUSE=0"), WORDS("exit", "3"));
	if (passed) {
		passed = has_status(&init, 3);
		init_end(&init);
	}
	tap_case(passed, "pause: DUMB_INIT_PAUSE=0 is none, %s", way_name(way));
}

/* Without any option that says so nothing is written, not even that nobody was there who could be asked to stop. The
 * init has nothing to do before it gets the signal, and would wait for a child for ever that it does not have. */
static void test_pause_is_silent(const struct way *way)
{
	static const char *const silent[][4] = {{"-P"}, {"-P", "-a"}, {"-P", "--wait"}, {"-P", "-k", "1h"}};

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		struct init init;
		bool passed = init_start(&init, &(struct start){.way = *way, .words = silent[i]});

		if (passed) {
			passed = wait_until_settled(init.pid) && kill(init.pid, SIGTERM) == 0 && has_status(&init, 0) &&
				 init_errors_are(&init, "");
			init_end(&init);
		}
		tap_case(passed, "pause: silent: %s, %s", describe(silent[i], NULL), way_name(way));
	}
}

/* All that is below is nobody: of somebody else's signal that is told (contract 3). */
static void test_pause_with_nobody_to_signal(const struct way *way)
{
	struct init init;
	bool passed = start_pause(&init, &(struct start){.way = *way}, WORDS("-v", "-P", "-a"));

	if (passed) {
		char expected[128];
		const char *line;

		(void)snprintf(expected, sizeof(expected),
			"[dumb-init] SIGHUP (1) could not be sent to everything below PID %d: No such process",
			way->pid_1 ? 1 : init.pid);
		passed = takes(&init, SIGHUP);
		line = passed ? init_read_error_line(&init) : NULL;
		if (line == NULL || strcmp(line, expected) != 0) {
			tap_note("expected '%s', got '%s'", expected, line != NULL ? line : "(nothing)");
			passed = false;
		}
		passed = passed && takes(&init, SIGTERM) && has_status(&init, 0);
		init_end(&init);
	}
	tap_case(passed, "pause: -a with nobody to signal, %s", way_name(way));
}

static void have_one_pending(void *argument)
{
	sigset_t set;

	(void)argument;
	(void)sigfillset(&set);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	(void)kill(getpid(), SIGTERM);
}

static void test_pause_with_one_pending(const struct way *way)
{
	struct init init;
	bool passed =
		init_start(&init, &(struct start){.way = *way, .words = WORDS("-P"), .prepare = have_one_pending});

	if (passed) {
		passed = has_status(&init, 0);
		init_end(&init);
	}
	tap_case(passed, "pause: a SIGTERM that came before it began ends it, %s", way_name(way));
}

/* In the process that becomes the init: a child that ends when the gate, a pipe, is closed. */
static void have_child(void *argument)
{
	const int *gate = argument;
	pid_t child = fork();
	char unused;

	if (child < 0)
		_exit(99);
	if (child > 0)
		return;
	(void)dup2(gate[0], STDIN_FILENO);
	(void)syscall(SYS_close_range, 1, ~0U, 0);
	(void)!read(STDIN_FILENO, &unused, 1);
	_exit(0);
}

/* The same with a child that has ended, whose SIGCHLD nobody has blocked yet. */
static void have_dead_child(void *argument)
{
	pid_t child = fork();
	siginfo_t info;

	(void)argument;
	if (child == 0)
		_exit(0);
	if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) != 0)
		_exit(99);
}

/* An orphan is made in the init's PID namespace by somebody who enters it, as `docker exec` does. It ends when the gate
 * is closed. Gives back false where the namespace cannot be entered. */
static bool make_orphan_inside(const struct init *init, const int gate[2])
{
	int status;
	pid_t visitor = fork();

	if (visitor < 0)
		tap_bail("fork");
	if (visitor == 0) {
		int pidfd = (int)syscall(SYS_pidfd_open, init->pid, 0);
		pid_t parent;
		char unused;

		if ((geteuid() != 0 && setns(pidfd, CLONE_NEWUSER) != 0) || setns(pidfd, CLONE_NEWPID) != 0)
			_exit(1);
		parent = fork();
		if (parent == 0) {
			if (fork() != 0)
				_exit(0);
			(void)close(gate[1]);
			(void)!read(gate[0], &unused, 1);
			_exit(0);
		}
		_exit(parent > 0 && waitpid(parent, &status, 0) == parent && status == 0 ? 0 : 1);
	}
	return waitpid(visitor, &status, 0) == visitor && status == 0;
}

static void test_pause_reaps(const struct way *way)
{
	struct start start = {.way = *way};
	struct init init;
	int gate[2];
	bool passed;

	/* Those who are its children by exec, as with `sh -c 'service & exec dumb-init -P'`. */
	make_pipe(gate);
	start.prepare = have_child;
	start.argument = gate;
	passed = start_pause(&init, &start, WORDS("-v", "-P"));
	if (passed) {
		passed = takes(&init, SIGUSR1) && children_of(init.pid, NULL, 0) == 1;
		(void)close(gate[1]);
		passed = passed && wait_for_children(init.pid, 0) && takes(&init, SIGTERM) && has_status(&init, 0);
		init_end(&init);
	} else {
		(void)close(gate[1]);
	}
	(void)close(gate[0]);
	tap_case(passed, "pause: a child that it was born with is reaped, %s", way_name(way));

	if (!way->pid_1)
		return;
	make_pipe(gate);
	passed = start_pause(&init, &(struct start){.way = *way}, WORDS("-v", "-P"));
	if (passed) {
		passed = make_orphan_inside(&init, gate) && wait_for_children(init.pid, 1);
		(void)close(gate[1]);
		passed = passed && wait_for_children(init.pid, 0) && takes(&init, SIGINT) && has_status(&init, 0);
		init_end(&init);
	} else {
		(void)close(gate[1]);
	}
	(void)close(gate[0]);
	tap_case(passed, "pause: an orphan of somebody who entered the PID namespace is reaped, %s", way_name(way));
}

/* What comes after a long time in which nothing happened is not put off for as long: seen to fail where the time that a
 * look at all children takes is counted from the last signal. */
static void test_pause_that_was_long(const struct way *way)
{
	enum { NOTHING_HAPPENS = 1, DEADLINE = 10 }; /* seconds */
	struct start start = {.way = *way, .deadline = DEADLINE, .prepare = have_child};
	struct init init;
	int gate[2];
	bool passed;

	make_pipe(gate);
	start.argument = gate;
	passed = start_pause(&init, &start, WORDS("-v", "-P", "--wait"));
	if (passed) {
		passed = wait_until_settled(init.pid);
		(void)sleep(NOTHING_HAPPENS);
		passed = passed && kill(init.pid, SIGTERM) == 0 && has_status(&init, 0);
		init_end(&init);
	}
	close_both(gate);
	tap_case(passed, "pause: --wait ends with the last child after a second in which nothing happened, %s",
		way_name(way));
}

/* A zombie that was there before dumb-init was, whose SIGCHLD went to another program. */
static void test_born_with_zombie(const struct way *way)
{
	struct start start = {.way = *way, .prepare = have_dead_child};
	struct init init;
	bool passed = start_pause(&init, &start, WORDS("-v", "-P"));

	if (passed) {
		passed = wait_until_settled(init.pid) && children_of(init.pid, NULL, 0) == 0;
		init_end(&init);
	}
	tap_case(passed, "pause: a child that was dead before it began is reaped, %s", way_name(way));

	passed = init_start_child(&init, &start, NULL, taker);
	if (passed) {
		passed = is_ready(&init) && wait_until_settled(init.pid) && children_of(init.pid, NULL, 0) == 1;
		init_end(&init);
	}
	tap_case(passed, "no pause: a child that was dead before it began is reaped, %s", way_name(way));
}

/* In the process that becomes the init: a child that takes signals. */
static void have_taker(void *argument)
{
	pid_t child = fork();

	(void)argument;
	if (child < 0)
		_exit(99);
	if (child > 0)
		return;
	(void)execl(child_path(), "child", "signals", "0", (char *)NULL);
	_exit(99);
}

/* What becomes of the others when a pause ends. */
static const struct pause_end {
	const char *words[MOST_OPTIONS];
	bool asked, continued, killed; /* it gets SIGTERM; SIGCONT; and is waited for until it is killed */
} pause_ends[] = {
	{{"-v", "-P"}, false, false, false},
	{{"-v", "-P", "-a"}, true, false, false},
	{{"-v", "-P", "--wait"}, true, true, false},
	{{"-v", "-P", "-k", "0.05"}, true, true, true},
};

static bool ends_pause(struct init *init, const struct pause_end *end, bool pid_1)
{
	pid_t other = only_child_of(init->pid);
	long long begin = milliseconds();

	(void)kill(init->pid, SIGTERM);
	/* PID 1 takes all with it, and nobody may have had the time to say what he got. */
	if (pid_1 && !end->continued)
		return has_status(init, 0) && init_output_ends(init);
	if (end->asked && !init_expect_signal(init, SIGTERM))
		return false;
	if (end->continued && !init_expect_signal(init, SIGCONT))
		return false;
	if (end->killed)
		return has_status(init, 0) && took_at_least(begin, 50) && init_read_line(init) == NULL;
	if (end->continued) /* and waited for: a second request goes to it as well */
		return kill(init->pid, SIGINT) == 0 && init_expect_signal(init, SIGINT) && kill(other, SIGKILL) == 0 &&
		       has_status(init, 0);
	return has_status(init, 0) && nothing_else(init, other);
}

static void test_end_of_pause(const struct way *way)
{
	for (size_t i = 0; i < sizeof(pause_ends) / sizeof(pause_ends[0]); i++) {
		struct start start = {.way = *way, .prepare = have_taker};
		struct init init;
		bool passed = start_pause(&init, &start, pause_ends[i].words);

		if (passed) {
			passed = is_ready(&init) && ends_pause(&init, &pause_ends[i], way->pid_1);
			init_end(&init);
		}
		tap_case(passed, "pause: what becomes of the others at its end: %s, %s",
			describe(pause_ends[i].words, NULL), way_name(way));
	}
}

/* ---- --warn-on-reap ---- */

static const struct warning {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	bool expected;
} warnings[] = {
	{{"-w"}, {NULL}, true},
	{{"--warn-on-reap"}, {NULL}, true},
	{{"--warn"}, {NULL}, true},
	{{"-cw"}, {NULL}, true},
	{{NULL}, {"DUMB_INIT_WARN_ON_REAP=1"}, true},
	{{"-w"}, {"DUMB_INIT_WARN_ON_REAP=0"}, true},
	{{NULL}, {NULL}, false},
	{{NULL}, {"DUMB_INIT_WARN_ON_REAP=0"}, false},
	{{NULL}, {"DUMB_INIT_WARN_ON_REAP="}, false},
	{{"-wq"}, {NULL}, false},
	{{"-w"}, {"DUMB_INIT_QUIET=1"}, false},
};

/* The name of the command's processes, as the kernel keeps it. */
static const char *process_name(void)
{
	static char name[16];

	(void)snprintf(name, sizeof(name), "%s", strrchr(child_path(), '/') + 1);
	return name;
}

static bool pids_differ(const int *pids, int count)
{
	for (int i = 0; i < count; i++)
		for (int other = 0; other < i; other++)
			if (pids[i] == pids[other])
				return false;
	return true;
}

/* A line for each of the orphans, of which each ended with this status, and none for the command. */
static bool warns_of(struct init *init, int orphans, int status)
{
	char name[64], expected[256];
	int pids[16], found = 0;
	const char *line;

	while ((line = init_read_error_line(init)) != NULL) {
		*expected = '\0';
		if (found < 16 && sscanf(line, "[dumb-init] reaped: %63s (PID %d)", name, &pids[found]) == 2)
			(void)snprintf(expected, sizeof(expected),
				"[dumb-init] reaped: %s (PID %d) exited with status %d", process_name(), pids[found],
				status);
		if (strcmp(line, expected) != 0) {
			tap_note("unexpected: %s", line);
			return false;
		}
		found++;
	}
	if (found == orphans && pids_differ(pids, found))
		return true;
	tap_note("%d lines for %d orphans, or not one for each", found, orphans);
	return false;
}

static void test_warnings(const struct way *way)
{
	enum { ORPHANS = 5, STATUS = 7 };
	static const char *const verb[] = {"orphans", "5", "7", "--", "signals", NULL};

	if (is_enough(way))
		return;
	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		struct init init;
		bool passed = start_child(&init, way, warnings[i].options, warnings[i].environment, verb);

		if (passed) {
			passed = init_expect(&init, "orphaned") && is_ready(&init) && wait_for_children(init.pid, 1) &&
				 kill(init.pid, SIGTERM) == 0 && has_status(&init, 0) &&
				 warns_of(&init, warnings[i].expected ? ORPHANS : 0, STATUS);
			init_end(&init);
		}
		tap_case(passed, "warning: %s: %s, %s", warnings[i].expected ? "a line for each orphan" : "no line",
			describe(warnings[i].options, warnings[i].environment), way_name(way));
	}
}

/* The orphan's PID, as it sees it, is told by its line, the first one. */
static bool kills_orphan(struct init *init, int signal, const char *expected_end)
{
	char expected[128];
	const char *line = init_read_line(init);
	int seen;
	pid_t orphan;

	if (line == NULL || sscanf(line, "ready %d", &seen) != 1 || !is_ready(init) ||
		(orphan = init_wait_for_child(init, seen)) < 0)
		return false;
	(void)kill(orphan, signal);
	(void)snprintf(
		expected, sizeof(expected), "[dumb-init] reaped: %s (PID %d) %s", process_name(), seen, expected_end);
	do /* that of its parent, which was an orphan too for a moment, may come first */
		line = init_read_error_line(init);
	while (line != NULL && strstr(line, " exited with status 0") != NULL);
	if (line == NULL || strcmp(line, expected) != 0 || kill(init->pid, SIGTERM) != 0 || !has_status(init, 0)) {
		tap_note("expected '%s', got '%s'", expected, line != NULL ? line : "(nothing)");
		return false;
	}
	do /* or later */
		line = init_read_error_line(init);
	while (line != NULL && strstr(line, " exited with status 0") != NULL);
	return line == NULL;
}

static void test_warning_of_a_death(const struct way *way)
{
	static const struct {
		int signal;
		const char *line;
	} ends[] = {
		{SIGKILL, "was killed by SIGKILL (9)"},
		{SIGTERM, "was killed by SIGTERM (15)"},
		{RTMIN + 3, "was killed by SIGRTMIN+3 (37)"},
	};
	static const char *const verb[] = {"leave", "daemon", "+", "wait", "--", "signals", NULL};
	struct init init;
	bool passed;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		passed = start_child(&init, way, WORDS("-w"), NULL, verb);
		if (passed) {
			passed = kills_orphan(&init, ends[i].signal, ends[i].line);
			init_end(&init);
		}
		tap_case(passed, "warning: an orphan %s, %s", ends[i].line, way_name(way));
	}

	/* The command is none. */
	for (int status = 0; status < 2; status++) {
		passed = start_child(&init, way, WORDS("-w"), NULL, WORDS("exit", status == 0 ? "0" : "1"));
		if (passed) {
			passed = has_status(&init, status) && init_errors_are(&init, "");
			init_end(&init);
		}
		tap_case(passed, "warning: none for the command, which exits with %d, %s", status, way_name(way));
	}
	passed = start_child(&init, way, WORDS("-w"), NULL, WORDS("die", "9"));
	if (passed) {
		char *errors;

		passed = has_status(&init, 128 + SIGKILL);
		errors = init_read_all_errors(&init);
		passed = passed && strncmp(errors, "[dumb-init] ", strlen("[dumb-init] ")) == 0 &&
			 strstr(errors, "reaped") == NULL && strchr(errors, '\n') == errors + strlen(errors) - 1;
		free(errors);
		init_end(&init);
	}
	tap_case(passed, "warning: none for the command, which has its death report, %s", way_name(way));
}

/* ---- what --verbose says is in force ---- */

static const struct in_force {
	const char *options[MOST_OPTIONS];
	const char *environment[MOST_VARIABLES];
	const char *lines[10]; /* all of them, without "[dumb-init] in force: " */
} in_forces[] = {
	{{"-v"}, {NULL}, {"--verbose"}},
	{{NULL}, {"DUMB_INIT_DEBUG=1"}, {"DUMB_INIT_DEBUG"}},
	{{"-v"}, {"DUMB_INIT_DEBUG=1"}, {"--verbose"}},
	{{"-v", "-k", "2"}, {NULL}, {"--kill-after 2", "--verbose"}},
	{{"-v", "--kill-aft=1.5s"}, {NULL}, {"--kill-after 1.5s", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_KILL_AFTER=5"}, {"DUMB_INIT_KILL_AFTER 5", "--verbose"}},
	{{"-v", "-k", "2"}, {"DUMB_INIT_KILL_AFTER=5"}, {"--kill-after 2", "--verbose"}},
	{{"-v", "-k", "2", "-k", "infinity"}, {NULL}, {"--kill-after infinity", "--verbose"}},
	{{"-v", "-r", "TERM:INT"}, {"DUMB_INIT_REWRITE=HUP:0"},
		{"DUMB_INIT_REWRITE SIGHUP (1) to nothing", "--rewrite SIGTERM (15) to SIGINT (2)", "--verbose"}},
	{{"-v", "-r", "TERM:INT"}, {"DUMB_INIT_REWRITE=TERM:0"}, {"--rewrite SIGTERM (15) to SIGINT (2)", "--verbose"}},
	{{"-v", "-r", "TERM:INT,TERM:QUIT"}, {NULL}, {"--rewrite SIGTERM (15) to SIGQUIT (3)", "--verbose"}},
	{{"-v", "-r", "rtmin+1:rtmax"}, {NULL}, {"--rewrite SIGRTMIN+1 (35) to SIGRTMAX (64)", "--verbose"}},
	{{"-v", "-d", "TERM:1.5"}, {"DUMB_INIT_DELAY=INT:2m,QUIT:infinity"},
		{"DUMB_INIT_DELAY SIGINT (2) for 120000 ms", "DUMB_INIT_DELAY SIGQUIT (3) until it comes again",
			"--delay SIGTERM (15) for 1500 ms", "--verbose"}},
	{{"-v", "-e", "143"}, {"DUMB_INIT_EXIT_MAP=143:1,2:3"},
		{"DUMB_INIT_EXIT_MAP 2 to 3", "--exit-map 143 to 0", "--verbose"}},
	{{"-v", "--wait"}, {"DUMB_INIT_WAIT=1"}, {"--wait", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_WAIT=1"}, {"DUMB_INIT_WAIT", "--verbose"}},
	{{"-v", "-p", "term"}, {"DUMB_INIT_PARENT_DEATH_SIGNAL=HUP"}, {"--parent-death-signal term", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_PARENT_DEATH_SIGNAL=HUP"}, {"DUMB_INIT_PARENT_DEATH_SIGNAL HUP", "--verbose"}},
	{{"-svw"}, {NULL}, {"--subreaper", "--warn-on-reap", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_SUBREAPER=1", "DUMB_INIT_WARN_ON_REAP=1"},
		{"DUMB_INIT_SUBREAPER", "DUMB_INIT_WARN_ON_REAP", "--verbose"}},
	/* The target: what it is, and not what it was before. */
	{{"-cv"}, {NULL}, {"--single-child", "--verbose"}},
	{{"-vg"}, {"DUMB_INIT_SETSID=0"}, {"--group", "--verbose"}},
	{{"-cvg"}, {NULL}, {"--group", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_SETSID=0"}, {"DUMB_INIT_SETSID", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_ALL=1"}, {"DUMB_INIT_ALL", "--verbose"}},
	{{"-av"}, {"DUMB_INIT_SETSID=0"}, {"--all", "--verbose"}},
	{{"-v", "-c"}, {"DUMB_INIT_ALL=1"}, {"--single-child", "--verbose"}},
	{{"-v"}, {"DUMB_INIT_SETSID=0", "DUMB_INIT_ALL=1"}, {"DUMB_INIT_ALL", "--verbose"}},
	/* What is off. */
	{{"-v"},
		{"DUMB_INIT_WAIT=0", "DUMB_INIT_ALL=0", "DUMB_INIT_QUIET=0",
			"DUMB_INIT_KILL_AFTER=", "DUMB_INIT_DELAY="},
		{"--verbose"}},
};

/* The lines in force, and each in its turn. */
static bool is_in_force(struct init *init, const char *const *lines)
{
	static const char prefix[] = "[dumb-init] in force: ";
	const char *line;

	while ((line = init_read_error_line(init)) != NULL) {
		if (strncmp(line, prefix, strlen(prefix)) != 0)
			continue;
		if (*lines == NULL || strcmp(line + strlen(prefix), *lines) != 0) {
			tap_note("expected '%s', got '%s'", *lines != NULL ? *lines : "(nothing)", line);
			return false;
		}
		lines++;
	}
	if (*lines != NULL)
		tap_note("no line '%s'", *lines);
	return *lines == NULL;
}

static void test_in_force(const struct way *way)
{
	if (is_enough(way))
		return;
	for (size_t i = 0; i < sizeof(in_forces) / sizeof(in_forces[0]); i++) {
		struct init init;
		bool passed =
			start_child(&init, way, in_forces[i].options, in_forces[i].environment, WORDS("exit", "0"));

		if (passed) {
			passed = is_in_force(&init, in_forces[i].lines) && has_status(&init, 0);
			init_end(&init);
		}
		tap_case(passed, "in force: %s, %s", describe(in_forces[i].options, in_forces[i].environment),
			way_name(way));
	}
}

int main(void)
{
	for_each_way(test_who_is_held);
	for_each_way(test_held_stop);
	for_each_way(test_reaping_meanwhile);
	for_each_way(test_how_long);
	for_each_way(test_held_at_the_stop);
	for_each_way(test_clock_starts_late);
	for_each_way(test_end_cancels);
	for_each_way(test_end_cancels_for_the_rest);
	for_each_way(test_exit_map);
	for_each_way(test_whole_exit_map);
	for_each_way(test_exit_map_of_a_stop);
	for_each_way(test_not_mapped);
	for_each_way(test_parent_death);
	for_each_way(test_parent_dies_early);
	for_each_way(test_subreaper);
	for_each_way(test_pause);
	for_each_way(test_pause_is_silent);
	for_each_way(test_pause_with_nobody_to_signal);
	for_each_way(test_pause_with_one_pending);
	for_each_way(test_pause_reaps);
	for_each_way(test_pause_that_was_long);
	for_each_way(test_born_with_zombie);
	for_each_way(test_end_of_pause);
	for_each_way(test_warnings);
	for_each_way(test_warning_of_a_death);
	for_each_way(test_in_force);
	return tap_end();
}
