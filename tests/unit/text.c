#include "text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "unit.h"

static struct text text;

static void begin(void)
{
	memset(&text, 0xff, sizeof(text));
	text_clear(&text);
}

START_TEST(clear_makes_empty)
{
	assert_text(&text, "");
	text_add(&text, "some");
	text_clear(&text);
	assert_text(&text, "");
}
END_TEST

START_TEST(pieces_are_appended)
{
	static const char expected[] = "one two three%\n";

	text_add(&text, "one");
	text_add(&text, " %s ", "two");
	text_add(&text, "three%%");
	text_end_line(&text);
	ck_assert_uint_eq(text.length, strlen(expected));
	ck_assert_mem_eq(text.bytes, expected, text.length);
}
END_TEST

START_TEST(numbers_are_decimal)
{
	static const struct {
		int number;
		const char *text;
	} cases[] = {
		{0, "0"},
		{7, "7"},
		{10, "10"},
		{-1, "-1"},
		{-10, "-10"},
		{4096, "4096"},
		{INT_MAX, "2147483647"},
		{INT_MIN, "-2147483648"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		text_clear(&text);
		text_add(&text, "%d", cases[i].number);
		assert_text(&text, cases[i].text);
	}
}
END_TEST

START_TEST(long_numbers_too)
{
	static const struct {
		intmax_t number;
		const char *text;
	} cases[] = {
		{0, "0"},
		{-1, "-1"},
		{(intmax_t)INT_MAX + 1, "2147483648"},
		{(intmax_t)UINT_MAX + 16, "4294967311"},
		{INTMAX_MAX, "9223372036854775807"},
		{INTMAX_MIN, "-9223372036854775808"},
	};
	struct text expected;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		text_clear(&text);
		text_clear(&expected);
		text_add(&text, "%jd, %d", cases[i].number, 7);
		text_add(&expected, "%s, 7", cases[i].text);
		assert_text(&text, text_string(&expected));
	}
}
END_TEST

START_TEST(signals_and_errors_have_conversions)
{
	errno = ENOENT;
	text_add(&text, "%i: %m", SIGTERM);
	assert_text(&text, "SIGTERM (15): No such file or directory");
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* Or a process or a file with such a name could write lines in dumb-init's name. */
START_TEST(control_characters_cannot_come_in)
{
	for (int byte = 1; byte <= UCHAR_MAX; byte++) {
		const char string[] = {'<', (char)byte, '>', '\0'};
		const char expected[] = {'<', byte < ' ' || byte == 0x7f ? '?' : (char)byte, '>', '\0'};

		text_clear(&text);
		text_add(&text, "%s", string);
		assert_text(&text, expected);
	}
	text_clear(&text);
	text_add(&text, "the format's own\n");
	assert_text(&text, "the format's own\n");
}
END_TEST

/* The line has to end with a newline all the same, or the next one is written behind it. */
START_TEST(what_does_not_fit_is_cut)
{
	static char long_string[TEXT_STRING_MAX + 1];

	memset(long_string, 'x', sizeof(long_string) - 1);
	text_add(&text, "%s%s%s", long_string, long_string, long_string);
	ck_assert_uint_eq(text.length, TEXT_MAX - 1);
	text_add(&text, "more %d", 1);
	ck_assert_uint_eq(text.length, TEXT_MAX - 1);
	ck_assert_uint_eq(strlen(text_string(&text)), TEXT_MAX - 1);
	text_end_line(&text);
	ck_assert_uint_eq(text.length, TEXT_MAX);
	ck_assert_mem_eq(text.bytes + TEXT_MAX - 2, "x\n", 2);
}
END_TEST

START_TEST(what_just_fits_is_whole)
{
	static char string[TEXT_MAX / 2];

	memset(string, 'x', sizeof(string) - 1);
	text_add(&text, "%s%s", string, string);
	text_add(&text, "y");
	text_add(&text, "z");
	text_end_line(&text);
	ck_assert_mem_eq(text.bytes + TEXT_MAX - 3, "xy\n", 3);
}
END_TEST

/* A file name of 4095 bytes would leave no room for what is wrong with it. */
START_TEST(a_long_string_leaves_room)
{
	static char long_string[2 * TEXT_MAX];

	memset(long_string, 'x', sizeof(long_string) - 1);
	text_add(&text, "%s: reason", long_string);
	ck_assert_uint_eq(text.length, TEXT_STRING_MAX + strlen(": reason"));
	ck_assert_str_eq(text_string(&text) + TEXT_STRING_MAX, ": reason");
}
END_TEST

Suite *text_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("text", &tests);

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, clear_makes_empty);
	tcase_add_test(tests, pieces_are_appended);
	tcase_add_test(tests, numbers_are_decimal);
	tcase_add_test(tests, long_numbers_too);
	tcase_add_test(tests, signals_and_errors_have_conversions);
	tcase_add_test(tests, control_characters_cannot_come_in);
	tcase_add_test(tests, what_does_not_fit_is_cut);
	tcase_add_test(tests, what_just_fits_is_whole);
	tcase_add_test(tests, a_long_string_leaves_room);
	return suite;
}
