/*
 * What to do about a signal: a pure function of the options, of what is known at that moment, and of the signal.
 *
 *   every signal 1..64        is sent on to the command, or to its process group
 *   SIGCHLD from the kernel   means that children are to be looked at; one that a process sent by hand is sent on too
 *   SIGPIPE from ourselves    comes of our own write to a log that nobody reads any more, and concerns nobody
 *   SIGTSTP, SIGTTIN, SIGTTOU are sent on, as SIGSTOP where the command leads a session; then dumb-init stops too
 *   SIGCONT                   is sent on; if the terminal is shared, the command gets it back first
 *   from the terminal         a signal that the terminal sent to the whole foreground group (its sender is the kernel)
 *                             has reached a command in that group already (with --single-child)
 *   SIGKILL, SIGSTOP          never arrive: the kernel acts on them by itself
 *
 * dumb-init 1.2.5 sent a second SIGINT for each ^C, lost itself in lines about its own SIGPIPE, and took every SIGCHLD
 * for the kernel's.
 */
#ifndef DUMB_INIT_DECIDE_H
#define DUMB_INIT_DECIDE_H

#include <stdbool.h>

#include "options.h"

struct arrival {
	int signal;
	bool from_kernel; /* si_code is SI_KERNEL: the terminal, above all */
	bool from_self;	  /* a process sent it, and that process is dumb-init */
	bool of_child;	  /* SIGCHLD, and the kernel sent it: a child has changed state */
};

struct circumstances {
	bool leads_session;	   /* dumb-init does: a hangup of the terminal is then told to it alone */
	bool command_in_own_group; /* the command is in dumb-init's process group */
};

struct action {
	bool look_at_children;
	bool lend_terminal;  /* before sending, if it is ours to lend */
	int send;	     /* this signal to the command or its group; 0: nothing */
	bool stop_self;	     /* afterwards */
	const char *why_not; /* where nothing is sent, a reason for the log; else NULL */
};

struct action decide(
	const struct options *options, const struct circumstances *circumstances, const struct arrival *arrival);

#endif
