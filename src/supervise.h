/* The life of dumb-init while its command runs. */
#ifndef DUMB_INIT_SUPERVISE_H
#define DUMB_INIT_SUPERVISE_H

#include "below.h"
#include "options.h"
#include "report.h"
#include "spawn.h"
#include "terminal.h"

/*
 * Passes signals on and reaps until the command has ended. Nothing that happens here ends it earlier, and where nothing
 * happens it sleeps in one system call. Gives back the exit status to leave with.
 */
int supervise(const struct options *options, const struct command *command, struct terminal *terminal,
	struct report *report, const struct family *family);

#endif
