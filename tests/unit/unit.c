#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

Suite *suite_of(const char *module, TCase **ret_tests)
{
	Suite *suite = suite_create(module);

	*ret_tests = tcase_create(module);
	suite_add_tcase(suite, *ret_tests);
	return suite;
}

void clear_environment(void)
{
	static char *nothing[] = {NULL};

	environ = nothing;
}

void assert_text(struct text *text, const char *expected)
{
	ck_assert_str_eq(text_string(text), expected);
}

int main(void)
{
	SRunner *runner = srunner_create(course_suite(getenv("DUMB_INIT_TESTS_SEED")));
	int failed;

	srunner_add_suite(runner, decide_suite());
	srunner_add_suite(runner, errortext_suite());
	srunner_add_suite(runner, file_suite());
	srunner_add_suite(runner, number_suite());
	srunner_add_suite(runner, options_suite());
	srunner_add_suite(runner, process_suite());
	srunner_add_suite(runner, reap_suite());
	srunner_add_suite(runner, rules_suite());
	srunner_add_suite(runner, search_suite());
	srunner_add_suite(runner, signame_suite());
	srunner_add_suite(runner, text_suite());
	srunner_add_suite(runner, value_suite());
	srunner_add_suite(runner, word_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
