#include "release.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "number.h"
#include "system.h"

#ifndef SYS_close_range
#define SYS_close_range 436 /* Linux 5.9, the same on every machine but alpha */
#endif

enum { FIRST = STDERR_FILENO + 1 };

/* The kernel's own upper limit on descriptors where nobody raised it (fs.nr_open, proc(5)). */
enum { MOST_DESCRIPTORS = 1 << 20 };

/* Gives back the highest descriptor open, or -1 if /proc does not tell. The names are read with the system call, since
 * opendir() would allocate. */
static int highest_descriptor(void)
{
	alignas(8) char entries[1024];
	int highest = -1;
	long size;
	int folder = system_open("/proc/self/fd", O_RDONLY | O_DIRECTORY);

	if (folder < 0)
		return -1;
	while ((size = syscall(SYS_getdents64, folder, entries, sizeof(entries))) > 0) {
		/* struct linux_dirent64 (getdents(2)): inode and offset of 8 bytes, record length of 2, type, name. */
		for (char *entry = entries; entry < entries + size;) {
			int descriptor = number_parse_word(entry + 19, INT32_MAX);
			uint16_t length;

			if (descriptor > highest)
				highest = descriptor;
			memcpy(&length, entry + 16, sizeof(length));
			entry += length;
		}
	}
	(void)close(folder);
	return highest;
}

/* For kernels before 5.9, and for filters that refuse close_range() with an errno of their own choosing. */
static void close_one_by_one(void)
{
	int highest = highest_descriptor();

	if (highest < 0)
		highest = MOST_DESCRIPTORS; /* a tenth of a second; RLIMIT_NOFILE may have been lowered since they were
					       opened */
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
