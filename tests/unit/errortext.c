#include "errortext.h"

#include <errno.h>
#include <stdbool.h>

#include "unit.h"

static const struct {
	int error;
	const char *text;
} known[] = {
	{EPERM, "Operation not permitted"},
	{ENOENT, "No such file or directory"},
	{ESRCH, "No such process"},
	{E2BIG, "Argument list too long"},
	{ENOEXEC, "Exec format error"},
	{EAGAIN, "Resource temporarily unavailable"},
	{ENOMEM, "Cannot allocate memory"},
	{EACCES, "Permission denied"},
	{ENOTDIR, "Not a directory"},
	{EMFILE, "Too many open files"},
	{ETXTBSY, "Text file busy"},
	{ENOSYS, "Function not implemented"},
	{ENAMETOOLONG, "File name too long"},
	{ELOOP, "Too many levels of symbolic links"},
};

START_TEST(known_errors_have_words)
{
	struct text text;

	text_clear(&text);
	errortext_add(&text, known[_i].error);
	assert_text(&text, known[_i].text);
}
END_TEST

START_TEST(other_errors_have_numbers)
{
	for (int error = 0; error < 300; error++) {
		struct text text, expected;
		bool has_words = false;

		for (size_t i = 0; i < LENGTH(known); i++)
			has_words |= known[i].error == error;
		if (has_words)
			continue;
		text_clear(&text);
		text_clear(&expected);
		errortext_add(&text, error);
		text_add(&expected, "error %d", error);
		assert_text(&text, text_string(&expected));
	}
}
END_TEST

Suite *errortext_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("errortext", &tests);

	tcase_add_loop_test(tests, known_errors_have_words, 0, LENGTH(known));
	tcase_add_test(tests, other_errors_have_numbers);
	return suite;
}
