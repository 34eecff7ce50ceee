/* Why a command could not be started, and what would help. */
#ifndef DUMB_INIT_FAILURE_H
#define DUMB_INIT_FAILURE_H

/* How the command could not be executed. */
struct exec_failure {
	int error; /* errno */
	int tries; /* how many files search_next() gave until the one that it was about; 0 if none was there */
};

/* The exit statuses of POSIX's shell for this (Shell Command Language, 2.8.2), also those of env(1) and timeout(1). */
enum {
	EXIT_FOUND_BUT_FAILED = 126,
	EXIT_NOT_FOUND = 127,
};

/*
 * Writes one line that names the command, the reason and, where it can be found out, the cure.
 * Takes the command as the user wrote it and how it failed; looks at the file again to tell the causes of one errno
 * apart. Gives back the exit status, 126 or 127.
 */
int failure_explain(const char *name, const struct exec_failure *failure);

#endif
