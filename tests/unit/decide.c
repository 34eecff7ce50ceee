#include "decide.h"

#include <signal.h>
#include <string.h>

#include "unit.h"

/* When things happen, and how long the clock runs: any numbers. */
enum { START = 1000, CLOCK = 500, LATER = START + CLOCK };

static struct options options;
static struct course course;

static void begin(void)
{
	static const struct options no_options = {.target = TARGET_GROUP};
	static const struct course no_course;

	options = no_options;
	course = no_course;
}

static void give(enum rule_kind kind, const char *list)
{
	struct text complaint;

	text_clear(&complaint);
	ck_assert(rules_parse(&options.rules, kind, list, PLACE_COMMAND_LINE, &complaint));
}

/* The circumstances in which nothing is special. */
static const struct circumstances elsewhere;
static const struct circumstances together = {.command_in_own_group = true};

static struct action arrive_in(const struct circumstances *circumstances, struct arrival arrival, int64_t now)
{
	return decide_arrival(&options, circumstances, &course, &arrival, now);
}

/* A process sends the signal. */
static struct action arrive(int signal, int64_t now)
{
	return arrive_in(&elsewhere, (struct arrival){.signal = signal}, now);
}

/* The terminal sends it to the whole of its foreground group. */
static struct action arrive_from_terminal(const struct circumstances *circumstances, int signal, int64_t now)
{
	return arrive_in(circumstances, (struct arrival){.signal = signal, .from_kernel = true}, now);
}

static void assert_sends(struct action action, int signal, enum recipients to)
{
	ck_assert_int_eq(action.send, signal);
	ck_assert_int_eq(action.to, to);
}

static void assert_sends_nothing(struct action action)
{
	assert_sends(action, 0, TO_NOBODY);
}

/* At this time one thing is due, this, and then nothing more. */
static void assert_due(int64_t now, int due, int signal, enum recipients to)
{
	struct action action;

	ck_assert_int_eq(decide_due(&options, &course, &action, now), due);
	assert_sends(action, signal, to);
	ck_assert_int_eq(decide_due(&options, &course, &action, now), 0);
}

static void assert_nothing_due(int64_t now)
{
	struct action action;

	ck_assert_int_eq(decide_due(&options, &course, &action, now), 0);
}

static bool is_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static bool asks_to_stop(int signal)
{
	return signal == SIGTERM || signal == SIGINT || (signal == SIGQUIT && !options.pause);
}

/* Those that a terminal sends to all of a process group. */
static bool comes_from_terminals(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGWINCH || signal == SIGHUP || signal == SIGCONT ||
	       is_stop(signal);
}

/* ---- Every signal in every situation ---- */

enum phase { RUNNING, STOPPING, WINDING_DOWN, KILLING, KILLING_THE_REST, PAUSE, PAUSE_OVER, PHASES };
static const char *const phases[] = {
	"running", "stopping", "winding down", "killing", "killing the rest", "in a pause", "after a pause"};

static bool has_command(enum phase phase)
{
	return phase == RUNNING || phase == STOPPING || phase == KILLING;
}

/* Leads there, by what happens in life. It is LATER then. */
static void enter(enum phase phase, enum target target)
{
	begin();
	options.target = target;
	options.kill_after = CLOCK;
	options.pause = phase == PAUSE || phase == PAUSE_OVER;
	if (phase != RUNNING && phase != PAUSE)
		(void)arrive(SIGTERM, START);
	if (phase == WINDING_DOWN || phase == KILLING_THE_REST)
		(void)decide_end(&options, &course, 7, START + 1);
	if (phase == KILLING || phase == KILLING_THE_REST) {
		struct action action;

		(void)decide_due(&options, &course, &action, LATER);
	}
}

static enum recipients expected_recipients(enum phase phase, int signal)
{
	if (options.target == TARGET_ALL)
		return TO_ALL;
	if (has_command(phase))
		return options.target == TARGET_COMMAND ? TO_COMMAND : TO_GROUP;
	if (phase == PAUSE)
		return TO_NOBODY;
	return options.target == TARGET_GROUP || asks_to_stop(signal) ? TO_ALL : TO_NOBODY;
}

/* What comes from the terminal comes from the kernel. */
static bool terminal_has_sent_it(const struct arrival *arrival, const struct circumstances *where)
{
	int signal = arrival->signal;

	if (!arrival->from_kernel || !where->command_in_own_group || !comes_from_terminals(signal))
		return false;
	/* A hangup, and the SIGCONT with it, also comes to the session's leader alone. */
	if (signal == SIGHUP || signal == SIGCONT)
		return !where->leads_session;
	/* What the command is to get instead it has not got. */
	return !is_stop(signal) || options.target == TARGET_COMMAND;
}

/* The rules that hold for every signal, from every sender, in all circumstances. */
static void check_rules(enum phase phase, const struct arrival *arrival, const struct circumstances *where)
{
	int signal = arrival->signal;
	struct course before = course;
	struct action action = decide_arrival(&options, where, &course, arrival, LATER);
	const char *in = phases[phase];
	int target = (int)options.target;
	bool begins = asks_to_stop(signal) && !terminal_has_sent_it(arrival, where);

	HOLDS((action.send == 0) == (action.to == TO_NOBODY), "%d %s, -%c", signal, in, target);
	HOLDS(has_command(phase) || (action.to != TO_COMMAND && action.to != TO_GROUP), "%d %s, -%c", signal, in,
		target);
	HOLDS(action.send == 0 || action.why_not == NULL, "%d %s, -%c", signal, in, target);
	if (arrival->of_child || (signal == SIGPIPE && arrival->from_self)) {
		HOLDS(action.send == 0, "%d %s, -%c: %d is sent", signal, in, target, action.send);
		HOLDS((action.why_not != NULL) == (signal == SIGPIPE), "%d %s", signal, in);
		HOLDS(!action.stop_self && !action.lend_terminal, "%d %s", signal, in);
		HOLDS(memcmp(&course, &before, sizeof(course)) == 0, "%d %s: not even noted", signal, in);
		return;
	}

	/* The course: a request stops, once; nothing else has any effect. */
	HOLDS(course.stopping == (before.stopping || begins), "%d %s: stopping", signal, in);
	HOLDS(course.kill_at == (before.stopping ? before.kill_at
					: begins ? LATER + CLOCK
						 : 0),
		"%d %s: clock", signal, in);
	HOLDS(course.command_ended == (before.command_ended || (phase == PAUSE && begins)), "%d %s: end", signal, in);
	HOLDS(course.killing == before.killing && course.give_up_at == before.give_up_at, "%d %s: kills", signal, in);
	HOLDS(!course.over && course.exit_status == before.exit_status, "%d %s: over", signal, in);
	if (begins && phase != PAUSE)
		before.held_until[signal] = NEVER_AGAIN;
	HOLDS(memcmp(course.held_until, before.held_until, sizeof(before.held_until)) == 0, "%d %s: held", signal, in);

	if (phase == PAUSE && begins) {
		HOLDS(action.send == SIGTERM && action.to == TO_ALL && action.of_own_accord && action.send_continue,
			"%d %s, -%c", signal, in, target);
		return;
	}
	HOLDS(!action.of_own_accord && !action.send_continue, "%d %s", signal, in);
	HOLDS(action.stop_self == is_stop(signal), "%d %s: stops itself", signal, in);
	HOLDS(action.lend_terminal == (signal == SIGCONT && !course.command_ended), "%d %s: lends", signal, in);
	if (terminal_has_sent_it(arrival, where) || expected_recipients(phase, signal) == TO_NOBODY) {
		HOLDS(action.send == 0, "%d %s, -%c: %d is sent", signal, in, target, action.send);
		HOLDS(action.why_not != NULL, "%d %s", signal, in);
	} else {
		HOLDS(action.send == (is_stop(signal) && target != TARGET_COMMAND ? SIGSTOP : signal),
			"%d %s, -%c: %d is sent", signal, in, target, action.send);
		HOLDS(action.to == expected_recipients(phase, signal), "%d %s, -%c: to %d", signal, in, target,
			(int)action.to);
	}
}

/* _i is the signal. Where there is no command, it is in no group either. A process that sends SIGCHLD by hand is none
 * whose child has changed state. */
START_TEST(every_signal_in_every_situation)
{
	static const enum target targets[] = {TARGET_COMMAND, TARGET_GROUP, TARGET_ALL};

	for (int phase = 0; phase < PHASES; phase++) {
		for (unsigned int bits = 0; bits < LENGTH(targets) << 5; bits++) {
			const struct circumstances circumstances = {
				.leads_session = (bits & 1) != 0,
				.command_in_own_group = (bits & 2) != 0,
			};
			const struct arrival arrival = {
				.signal = _i,
				.from_kernel = (bits & 4) != 0,
				.from_self = (bits & 8) != 0,
				.of_child = (bits & 16) != 0 && _i == SIGCHLD,
			};

			if (circumstances.command_in_own_group && !has_command((enum phase)phase))
				continue;
			enter((enum phase)phase, targets[bits >> 5]);
			check_rules((enum phase)phase, &arrival, &circumstances);
		}
	}
}
END_TEST

/* ---- Signals while the command runs ---- */

/* Not even what looks like the terminal's may be held back if a process sent it: nobody else has given it to the
 * command. */
START_TEST(what_a_process_sends_always_goes_on)
{
	options.target = TARGET_COMMAND;
	assert_sends(arrive_in(&together, (struct arrival){.signal = _i}, START), _i, TO_COMMAND);
	assert_sends(arrive(_i, START), _i, TO_COMMAND);
}
END_TEST

/* dumb-init 1.2.5 -c sends the command a second SIGINT for each ^C. */
START_TEST(what_the_terminal_sent_to_the_command_is_not_sent_twice)
{
	options.target = TARGET_COMMAND;
	ck_assert_int_eq(arrive_from_terminal(&together, _i, START).send, comes_from_terminals(_i) ? 0 : _i);
	ck_assert_int_eq(arrive_from_terminal(&elsewhere, _i, START).send, _i);
}
END_TEST

/* A hangup, and the SIGCONT with it, also comes to the session's leader alone. */
START_TEST(a_hangup_told_to_the_session_leader_goes_on)
{
	const struct circumstances leader = {.leads_session = true, .command_in_own_group = true};

	options.target = TARGET_COMMAND;
	ck_assert_int_eq(arrive_from_terminal(&leader, SIGHUP, START).send, SIGHUP);
	ck_assert_int_eq(arrive_from_terminal(&leader, SIGCONT, START).send, SIGCONT);
	ck_assert_int_eq(arrive_from_terminal(&leader, SIGINT, START).send, 0);
}
END_TEST

/* dumb-init 1.2.5 takes every SIGCHLD for the kernel's. */
START_TEST(a_sigchld_sent_by_hand_goes_on)
{
	assert_sends(arrive(SIGCHLD, START), SIGCHLD, TO_GROUP);
	assert_sends_nothing(arrive_in(&elsewhere, (struct arrival){.signal = SIGCHLD, .of_child = true}, START));
}
END_TEST

/* The one of our own write to a closed log is not: dumb-init 1.2.5 -v logs that it forwards it, which makes the next.
 */
START_TEST(a_sigpipe_of_another_process_goes_on)
{
	assert_sends(arrive(SIGPIPE, START), SIGPIPE, TO_GROUP);
	assert_sends_nothing(arrive_in(&elsewhere, (struct arrival){.signal = SIGPIPE, .from_self = true}, START));
}
END_TEST

START_TEST(terminal_stops_stop_for_certain_unless_rewritten)
{
	for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
		ck_assert_int_eq(is_terminal_stop(signal), is_stop(signal));
		ck_assert_int_eq(arrive(signal, START).send, is_stop(signal) ? SIGSTOP : signal);
	}
	give(RULE_REWRITE, "TSTP:TSTP,TTIN:0,TTOU:USR1");
	assert_sends(arrive(SIGTSTP, START), SIGTSTP, TO_GROUP);
	assert_sends_nothing(arrive(SIGTTIN, START));
	assert_sends(arrive(SIGTTOU, START), SIGUSR1, TO_GROUP);
}
END_TEST

START_TEST(a_dropped_signal_does_nothing_at_all)
{
	struct action action;
	struct text rule;

	if (_i == 32 || _i == 33)
		return;
	text_clear(&rule);
	text_add(&rule, "%d:0", _i);
	give(RULE_REWRITE, text_string(&rule));
	action = arrive(_i, START);
	assert_sends_nothing(action);
	ck_assert_ptr_nonnull(action.why_not);
	ck_assert(!action.stop_self && !action.lend_terminal);
}
END_TEST

START_TEST(rewriting_is_of_what_was_received)
{
	options.target = TARGET_COMMAND;
	give(RULE_REWRITE, "TERM:QUIT,INT:USR1,TSTP:USR2,CHLD:HUP,HUP:HUP");
	assert_sends(arrive(SIGTERM, START), SIGQUIT, TO_COMMAND);
	/* The terminal has sent SIGINT to the command too, but SIGUSR1 it has not; and SIGHUP it has. */
	assert_sends(arrive_from_terminal(&together, SIGINT, START), SIGUSR1, TO_COMMAND);
	assert_sends_nothing(arrive_from_terminal(&together, SIGHUP, START));
	assert_sends(arrive(SIGTSTP, START), SIGUSR2, TO_COMMAND);
	/* A rule for SIGCHLD is for those that a process sent. */
	assert_sends(arrive(SIGCHLD, START), SIGHUP, TO_COMMAND);
	assert_sends_nothing(arrive_in(&elsewhere, (struct arrival){.signal = SIGCHLD, .of_child = true}, START));
}
END_TEST

/* ---- Delays ---- */

START_TEST(a_delay_holds_back_until_its_time)
{
	give(RULE_DELAY, "HUP:1s");
	ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
	assert_sends_nothing(arrive(SIGHUP, START));
	ck_assert_int_eq(decide_next(&course), START + NANOSECONDS);
	/* All others go on meanwhile. */
	assert_sends(arrive(SIGUSR1, START + 1), SIGUSR1, TO_GROUP);
	assert_nothing_due(START + NANOSECONDS - 1);
	assert_due(START + NANOSECONDS, SIGHUP, SIGHUP, TO_GROUP);
	ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
	/* And then over again. */
	assert_sends_nothing(arrive(SIGHUP, START + 2 * NANOSECONDS));
	ck_assert_int_eq(decide_next(&course), START + 3 * NANOSECONDS);
}
END_TEST

START_TEST(a_second_one_is_sent_at_once)
{
	give(RULE_DELAY, "HUP:1s");
	assert_sends_nothing(arrive(SIGHUP, START));
	assert_sends(arrive(SIGHUP, START + 1), SIGHUP, TO_GROUP);
	assert_nothing_due(START + 2 * NANOSECONDS);
	assert_sends_nothing(arrive(SIGHUP, START + 2 * NANOSECONDS));
}
END_TEST

START_TEST(an_infinite_delay_waits_for_the_second_one)
{
	give(RULE_DELAY, "HUP:infinity");
	assert_sends_nothing(arrive(SIGHUP, START));
	ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
	assert_nothing_due(DURATION_INFINITE - 1);
	assert_sends(arrive(SIGHUP, START + 1), SIGHUP, TO_GROUP);
}
END_TEST

START_TEST(a_delay_of_0_is_none)
{
	give(RULE_DELAY, "TERM:0");
	assert_sends(arrive(SIGTERM, START), SIGTERM, TO_GROUP);
}
END_TEST

START_TEST(several_are_held_each_for_its_time)
{
	give(RULE_DELAY, "HUP:3s,USR1:1s,RTMAX:2s");
	(void)arrive(SIGHUP, START);
	(void)arrive(SIGUSR1, START);
	(void)arrive(64, START);
	ck_assert_int_eq(decide_next(&course), START + NANOSECONDS);
	assert_due(START + NANOSECONDS, SIGUSR1, SIGUSR1, TO_GROUP);
	ck_assert_int_eq(decide_next(&course), START + 2 * NANOSECONDS);
	assert_due(START + 2 * NANOSECONDS, 64, 64, TO_GROUP);
	ck_assert_int_eq(decide_next(&course), START + 3 * NANOSECONDS);
	assert_due(START + 3 * NANOSECONDS, SIGHUP, SIGHUP, TO_GROUP);
}
END_TEST

/* The clock counts from when it is acted upon: after its delay. */
START_TEST(a_request_that_is_held_back_stops_nothing_yet)
{
	options.kill_after = CLOCK;
	give(RULE_DELAY, "TERM:1s");
	assert_sends_nothing(arrive(SIGTERM, START));
	ck_assert(!course.stopping);
	assert_due(START + NANOSECONDS + 1, SIGTERM, SIGTERM, TO_GROUP);
	ck_assert(course.stopping);
	ck_assert_int_eq(course.kill_at, START + NANOSECONDS + 1 + CLOCK);
}
END_TEST

START_TEST(a_second_request_ends_the_delay_and_starts_the_clock)
{
	options.kill_after = CLOCK;
	give(RULE_DELAY, "TERM:1s");
	assert_sends_nothing(arrive(SIGTERM, START));
	assert_sends(arrive(SIGTERM, START + 5), SIGTERM, TO_GROUP);
	ck_assert_int_eq(course.kill_at, START + 5 + CLOCK);
	/* The third one is not held back any more. */
	assert_sends(arrive(SIGTERM, START + 6), SIGTERM, TO_GROUP);
	ck_assert_int_eq(course.kill_at, START + 5 + CLOCK);
}
END_TEST

/* Rules are about what was received: the delay of SIGTERM and not of SIGQUIT, and what is sent in the end is SIGQUIT.
 */
START_TEST(a_rewritten_signal_is_held_back_by_its_own_name)
{
	give(RULE_REWRITE, "TERM:QUIT");
	give(RULE_DELAY, "TERM:1s");
	assert_sends_nothing(arrive(SIGTERM, START));
	assert_due(START + NANOSECONDS, SIGTERM, SIGQUIT, TO_GROUP);
	begin();
	give(RULE_REWRITE, "TERM:QUIT");
	give(RULE_DELAY, "QUIT:1s");
	assert_sends(arrive(SIGTERM, START), SIGQUIT, TO_GROUP);
}
END_TEST

/* Of those that are held, and only of those: nobody could be sent them any more. */
START_TEST(the_end_cancels_what_is_held)
{
	options.wait = true;
	give(RULE_DELAY, "HUP:1s,TERM:2s");
	(void)arrive(SIGHUP, START);
	(void)arrive(SIGTERM, START);
	(void)decide_end(&options, &course, 0, START + 1);
	ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
	assert_nothing_due(START + 3 * NANOSECONDS);
	ck_assert(!course.over);
	/* Those that come now are not held back. */
	assert_sends(arrive(SIGTERM, START + 2), SIGTERM, TO_ALL);
}
END_TEST

/* A SIGQUIT may be for a thread dump, and a SIGINT be dropped: the SIGTERM that comes hours later is held back all the
 * same. */
START_TEST(one_request_to_stop_ends_no_delay_of_another)
{
	static const int others[] = {SIGINT, SIGQUIT};

	for (size_t i = 0; i < LENGTH(others); i++) {
		begin();
		give(RULE_DELAY, "TERM:1s,USR1:2s,HUP:3s");
		give(RULE_REWRITE, "INT:0");
		(void)arrive(SIGHUP, START);
		(void)arrive(others[i], START + 1);
		ck_assert(course.stopping);
		assert_sends_nothing(arrive(SIGTERM, START + 2));
		assert_sends_nothing(arrive(SIGUSR1, START + 3));
		assert_due(START + 2 + NANOSECONDS, SIGTERM, SIGTERM, TO_GROUP);
		assert_due(START + 3 + 2 * NANOSECONDS, SIGUSR1, SIGUSR1, TO_GROUP);
		assert_due(START + 3 * NANOSECONDS, SIGHUP, SIGHUP, TO_GROUP);
		/* The same request once more is not held back any more; everything else is. */
		assert_sends(arrive(SIGTERM, START + 4 * NANOSECONDS), SIGTERM, TO_GROUP);
		assert_sends_nothing(arrive(SIGUSR1, START + 4 * NANOSECONDS));
	}
}
END_TEST

/* A time that passes while it is killed is a time too. */
START_TEST(decide_next_is_the_earliest)
{
	options.kill_after = 2 * NANOSECONDS;
	give(RULE_DELAY, "HUP:1s,USR1:3s");
	(void)arrive(SIGUSR1, START);
	ck_assert_int_eq(decide_next(&course), START + 3 * NANOSECONDS);
	(void)arrive(SIGHUP, START);
	(void)arrive(SIGTERM, START);
	ck_assert_int_eq(decide_next(&course), START + NANOSECONDS);
	assert_due(START + NANOSECONDS, SIGHUP, SIGHUP, TO_GROUP);
	ck_assert_int_eq(decide_next(&course), START + 2 * NANOSECONDS);
	assert_due(START + 2 * NANOSECONDS, SIGKILL, SIGKILL, TO_ALL);
	ck_assert_int_eq(decide_next(&course), START + 3 * NANOSECONDS);
	assert_due(START + 3 * NANOSECONDS, SIGUSR1, SIGUSR1, TO_GROUP);
	ck_assert_int_eq(decide_next(&course), START + 2 * NANOSECONDS + GIVE_UP_AFTER);
}
END_TEST

/* ---- The stop ---- */

START_TEST(only_requests_start_the_clock)
{
	options.kill_after = CLOCK;
	(void)arrive(_i, START);
	ck_assert_int_eq(course.stopping, _i == SIGTERM || _i == SIGINT || _i == SIGQUIT);
	ck_assert_int_eq(course.kill_at, course.stopping ? START + CLOCK : 0);
	ck_assert_int_eq(decide_next(&course), course.stopping ? START + CLOCK : DURATION_INFINITE);
}
END_TEST

/* The request counts, and not what becomes of it: even a SIGTERM that is dropped, or becomes a SIGHUP. */
START_TEST(a_rewritten_request_is_one)
{
	options.kill_after = CLOCK;
	give(RULE_REWRITE, "TERM:0");
	assert_sends_nothing(arrive(SIGTERM, START));
	ck_assert_int_eq(course.kill_at, START + CLOCK);
	begin();
	options.kill_after = CLOCK;
	give(RULE_REWRITE, "TERM:HUP,USR1:TERM");
	assert_sends(arrive(SIGUSR1, START), SIGTERM, TO_GROUP);
	ck_assert(!course.stopping);
	assert_sends(arrive(SIGTERM, START), SIGHUP, TO_GROUP);
	ck_assert_int_eq(course.kill_at, START + CLOCK);
}
END_TEST

/* A ^C that the terminal has sent to the command too is between the two of them: at the prompt of a shell it must not
 * start a clock that ends in the shell's death. */
START_TEST(what_the_command_got_from_the_terminal_is_no_request)
{
	options.target = TARGET_COMMAND;
	options.kill_after = CLOCK;
	assert_sends_nothing(arrive_from_terminal(&together, SIGINT, START));
	ck_assert(!course.stopping);
	ck_assert_int_eq(course.kill_at, 0);
	/* One that has been rewritten it has not got. */
	give(RULE_REWRITE, "INT:TERM");
	assert_sends(arrive_from_terminal(&together, SIGINT, START), SIGTERM, TO_COMMAND);
	ck_assert_int_eq(course.kill_at, START + CLOCK);
}
END_TEST

START_TEST(the_clock_is_never_moved)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGINT, START);
	(void)arrive(SIGTERM, START + 1);
	(void)arrive(SIGINT, START + 2);
	(void)decide_end(&options, &course, 0, START + 3);
	(void)arrive(SIGTERM, START + 4);
	ck_assert_int_eq(course.kill_at, START + CLOCK);
	assert_nothing_due(START + CLOCK - 1);
	assert_due(START + CLOCK, SIGKILL, SIGKILL, TO_ALL);
	ck_assert_int_eq(course.kill_at, START + CLOCK);
}
END_TEST

START_TEST(without_a_request_the_end_starts_the_clock)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGHUP, START);
	(void)decide_end(&options, &course, 3, START + 1);
	ck_assert_int_eq(decide_next(&course), START + 1 + CLOCK);
	assert_due(START + 1 + CLOCK, SIGKILL, SIGKILL, TO_ALL);
}
END_TEST

START_TEST(without_a_clock_nobody_is_killed)
{
	static const int64_t clocks[] = {0, DURATION_INFINITE};

	for (size_t i = 0; i < LENGTH(clocks); i++) {
		begin();
		options.wait = true;
		options.kill_after = clocks[i];
		(void)arrive(SIGTERM, START);
		ck_assert_int_eq(course.kill_at, 0);
		ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
		(void)decide_end(&options, &course, 3, START);
		ck_assert_int_eq(decide_next(&course), DURATION_INFINITE);
		assert_nothing_due(DURATION_INFINITE - 1);
		ck_assert(!course.killing && !course.over);
	}
}
END_TEST

START_TEST(the_kill_is_decided_once)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGTERM, START);
	assert_due(LATER + 3, SIGKILL, SIGKILL, TO_ALL);
	ck_assert(course.killing && !course.over);
	ck_assert_int_eq(course.give_up_at, LATER + 3 + GIVE_UP_AFTER);
	ck_assert_int_eq(decide_next(&course), LATER + 3 + GIVE_UP_AFTER);
	assert_nothing_due(LATER + 2 + GIVE_UP_AFTER);
	ck_assert(!course.over && !course.gave_up);
}
END_TEST

/* A process that waits for a device cannot be killed, and a stop ends all the same. */
START_TEST(what_cannot_be_killed_is_left_alone_in_the_end)
{
	options.kill_after = CLOCK;
	give(RULE_EXIT_MAP, "9:1");
	(void)arrive(SIGTERM, START);
	(void)decide_end(&options, &course, 9, START + 1);
	assert_due(LATER, SIGKILL, SIGKILL, TO_ALL);
	assert_nothing_due(LATER + GIVE_UP_AFTER - 1);
	ck_assert(!course.over);
	assert_nothing_due(LATER + GIVE_UP_AFTER);
	ck_assert(course.over && course.gave_up);
	ck_assert_int_eq(course.exit_status, 1);
}
END_TEST

/* A moment for those that could be, from the same time on however often one is refused; and no clock before that. */
START_TEST(what_may_not_be_killed_is_left_alone_soon)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGTERM, START);
	decide_refused(&course);
	ck_assert_int_eq(decide_next(&course), START + CLOCK);
	assert_due(START + CLOCK + 7, SIGKILL, SIGKILL, TO_ALL);
	for (int times = 0; times < 2; times++) {
		decide_refused(&course);
		ck_assert_int_eq(decide_next(&course), START + CLOCK + GIVE_UP_REFUSED_AFTER);
	}
	assert_nothing_due(START + CLOCK + GIVE_UP_REFUSED_AFTER - 1);
	ck_assert(!course.over);
	assert_nothing_due(START + CLOCK + GIVE_UP_REFUSED_AFTER);
	ck_assert(course.over && course.gave_up);
	ck_assert_int_eq(course.exit_status, 128 + SIGKILL);
}
END_TEST

START_TEST(a_command_that_cannot_be_killed_was_killed)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGTERM, START);
	assert_due(LATER, SIGKILL, SIGKILL, TO_ALL);
	assert_nothing_due(LATER + GIVE_UP_AFTER);
	ck_assert(course.over && course.gave_up);
	ck_assert_int_eq(course.exit_status, 128 + SIGKILL);
}
END_TEST

/* ---- The end ---- */

/* Of the command, by itself, for each target; and of the rest, where it is waited for: in -c mode too. */
START_TEST(the_end_asks_the_rest_to_stop)
{
	static const struct {
		enum target target;
		enum recipients to;
	} targets[] = {{TARGET_COMMAND, TO_NOBODY}, {TARGET_GROUP, TO_GROUP}, {TARGET_ALL, TO_ALL}};

	for (size_t i = 0; i < LENGTH(targets); i++) {
		for (int waits = 0; waits <= 2; waits++) {
			struct action action;

			begin();
			give(RULE_REWRITE, "TERM:QUIT"); /* which is about what was received */
			options.target = targets[i].target;
			options.wait = waits == 1;
			options.kill_after = waits == 2 ? DURATION_INFINITE : 0;
			action = decide_end(&options, &course, 3, START);
			if (waits != 0)
				assert_sends(action, SIGTERM, TO_ALL);
			else
				assert_sends(action, targets[i].to == TO_NOBODY ? 0 : SIGTERM, targets[i].to);
			ck_assert_int_eq(action.send_continue, waits != 0);
			ck_assert(action.of_own_accord || action.send == 0);
			ck_assert(!action.stop_self && !action.lend_terminal);
			ck_assert(course.command_ended && course.stopping && !course.gave_up);
			ck_assert_int_eq(course.over, waits == 0);
			ck_assert_int_eq(course.exit_status, 3);
		}
	}
}
END_TEST

/* SIGKILL is on its way to all of it. */
START_TEST(those_that_are_killed_are_not_asked)
{
	options.kill_after = CLOCK;
	(void)arrive(SIGTERM, START);
	assert_due(LATER, SIGKILL, SIGKILL, TO_ALL);
	assert_sends_nothing(decide_end(&options, &course, 128 + SIGKILL, LATER + 1));
	ck_assert(course.command_ended && !course.over);
	ck_assert_int_eq(course.kill_at, LATER);
	ck_assert_int_eq(course.give_up_at, LATER + GIVE_UP_AFTER);
	decide_childless(&options, &course);
	ck_assert(course.over && !course.gave_up);
	ck_assert_int_eq(course.exit_status, 128 + SIGKILL);
}
END_TEST

START_TEST(every_exit_status_is_kept_until_nobody_is_left)
{
	options.wait = true;
	(void)decide_end(&options, &course, _i, START);
	(void)arrive(SIGTERM, START);
	ck_assert(!course.over);
	decide_childless(&options, &course);
	ck_assert(course.over && !course.gave_up);
	ck_assert_int_eq(course.exit_status, _i);
}
END_TEST

/* Once: 1 becomes 2, and 2 becomes 3. */
START_TEST(the_exit_status_is_mapped_once)
{
	static const struct {
		int status, mapped;
	} statuses[] = {{1, 2}, {2, 3}, {3, 3}, {143, 0}, {0, 255}};

	for (size_t i = 0; i < LENGTH(statuses); i++) {
		begin();
		give(RULE_EXIT_MAP, "1:2,2:3,143,0:255");
		(void)decide_end(&options, &course, statuses[i].status, START);
		ck_assert_int_eq(course.exit_status, statuses[i].mapped);
	}
}
END_TEST

/* Nobody may know any more how the command ended. It is no status of the command's that could be mapped. */
START_TEST(without_children_and_without_knowledge_it_is_over)
{
	give(RULE_EXIT_MAP, "1:0,0:7");
	decide_childless(&options, &course);
	ck_assert(course.over);
	ck_assert_int_eq(course.exit_status, STATUS_UNKNOWN);
}
END_TEST

/* ---- A pause ---- */

/* By whoever, from wherever: there is no command to which the terminal could have sent it instead. */
START_TEST(a_pause_ends_by_two_signals_only)
{
	for (int bits = 0; bits < 8; bits++) {
		const struct circumstances circumstances = {
			.leads_session = (bits & 1) != 0,
			.command_in_own_group = (bits & 2) != 0,
		};
		bool ends = _i == SIGTERM || _i == SIGINT;

		begin();
		options.pause = true;
		options.target = TARGET_COMMAND;
		(void)arrive_in(&circumstances, (struct arrival){.signal = _i, .from_kernel = bits >= 4}, START);
		ck_assert_int_eq(course.over, ends);
		ck_assert_int_eq(course.stopping, ends);
		ck_assert_int_eq(course.exit_status, 0);
	}
}
END_TEST

/* Not even if the signal is dropped or rewritten: there is nobody to get another one. */
START_TEST(a_pause_ends_at_once_or_when_nobody_is_left)
{
	static const enum target targets[] = {TARGET_COMMAND, TARGET_GROUP, TARGET_ALL};

	for (size_t i = 0; i < LENGTH(targets); i++) {
		struct action action;

		begin();
		options.pause = true;
		options.target = targets[i];
		give(RULE_REWRITE, "TERM:0,INT:HUP");
		give(RULE_EXIT_MAP, "0:5"); /* the command's */
		action = arrive(i == 0 ? SIGINT : SIGTERM, START);
		ck_assert(course.over);
		ck_assert_int_eq(course.exit_status, 0);
		if (targets[i] == TARGET_ALL)
			assert_sends(action, SIGTERM, TO_ALL);
		else
			assert_sends_nothing(action);

		begin();
		options.pause = options.wait = true;
		options.target = targets[i];
		action = arrive(SIGTERM, START);
		assert_sends(action, SIGTERM, TO_ALL);
		ck_assert(action.send_continue && action.of_own_accord && !course.over);
		/* A further one goes to all that is left. */
		action = arrive(SIGINT, START);
		assert_sends(action, SIGINT, TO_ALL);
		decide_childless(&options, &course);
		ck_assert(course.over);
		ck_assert_int_eq(course.exit_status, 0);
	}
}
END_TEST

START_TEST(a_pause_without_children_goes_on)
{
	options.pause = true;
	decide_childless(&options, &course);
	ck_assert(!course.over);
	(void)arrive(SIGTERM, START);
	ck_assert(course.over);
	ck_assert_int_eq(course.exit_status, 0);
}
END_TEST

START_TEST(a_pause_ends_after_the_delay)
{
	options.pause = true;
	options.kill_after = CLOCK;
	give(RULE_DELAY, "TERM:1s,HUP:5s");
	assert_sends_nothing(arrive(SIGHUP, START));
	assert_sends_nothing(arrive(SIGTERM, START));
	ck_assert(!course.stopping);
	assert_due(START + NANOSECONDS, SIGTERM, SIGTERM, TO_ALL);
	ck_assert(course.stopping && !course.over);
	/* The end of the pause cancels what is held, as the command's would. */
	ck_assert_int_eq(decide_next(&course), START + NANOSECONDS + CLOCK);
	assert_due(START + NANOSECONDS + CLOCK, SIGKILL, SIGKILL, TO_ALL);
	assert_nothing_due(START + NANOSECONDS + CLOCK + GIVE_UP_AFTER);
	ck_assert(course.over && course.gave_up);
	ck_assert_int_eq(course.exit_status, 0);
}
END_TEST

Suite *decide_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("decide", &tests);

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_loop_test(tests, every_signal_in_every_situation, 1, LAST_SIGNAL + 1);

	tcase_add_loop_test(tests, what_a_process_sends_always_goes_on, 1, LAST_SIGNAL + 1);
	tcase_add_loop_test(tests, what_the_terminal_sent_to_the_command_is_not_sent_twice, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, a_hangup_told_to_the_session_leader_goes_on);
	tcase_add_test(tests, a_sigchld_sent_by_hand_goes_on);
	tcase_add_test(tests, a_sigpipe_of_another_process_goes_on);
	tcase_add_test(tests, terminal_stops_stop_for_certain_unless_rewritten);
	tcase_add_loop_test(tests, a_dropped_signal_does_nothing_at_all, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, rewriting_is_of_what_was_received);

	tcase_add_test(tests, a_delay_holds_back_until_its_time);
	tcase_add_test(tests, a_second_one_is_sent_at_once);
	tcase_add_test(tests, an_infinite_delay_waits_for_the_second_one);
	tcase_add_test(tests, a_delay_of_0_is_none);
	tcase_add_test(tests, several_are_held_each_for_its_time);
	tcase_add_test(tests, a_request_that_is_held_back_stops_nothing_yet);
	tcase_add_test(tests, a_second_request_ends_the_delay_and_starts_the_clock);
	tcase_add_test(tests, a_rewritten_signal_is_held_back_by_its_own_name);
	tcase_add_test(tests, the_end_cancels_what_is_held);
	tcase_add_test(tests, one_request_to_stop_ends_no_delay_of_another);
	tcase_add_test(tests, decide_next_is_the_earliest);

	tcase_add_loop_test(tests, only_requests_start_the_clock, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, a_rewritten_request_is_one);
	tcase_add_test(tests, what_the_command_got_from_the_terminal_is_no_request);
	tcase_add_test(tests, the_clock_is_never_moved);
	tcase_add_test(tests, without_a_request_the_end_starts_the_clock);
	tcase_add_test(tests, without_a_clock_nobody_is_killed);
	tcase_add_test(tests, the_kill_is_decided_once);
	tcase_add_test(tests, what_cannot_be_killed_is_left_alone_in_the_end);
	tcase_add_test(tests, what_may_not_be_killed_is_left_alone_soon);
	tcase_add_test(tests, a_command_that_cannot_be_killed_was_killed);

	tcase_add_test(tests, the_end_asks_the_rest_to_stop);
	tcase_add_test(tests, those_that_are_killed_are_not_asked);
	tcase_add_loop_test(tests, every_exit_status_is_kept_until_nobody_is_left, 0, 256);
	tcase_add_test(tests, the_exit_status_is_mapped_once);
	tcase_add_test(tests, without_children_and_without_knowledge_it_is_over);

	tcase_add_loop_test(tests, a_pause_ends_by_two_signals_only, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, a_pause_ends_at_once_or_when_nobody_is_left);
	tcase_add_test(tests, a_pause_without_children_goes_on);
	tcase_add_test(tests, a_pause_ends_after_the_delay);
	return suite;
}
