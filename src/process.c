#include "process.h"

#include <limits.h>
#include <unistd.h>

#include "file.h"
#include "number.h"
#include "system.h"
#include "text.h"

enum { PID_DIGITS = 16, STAT_SIZE = 256 };

bool process_proc_is_ours(void)
{
	char self[PID_DIGITS];
	long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", self, sizeof(self) - 1);

	if (length < 0)
		return false;
	self[length] = '\0';
	return number_parse_word(self, INT_MAX) == getpid();
}

static size_t read_file_of(pid_t pid, const char *name, char *string, size_t size)
{
	struct text file;

	text_clear(&file);
	text_add(&file, "/proc/%d/%s", (int)pid, name);
	return file_read(text_string(&file), string, size);
}

void process_name(pid_t pid, char name[PROCESS_NAME])
{
	size_t length = process_proc_is_ours() ? read_file_of(pid, "comm", name, PROCESS_NAME) : 0;

	if (length == 0) {
		name[0] = '?';
		length = 1;
	} else if (name[length - 1] == '\n') {
		length--;
	}
	name[length] = '\0';
}

bool process_standing(pid_t pid, struct standing *standing)
{
	pid_t *numbers[] = {&standing->parent, &standing->group, &standing->session};
	char line[STAT_SIZE];
	const char *rest = line;

	if (read_file_of(pid, "stat", line, sizeof(line)) == 0)
		return false;
	/* `7 (name) S 1 7 7 ...`: anything may be in the name, but no parenthesis comes after it. */
	for (const char *byte = line; *byte != '\0'; byte++)
		if (*byte == ')')
			rest = byte + 1;
	if (rest[0] != ' ' || rest[1] == '\0')
		return false;
	standing->state = rest[1];
	rest += 2;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && *rest == ' '; i++) {
		rest++;
		*numbers[i] = (pid_t)number_parse(&rest, INT_MAX);
	}
	return true;
}
