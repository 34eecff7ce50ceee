/* Words in what users write. */
#ifndef DUMB_INIT_WORD_H
#define DUMB_INIT_WORD_H

#include <stdbool.h>
#include <stddef.h>

/* Gives back how many characters stand before the first one of `ends`, or before the end: strcspn(3), of which the C
 * libraries have fast and long versions. */
size_t word_length(const char *word, const char *ends);

/* Gives back how many bytes the word takes with its end. */
size_t word_size(const char *word);

/* If `word` begins with `beginning`, gives back what follows it, else NULL. */
const char *word_after(const char *word, const char *beginning);

bool word_equals(const char *word, const char *other);

/* Gives back the value that the environment has for the name that begins with `prefix` and goes on with `name`, or
 * NULL: getenv(3), likewise. */
const char *word_from_environment(const char *prefix, const char *name);

#endif
