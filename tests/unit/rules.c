#include "rules.h"

#include <string.h>

#include "number.h"
#include "unit.h"

/* What no rule can say. */
enum { NO_RULE = -7 };

static struct rules rules;
static struct text complaint;

static void begin(void)
{
	static const struct rules none;

	rules = none;
	text_clear(&complaint);
}

static bool parse(enum rule_kind kind, const char *list)
{
	return rules_parse(&rules, kind, list, PLACE_COMMAND_LINE, &complaint);
}

static bool is_of_threads(int signal)
{
	return signal == 32 || signal == 33;
}

static void assert_rule(enum rule_kind kind, int about, int64_t value)
{
	ck_assert_int_eq(rules_apply(&rules, kind, about, NO_RULE), value);
}

/* Of all three kinds. */
static void assert_no_rule_but(enum rule_kind kind, int about)
{
	static const struct {
		enum rule_kind kind;
		int first, last;
	} kinds[] = {{RULE_REWRITE, 1, LAST_SIGNAL}, {RULE_DELAY, 1, LAST_SIGNAL}, {RULE_EXIT_MAP, 0, 255}};

	for (size_t i = 0; i < LENGTH(kinds); i++)
		for (int other = kinds[i].first; other <= kinds[i].last; other++)
			HOLDS((kinds[i].kind == kind && other == about) ||
					rules_apply(&rules, kinds[i].kind, other, NO_RULE) == NO_RULE,
				"kind %d has a rule about %d", (int)kinds[i].kind, other);
}

static void assert_rules_of(enum rule_kind kind, const char *list, int about, int64_t value)
{
	begin();
	ck_assert(parse(kind, list));
	assert_text(&complaint, "");
	assert_rule(kind, about, value);
	assert_no_rule_but(kind, about);
}

START_TEST(without_rules_nothing_changes)
{
	assert_no_rule_but(RULE_REWRITE, 0);
	ck_assert_int_eq(rules_apply(&rules, RULE_REWRITE, SIGTERM, SIGTERM), SIGTERM);
	ck_assert_int_eq(rules_apply(&rules, RULE_DELAY, SIGTERM, 0), 0);
}
END_TEST

START_TEST(a_rule_is_about_one_signal_only)
{
	assert_rules_of(RULE_REWRITE, "TERM:QUIT", SIGTERM, SIGQUIT);
	assert_rules_of(RULE_REWRITE, "RTMAX:RTMIN", 64, 34);
	assert_rules_of(RULE_DELAY, "TERM:10s", SIGTERM, 10 * NANOSECONDS);
	assert_rules_of(RULE_DELAY, "term:1.5", SIGTERM, NANOSECONDS * 3 / 2);
	assert_rules_of(RULE_DELAY, "64:infinity", 64, DURATION_INFINITE);
	assert_rules_of(RULE_EXIT_MAP, "143:7", 143, 7);
	assert_rules_of(RULE_EXIT_MAP, "0:255", 0, 255);
	assert_rules_of(RULE_EXIT_MAP, "255:0", 255, 0);
}
END_TEST

/* What 0 says is a rule like any other. */
START_TEST(zero_is_a_rule)
{
	assert_rules_of(RULE_REWRITE, "hup:0", SIGHUP, 0);
	assert_rules_of(RULE_DELAY, "hup:0", SIGHUP, 0);
	assert_rules_of(RULE_EXIT_MAP, "1:0", 1, 0);
}
END_TEST

/* tini's -e 143. */
START_TEST(an_exit_status_alone_becomes_0)
{
	assert_rules_of(RULE_EXIT_MAP, "143", 143, 0);
	begin();
	ck_assert(parse(RULE_EXIT_MAP, "143,2:1,3"));
	assert_rule(RULE_EXIT_MAP, 143, 0);
	assert_rule(RULE_EXIT_MAP, 2, 1);
	assert_rule(RULE_EXIT_MAP, 3, 0);
}
END_TEST

START_TEST(lists_add_up)
{
	ck_assert(parse(RULE_REWRITE, "TERM:QUIT,HUP:0"));
	ck_assert(parse(RULE_REWRITE, "RTMIN+3:15"));
	ck_assert(parse(RULE_DELAY, "TERM:1,INT:infinity"));
	ck_assert(parse(RULE_EXIT_MAP, "15:1"));
	assert_rule(RULE_REWRITE, SIGTERM, SIGQUIT);
	assert_rule(RULE_REWRITE, SIGHUP, 0);
	assert_rule(RULE_REWRITE, 37, SIGTERM);
	assert_rule(RULE_DELAY, SIGTERM, NANOSECONDS);
	assert_rule(RULE_DELAY, SIGINT, DURATION_INFINITE);
	assert_rule(RULE_EXIT_MAP, 15, 1);
}
END_TEST

START_TEST(the_last_rule_wins)
{
	ck_assert(parse(RULE_REWRITE, "TERM:QUIT,TERM:INT"));
	assert_rule(RULE_REWRITE, SIGTERM, SIGINT);
	ck_assert(parse(RULE_REWRITE, "TERM:0"));
	assert_rule(RULE_REWRITE, SIGTERM, 0);
	ck_assert(parse(RULE_REWRITE, "TERM:TERM"));
	assert_rule(RULE_REWRITE, SIGTERM, SIGTERM);
	ck_assert(parse(RULE_EXIT_MAP, "1:2,1"));
	assert_rule(RULE_EXIT_MAP, 1, 0);
	ck_assert(parse(RULE_DELAY, "TERM:5,TERM:0"));
	assert_rule(RULE_DELAY, SIGTERM, 0);
}
END_TEST

/* --verbose says it. */
START_TEST(each_rule_knows_where_it_was_given)
{
	ck_assert(rules_parse(&rules, RULE_DELAY, "TERM:1,HUP:1", PLACE_ENVIRONMENT, &complaint));
	ck_assert(rules_parse(&rules, RULE_DELAY, "HUP:2", PLACE_COMMAND_LINE, &complaint));
	ck_assert_int_eq(rules.place[RULE_DELAY + SIGTERM], PLACE_ENVIRONMENT);
	ck_assert_int_eq(rules.place[RULE_DELAY + SIGHUP], PLACE_COMMAND_LINE);
	ck_assert_int_eq(rules.place[RULE_DELAY + SIGINT], PLACE_NONE);
}
END_TEST

/* Two rules are no chain: TERM becomes INT and not HUP, and 1 becomes 2 and not 3. */
START_TEST(rules_are_applied_once)
{
	ck_assert(parse(RULE_REWRITE, "TERM:INT,INT:HUP"));
	assert_rule(RULE_REWRITE, SIGTERM, SIGINT);
	ck_assert(parse(RULE_EXIT_MAP, "1:2,2:3"));
	assert_rule(RULE_EXIT_MAP, 1, 2);
}
END_TEST

/* Real-time ones too: dumb-init 1.2.5 read beyond its array of 32 with them. _i is the one received. */
START_TEST(every_signal_can_be_rewritten_to_every_other)
{
	if (is_of_threads(_i))
		return;
	for (int to = 0; to <= LAST_SIGNAL; to++) {
		struct text rule;

		if (is_of_threads(to))
			continue;
		text_clear(&rule);
		text_add(&rule, "%d:%d", _i, to);
		assert_rules_of(RULE_REWRITE, text_string(&rule), _i, to);
	}
}
END_TEST

START_TEST(every_signal_can_be_held_back)
{
	struct text rule;

	if (is_of_threads(_i))
		return;
	text_clear(&rule);
	text_add(&rule, "%d:%dms", _i, _i);
	assert_rules_of(RULE_DELAY, text_string(&rule), _i, _i * NANOSECONDS_PER_MS);
}
END_TEST

START_TEST(every_exit_status_can_be_mapped)
{
	struct text rule;

	text_clear(&rule);
	text_add(&rule, "%d:%d", _i, 255 - _i);
	assert_rules_of(RULE_EXIT_MAP, text_string(&rule), _i, 255 - _i);
}
END_TEST

#define NO_SIGNAL(word) "invalid signal '" word "'"
#define OF_THREADS(word) NO_SIGNAL(word) ", which the C library keeps for its threads,"
#define NO_VALUE(signal) "':' and a value are missing after " signal
#define NO_TIME(word) "invalid time '" word "'"
#define NO_STATUS(word) "invalid exit status '" word "'"
static const struct {
	enum rule_kind kind;
	const char *list, *complaint;
} malformed[] = {
	{RULE_REWRITE, "", NO_SIGNAL("")},
	{RULE_REWRITE, "TERM", NO_VALUE("SIGTERM (15)")},
	{RULE_REWRITE, "15", NO_VALUE("SIGTERM (15)")},
	{RULE_REWRITE, ",", NO_SIGNAL("")},
	{RULE_REWRITE, "TERM:QUIT,", NO_SIGNAL("")},
	{RULE_REWRITE, ",TERM:QUIT", NO_SIGNAL("")},
	{RULE_REWRITE, "TERM:QUIT,,HUP:0", NO_SIGNAL("")},
	{RULE_REWRITE, "TERM:QUIT,HUP", NO_VALUE("SIGHUP (1)")},
	{RULE_REWRITE, ":", NO_SIGNAL("")},
	{RULE_REWRITE, "TERM:", NO_SIGNAL("")},
	{RULE_REWRITE, ":TERM", NO_SIGNAL("")},
	{RULE_REWRITE, "TREM:QUIT", NO_SIGNAL("TREM")},
	{RULE_REWRITE, "TERM:QIUT", NO_SIGNAL("QIUT")},
	{RULE_REWRITE, "TERM:QUIT,HUP:x", NO_SIGNAL("x")},
	{RULE_REWRITE, "TERM:QUIT:INT", NO_SIGNAL("QUIT:INT")},
	{RULE_REWRITE, "TERM:QUIT HUP:0", NO_SIGNAL("QUIT HUP:0")},
	{RULE_REWRITE, " TERM:QUIT", NO_SIGNAL(" TERM")},
	{RULE_REWRITE, "0:TERM", NO_SIGNAL("0")},
	{RULE_REWRITE, "TERM:00", NO_SIGNAL("00")},
	{RULE_REWRITE, "TERM:-1", NO_SIGNAL("-1")},
	{RULE_REWRITE, "TERM:65", NO_SIGNAL("65")},
	{RULE_REWRITE, "TERM:255", NO_SIGNAL("255")},
	{RULE_REWRITE, "32:TERM", OF_THREADS("32")},
	{RULE_REWRITE, "TERM:33", OF_THREADS("33")},
	{RULE_DELAY, "", NO_SIGNAL("")},
	{RULE_DELAY, "TERM", NO_VALUE("SIGTERM (15)")},
	{RULE_DELAY, "TERM:", NO_TIME("")},
	{RULE_DELAY, ":1", NO_SIGNAL("")},
	{RULE_DELAY, "0:1", NO_SIGNAL("0")},
	{RULE_DELAY, "TERM:1,", NO_SIGNAL("")},
	{RULE_DELAY, "TERM:-1", NO_TIME("-1")},
	{RULE_DELAY, "TERM:QUIT", NO_TIME("QUIT")},
	{RULE_DELAY, "TERM:1:2", NO_TIME("1:2")},
	{RULE_DELAY, "TERM:1,HUP:1x", NO_TIME("1x")},
	{RULE_DELAY, "33:1", OF_THREADS("33")},
	{RULE_EXIT_MAP, "", NO_STATUS("")},
	{RULE_EXIT_MAP, ":1", NO_STATUS("")},
	{RULE_EXIT_MAP, "1:", NO_STATUS("")},
	{RULE_EXIT_MAP, "1,", NO_STATUS("")},
	{RULE_EXIT_MAP, ",1", NO_STATUS("")},
	{RULE_EXIT_MAP, "256", NO_STATUS("256")},
	{RULE_EXIT_MAP, "1:256", NO_STATUS("256")},
	{RULE_EXIT_MAP, "-1", NO_STATUS("-1")},
	{RULE_EXIT_MAP, "1:2:3", NO_STATUS("2:3")},
	{RULE_EXIT_MAP, "TERM", NO_STATUS("TERM")},
	{RULE_EXIT_MAP, "143 ", NO_STATUS("143 ")},
};

START_TEST(malformed_lists_are_refused_by_name)
{
	ck_assert(!parse(malformed[_i].kind, malformed[_i].list));
	assert_text(&complaint, malformed[_i].complaint);
}
END_TEST

/* However long (_i zeros): where a word is cut, what stands before may be a valid one. */
START_TEST(long_words_are_no_values)
{
	static const struct {
		enum rule_kind kind;
		const char *before, *after;
	} words[] = {
		{RULE_REWRITE, "", "15x:INT"},
		{RULE_REWRITE, "INT:", "15x"},
		{RULE_DELAY, "INT:", "15x"},
		{RULE_EXIT_MAP, "", "15x"},
		{RULE_EXIT_MAP, "1:", "15x"},
	};

	for (size_t i = 0; i < LENGTH(words); i++) {
		char list[256] = "";
		size_t before = strlen(words[i].before);

		strcpy(list, words[i].before);
		memset(list + before, '0', (size_t)_i);
		strcpy(list + before + _i, words[i].after);
		ck_assert_msg(!parse(words[i].kind, list), "'%s' was taken", list);
	}
}
END_TEST

/* As long as a word can be that is not cut: of _i characters. */
START_TEST(long_words_are_values_too)
{
	char list[80] = "USR1:", unknown[80] = "";

	memset(list + strlen("USR1:"), '0', (size_t)_i);
	memcpy(list + strlen("USR1:") + _i - strlen("15s"), "15s", sizeof("15s"));
	assert_rules_of(RULE_DELAY, list, SIGUSR1, 15 * NANOSECONDS);

	memset(unknown, 'X', (size_t)_i);
	ck_assert(!parse(RULE_REWRITE, unknown));
	ck_assert_msg(strstr(text_string(&complaint), unknown) != NULL, "'%s' does not name '%s'",
		text_string(&complaint), unknown);
}
END_TEST

Suite *rules_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("rules", &tests);

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, without_rules_nothing_changes);
	tcase_add_test(tests, a_rule_is_about_one_signal_only);
	tcase_add_test(tests, zero_is_a_rule);
	tcase_add_test(tests, an_exit_status_alone_becomes_0);
	tcase_add_test(tests, lists_add_up);
	tcase_add_test(tests, the_last_rule_wins);
	tcase_add_test(tests, each_rule_knows_where_it_was_given);
	tcase_add_test(tests, rules_are_applied_once);
	tcase_add_loop_test(tests, every_signal_can_be_rewritten_to_every_other, 1, LAST_SIGNAL + 1);
	tcase_add_loop_test(tests, every_signal_can_be_held_back, 1, LAST_SIGNAL + 1);
	tcase_add_loop_test(tests, every_exit_status_can_be_mapped, 0, 256);
	tcase_add_loop_test(tests, malformed_lists_are_refused_by_name, 0, LENGTH(malformed));
	tcase_add_loop_test(tests, long_words_are_no_values, 1, 130);
	tcase_add_loop_test(tests, long_words_are_values_too, 3, 64);
	return suite;
}
