/*
 * Starting the init under test in each of the ways that it is used, and talking to it.
 *
 * Everything waits for facts. One deadline (INIT_DEADLINE or $DUMB_INIT_TESTS_DEADLINE seconds) turns a hang into a
 * failure of that case: the functions below then give back false, -1 or NULL, and init_end() kills and removes what is
 * left. kill() of -1 or 0 ends the test instead of the machine's other processes.
 */
#ifndef TESTS_INIT_H
#define TESTS_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { INIT_DEADLINE = 60 };

/* The ways: each test loops over those that make sense for it. */
struct way {
	bool pid_1;	    /* PID 1 of a new PID namespace, with its own mounts and /proc; else a plain child */
	bool ordinary_user; /* a user without capabilities (PID 1 by way of a user namespace); else root */
};

/*
 * Calls `test` for each way that this machine and user can run an init in, and reports a skip with its reason (tap.h)
 * for the others. For root the ordinary user is UID 65534; for anybody else it is himself, and the ways of root are
 * skipped.
 */
void for_each_way(void (*test)(const struct way *way));
const char *way_name(const struct way *way); /* "as PID 1, root" */

/* Paths that every way can execute: the init under test (DUMB_INIT) and the helper with verbs (DUMB_INIT_CHILD). */
const char *init_path(void);
const char *child_path(void);
const char *child_name(void); /* as the kernel has it; a copy in a place that all can reach has another one */

/* What to start and how; zero is a good default for everything but words. */
struct start {
	struct way way;
	const char *const *words;	 /* after the init's own: options, "--", command; ends with NULL */
	const char *const *init_words;	 /* instead of init_path(), for peers: {"/usr/bin/tini", "-g", "--", NULL} */
	const char *const *environment;	 /* additional "NAME=value" strings, ends with NULL; or NULL */
	int input, error;		 /* descriptors to become 0 and 2; 0 means /dev/null and a captured pipe */
	int deadline;			 /* seconds; 0 means INIT_DEADLINE */
	void (*prepare)(void *argument); /* runs in the process that becomes the init, just before exec */
	void *argument;
};

/* Lines of a descriptor. */
struct lines {
	int descriptor;
	char *bytes; /* malloc'ed */
	size_t begin, end, size;
};

struct init {
	pid_t pid;  /* of the init, as the test sees it (not 1), for kill() and /proc; -1 once it has been waited for */
	int output; /* reading end of its and its command's standard output */
	int error;  /* reading end of standard error, or -1 */
	/* private */
	struct lines output_lines, error_lines;
	int pidfd, status;
	long long deadline; /* milliseconds, CLOCK_MONOTONIC */
	struct init *next;  /* of those not yet ended */
};

/*
 * Starts the init and gives back true once it has been executed. It leads a session without terminal, all its signals
 * are default and open, and descriptors from 3 on are closed, unless `prepare` changes that. DUMB_INIT* is not in its
 * environment, unless `environment` adds it. On failure says why (tap_note()), and gives back false; nothing needs to
 * be ended then.
 */
bool init_start(struct init *init, const struct start *start);

/* The same with `OPTION... -- CHILD WORD...` for the words, which it fills in; both lists end with NULL, and the first
 * may be NULL. */
bool init_start_child(struct init *init, struct start *start, const char *const *options, const char *const *verb);

/* The next line, without its newline; NULL at end of file or deadline. The memory is the callee's, until the next call
 * on this descriptor. */
const char *init_read_line(struct init *init);	       /* of standard output */
const char *init_read_error_line(struct init *init);   /* of standard error */
bool init_has_output(struct init *init);	       /* init_read_line() would not wait to begin with */
bool init_expect(struct init *init, const char *line); /* reads lines until one equals `line` */

/* Reads the next line, which has to be that of `child signals` about this signal. */
bool init_expect_signal(struct init *init, int signal);
char *init_read_all_errors(struct init *init);		       /* to the end of file; malloc'ed */
bool init_errors_are(struct init *init, const char *expected); /* that is all of it; says what it is, if not */

/* Waits until nobody has standard output open any more; gives back false at the deadline. */
bool init_output_ends(struct init *init);

/* Waits for the init's end. Gives back its wait status as the kernel gave it (an init that is PID 1 and exits 3 gives
 * W_EXITCODE(3, 0)); -1 at the deadline. */
int init_wait(struct init *init);

/* The same for an exit: its status; -1 at the deadline and 256 + n for a death by signal n. */
int init_wait_for_exit(struct init *init);

/* Releases everything; kills what still runs. The test process adopts orphans, and every child of it that is not
 * another init in use is taken for what this one left behind. */
void init_end(struct init *init);

/* What became of a signal that reached the init while it started. */
enum early_signal { DELIVERED, LOST, CONFUSED };

/* The child's words for these tries. */
#define EARLY_SIGNAL_VERB "signals", "28"

/*
 * Starts the init and sends SIGTERM in the moment that it has blocked it, or a few looks at /proc later: `try` counts
 * the tries. CONFUSED: the init was not started, or ended with *ret_status (as init_wait_for_exit() gives it).
 */
enum early_signal init_try_early_sigterm(const struct start *start, int try, int *ret_status);

/* The second half of it, for any signal below SIGWINCH that the started init has got, or will find pending. */
enum early_signal init_watch_early_signal(struct init *init, int early, int *ret_status);

/* Facts of /proc/PID/status, waited for with poll-free, bounded reading (sched_yield between reads). */
bool wait_for_state(pid_t pid, char state);			    /* 'T' stopped, 'S' sleeping, 'Z' zombie */
bool wait_for_signal_bit(pid_t pid, const char *field, int signal); /* "SigBlk", "SigCgt", "SigPnd", "ShdPnd" */
/* The moment that an init blocks a signal at its start, or soon after: rt_sigtimedwait(2) takes the signals that it
 * waits for out of SigBlk again, so an init that has got so far is known by its child. */
bool wait_until_blocked(pid_t pid, int signal);
bool read_status_field(pid_t pid, const char *field, char *value, size_t size);
bool has_signal_bit(pid_t pid, const char *field, int signal);

/* From /proc/PID/task/PID/children: fills `children` and gives back how many there are (of which the first `size` are
 * filled in), zombies included; -1 if there is no such process. */
int children_of(pid_t pid, pid_t *children, int size);
pid_t only_child_of(pid_t pid);		      /* -1 if there is none, or another one too */
bool wait_for_children(pid_t pid, int count); /* until there are that many */

/* Waits until it sleeps in this system call (/proc/PID/syscall). */
bool wait_for_call(pid_t pid, long call);

/* Gives back whether it sleeps in rt_sigtimedwait(set, info, NULL, size), so that nothing but a signal wakes it up. An
 * init that does has done everything that was put off: it has let go of what it inherited, and has looked at all
 * children that have died. */
bool sleeps_without_timeout(pid_t pid);
bool wait_until_settled(pid_t pid); /* it does */

/* Gives back whether it waits, for a signal or a time, and has no children. */
bool sleeps_without_children(pid_t pid);

/* Waits until the init has a child that has this PID in its own PID namespace; gives back its PID, or -1 at the
 * deadline. */
pid_t init_wait_for_child(const struct init *init, int own_pid);

/* Between two looks at a fact: lets others run, and gives back false from the deadline on. */
bool init_is_in_time(const struct init *init);

#endif
