#include "word.h"

#include <unistd.h>

size_t word_length(const char *word, const char *ends)
{
	size_t length = 0;

	for (; word[length] != '\0'; length++)
		for (const char *end = ends; *end != '\0'; end++)
			if (word[length] == *end)
				return length;
	return length;
}

size_t word_size(const char *word)
{
	return word_length(word, "") + 1;
}

const char *word_after(const char *word, const char *beginning)
{
	for (; *beginning != '\0'; word++, beginning++)
		if (*word != *beginning)
			return NULL;
	return word;
}

bool word_equals(const char *word, const char *other)
{
	const char *rest = word_after(word, other);

	return rest != NULL && *rest == '\0';
}

const char *word_from_environment(const char *prefix, const char *name)
{
	for (char **word = environ; *word != NULL; word++) {
		const char *value = word_after(*word, prefix);

		if (value != NULL && (value = word_after(value, name)) != NULL && *value == '=')
			return value + 1;
	}
	return NULL;
}
