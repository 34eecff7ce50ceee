/* Unit tests: pure functions only, no process started. One suite a module of src/. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

#include "text.h"

enum { LAST_SIGNAL = 64 };

Suite *decide_suite(void);
Suite *errortext_suite(void);
Suite *number_suite(void);
Suite *options_suite(void);
Suite *reap_suite(void);
Suite *rewrite_suite(void);
Suite *search_suite(void);
Suite *signame_suite(void);
Suite *text_suite(void);
Suite *word_suite(void);

/* A suite with one test case, to which tests are added; *ret_tests is that case. */
Suite *suite_of(const char *module, TCase **ret_tests);

/* Leaves an empty environment, as execve(2) would; clearenv(3) leaves none at all. */
void clear_environment(void);

/* Fails unless the text is exactly this. */
void assert_text(struct text *text, const char *expected);

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
