#include "release.h"

#include <stdint.h>
#include <sys/mman.h>
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

/* What this function and the call take of the stack at most, and what all others ever took. */
enum { LAST_FRAMES = 1024, DEEPEST = 65536 };

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
		system_close(descriptor);
}

void release_inherited(void)
{
	int nothing = system_open("/dev/null", O_RDWR);

	for (int standard = STDIN_FILENO; standard <= STDOUT_FILENO; standard++)
		if (nothing < 0 || dup2(nothing, standard) < 0)
			system_close(standard);
	if (syscall(SYS_close_range, FIRST, ~0U, 0) != 0)
		close_one_by_one();
	(void)!chdir("/");
}

__attribute__((noinline)) void release_stack(void)
{
	/* Where pages are larger than 4 KiB, this is an end of one too, or the kernel refuses it (madvise(2)). */
	uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - LAST_FRAMES) / 4096 * 4096;

	(void)syscall(SYS_madvise, end - DEEPEST, DEEPEST, MADV_DONTNEED);
}
