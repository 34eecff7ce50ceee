/*
 * The controlling terminal, and where the command stands to it.
 *
 * A new session cuts the command off from the terminal, unless it can be handed over; and only a session leader can
 * hand it over. So there are four cases, told apart before the command starts and acted upon in the child.
 */
#ifndef DUMB_INIT_TERMINAL_H
#define DUMB_INIT_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

enum terminal_case {
	TERMINAL_UNTOUCHED,   /* --single-child: no session, group or terminal is changed */
	TERMINAL_NEW_SESSION, /* dumb-init has no controlling terminal */
	TERMINAL_GIVEN,	      /* it had one, as session leader, and has given it up for the command to take */
	TERMINAL_SHARED,      /* it has one, and something above leads the session: the command gets a process group */
};

struct terminal {
	enum terminal_case which;
	int fd;	   /* the terminal, until terminal_close(); else -1 */
	bool lent; /* TERMINAL_SHARED: the command's group was made the foreground group */
};

/* Finds out the case. As session leader it also gives the terminal up (TIOCNOTTY) and takes the SIGHUP and SIGCONT
 * that the kernel sends for that, and no others, off the queue: nobody asked for them. Nothing here can fail. */
void terminal_prepare(struct terminal *terminal, bool single_child);

/* Gives back in words what the command has: a phrase for the log. */
const char *terminal_text(const struct terminal *terminal);

/* In the child, which may share memory with its parent: system calls only. Makes the session or the group, and takes
 * the terminal. Everything may fail, as under a filter; the command runs all the same. */
void terminal_enter(const struct terminal *terminal);

/* For TERMINAL_SHARED; without effect in the other cases. */

/* If dumb-init is in the foreground, makes the command's process group the foreground group instead. */
void terminal_lend(struct terminal *terminal, pid_t command_group);

/* If it was lent, makes dumb-init's own group the foreground group again. Gives back whether it was. */
bool terminal_take_back(struct terminal *terminal);

#endif
