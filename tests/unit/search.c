#include "search.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MAX_FILES = 4 };

static const struct {
	const char *name, *path; /* NULL: no PATH in the environment */
	const char *files[MAX_FILES + 1];
} searches[] = {
	{"sh", "/a:/b:/c", {"/a/sh", "/b/sh", "/c/sh"}},
	{"sh", "/a", {"/a/sh"}},
	{"sh", "/a/", {"/a//sh"}},
	{"sh", "relative", {"relative/sh"}},
	/* An empty folder name is the working directory (environ(7)), at the beginning, at the end and in between. */
	{"sh", "", {"sh"}},
	{"sh", ":", {"sh", "sh"}},
	{"sh", ":/a", {"sh", "/a/sh"}},
	{"sh", "/a:", {"/a/sh", "sh"}},
	{"sh", "/a::/b", {"/a/sh", "sh", "/b/sh"}},
	{"sh", NULL, {"/usr/local/bin/sh", "/bin/sh", "/usr/bin/sh"}},
	/* A name with a slash in it is the file, whatever PATH says. */
	{"/bin/sh", "/a:/b", {"/bin/sh"}},
	{"./sh", "/a:/b", {"./sh"}},
	{"a/sh", "/a:/b", {"a/sh"}},
	{"sh/", "/a:/b", {"sh/"}},
	{"", "/a:/b", {NULL}},
};

static void set_path(const char *path)
{
	clear_environment();
	if (path != NULL)
		ck_assert_int_eq(setenv("PATH", path, 1), 0);
}

START_TEST(files_come_in_the_order_of_path)
{
	struct search search;

	set_path(searches[_i].path);
	search_begin(&search, searches[_i].name);
	for (const char *const *file = searches[_i].files; *file != NULL; file++) {
		ck_assert(search_next(&search));
		ck_assert_str_eq(search.file, *file);
	}
	ck_assert(!search_next(&search));
	ck_assert(!search_next(&search));
}
END_TEST

/* A file's name may just fill PATH_MAX with its end; with a byte more the folder is passed over. */
START_TEST(folders_with_too_long_a_name_are_passed_over)
{
	for (size_t excess = 0; excess <= 1; excess++) {
		static char path[PATH_MAX + 16];
		size_t length = PATH_MAX - sizeof("/sh") + excess;
		struct search search;

		memset(path, 'x', length);
		strcpy(path + length, ":/b");
		set_path(path);
		search_begin(&search, "sh");
		if (excess == 0) {
			ck_assert(search_next(&search));
			ck_assert_uint_eq(strlen(search.file), PATH_MAX - 1);
			ck_assert_str_eq(search.file + length, "/sh");
		}
		ck_assert(search_next(&search));
		ck_assert_str_eq(search.file, "/b/sh");
		ck_assert(!search_next(&search));
	}
}
END_TEST

Suite *search_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("search", &tests);

	tcase_add_loop_test(tests, files_come_in_the_order_of_path, 0, LENGTH(searches));
	tcase_add_test(tests, folders_with_too_long_a_name_are_passed_over);
	return suite;
}
