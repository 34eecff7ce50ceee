#include "rewrite.h"

#include <string.h>

#include "unit.h"

static struct rewrite rules;
static struct text complaint;

static void begin(void)
{
	memset(&rules, 0, sizeof(rules));
	text_clear(&complaint);
}

static void assert_unchanged_but_for(int changed)
{
	for (int signal = 1; signal <= LAST_SIGNAL; signal++)
		if (signal != changed)
			ck_assert_int_eq(rewrite_apply(&rules, signal, false), signal);
}

START_TEST(without_rules_nothing_changes)
{
	assert_unchanged_but_for(0);
}
END_TEST

START_TEST(a_rule_changes_its_signal_only)
{
	ck_assert(rewrite_parse(&rules, "TERM:QUIT", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), SIGQUIT);
	assert_unchanged_but_for(SIGTERM);
	assert_text(&complaint, "");
}
END_TEST

START_TEST(zero_drops)
{
	ck_assert(rewrite_parse(&rules, "hup:0", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGHUP, false), 0);
	assert_unchanged_but_for(SIGHUP);
}
END_TEST

START_TEST(lists_add_up)
{
	ck_assert(rewrite_parse(&rules, "TERM:QUIT,HUP:0", &complaint));
	ck_assert(rewrite_parse(&rules, "RTMIN+3:15", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), SIGQUIT);
	ck_assert_int_eq(rewrite_apply(&rules, SIGHUP, false), 0);
	ck_assert_int_eq(rewrite_apply(&rules, 37, false), SIGTERM);
}
END_TEST

START_TEST(the_last_rule_wins)
{
	ck_assert(rewrite_parse(&rules, "TERM:QUIT,TERM:INT", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), SIGINT);
	ck_assert(rewrite_parse(&rules, "TERM:0", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), 0);
	ck_assert(rewrite_parse(&rules, "TERM:TERM", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), SIGTERM);
}
END_TEST

/* Two rules are no chain: TERM becomes INT and not HUP. */
START_TEST(a_signal_is_rewritten_once)
{
	ck_assert(rewrite_parse(&rules, "TERM:INT,INT:HUP", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTERM, false), SIGINT);
}
END_TEST

/* Real-time ones too: dumb-init 1.2.5 read beyond its array of 32 with them. _i is the one received. */
START_TEST(every_signal_can_be_rewritten_to_every_other)
{
	if (_i == 32 || _i == 33)
		return;
	for (int to = 0; to <= LAST_SIGNAL; to++) {
		struct text rule;

		if (to == 32 || to == 33)
			continue;
		begin();
		text_clear(&rule);
		text_add(&rule, "%d:%d", _i, to);
		ck_assert(rewrite_parse(&rules, text_string(&rule), &complaint));
		ck_assert_int_eq(rewrite_apply(&rules, _i, false), to);
		assert_unchanged_but_for(_i);
	}
}
END_TEST

START_TEST(terminal_stops_stop_for_certain_unless_rewritten)
{
	for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
		bool is_stop = signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;

		ck_assert_int_eq(is_terminal_stop(signal), is_stop);
		ck_assert_int_eq(rewrite_apply(&rules, signal, true), is_stop ? SIGSTOP : signal);
	}
	ck_assert(rewrite_parse(&rules, "TSTP:TSTP,TTIN:0,TTOU:USR1", &complaint));
	ck_assert_int_eq(rewrite_apply(&rules, SIGTSTP, true), SIGTSTP);
	ck_assert_int_eq(rewrite_apply(&rules, SIGTTIN, true), 0);
	ck_assert_int_eq(rewrite_apply(&rules, SIGTTOU, true), SIGUSR1);
}
END_TEST

#define NOT_A_RULE(word) "'" word "' is not of the form SIGNAL:REPLACEMENT"
#define NO_SIGNAL(word) "invalid signal '" word "'"
#define OF_THREADS(word) NO_SIGNAL(word) ", which the C library keeps for its threads,"
static const struct {
	const char *list, *complaint;
} malformed[] = {
	{"", NOT_A_RULE("")},
	{"TERM", NOT_A_RULE("TERM")},
	{"15", NOT_A_RULE("15")},
	{",", NOT_A_RULE("")},
	{"TERM:QUIT,", NOT_A_RULE("")},
	{",TERM:QUIT", NOT_A_RULE("")},
	{"TERM:QUIT,,HUP:0", NOT_A_RULE("")},
	{"TERM:QUIT,HUP", NOT_A_RULE("HUP")},
	{":", NO_SIGNAL("")},
	{"TERM:", NO_SIGNAL("")},
	{":TERM", NO_SIGNAL("")},
	{"TREM:QUIT", NO_SIGNAL("TREM")},
	{"TERM:QIUT", NO_SIGNAL("QIUT")},
	{"TERM:QUIT,HUP:x", NO_SIGNAL("x")},
	{"TERM:QUIT:INT", NO_SIGNAL("QUIT:INT")},
	{"TERM:QUIT HUP:0", NO_SIGNAL("QUIT HUP:0")},
	{" TERM:QUIT", NO_SIGNAL(" TERM")},
	{"0:TERM", NO_SIGNAL("0")},
	{"TERM:00", NO_SIGNAL("00")},
	{"TERM:-1", NO_SIGNAL("-1")},
	{"TERM:65", NO_SIGNAL("65")},
	{"TERM:255", NO_SIGNAL("255")},
	{"32:TERM", OF_THREADS("32")},
	{"TERM:33", OF_THREADS("33")},
};

START_TEST(malformed_lists_are_refused_by_name)
{
	ck_assert(!rewrite_parse(&rules, malformed[_i].list, &complaint));
	assert_text(&complaint, malformed[_i].complaint);
}
END_TEST

/* However long (_i zeros): where a word is cut, what stands before may be a valid one. */
START_TEST(long_words_are_no_signals)
{
	char list[256] = "";
	size_t zeros = (size_t)_i;

	memset(list, '0', zeros);
	strcpy(list + zeros, "15x:INT");
	ck_assert_msg(!rewrite_parse(&rules, list, &complaint), "'%s' was taken", list);
	strcpy(list, "INT:");
	memset(list + 4, '0', zeros);
	strcpy(list + 4 + zeros, "15x");
	ck_assert_msg(!rewrite_parse(&rules, list, &complaint), "'%s' was taken", list);
}
END_TEST

Suite *rewrite_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("rewrite", &tests);

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, without_rules_nothing_changes);
	tcase_add_test(tests, a_rule_changes_its_signal_only);
	tcase_add_test(tests, zero_drops);
	tcase_add_test(tests, lists_add_up);
	tcase_add_test(tests, the_last_rule_wins);
	tcase_add_test(tests, a_signal_is_rewritten_once);
	tcase_add_loop_test(tests, every_signal_can_be_rewritten_to_every_other, 1, LAST_SIGNAL + 1);
	tcase_add_test(tests, terminal_stops_stop_for_certain_unless_rewritten);
	tcase_add_loop_test(tests, malformed_lists_are_refused_by_name, 0, LENGTH(malformed));
	tcase_add_loop_test(tests, long_words_are_no_signals, 1, 130);
	return suite;
}
