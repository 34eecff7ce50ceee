#include "number.h"

#include "unit.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND (1000 * MILLISECOND)
#define TEN_YEARS (INT64_C(3653) * 24 * 3600)

START_TEST(digits_are_read_up_to_something_else)
{
	const char *word = "15:9";

	ck_assert_int_eq(number_parse(&word, 64), 15);
	ck_assert_str_eq(word, ":9");
}
END_TEST

START_TEST(no_number_leaves_the_word_alone)
{
	const char *word = "+5";

	ck_assert_int_eq(number_parse(&word, 64), -1);
	ck_assert_str_eq(word, "+5");
}
END_TEST

/* sscanf("%d") of dumb-init 1.2.5 took " 5" and "+5" for 5, and wrapped around at 2^32. */
START_TEST(whole_words_are_digits_and_no_more)
{
	static const char *const wrong[] = {
		"", "x", "5x", " 5", "5 ", "+5", "-5", "0x5", "5.0", "65", "4294967311", "99999999999999999999999999"};

	for (size_t i = 0; i < LENGTH(wrong); i++)
		ck_assert_msg(number_parse_word(wrong[i], 64) == -1, "'%s' was taken", wrong[i]);
	ck_assert_int_eq(number_parse_word("0", 64), 0);
	ck_assert_int_eq(number_parse_word("64", 64), 64);
	ck_assert_int_eq(number_parse_word("007", 64), 7);
}
END_TEST

/* _i is the limit. */
START_TEST(the_largest_is_a_limit_however_small)
{
	for (int number = 0; number <= 110; number++) {
		struct text text;

		text_clear(&text);
		text_add(&text, "%d", number);
		ck_assert_int_eq(number_parse_word(text_string(&text), _i), number <= _i ? number : -1);
	}
}
END_TEST

static const struct {
	const char *word;
	int64_t nanoseconds;
} durations[] = {
	{"10", 10 * SECOND},
	{"10s", 10 * SECOND},
	{"1.5", 1500 * MILLISECOND},
	{"1.5s", 1500 * MILLISECOND},
	{"500ms", 500 * MILLISECOND},
	{"0.5ms", MILLISECOND / 2},
	{"2m", 120 * SECOND},
	{"0.5m", 30 * SECOND},
	{"1h", 3600 * SECOND},
	{"1.25h", 4500 * SECOND},
	{"0", 0},
	{"0h", 0},
	{"0.000000001", 1},
	{"0.0000000019", 2},
	{"0.0000000009", 1}, /* 0 would be "off" */
	{"0.0000000010", 1},
	{"0.0000000", 0},
	{"0.000001ms", 1},
	{"0.0000001h", 360000},
	{"0.0000001ms", 1},
	{"0.0000015ms", 2},
	{"0.000000000000000000000000000000001", 1},
	{"infinity", DURATION_INFINITE},
	{"315619200", TEN_YEARS *SECOND},
	{"315619200s", TEN_YEARS *SECOND},
	{"315619200000ms", TEN_YEARS *SECOND},
	{"87672h", TEN_YEARS *SECOND},
};

START_TEST(durations_are_exact)
{
	ck_assert_msg(duration_parse(durations[_i].word) == durations[_i].nanoseconds, "'%s' was read as %lld",
		durations[_i].word, (long long)duration_parse(durations[_i].word));
}
END_TEST

static const char *const no_durations[] = {
	"",
	"s",
	"ms",
	".",
	"1.",
	".5",
	"-1",
	"+1",
	" 1",
	"1 ",
	"1 s",
	"1,5",
	"1e3",
	"0x10",
	"1.5.5",
	"1d",
	"1us",
	"1S",
	"1ss",
	"1sm",
	"1.s",
	"1.-5",
	"10s ",
	"inf",
	"Infinity",
	"infinitys",
	"nan",
	/* longer than ten years */
	"315619201",
	"315619200.1",
	"315619200001ms",
	"5260321m",
	"87673h",
	"9223372036854775807",
	"9223372036854775808",
	"99999999999999999999999h",
};

START_TEST(other_words_are_no_durations)
{
	ck_assert_msg(duration_parse(no_durations[_i]) == -1, "'%s' was taken", no_durations[_i]);
}
END_TEST

static const struct {
	int64_t one, other, sum;
} sums[] = {
	{0, 0, 0},
	{1, 2, 3},
	{10 * SECOND, TEN_YEARS *SECOND, (TEN_YEARS + 10) * SECOND},
	{0, DURATION_INFINITE, DURATION_INFINITE},
	{1, DURATION_INFINITE, DURATION_INFINITE},
	{DURATION_INFINITE, DURATION_INFINITE, DURATION_INFINITE},
	{0, DURATION_INFINITE - 1, DURATION_INFINITE - 1},
	/* What would be later than the end of all time. */
	{1, DURATION_INFINITE - 2, DURATION_INFINITE - 1},
	{1, DURATION_INFINITE - 1, DURATION_INFINITE},
	{2, DURATION_INFINITE - 1, DURATION_INFINITE},
	{DURATION_INFINITE - 1, DURATION_INFINITE - 1, DURATION_INFINITE},
	{DURATION_INFINITE / 2 + 1, DURATION_INFINITE / 2 + 1, DURATION_INFINITE},
};

START_TEST(sums_never_overflow)
{
	ck_assert_int_eq(duration_add(sums[_i].one, sums[_i].other), sums[_i].sum);
	ck_assert_int_eq(duration_add(sums[_i].other, sums[_i].one), sums[_i].sum);
}
END_TEST

Suite *number_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("number", &tests);

	tcase_add_test(tests, digits_are_read_up_to_something_else);
	tcase_add_test(tests, no_number_leaves_the_word_alone);
	tcase_add_test(tests, whole_words_are_digits_and_no_more);
	tcase_add_loop_test(tests, the_largest_is_a_limit_however_small, 0, 20);
	tcase_add_loop_test(tests, durations_are_exact, 0, LENGTH(durations));
	tcase_add_loop_test(tests, other_words_are_no_durations, 0, LENGTH(no_durations));
	tcase_add_loop_test(tests, sums_never_overflow, 0, LENGTH(sums));
	return suite;
}
