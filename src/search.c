#include "search.h"

#include <string.h>

#include "word.h"

bool search_in_path(const char *name)
{
	return name[word_length(name, "/")] == '\0';
}

void search_begin(struct search *search, const char *name)
{
	const char *path = word_from_environment("", "PATH");

	search->name = name;
	search->rest = path != NULL ? path : "/usr/local/bin:/bin:/usr/bin";
	if (*name == '\0')
		search->rest = NULL;
}

bool search_next(struct search *search)
{
	size_t name_size = word_size(search->name);

	while (search->rest != NULL) {
		const char *folder = search->rest;
		size_t length = word_length(folder, ":");

		if (!search_in_path(search->name)) {
			search->file = search->name;
			search->rest = NULL;
			return true;
		}
		search->rest = folder[length] == ':' ? folder + length + 1 : NULL;
		if (length + 1 + name_size > sizeof(search->in_folder))
			continue;
		memcpy(search->in_folder, folder, length);
		if (length > 0) /* an empty one is the working directory */
			search->in_folder[length++] = '/';
		memcpy(search->in_folder + length, search->name, name_size);
		search->file = search->in_folder;
		return true;
	}
	return false;
}
