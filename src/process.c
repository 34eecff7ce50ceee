#include "process.h"

#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

#include "number.h"
#include "system.h"
#include "text.h"

enum { PID_DIGITS = 16 };

/* Gives back whether /proc is that of our PID namespace, and its numbers therefore the ones that we know. */
static bool proc_is_ours(void)
{
	char self[PID_DIGITS];
	long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", self, sizeof(self) - 1);

	if (length < 0)
		return false;
	self[length] = '\0';
	return number_parse_word(self, INT_MAX) == getpid();
}

void process_name(pid_t pid, char name[PROCESS_NAME])
{
	struct text file;
	ssize_t length = 0;
	int fd;

	text_clear(&file);
	text_add(&file, "/proc/%d/comm", (int)pid);
	fd = proc_is_ours() ? system_open(text_string(&file), O_RDONLY) : -1;
	if (fd >= 0) {
		length = read(fd, name, PROCESS_NAME);
		(void)close(fd);
	}
	if (length <= 0) {
		name[0] = '?';
		length = 2;
	}
	name[length - 1] = '\0'; /* where the newline was */
}
