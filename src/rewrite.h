/* What becomes of a signal on its way to the command: --rewrite. Signals are kernel numbers. */
#ifndef DUMB_INIT_REWRITE_H
#define DUMB_INIT_REWRITE_H

#include <stdbool.h>

#include "signals.h"
#include "text.h"

struct rewrite {
	/* By the signal received; all zero is no rules. Read by rewrite_apply() only. */
	unsigned char to[SIGNALS + 1];
};

/*
 * Adds a comma-separated list of rules, `TERM:QUIT,HUP:0`; a later rule for the same signal replaces an earlier one.
 * Gives back true; or false, and appends to `complaint` what is wrong with which word ("invalid signal 'TREM'").
 */
bool rewrite_parse(struct rewrite *rules, const char *list, struct text *complaint);

/* Gives back the signal to send where `signal` was received, or 0 if it is to be dropped. With `stop_for_certain` the
 * terminal's stop signals become SIGSTOP unless a rule says otherwise: a command that leads a new session is in an
 * orphaned process group, in which the kernel discards them (setpgid(2)). */
int rewrite_apply(const struct rewrite *rules, int signal, bool stop_for_certain);

/* Gives back whether this is one of the terminal's stop signals: SIGTSTP, SIGTTIN, SIGTTOU. */
bool is_terminal_stop(int signal);

#endif
