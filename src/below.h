/* Everything below dumb-init: its children, theirs, and so on, in whatever group or session they are. */
#ifndef DUMB_INIT_BELOW_H
#define DUMB_INIT_BELOW_H

#include <stdbool.h>
#include <sys/types.h>

/* What dumb-init is to those below it. */
struct family {
	pid_t own_pid;
	/* Whoever is below stays there: orphans come to us, and there was nobody below when that began. Then a child of
	 * ours that is in another session than we are is in one that was made below us, with nobody else in it. */
	bool closed;
};

/*
 * Sends the signal, and then `afterwards` unless that is 0, to every process below this one, and to no other.
 *
 * As PID 1 that is kill(-1), which the kernel does in one go: it misses nobody, and no fork escapes it. But it does not
 * tell of those whom we may not send anything (kernel/signal.c, kill_something_info()): they are asked one by one.
 *
 * Otherwise /proc is searched once, in ascending order, for processes whose chain of parents leads to us. Each is sent
 * the signal once; one that is forked meanwhile usually has a higher number and is met later. SIGKILL, which may be
 * repeated, also goes to the whole process groups of children where the family is closed and the group is in another
 * session than ours: a process that forks and exits faster than we can follow shares it with its child. Children that
 * /proc hides (hidepid, proc(5)) are listed in /proc/thread-self/children all the same; theirs are reached when they
 * have become ours.
 *
 * Where /proc shows nobody below us (it is not mounted, or another namespace's), the kernel is asked for each possible
 * PID whether it is our child: those, and the groups that they lead, are reached, and when they are gone those that
 * they leave.
 *
 * Gives back 0, or -1 with errno: ESRCH if there was nobody, else why one of them could not be sent the signal.
 */
int below_signal(const struct family *family, int signal, int afterwards);

#endif
