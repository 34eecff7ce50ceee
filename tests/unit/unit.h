/* Unit tests: the functions themselves, no dumb-init started. One suite a module of src/, and one for the orders in
 * which things may happen. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

#include "text.h"

enum { LAST_SIGNAL = 64 };

/* Takes a seed in decimal, or NULL: an order that failed before, say. */
Suite *course_suite(const char *seed);
Suite *decide_suite(void);
Suite *errortext_suite(void);
Suite *file_suite(void);
Suite *number_suite(void);
Suite *options_suite(void);
Suite *process_suite(void);
Suite *reap_suite(void);
Suite *rules_suite(void);
Suite *search_suite(void);
Suite *signame_suite(void);
Suite *text_suite(void);
Suite *value_suite(void);
Suite *word_suite(void);

/* A suite with one test case, to which tests are added; *ret_tests is that case. */
Suite *suite_of(const char *module, TCase **ret_tests);

/* Leaves an empty environment, as execve(2) would; clearenv(3) leaves none at all. */
void clear_environment(void);

/* Fails unless the text is exactly this. */
void assert_text(struct text *text, const char *expected);

/* Fails with a message as of printf(3) unless the condition holds. libcheck's own assertions write each success down in
 * a file; this is for loops with a million of them. */
#define HOLDS(condition, ...)                                                                                          \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			ck_abort_msg(__VA_ARGS__);                                                                     \
	} while (0)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
