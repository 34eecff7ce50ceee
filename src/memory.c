#include "memory.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "number.h"
#include "system.h"
#include "text.h"
#include "word.h"

/* Larger ones stand for "no limit" in cgroup v1: the largest number of pages, in bytes. */
#define LARGEST_LIMIT (INT64_C(1) << 60)

/* Long enough for a line of /proc/self/cgroup, and for a file of counters. */
enum { CONTENT_SIZE = 2048 };

/* Gives back what follows the first `what` in `string`, or NULL. */
static const char *find_after(const char *string, const char *what)
{
	for (; *string != '\0'; string++)
		if (word_after(string, what) != NULL)
			return word_after(string, what);
	return NULL;
}

/* Where the two versions are mounted by every container engine and by systemd, and the names of the files. */
struct version {
	char folder[24], counters[20], limit[24];
};
static const struct version version_1 = {"/sys/fs/cgroup/memory", "memory.oom_control", "memory.limit_in_bytes"},
			    version_2 = {"/sys/fs/cgroup", "memory.events", "memory.max"};

/* The cgroup that we are in, as far as memory is concerned. */
struct membership {
	const struct version *version; /* NULL if there is none */
	char path[CONTENT_SIZE];
};

/* Gives back whether `names`, which ends with a colon, is a list with the memory controller in it. */
static bool has_memory(const char *names)
{
	while (*names != ':') {
		const char *rest = word_after(names, "memory");

		if (rest != NULL && (*rest == ',' || *rest == ':'))
			return true;
		names += word_length(names, ",:");
		if (*names == ',')
			names++;
	}
	return false;
}

/* Takes one line of /proc/self/cgroup, `4:cpu,memory:/path` (v1) or `0::/path` (v2), whose newline has been replaced.
 * If it is the first of v1's memory controller, or v2's while there is none of v1, keeps it: the controller is in one
 * of the two only. */
static void take_line(struct membership *membership, const char *line)
{
	const char *names = line + word_length(line, ":");
	bool is_memory;

	if (*names++ == '\0' || names[word_length(names, ":")] == '\0')
		return;
	is_memory = has_memory(names);
	if (!is_memory && (*names != ':' || membership->version != NULL))
		return;
	membership->version = is_memory ? &version_1 : &version_2;
	names += word_length(names, ":") + 1;
	memcpy(membership->path, names, word_size(names));
}

/* Reads /proc/self/cgroup line by line: with a dozen controllers and the paths of Kubernetes it is long. */
static void find_cgroup(struct membership *membership)
{
	char lines[CONTENT_SIZE];
	off_t offset = 0;
	ssize_t begin, size;
	int fd = system_open("/proc/self/cgroup", O_RDONLY);

	membership->version = NULL;
	do {
		size = pread(fd, lines, sizeof(lines), offset);
		begin = 0;
		for (ssize_t end = 0; end < size; end++) {
			if (lines[end] != '\n')
				continue;
			lines[end] = '\0';
			take_line(membership, lines + begin);
			begin = end + 1;
		}
		offset += begin;
	} while (begin > 0 && size == (ssize_t)sizeof(lines));
	if (fd >= 0)
		system_close(fd);
}

/* Reads the number that follows `key` in a file of the cgroup's folder; -1 where there is none. */
static int64_t read_number(struct text *folder, const char *name, const char *key, int64_t largest)
{
	char content[CONTENT_SIZE];
	size_t length = folder->length;
	const char *number;

	text_add(folder, "/%s", name);
	(void)file_read(text_string(folder), content, sizeof(content));
	folder->length = length;
	number = find_after(content, key);
	return number != NULL ? number_parse(&number, largest) : -1;
}

struct memory memory_read(void)
{
	struct memory memory = {.kills = -1, .limit = -1};
	struct membership membership;
	const char *path = membership.path;
	struct text folder;

	find_cgroup(&membership);
	if (membership.version == NULL)
		return memory;
	/* In a cgroup namespace the path begins at the folder. Without one, a container sees the path on the host, and
	 * a folder that begins somewhere along it: so the longest end of the path that is there is ours. */
	for (;;) {
		text_clear(&folder);
		text_add(&folder, "%s%s", membership.version->folder, path);
		memory.kills = read_number(&folder, membership.version->counters, "oom_kill ", INT64_MAX / 16);
		if (memory.kills >= 0 || *path == '\0' || access(text_string(&folder), F_OK) == 0)
			break;
		path++;
		path += word_length(path, "/");
	}
	if (memory.kills > 0)
		memory.limit = read_number(&folder, membership.version->limit, "", LARGEST_LIMIT);
	return memory;
}
