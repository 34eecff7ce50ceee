#include "value.h"

#include <signal.h>

#include "number.h"
#include "unit.h"

/* What is wrong with it; NULL where nothing is. */
static const struct {
	enum value_kind kind;
	const char *word;
	int64_t value;
	const char *complaint;
} values[] = {
	{VALUE_SIGNAL, "TERM", SIGTERM, NULL},
	{VALUE_SIGNAL, "sigrtmin+3", 37, NULL},
	{VALUE_SIGNAL, "1", 1, NULL},
	{VALUE_SIGNAL, "64", 64, NULL},
	{VALUE_SIGNAL, "0", -1, "invalid signal '0'"},
	{VALUE_SIGNAL, "65", -1, "invalid signal '65'"},
	{VALUE_SIGNAL, "", -1, "invalid signal ''"},
	{VALUE_SIGNAL, "TREM", -1, "invalid signal 'TREM'"},
	{VALUE_SIGNAL, "32", -1, "invalid signal '32', which the C library keeps for its threads,"},
	{VALUE_SIGNAL_OR_NONE, "TERM", SIGTERM, NULL},
	{VALUE_SIGNAL_OR_NONE, "0", 0, NULL},
	{VALUE_SIGNAL_OR_NONE, "00", -1, "invalid signal '00'"},
	{VALUE_SIGNAL_OR_NONE, "0x", -1, "invalid signal '0x'"},
	{VALUE_SIGNAL_OR_NONE, "", -1, "invalid signal ''"},
	{VALUE_SIGNAL_OR_NONE, "TREM", -1, "invalid signal 'TREM'"},
	{VALUE_SIGNAL_OR_NONE, "33", -1, "invalid signal '33', which the C library keeps for its threads,"},
	{VALUE_TIME, "0", 0, NULL},
	{VALUE_TIME, "1.5", 1500 * NANOSECONDS_PER_MS, NULL},
	{VALUE_TIME, "infinity", DURATION_INFINITE, NULL},
	{VALUE_TIME, "", -1, "invalid time ''"},
	{VALUE_TIME, "-1", -1, "invalid time '-1'"},
	{VALUE_TIME, "TERM", -1, "invalid time 'TERM'"},
	{VALUE_STATUS, "0", 0, NULL},
	{VALUE_STATUS, "255", 255, NULL},
	{VALUE_STATUS, "256", -1, "invalid exit status '256'"},
	{VALUE_STATUS, "-1", -1, "invalid exit status '-1'"},
	{VALUE_STATUS, "", -1, "invalid exit status ''"},
	{VALUE_STATUS, "TERM", -1, "invalid exit status 'TERM'"},
	{VALUE_STATUS, "1.5", -1, "invalid exit status '1.5'"},
};

START_TEST(words_are_read_by_kind_and_mistakes_are_named)
{
	struct text complaint;

	text_clear(&complaint);
	ck_assert_int_eq(value_parse(values[_i].kind, values[_i].word, &complaint), values[_i].value);
	assert_text(&complaint, values[_i].complaint != NULL ? values[_i].complaint : "");
}
END_TEST

START_TEST(the_complaint_is_appended)
{
	struct text complaint;

	text_clear(&complaint);
	text_add(&complaint, "dumb-init: ");
	ck_assert_int_eq(value_parse(VALUE_STATUS, "x", &complaint), -1);
	assert_text(&complaint, "dumb-init: invalid exit status 'x'");
}
END_TEST

Suite *value_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("value", &tests);

	tcase_add_loop_test(tests, words_are_read_by_kind_and_mistakes_are_named, 0, LENGTH(values));
	tcase_add_test(tests, the_complaint_is_appended);
	return suite;
}
