#include "word.h"

#include <stdlib.h>

#include "unit.h"

START_TEST(a_word_ends_at_any_of_its_ends)
{
	ck_assert_uint_eq(word_length("TERM:QUIT,HUP", ":,"), 4);
	ck_assert_uint_eq(word_length("TERM,HUP:0", ":,"), 4);
	ck_assert_uint_eq(word_length(",", ":,"), 0);
	ck_assert_uint_eq(word_length("TERM", ":,"), 4);
	ck_assert_uint_eq(word_length("", ":,"), 0);
	ck_assert_uint_eq(word_length("a:b", ""), 3);
}
END_TEST

START_TEST(the_environment_is_searched_for_whole_names)
{
	clear_environment();
	ck_assert_int_eq(setenv("PATHS", "longer", 1), 0);
	ck_assert_int_eq(setenv("PAT", "shorter", 1), 0);
	ck_assert_int_eq(setenv("PATX", "other", 1), 0);
	ck_assert_ptr_null(word_from_environment("PA", "TH"));
	ck_assert_int_eq(setenv("PATH", "a=b", 1), 0);
	ck_assert_str_eq(word_from_environment("PA", "TH"), "a=b");
	ck_assert_int_eq(setenv("PATH", "", 1), 0);
	ck_assert_str_eq(word_from_environment("PA", "TH"), "");
}
END_TEST

Suite *word_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("word", &tests);

	tcase_add_test(tests, a_word_ends_at_any_of_its_ends);
	tcase_add_test(tests, the_environment_is_searched_for_whole_names);
	return suite;
}
