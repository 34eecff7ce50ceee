#include "failure.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "log.h"
#include "search.h"
#include "system.h"
#include "word.h"

/* The beginning of a file, as far as the kernel reads to find out what it is (BINPRM_BUF_SIZE, linux/binfmts.h). */
struct head {
	ssize_t size; /* -1, and errno, if the file cannot be read */
	char bytes[256 + 1];
};

static void read_head(struct head *head, const char *file)
{
	int fd = system_open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	head->size = fd < 0 ? -1 : read(fd, head->bytes, sizeof(head->bytes) - 1);
	if (fd >= 0)
		system_close(fd);
	head->bytes[head->size > 0 ? head->size : 0] = '\0';
}

static bool is_elf(const struct head *head)
{
	return word_after(head->bytes, "\177ELF") != NULL;
}

/* Cuts the head of a script down to the name of its interpreter and gives that back; "" for any other file. */
static const char *interpreter_of(struct head *head)
{
	char *name = head->bytes;

	if (name[0] != '#' || name[1] != '!')
		return "";
	for (name += 2; *name == ' ' || *name == '\t';)
		name++;
	name[word_length(name, " \t\n")] = '\0';
	return name;
}

/* ENOENT, although the file is there: what is missing is what would run it. ENOEXEC: it is there and no program. */
static const char *explain_format(const struct head *head, int error, const char **interpreter)
{
	if (head->size == 0)
		return ": it is empty";
	if (is_elf(head))
		return error == ENOENT ? ": its dynamic loader is missing; install its C library, or link it statically"
				       : ": it is made for another machine, or damaged";
	if (**interpreter == '\0')
		return ": it is no program for this machine; a script needs a first line such as #!/bin/sh";
	if ((*interpreter)[word_length(*interpreter, "\r")] == '\0')
		return ": its interpreter is missing or cannot run; install it, or correct the script's first line: ";
	*interpreter = "";
	return ": its first line ends in CR LF; save it with Unix line endings";
}

static const char *explain_denied(const struct head *head, int head_error, const char *file)
{
	struct statfs mount;

	if (head->size < 0 && head_error == EISDIR)
		return ": it is a directory";
	if (statfs(file, &mount) == 0 && (mount.f_flags & ST_NOEXEC) != 0)
		return ": its file system is mounted noexec; mount it without that, or move the file";
	if (access(file, F_OK) != 0)
		return ": a folder on the way to it may not be searched";
	if (access(file, X_OK) != 0)
		return ": it may not be executed; give it the permission with chmod +x";
	return ": its interpreter may not be executed";
}

int failure_explain(const char *name, const struct exec_failure *failure)
{
	struct search search = {.file = name};
	struct head head;
	const char *cure = "", *interpreter = "";
	int head_error;

	search_begin(&search, name);
	for (int tries = 0; tries < failure->tries; tries++)
		(void)search_next(&search);
	if (failure->tries > 0) {
		read_head(&head, search.file);
		head_error = errno;
		if (failure->error == ENOENT || failure->error == ENOEXEC) {
			interpreter = interpreter_of(&head);
			cure = explain_format(&head, failure->error, &interpreter);
		} else if (failure->error == EACCES) {
			cure = explain_denied(&head, head_error, search.file);
		} else if (failure->error == E2BIG) {
			cure = ": its arguments and environment are too long; shorten them, or raise ulimit -s";
		}
	} else if (search_in_path(name)) {
		cure = ": it is in no folder of PATH";
	}
	errno = failure->error;
	log_line(LOG_ERROR, "%s: %m%s%s", search.file, cure, interpreter);
	return failure->tries > 0 ? EXIT_FOUND_BUT_FAILED : EXIT_NOT_FOUND;
}
