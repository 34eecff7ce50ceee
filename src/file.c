#include "file.h"

#include <limits.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "number.h"
#include "system.h"

size_t file_read(const char *file, char *string, size_t size)
{
	ssize_t length = -1;
	int fd = system_open(file, O_RDONLY);

	if (fd >= 0) {
		length = read(fd, string, size - 1);
		system_close(fd);
	}
	if (length < 0)
		length = 0;
	string[length] = '\0';
	return (size_t)length;
}

bool file_visit_folder(const char *folder, void (*visit)(int number, void *argument), void *argument)
{
	alignas(8) char entries[1024];
	long size;
	int fd = system_open(folder, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return false;
	while ((size = syscall(SYS_getdents64, fd, entries, sizeof(entries))) > 0) {
		/* struct linux_dirent64 (getdents(2)): inode and offset of 8 bytes, record length of 2, type, name. */
		for (char *entry = entries; entry < entries + size;) {
			int number = number_parse_word(entry + 19, INT_MAX);
			uint16_t length;

			if (number >= 0)
				visit(number, argument);
			memcpy(&length, entry + 16, sizeof(length));
			entry += length;
		}
	}
	system_close(fd);
	return size == 0;
}

void file_visit_list(const char *file, void (*visit)(int number, void *argument), void *argument)
{
	char bytes[256];
	ssize_t size;
	int fd = system_open(file, O_RDONLY);
	int number = 0; /* which may go on in the next piece of the file */

	while (fd >= 0 && (size = read(fd, bytes, sizeof(bytes))) > 0) {
		for (const char *byte = bytes; byte < bytes + size; byte++) {
			if (*byte >= '0' && *byte <= '9') {
				number = number * 10 + (*byte - '0');
			} else if (number > 0) {
				visit(number, argument);
				number = 0;
			}
		}
	}
	if (fd >= 0)
		system_close(fd);
}
