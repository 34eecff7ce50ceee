#include "release.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "system.h"

#ifndef SYS_close_range
#define SYS_close_range 436 /* Linux 5.9, the same on every machine but alpha */
#endif

enum { FIRST = STDERR_FILENO + 1 };

/* The kernel's own upper limit on descriptors where nobody raised it (fs.nr_open, proc(5)). */
enum { MOST_DESCRIPTORS = 1 << 20 };

static void keep_highest(int descriptor, void *argument)
{
	int *highest = argument;

	if (descriptor > *highest)
		*highest = descriptor;
}

/* For kernels before 5.9, and for filters that refuse close_range() with an errno of their own choosing. */
static void close_one_by_one(void)
{
	int highest = -1;

	if (!file_visit_folder("/proc/self/fd", keep_highest, &highest))
		highest = MOST_DESCRIPTORS; /* a tenth of a second; RLIMIT_NOFILE may have been lowered since they
					       were opened */
	for (int descriptor = FIRST; descriptor <= highest; descriptor++)
		(void)close(descriptor);
}

void release_inherited(void)
{
	int nothing = system_open("/dev/null", O_RDWR);

	for (int standard = STDIN_FILENO; standard <= STDOUT_FILENO; standard++)
		if (nothing < 0 || dup2(nothing, standard) < 0)
			(void)close(standard);
	if (syscall(SYS_close_range, FIRST, ~0U, 0) != 0)
		close_one_by_one();
	(void)!chdir("/");
}
