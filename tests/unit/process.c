#include "process.h"

#include <limits.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* Names as their owners choose them; /proc/PID/stat has them in parentheses, and is otherwise words between spaces. */
static const char *const names[] = {"plain", ") R 1 2 3", "(", ")", "))) Z 9 9 9 (((", "a b", ") ", "a\nb"};

START_TEST(one_stands_where_one_is_whatever_ones_name)
{
	char own_name[PROCESS_NAME], name[PROCESS_NAME];
	struct standing standing;
	bool found;

	ck_assert_int_eq(prctl(PR_GET_NAME, own_name), 0);
	ck_assert_int_eq(prctl(PR_SET_NAME, names[_i]), 0);
	found = process_standing(getpid(), &standing);
	process_name(getpid(), name);
	ck_assert_int_eq(prctl(PR_SET_NAME, own_name), 0);

	ck_assert(process_proc_is_ours());
	ck_assert_str_eq(name, names[_i]);
	ck_assert(found);
	ck_assert_int_eq(standing.state, 'R');
	ck_assert_int_eq(standing.parent, getppid());
	ck_assert_int_eq(standing.group, getpgrp());
	ck_assert_int_eq(standing.session, getsid(0));
}
END_TEST

/* In a session of its own, so that its numbers are others than ours; and dead, but not yet collected. */
START_TEST(a_dead_child_stands_there_until_it_is_collected)
{
	char name[PROCESS_NAME];
	struct standing standing;
	siginfo_t info;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)setsid();
		(void)prctl(PR_SET_NAME, ") S 1 1 1 dead");
		_exit(0);
	}
	ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	ck_assert(process_standing(child, &standing));
	ck_assert_int_eq(standing.state, 'Z');
	ck_assert_int_eq(standing.parent, getpid());
	ck_assert_int_eq(standing.group, child);
	ck_assert_int_eq(standing.session, child);
	process_name(child, name);
	ck_assert_str_eq(name, ") S 1 1 1 dead");

	ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED), 0);
	ck_assert(!process_standing(child, &standing));
	process_name(child, name);
	ck_assert_str_eq(name, "?");
}
END_TEST

/* The kernel gives no number above 4194304 (PID_MAX_LIMIT). */
START_TEST(nobody_stands_where_nobody_is)
{
	struct standing standing;
	char name[PROCESS_NAME];

	ck_assert(!process_standing(INT_MAX, &standing));
	ck_assert(!process_standing(0, &standing));
	process_name(INT_MAX, name);
	ck_assert_str_eq(name, "?");
}
END_TEST

Suite *process_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("process", &tests);

	tcase_add_loop_test(tests, one_stands_where_one_is_whatever_ones_name, 0, LENGTH(names));
	tcase_add_test(tests, a_dead_child_stands_there_until_it_is_collected);
	tcase_add_test(tests, nobody_stands_where_nobody_is);
	return suite;
}
