#include "reap.h"

#include "unit.h"

START_TEST(an_exit_status_is_passed_through)
{
	for (int status = 0; status <= 255; status++) {
		struct change change = {.kind = CHANGE_EXITED, .pid = 7, .value = status};

		ck_assert_int_eq(exit_status_of(&change), status);
	}
}
END_TEST

START_TEST(a_signal_death_is_128_and_the_signal)
{
	for (int signal = 1; signal <= LAST_SIGNAL; signal++) {
		struct change change = {.kind = CHANGE_KILLED, .pid = 7, .value = signal};

		ck_assert_int_eq(exit_status_of(&change), 128 + signal);
		change.kind = CHANGE_DUMPED;
		ck_assert_int_eq(exit_status_of(&change), 128 + signal);
	}
}
END_TEST

Suite *reap_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("reap", &tests);

	tcase_add_test(tests, an_exit_status_is_passed_through);
	tcase_add_test(tests, a_signal_death_is_128_and_the_signal);
	return suite;
}
