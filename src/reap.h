/* Children that change state: those that the command is, and those that dumb-init has adopted. */
#ifndef DUMB_INIT_REAP_H
#define DUMB_INIT_REAP_H

#include <signal.h>
#include <sys/types.h>

/* As the kernel tells them (sigaction(2), si_code of SIGCHLD). */
enum change_kind {
	CHANGE_EXITED = CLD_EXITED, /* by itself; `value` is its exit status */
	CHANGE_KILLED = CLD_KILLED, /* by a signal; `value` is its number */
	CHANGE_DUMPED = CLD_DUMPED, /* the same, and it left a core */
	CHANGE_TRAPPED =
		CLD_TRAPPED, /* a stop for its tracer, who is dumb-init because it called PTRACE_TRACEME; by `value` */
	CHANGE_STOPPED = CLD_STOPPED, /* a stop for job control; `value` is the signal */
};

struct change {
	enum change_kind kind;
	pid_t pid;
	int value;
};

/*
 * Looks whether a child has changed state, the one with this PID or (0) any, and leaves it as it is: as long as a dead
 * one is not collected its PID, and the number of the group and session that it led, cannot belong to anybody else.
 * Gives back 1 and fills *change; 0 if none has; -1 if dumb-init has no children, or that one is none. Never waits.
 * The kernel finds any by going through the list of all children (kernel/exit.c, do_wait()), one at once.
 */
int reap_look(pid_t whom, struct change *change);

/* Waits until a child has died. For a kernel or a filter that refuses rt_sigtimedwait(2). */
void reap_wait(void);

/* Takes note of the change that reap_look() told of: a dead child is gone after this. */
void reap_collect(const struct change *change);

/* Lets go of a process that stopped because dumb-init is its tracer. It gets the signal that it stopped for, but not
 * the SIGTRAP that the kernel sent only because it executed a program while traced (ptrace(2)): that would kill it. */
void reap_detach(const struct change *change);

/* Gives back the exit status that tells of this end: the process's own, or 128+n where signal n killed it. */
int exit_status_of(const struct change *change);

#endif
