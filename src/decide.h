/*
 * What to do about what happens: pure functions of the options, of what has happened so far (struct course), and of the
 * event. supervise.c carries it out.
 *
 * Signals while the command runs
 *   every signal 1..64        is sent on to the command, its process group, or everything (the target)
 *   SIGCHLD from the kernel   means that children are to be looked at; one that a process sent by hand is sent on too
 *   SIGPIPE from ourselves    comes of our own write to a log that nobody reads any more, and concerns nobody
 *   SIGTSTP, SIGTTIN, SIGTTOU are sent on, as SIGSTOP where the command leads a session; then dumb-init stops too
 *   SIGCONT                   is sent on; if the terminal is shared, the command gets it back first
 *   from the terminal         a signal that the terminal sent to the whole foreground group (its sender is the kernel)
 *                             has reached a command in that group already (with --single-child)
 *   SIGKILL, SIGSTOP          never arrive: the kernel acts on them by itself
 *   with a --delay            it is held back first, until its time or its second arrival; but SIGTERM, SIGINT and
 *                             SIGQUIT only once each, and none when the command has ended
 *
 * The stop
 *   begins with the first SIGTERM, SIGINT or SIGQUIT that is acted upon, or with the command's end, whichever is first.
 *   Then the clock of --kill-after starts; it is never moved.
 *   When the command has ended, what is left is asked to stop. Without --wait that is all; with it, dumb-init goes on
 *   until no child is left. A stop signal then goes to everything; there is no command to send the others to, so they
 *   do too, but with --single-child, which keeps them from everybody else.
 *   When the clock runs out, everything is sent SIGKILL, and again whenever more was adopted. What is still there
 *   GIVE_UP_AFTER later cannot be killed: it waits for a device, or for a tracer that does not let go of it; or it
 *   runs as another user, and we may not.
 *
 * dumb-init 1.2.5 sent a second SIGINT for each ^C, lost itself in lines about its own SIGPIPE, and took every SIGCHLD
 * for the kernel's.
 */
#ifndef DUMB_INIT_DECIDE_H
#define DUMB_INIT_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "number.h"
#include "options.h"

/* Nanoseconds from the first SIGKILL to everything until what is left is left alone. */
#define GIVE_UP_AFTER (5 * NANOSECONDS)

/* The same where SIGKILL was refused: those that it has reached need a moment, and the others will not go. */
#define GIVE_UP_REFUSED_AFTER (NANOSECONDS / 5)

/* The exit status where nobody can say any more how the command ended: see reap_look(). */
enum { STATUS_UNKNOWN = 1 };

/* In the place of a time: this signal is not held back any more. */
enum { NEVER_AGAIN = -1 };

/* Times are nanoseconds on CLOCK_MONOTONIC. All zero is the beginning. */
struct course {
	bool stopping;	    /* a stop was requested and acted upon */
	bool command_ended; /* and its PID may be somebody else's; also in a pause that is over */
	bool killing;	    /* the clock has run out */
	bool gave_up;	    /* and somebody is left all the same */
	bool over;	    /* dumb-init leaves, with exit_status */
	int exit_status;
	int64_t kill_at;		 /* set once, when `stopping` is, if there is a clock; else 0 */
	int64_t give_up_at;		 /* set when `killing` is, and once more if SIGKILL is refused */
	int64_t held_until[SIGNALS + 1]; /* by signal; 0 where it is not held back, or NEVER_AGAIN */
};

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

enum recipients { TO_NOBODY, TO_COMMAND, TO_GROUP, TO_ALL };

struct action {
	bool lend_terminal;  /* before sending, if it is ours to lend */
	int send;	     /* this signal, or 0 */
	enum recipients to;  /* TO_NOBODY if `send` is 0 */
	bool of_own_accord;  /* nobody sent it to us: it matters less whether anybody is there to get it */
	bool send_continue;  /* SIGCONT to the same afterwards, so that those that are stopped see it */
	bool stop_self;	     /* afterwards */
	const char *why_not; /* where nothing is sent, a reason for the log; else NULL */
};

/* Gives back whether this is one of the terminal's stop signals: SIGTSTP, SIGTTIN, SIGTTOU. */
bool is_terminal_stop(int signal);

/* Decides about a signal that has arrived at `now`. */
struct action decide_arrival(const struct options *options, const struct circumstances *circumstances,
	struct course *course, const struct arrival *arrival, int64_t now);

/* Decides about the next thing whose time has come by `now`: a signal that was held back, the clock, giving up. Gives
 * back the signal that was held back, SIGKILL for the clock, or 0 if there is nothing more to be done yet. */
int decide_due(const struct options *options, struct course *course, struct action *action, int64_t now);

/* Decides about the command's end with this exit status, before it is collected: its group is still its own. */
struct action decide_end(const struct options *options, struct course *course, int exit_status, int64_t now);

/* Takes note that not everybody may be sent signals. */
void decide_refused(struct course *course);

/* Takes note that dumb-init has no children any more. */
void decide_childless(const struct options *options, struct course *course);

/* Gives back the time at which decide_due() is to be called next, DURATION_INFINITE if nothing is to be waited for. */
int64_t decide_next(const struct course *course);

#endif
