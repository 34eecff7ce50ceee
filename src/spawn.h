/* Starting the command. */
#ifndef DUMB_INIT_SPAWN_H
#define DUMB_INIT_SPAWN_H

#include <sys/types.h>

#include "terminal.h"

struct command {
	char *const *words; /* its name and arguments; ends with NULL */
	pid_t pid;
};

/*
 * Starts command->words with default dispositions and an empty mask, in the session, group and terminal that `terminal`
 * says, and fills in the rest of *command. A LISTEN_PID that names dumb-init or its parent names the command then.
 * All signals are blocked before and after, and until this returns whatever comes stays pending: it is then sent to a
 * command that exists and has made its session or group. (Every other init sends it to a process or group that is not
 * there yet, and loses it.)
 * Gives back 0 if the command runs; the exit status to leave with, 126 or 127, if it could not be executed, which has
 * been said; -1 with errno if no process could be made.
 */
int spawn(struct command *command, const struct terminal *terminal);

#endif
