/*
 * The lines that dumb-init writes on standard error: one line, one write, never a wait.
 *
 * PID 1 that waits for a reader of its log no longer reaps and no longer forwards (dumb-init 1.2.5 with -v and a full
 * pipe does). So a line goes out only where it can be written at once; the others are counted, and the next line that
 * gets through says how many there were.
 */
#ifndef DUMB_INIT_LOG_H
#define DUMB_INIT_LOG_H

#include <stdbool.h>

#include "text.h"

enum log_level {
	LOG_ERROR = -1, /* what went wrong: always written, with --quiet too */
	LOG_REPORT = 0, /* the default, zero to need no initialised data: what the user should know without asking: the
			   death report */
	LOG_DETAIL = 1, /* everything that dumb-init does: --verbose */
};

/* Takes the highest level that is written from now on. This level is the only mutable state outside main()'s frame,
 * but for the count of dropped lines, which belongs to it. */
void log_set_level(enum log_level level);

/* Gives back whether lines of this level are written, for callers to whom finding out what to say costs something. */
bool log_wants(enum log_level level);

/*
 * Writes `[dumb-init] `, the text and a newline, if the level is wanted and standard error can take it at once.
 * Formats as text_add() does. Never blocks, never fails, and leaves errno as it was.
 */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

/* Writes a whole text of the caller's, under the same conditions but without a prefix: a usage error. */
void log_text(const struct text *text);

/*
 * Gives dumb-init's own descriptor 2 a file description of its own, with O_NONBLOCK, where standard error is a pipe or
 * a terminal. Setting the flag on the inherited description would change it for the command too; without it a line
 * could still wait when the command fills the pipe between our poll() and our write(), and a terminal may take half a
 * line and wait with the rest. To be called once the command has its descriptors, and before all others are closed.
 * Takes the controlling terminal opened anew, or -1: it serves where /proc/self/fd/2 cannot be opened. A pipe of which
 * no description of our own can be had stays as it is; a terminal is closed, and no line is written any more.
 */
void log_never_wait(int terminal);

#endif
