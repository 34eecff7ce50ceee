/*
 * Properties of the course that things take, under random options, in random orders of all that may happen: signals of
 * every kind, the command's end, the end of the last child, time that passes.
 *
 * The generator is seeded, and its sequences are the same on every machine. A failure names the seed of its sequence;
 * DUMB_INIT_TESTS_SEED in the environment is where one more round of sequences begins, so with that seed the first of
 * them is the one that failed.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "unit.h"

enum { SEQUENCES = 500, EVENTS = 60 };

/* Of the first sequence; the others have the numbers that follow. The last place is for the environment's. */
static uint64_t seeds[] = {1, 20260101, 0xdeadbeef00000000, 0xffffffffffff0000, 0};
static size_t seed_count = LENGTH(seeds) - 1;

/* ---- The generator: splitmix64 ---- */

static uint64_t state;

static uint64_t next_random(void)
{
	uint64_t bits = state += 0x9e3779b97f4a7c15;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
	return bits ^ bits >> 31;
}

/* 0 to end - 1. */
static int below(int end)
{
	return (int)(next_random() % (uint64_t)end);
}

static bool one_in(int count)
{
	return below(count) == 0;
}

/* ---- What happens, and what is known about it ---- */

static struct options options;
static struct course course;
static int64_t now;

/* The expectations, which the course has to meet. */
static struct {
	bool stopping, ended, killing, over, gave_up;
	int status;
	int64_t clock; /* DURATION_INFINITE for none, here and below */
	int64_t give_up_at;
	int64_t held_until[LAST_SIGNAL + 1]; /* 0 where it is not held, or NEVER_AGAIN */
} expected;

/* To be told with a failure. */
static uint64_t seed;
static int event;
static const char *what;

#define MUST(condition)                                                                                                \
	HOLDS(condition, "%s (DUMB_INIT_TESTS_SEED=%llu, event %d: %s)", #condition, (unsigned long long)seed, event,  \
		what)

static void set_rule(enum rule_kind kind, int about, int64_t value)
{
	rules_add(&options.rules, (int)kind + about, value, PLACE_COMMAND_LINE);
}

static int random_signal(void)
{
	static const int frequent[] = {SIGTERM, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCHLD, SIGPIPE, SIGCONT, SIGTSTP,
		SIGTTIN, SIGTTOU, SIGWINCH, SIGUSR1, LAST_SIGNAL};
	int signal;

	if (!one_in(4))
		return frequent[below((int)LENGTH(frequent))];
	do
		signal = 1 + below(LAST_SIGNAL);
	while (signal == SIGKILL || signal == SIGSTOP); /* which never arrive */
	return signal;
}

/* Small ones, so that many things happen at the same time. */
static int64_t random_time(void)
{
	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return DURATION_INFINITE;
	case 2:
		return GIVE_UP_AFTER / 2 + below(5);
	default:
		return 1 + below(30);
	}
}

static void begin_sequence(void)
{
	static const enum target targets[] = {TARGET_COMMAND, TARGET_GROUP, TARGET_ALL};

	memset(&options, 0, sizeof(options));
	memset(&course, 0, sizeof(course));
	memset(&expected, 0, sizeof(expected));
	expected.clock = expected.give_up_at = DURATION_INFINITE;
	state = seed;
	now = 1 + below(1000);
	options.target = targets[below(3)];
	options.kill_after = one_in(3) ? 0 : random_time();
	options.wait = one_in(2);
	options.pause = one_in(4);
	for (int rules = below(8); rules > 0; rules--)
		set_rule(RULE_DELAY, random_signal(), random_time());
	for (int rules = below(5); rules > 0; rules--)
		set_rule(RULE_REWRITE, random_signal(), one_in(4) ? 0 : 1 + below(LAST_SIGNAL));
	for (int rules = below(200); rules > 0; rules--)
		set_rule(RULE_EXIT_MAP, below(256), below(256));
}

static bool waits(void)
{
	return options.wait || options.kill_after != 0;
}

static bool is_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static bool asks_to_stop(int signal)
{
	return signal == SIGTERM || signal == SIGINT || (signal == SIGQUIT && !options.pause);
}

static int becomes(int signal)
{
	int otherwise = is_stop(signal) && options.target != TARGET_COMMAND ? SIGSTOP : signal;

	return (int)rules_apply(&options.rules, RULE_REWRITE, signal, otherwise);
}

static int64_t delay_of(int signal)
{
	return rules_apply(&options.rules, RULE_DELAY, signal, 0);
}

static int64_t later(int64_t duration)
{
	return duration == DURATION_INFINITE ? DURATION_INFINITE : now + duration;
}

/* ---- What is expected of it ---- */

static void expect_stop(void)
{
	if (!expected.stopping && options.kill_after != 0)
		expected.clock = later(options.kill_after);
	expected.stopping = true;
}

static void expect_end(int status)
{
	expect_stop();
	expected.ended = true;
	expected.status = status;
	memset(expected.held_until, 0, sizeof(expected.held_until));
	expected.over = !waits();
}

static int mapped(int status)
{
	return (int)rules_apply(&options.rules, RULE_EXIT_MAP, status, status);
}

/* The course is as expected: the clock and the rest do not move, the status does not change, and it is over when the
 * contract says so and stays so. */
static void check_course(void)
{
	MUST(course.stopping == expected.stopping);
	MUST(course.command_ended == expected.ended);
	MUST(course.killing == expected.killing);
	MUST(course.over == expected.over);
	MUST(course.gave_up == expected.gave_up);
	MUST(course.exit_status == expected.status);
	MUST(course.kill_at == (expected.clock == DURATION_INFINITE ? 0 : expected.clock));
	MUST(course.give_up_at == (expected.killing ? expected.give_up_at : 0));
	for (int signal = 1; signal <= LAST_SIGNAL; signal++)
		MUST(course.held_until[signal] == expected.held_until[signal]);
}

/* What holds for each action, whatever it is about. */
static void check_action(const struct action *action)
{
	MUST(action->send >= 0 && action->send <= LAST_SIGNAL);
	MUST((action->send == 0) == (action->to == TO_NOBODY));
	MUST(!action->send_continue || (action->send == SIGTERM && action->to == TO_ALL && waits()));
	MUST(action->why_not == NULL || action->send == 0);
	/* The command's PID, and the number of its group, are nobody's or somebody else's. */
	MUST((!expected.ended && !options.pause) || (action->to != TO_COMMAND && action->to != TO_GROUP));
	MUST(options.target != TARGET_COMMAND || action->to != TO_GROUP);
	MUST(options.target != TARGET_GROUP || action->to != TO_COMMAND);
	MUST(options.target != TARGET_ALL || action->to == TO_ALL || action->to == TO_NOBODY);
}

/* This signal is acted upon: now and not later. */
static void check_sent(const struct action *action, int signal)
{
	bool pause_ends = options.pause && !expected.ended && asks_to_stop(signal);

	check_action(action);
	expected.held_until[signal] = 0;
	if (pause_ends) {
		expect_end(0);
		MUST(action->send == (waits() || options.target == TARGET_ALL ? SIGTERM : 0));
		MUST(action->send_continue == waits());
		return;
	}
	if (asks_to_stop(signal)) {
		expect_stop();
		expected.held_until[signal] = NEVER_AGAIN;
	}
	MUST(!action->send_continue && !action->of_own_accord);
	if (becomes(signal) == 0) {
		MUST(action->send == 0 && !action->stop_self && !action->lend_terminal);
		return;
	}
	MUST(action->stop_self == is_stop(signal));
	MUST(action->lend_terminal == (signal == SIGCONT && !expected.ended));
	if (options.target == TARGET_ALL || (!expected.ended && !options.pause) ||
		(expected.ended && (options.target == TARGET_GROUP || asks_to_stop(signal))))
		MUST(action->send == becomes(signal));
	else
		MUST(action->send == 0 && action->why_not != NULL);
}

/* ---- The events ---- */

static bool has_reached_command(const struct arrival *arrival, const struct circumstances *circumstances)
{
	int signal = arrival->signal;

	if (!circumstances->command_in_own_group || !arrival->from_kernel || becomes(signal) != signal)
		return false;
	if (signal == SIGHUP || signal == SIGCONT)
		return !circumstances->leads_session;
	return signal == SIGINT || signal == SIGQUIT || signal == SIGWINCH || is_stop(signal);
}

static void signal_arrives(void)
{
	struct arrival arrival = {.signal = random_signal()};
	struct circumstances circumstances = {.leads_session = one_in(2)};
	struct action action;

	what = "a signal";
	switch (below(4)) {
	case 0:
		arrival.from_kernel = true;
		circumstances.command_in_own_group = !expected.ended && !options.pause && one_in(2);
		break;
	case 1:
		arrival.from_self = true;
		break;
	case 2:
		arrival.of_child = arrival.signal == SIGCHLD;
		break;
	}
	action = decide_arrival(&options, &circumstances, &course, &arrival, now);
	check_action(&action);
	if (arrival.of_child || (arrival.signal == SIGPIPE && arrival.from_self)) {
		MUST(action.send == 0 && !action.stop_self && !action.lend_terminal);
	} else if (has_reached_command(&arrival, &circumstances)) {
		MUST(action.send == 0 && action.why_not != NULL);
	} else if (!expected.ended && delay_of(arrival.signal) != 0 && expected.held_until[arrival.signal] == 0) {
		MUST(action.send == 0 && action.why_not != NULL && !action.stop_self && !action.lend_terminal);
		expected.held_until[arrival.signal] = later(delay_of(arrival.signal));
	} else {
		check_sent(&action, arrival.signal);
	}
}

static void command_ends(void)
{
	int status = below(256);
	struct action action = decide_end(&options, &course, status, now);

	what = "the command's end";
	check_action(&action);
	MUST(action.of_own_accord || action.send == 0);
	MUST(action.send == 0 || action.send == SIGTERM);
	if (waits())
		MUST(action.to == (expected.killing ? TO_NOBODY : TO_ALL));
	else
		MUST(action.to == (options.target == TARGET_ALL		   ? TO_ALL
					  : options.target == TARGET_GROUP ? TO_GROUP
									   : TO_NOBODY));
	expect_end(mapped(status));
}

static void last_child_ends(void)
{
	what = "no child is left";
	decide_childless(&options, &course);
	if (!expected.ended && !options.pause)
		expected.status = STATUS_UNKNOWN;
	expected.over = expected.ended || !options.pause;
}

static int64_t earliest(void)
{
	int64_t earliest = expected.killing ? expected.give_up_at : expected.clock;

	for (int signal = 1; signal <= LAST_SIGNAL; signal++)
		if (expected.held_until[signal] > 0 && expected.held_until[signal] < earliest)
			earliest = expected.held_until[signal];
	return earliest;
}

/* Often just to the time that is waited for, or about that. */
static void time_passes(void)
{
	int64_t next = decide_next(&course);

	what = "time that passes";
	switch (below(6)) {
	case 0:
		now += GIVE_UP_AFTER / 2;
		break;
	case 1:
	case 2:
		if (next != DURATION_INFINITE && next > now) {
			now = next + below(3) - 1;
			break;
		}
		/* fall through */
	default:
		now += below(10);
		break;
	}
}

/* After each event, until nothing is left to do now, as supervise() does. */
static void do_what_is_due(void)
{
	bool was_killing = expected.killing;
	struct action action;
	int signal;

	for (int count = 0; !expected.over && (signal = decide_due(&options, &course, &action, now)) != 0; count++) {
		what = "what is due";
		MUST(count <= LAST_SIGNAL);
		check_action(&action);
		if (signal == SIGKILL) {
			MUST(!expected.killing && expected.clock <= now);
			MUST(action.send == SIGKILL && action.to == TO_ALL && action.of_own_accord);
			MUST(!action.send_continue && !action.stop_self && !action.lend_terminal);
			expected.killing = true;
			expected.give_up_at = now + GIVE_UP_AFTER;
		} else {
			MUST(signal > 0 && signal <= LAST_SIGNAL);
			MUST(expected.held_until[signal] > 0 && expected.held_until[signal] <= now);
			check_sent(&action, signal);
		}
	}
	if (!expected.over && was_killing && expected.give_up_at <= now) {
		expected.gave_up = true;
		if (!expected.ended)
			expect_end(options.pause ? 0 : mapped(128 + SIGKILL));
		expected.over = true;
	}
	if (!expected.over) {
		MUST(expected.clock > now || expected.killing);
		MUST(earliest() > now);
		MUST(decide_next(&course) == earliest());
	}
}

static void run_sequence(void)
{
	begin_sequence();
	check_course();
	for (event = 1; event <= EVENTS && !expected.over; event++) {
		switch (below(16)) {
		case 0:
			if (!expected.ended && !options.pause)
				command_ends();
			break;
		case 1:
			if (expected.ended || options.pause || one_in(4))
				last_child_ends();
			break;
		case 2:
		case 3:
		case 4:
		case 5:
			time_passes();
			break;
		default:
			signal_arrives();
			break;
		}
		if (!expected.over)
			do_what_is_due();
		check_course();
	}
	/* It stays over, with its status, even if somebody still asked. */
	if (expected.over) {
		struct action action;
		int status = course.exit_status;

		what = "after it was over";
		decide_childless(&options, &course);
		now += 2 * GIVE_UP_AFTER;
		for (int count = 0; decide_due(&options, &course, &action, now) != 0; count++)
			MUST(count <= LAST_SIGNAL);
		MUST(course.over && course.exit_status == status);
	}
}

/* _i is the place of the seed. */
START_TEST(in_whatever_order_things_happen)
{
	for (seed = seeds[_i]; seed - seeds[_i] < SEQUENCES; seed++)
		run_sequence();
}
END_TEST

Suite *course_suite(const char *more)
{
	TCase *tests;
	Suite *suite = suite_of("course", &tests);

	if (more != NULL)
		seeds[seed_count++] = strtoull(more, NULL, 0);
	tcase_add_loop_test(tests, in_whatever_order_things_happen, 0, (int)seed_count);
	return suite;
}
