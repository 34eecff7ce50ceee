/* Where execvp() looks for a command: the file named, or each folder of PATH in turn. */
#ifndef DUMB_INIT_SEARCH_H
#define DUMB_INIT_SEARCH_H

#include <limits.h>
#include <stdbool.h>

struct search {
	const char *file; /* to try now */
	const char *name;
	const char *rest; /* of PATH, from the next folder on; NULL after the last one */
	char in_folder[PATH_MAX];
};

/* Gives back whether the command is looked for in PATH: whether its name has no slash. */
bool search_in_path(const char *name);

/* Begins a search for the command `name`. Only system calls and plain memory: the child of a vfork() may use it. */
void search_begin(struct search *search, const char *name);

/* Makes search->file the next file to try; gives back false when there is none. Folders with too long a name are
 * passed over, as execvp does. */
bool search_next(struct search *search);

#endif
