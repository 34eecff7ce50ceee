/*
 * Follows an init under test from its exec to its end: which system calls it makes, and how many user instructions; its
 * own and those of its child until that is executed.
 */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "init.h"

enum { TRACE_CALLS = 1024, TRACE_NUMBERS = 8192 };

struct traced_call {
	unsigned short number;
	bool by_child;
};

struct trace {
	/* given */
	struct init init;   /* started, with PTRACE_TRACEME just before its exec */
	bool by_steps;	    /* count instructions, else list system calls */
	bool command_first; /* the command runs and ends before the init goes on; else it is held at its exec */
	/*
	 * Called again and again while the init sleeps, until it has set `told`: does what the init waits for, to begin
	 * with trace_let_go(). If `patient`, while it sleeps without a timeout, and so long that it makes no difference
	 * to it how long its last turn took.
	 */
	void (*tell)(struct trace *trace);
	bool patient;
	int phase; /* of tell() */
	bool told;

	/* found; what comes before main() is the C library's */
	unsigned long main;		      /* its address, 0 if unknown: then nothing comes before it */
	long long before_main, from_main;     /* instructions */
	int calls_before_main, calls;	      /* system calls, the latter from main() on */
	struct traced_call call[TRACE_CALLS]; /* the first ones of all */
	int times[TRACE_NUMBERS];	      /* how often the call with that number was made from main() on */

	/* private */
	bool in_main;
	long original; /* what was there before the breakpoint */
	pid_t held;    /* the command, executed but not let go; else 0 */
	bool made_child, init_waits, executed;
	long long executed_at, turn_began, turn_ended, longest_turn; /* of stops that follow one another; ns */
};

/* Gives back why this machine does not let us trace, or NULL. */
const char *trace_why_not(void);

/* Follows the init until it has ended; gives back whether that was with status 0. Says why not (tap_note()).
 * init_end() is the caller's to call. */
bool trace_follow(struct trace *trace);

/* For tell(): lets the command run. */
void trace_let_go(struct trace *trace);

/* "getpid child:setsid 64*child:rt_sigaction": `count` calls from that one on. Valid until the next call. */
const char *trace_list(const struct trace *trace, int first, int count);

#endif
