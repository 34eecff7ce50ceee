/*
 * A pseudoterminal whose keyboard and screen the test holds.
 *
 * It echoes nothing, changes no output, and throws nothing away on ^C (NOFLSH), so that what is read is what the
 * programs on it wrote, all of it. Everything waits for facts; one deadline, INIT_DEADLINE seconds after
 * terminal_open(), turns a hang into a failure: then a note says what was waited for, and false is given back.
 */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KEY_INTERRUPT "\003"
#define KEY_QUIT "\034"
#define KEY_SUSPEND "\032"
#define KEY_END "\004"

struct terminal {
	int master;
	int slave;	    /* until terminal_started(); else -1 */
	long long deadline; /* CLOCK_MONOTONIC, milliseconds */
	size_t length;
	char pending[4096]; /* read and not yet handed out as lines */
	char line[4096];
};

bool terminal_open(struct terminal *terminal);
void terminal_close(struct terminal *terminal);

/* In the process that becomes the init (start.prepare), which leads a session without a terminal: makes the terminal
 * its descriptors 0..2, and in the first case its controlling terminal. In the second the terminal stays nobody's. */
bool terminal_lead(const struct terminal *terminal);
bool terminal_use(const struct terminal *terminal);

/* In the test, once that process exists: lets go of the test's own copy, which would put off the end of file. */
void terminal_started(struct terminal *terminal);

/* Between two looks at a fact: lets others run, and gives back false from the deadline on. */
bool terminal_is_in_time(const struct terminal *terminal);

/* The next line without its newline, until the next call; NULL at the deadline or once nobody is on the terminal. */
const char *terminal_read_line(struct terminal *terminal);
bool terminal_expect_next(struct terminal *terminal, const char *line); /* the next line must be this */
bool terminal_expect(struct terminal *terminal, const char *part);	/* passes over lines without this part */

bool terminal_type(const struct terminal *terminal, const char *keys);
bool terminal_resize(const struct terminal *terminal, unsigned short columns);

/* The modem hangs up: every program on the terminal is cut off from it. */
void terminal_hang_up(struct terminal *terminal);

bool terminal_wait_for_foreground(struct terminal *terminal, pid_t group);
/* Until it is any other than `group`; gives back which, or -1. */
pid_t terminal_wait_for_another_foreground(struct terminal *terminal, pid_t group);
pid_t terminal_foreground(const struct terminal *terminal);
bool terminal_has_foreground(const struct terminal *terminal, pid_t group);

/* How a process stands to the terminal, from /proc/PID/stat (proc(5)), in the test's own PID namespace. */
struct standing {
	pid_t group, session;
	int terminal;	  /* device number of its controlling terminal; 0: none */
	pid_t foreground; /* group of that terminal; -1: none */
};
bool read_standing(pid_t pid, struct standing *standing);

/* Until the process has taken all of the signals that are pending for it and sleeps again. */
bool terminal_wait_until_settled(const struct terminal *terminal, pid_t pid);

#endif
