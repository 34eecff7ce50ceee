/* Files of /proc and of the cgroups, which are read whole and at once. */
#ifndef DUMB_INIT_FILE_H
#define DUMB_INIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the beginning of a file, up to size - 1 bytes, as a string. Gives back its length; 0 and "" where it cannot be
 * read. */
size_t file_read(const char *file, char *string, size_t size);

/* Calls `visit` for each name in the folder that is a number, in the folder's order. Gives back false if the folder
 * cannot be read to its end. Reads with the system call, since opendir() would allocate. */
bool file_visit_folder(const char *folder, void (*visit)(int number, void *argument), void *argument);

/* Calls `visit` for each number in a file that has nothing else but spaces. */
void file_visit_list(const char *file, void (*visit)(int number, void *argument), void *argument);

#endif
