#include "decide.h"

#include <signal.h>

#include "unit.h"

static struct options options;

static void begin(void)
{
	static const struct options zero;

	options = zero;
}

static void rewrite(const char *list)
{
	struct text complaint;

	text_clear(&complaint);
	ck_assert(rewrite_parse(&options.rewrite, list, &complaint));
}

/* The circumstances in which nothing is special. */
static const struct circumstances elsewhere;

static struct action decide_in(const struct circumstances *circumstances, struct arrival arrival)
{
	return decide(&options, circumstances, &arrival);
}

static bool is_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* Those that a terminal sends to all of a process group. */
static bool comes_from_terminals(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGWINCH || signal == SIGHUP || signal == SIGCONT ||
	       is_stop(signal);
}

/* The rules that hold for every signal (_i), in both modes, from every sender, in all circumstances. */
START_TEST(every_signal_in_every_situation)
{
	for (unsigned int bits = 0; bits < 1U << 6; bits++) {
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
		struct action action;

		options.single_child = (bits & 32) != 0;
		action = decide(&options, &circumstances, &arrival);

		ck_assert_int_eq(action.look_at_children, _i == SIGCHLD);
		if (arrival.of_child || (_i == SIGPIPE && arrival.from_self)) {
			ck_assert_int_eq(action.send, 0);
			ck_assert_int_eq(action.why_not != NULL, _i == SIGPIPE);
			ck_assert(!action.stop_self && !action.lend_terminal);
			continue;
		}
		ck_assert_int_eq(action.stop_self, is_stop(_i));
		ck_assert_int_eq(action.lend_terminal, _i == SIGCONT);
		if (action.send == 0) {
			/* The only reason left: the command has it already. */
			ck_assert(comes_from_terminals(_i));
			ck_assert(arrival.from_kernel && circumstances.command_in_own_group);
			ck_assert_ptr_nonnull(action.why_not);
		} else {
			ck_assert_int_eq(action.send, is_stop(_i) && !options.single_child ? SIGSTOP : _i);
			ck_assert_ptr_null(action.why_not);
		}
	}
}
END_TEST

/* Not even what looks like the terminal's may be held back if a process sent it: nobody else has given it to the
 * command. */
START_TEST(what_a_process_sends_always_goes_on)
{
	const struct circumstances together = {.command_in_own_group = true};

	options.single_child = true;
	ck_assert_int_eq(decide_in(&together, (struct arrival){.signal = _i}).send, _i);
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = _i}).send, _i);
}
END_TEST

/* dumb-init 1.2.5 -c sends the command a second SIGINT for each ^C. */
START_TEST(what_the_terminal_sent_to_the_command_is_not_sent_twice)
{
	const struct arrival arrival = {.signal = _i, .from_kernel = true};
	const struct circumstances together = {.command_in_own_group = true};

	options.single_child = true;
	ck_assert_int_eq(decide(&options, &together, &arrival).send, comes_from_terminals(_i) ? 0 : _i);
	ck_assert_int_eq(decide(&options, &elsewhere, &arrival).send, _i);
}
END_TEST

/* A hangup, and the SIGCONT with it, also comes to the session's leader alone. */
START_TEST(a_hangup_told_to_the_session_leader_goes_on)
{
	const struct circumstances leader = {.leads_session = true, .command_in_own_group = true};

	options.single_child = true;
	ck_assert_int_eq(decide_in(&leader, (struct arrival){.signal = SIGHUP, .from_kernel = true}).send, SIGHUP);
	ck_assert_int_eq(decide_in(&leader, (struct arrival){.signal = SIGCONT, .from_kernel = true}).send, SIGCONT);
	ck_assert_int_eq(decide_in(&leader, (struct arrival){.signal = SIGINT, .from_kernel = true}).send, 0);
}
END_TEST

/* dumb-init 1.2.5 takes every SIGCHLD for the kernel's. */
START_TEST(a_sigchld_sent_by_hand_goes_on_and_is_looked_into)
{
	struct action action = decide_in(&elsewhere, (struct arrival){.signal = SIGCHLD});

	ck_assert_int_eq(action.send, SIGCHLD);
	ck_assert(action.look_at_children);
}
END_TEST

/* The one of our own write to a closed log is not: dumb-init 1.2.5 -v logs that it forwards it, which makes the next.
 */
START_TEST(a_sigpipe_of_another_process_goes_on)
{
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGPIPE}).send, SIGPIPE);
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGPIPE, .from_self = true}).send, 0);
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
	rewrite(text_string(&rule));
	action = decide_in(&elsewhere, (struct arrival){.signal = _i});
	ck_assert_int_eq(action.send, 0);
	ck_assert_ptr_nonnull(action.why_not);
	ck_assert(!action.stop_self && !action.lend_terminal);
}
END_TEST

START_TEST(rewriting_is_of_what_was_received)
{
	const struct circumstances together = {.command_in_own_group = true};

	rewrite("TERM:QUIT,INT:USR1,TSTP:USR2,CHLD:HUP");
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGTERM}).send, SIGQUIT);
	/* The terminal has sent SIGINT to the command too, but SIGUSR1 it has not. */
	ck_assert_int_eq(decide_in(&together, (struct arrival){.signal = SIGINT, .from_kernel = true}).send, SIGUSR1);
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGTSTP}).send, SIGUSR2);
	/* A rule for SIGCHLD is for those that a process sent, and never keeps dumb-init from reaping. */
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGCHLD}).send, SIGHUP);
	ck_assert_int_eq(decide_in(&elsewhere, (struct arrival){.signal = SIGCHLD, .of_child = true}).send, 0);
	rewrite("CHLD:0");
	ck_assert(decide_in(&elsewhere, (struct arrival){.signal = SIGCHLD}).look_at_children);
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
	tcase_add_test(tests, a_sigchld_sent_by_hand_goes_on_and_is_looked_into);
	tcase_add_test(tests, a_sigpipe_of_another_process_goes_on);
	tcase_add_loop_test(tests, a_dropped_signal_does_nothing_at_all, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, rewriting_is_of_what_was_received);
	return suite;
}
