#include "memory.h"

#include <stdbool.h>

#include "file.h"
#include "number.h"
#include "text.h"
#include "word.h"

/* Larger ones stand for "no limit" in cgroup v1: the largest number of pages, in bytes. */
#define LARGEST_LIMIT (INT64_C(1) << 60)

/* Long enough for a line of every controller, and for a file of counters. */
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

/* Reads /proc/self/cgroup, lines like `4:cpu,memory:/path` (v1) and `0::/path` (v2), and puts the path into `lines`.
 * The memory controller is in one of the two only. Gives back NULL where there is neither. */
static const struct version *find_cgroup(char lines[CONTENT_SIZE], const char **path)
{
	const struct version *version = NULL;
	char *line = lines;

	(void)file_read("/proc/self/cgroup", lines, CONTENT_SIZE);
	while (version != &version_1 && *line != '\0') {
		char *names = line + word_length(line, ":") + 1;
		char *end = line + word_length(line, "\n");
		bool is_memory;

		if (*end != '\n' || names > end)
			break;
		*end = '\0';
		is_memory = has_memory(names);
		if (is_memory || *names == ':') {
			version = is_memory ? &version_1 : &version_2;
			*path = names + word_length(names, ":") + 1;
		}
		line = end + 1;
	}
	return version;
}

/* Reads the number that follows `key` in a file of the cgroup; -1 where there is none. */
static int64_t read_number(const char *folder, const char *path, const char *name, const char *key, int64_t largest)
{
	char content[CONTENT_SIZE];
	struct text file;
	const char *number;

	text_clear(&file);
	text_add(&file, "%s%s/%s", folder, path, name);
	(void)file_read(text_string(&file), content, sizeof(content));
	number = find_after(content, key);
	return number != NULL ? number_parse(&number, largest) : -1;
}

void memory_read(struct memory *memory)
{
	char lines[CONTENT_SIZE];
	const char *path = "";
	const struct version *version = find_cgroup(lines, &path);

	*memory = (struct memory){.kills = -1, .limit = -1};
	if (version == NULL)
		return;
	/* In a cgroup namespace the path begins at the folder. Without one, a container sees the path on the host, and
	 * a folder that begins somewhere along it: so the longest end of the path that is there is ours. */
	for (;;) {
		memory->kills = read_number(version->folder, path, version->counters, "oom_kill ", INT64_MAX / 16);
		if (memory->kills >= 0 || *path == '\0')
			break;
		path++;
		path += word_length(path, "/");
	}
	if (memory->kills > 0)
		memory->limit = read_number(version->folder, path, version->limit, "", LARGEST_LIMIT);
}
