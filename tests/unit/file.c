#include "file.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* Enough for several reads of the folder. */
enum { FIRST_NUMBER = 1000, NUMBERS = 300 };

/* Next to those; only those that are numbers count. */
static const char *const names[] = {"0", "7", "2147483647", "2147483648", "4294967311", "99999999999999999999", "12x",
	"x12", "-3", "+5", " 6", "6 ", "1.5", "self", "0x10"};
static const int numbers[] = {0, 7, INT_MAX};

static char folder[] = "/tmp/dumb-init-unit-XXXXXX";
static char file[64];

static void write_file(const char *content)
{
	FILE *stream = fopen(file, "w");

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_ge(fputs(content, stream), 0);
	ck_assert_int_eq(fclose(stream), 0);
}

/* These two run in the runner itself, before and after all the tests, and therefore however they end. */
static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(file, sizeof(file), "%s/file", folder);
}

static void remove_folder(void)
{
	DIR *stream = opendir(folder);

	for (struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;)
		(void)unlinkat(dirfd(stream), entry->d_name, 0);
	if (stream != NULL)
		(void)closedir(stream);
	(void)rmdir(folder);
}

START_TEST(a_file_is_read_as_a_string)
{
	char string[16];

	memset(string, 'x', sizeof(string));
	write_file("a file\n");
	ck_assert_uint_eq(file_read(file, string, sizeof(string)), 7);
	ck_assert_str_eq(string, "a file\n");
	ck_assert_int_eq(string[8], 'x');
}
END_TEST

START_TEST(of_a_long_file_the_beginning_is_read)
{
	char string[8];

	for (size_t size = 1; size < sizeof(string); size++) {
		memset(string, 'x', sizeof(string));
		write_file("0123456789");
		ck_assert_uint_eq(file_read(file, string, size), size - 1);
		ck_assert_mem_eq(string, "0123456789", size - 1);
		ck_assert_int_eq(string[size - 1], '\0');
		ck_assert_int_eq(string[size], 'x');
	}
}
END_TEST

START_TEST(what_cannot_be_read_is_empty)
{
	char string[8] = "before";

	write_file("");
	ck_assert_uint_eq(file_read(file, string, sizeof(string)), 0);
	ck_assert_str_eq(string, "");
	strcpy(string, "before");
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_uint_eq(file_read(file, string, sizeof(string)), 0);
	ck_assert_str_eq(string, "");
	/* A folder can be opened, but not read. */
	strcpy(string, "before");
	ck_assert_uint_eq(file_read(folder, string, sizeof(string)), 0);
	ck_assert_str_eq(string, "");
}
END_TEST

/* dumb-init holds no descriptors, and one that was left behind each time would exhaust them. The next one that is
 * opened has the lowest number that is free. */
static int next_descriptor(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
	return fd;
}

struct visits {
	int calls;
	unsigned char numbered[NUMBERS], others[LENGTH(numbers)];
};

static void count_visit(int number, void *argument)
{
	struct visits *visits = argument;

	visits->calls++;
	if (number >= FIRST_NUMBER && number < FIRST_NUMBER + NUMBERS)
		visits->numbered[number - FIRST_NUMBER]++;
	for (size_t i = 0; i < LENGTH(numbers); i++)
		if (number == numbers[i])
			visits->others[i]++;
}

static void add_file(const char *name)
{
	(void)snprintf(file, sizeof(file), "%s/%s", folder, name);
	write_file("");
}

START_TEST(each_number_in_a_folder_is_visited_once)
{
	struct visits visits = {.calls = 0};
	int before = next_descriptor();

	for (int i = 0; i < NUMBERS; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%d", FIRST_NUMBER + i);
		add_file(name);
	}
	for (size_t i = 0; i < LENGTH(names); i++)
		add_file(names[i]);

	ck_assert(file_visit_folder(folder, count_visit, &visits));
	for (int i = 0; i < NUMBERS; i++)
		ck_assert_msg(visits.numbered[i] == 1, "%d: visited %d times", FIRST_NUMBER + i, visits.numbered[i]);
	for (size_t i = 0; i < LENGTH(numbers); i++)
		ck_assert_msg(visits.others[i] == 1, "%d: visited %d times", numbers[i], visits.others[i]);
	ck_assert_int_eq(visits.calls, NUMBERS + (int)LENGTH(numbers));
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(a_folder_that_is_none_is_told)
{
	struct visits visits = {.calls = 0};
	int before = next_descriptor();
	char string[8];

	write_file("");
	ck_assert(!file_visit_folder(file, count_visit, &visits));
	ck_assert_int_eq(unlink(file), 0);
	ck_assert(!file_visit_folder(file, count_visit, &visits));
	ck_assert_int_eq(visits.calls, 0);
	(void)file_read(folder, string, sizeof(string));
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

/* In the visitor's hands: of a folder that is removed the rest cannot be read. */
static void remove_visited(int number, void *argument)
{
	const char *visited = argument;

	(void)number;
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(rmdir(visited), 0);
}

START_TEST(a_folder_that_could_not_be_read_to_its_end_is_told)
{
	char inner[48];
	int before = next_descriptor();

	(void)snprintf(inner, sizeof(inner), "%s/inner", folder);
	(void)snprintf(file, sizeof(file), "%s/7", inner);
	ck_assert_int_eq(mkdir(inner, 0700), 0);
	write_file("");
	ck_assert(!file_visit_folder(inner, remove_visited, inner));
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

/* As the kernel writes it: a space after each. The file is longer than what is read at a time, and _i spaces move the
 * places where it is cut. */
START_TEST(each_number_in_a_list_is_visited_once)
{
	char list[8 + NUMBERS * sizeof("1000 ")];
	struct visits visits = {.calls = 0};
	int before = next_descriptor();

	memset(list, ' ', (size_t)_i);
	list[_i] = '\0';
	for (int i = 0; i < NUMBERS; i++)
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%d ", FIRST_NUMBER + i);
	write_file(list);

	file_visit_list(file, count_visit, &visits);
	for (int i = 0; i < NUMBERS; i++)
		ck_assert_msg(visits.numbered[i] == 1, "%d: visited %d times", FIRST_NUMBER + i, visits.numbered[i]);
	ck_assert_int_eq(visits.calls, NUMBERS);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(a_list_that_is_none_or_empty_has_no_numbers)
{
	struct visits visits = {.calls = 0};
	int before = next_descriptor();

	write_file("");
	file_visit_list(file, count_visit, &visits);
	ck_assert_int_eq(unlink(file), 0);
	file_visit_list(file, count_visit, &visits);
	file_visit_list(folder, count_visit, &visits);
	ck_assert_int_eq(visits.calls, 0);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

Suite *file_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("file", &tests);

	tcase_add_unchecked_fixture(tests, make_folder, remove_folder);
	tcase_add_test(tests, a_file_is_read_as_a_string);
	tcase_add_test(tests, of_a_long_file_the_beginning_is_read);
	tcase_add_test(tests, what_cannot_be_read_is_empty);
	tcase_add_test(tests, a_folder_that_is_none_is_told);
	tcase_add_test(tests, each_number_in_a_folder_is_visited_once);
	tcase_add_test(tests, a_folder_that_could_not_be_read_to_its_end_is_told);
	tcase_add_loop_test(tests, each_number_in_a_list_is_visited_once, 0, (int)strlen("1000 "));
	tcase_add_test(tests, a_list_that_is_none_or_empty_has_no_numbers);
	return suite;
}
