/* dumb-init: the init that containers run as PID 1. */
#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "below.h"
#include "log.h"
#include "options.h"
#include "reap.h"
#include "report.h"
#include "signals.h"
#include "spawn.h"
#include "supervise.h"
#include "system.h"
#include "terminal.h"

/* For everything that is wrong before there is a command: usage errors, and no process to be had. */
enum { EXIT_NOT_STARTED = 1 };

/* Writes to standard output; a pipe takes a text in one piece or not at all (PIPE_BUF, pipe(7)). Gives back the exit
 * status: 0 if all of it could be written. */
static int print(const struct text *text)
{
	ssize_t written = system_write(STDOUT_FILENO, text->bytes, text->length);

	return written == (ssize_t)text->length ? 0 : EXIT_NOT_STARTED;
}

/* Not inlined, for the stack: see log.c. */
static __attribute__((noinline)) void print_mistake(struct text *mistake)
{
	struct text line;

	text_clear(&line);
	text_add(&line, "dumb-init: %s (try 'dumb-init --help')", text_string(mistake));
	text_end_line(&line);
	log_text(&line);
}

/* Gives back whether there is a command to run; if not, what was asked for or is wrong has been said, and *status is
 * the exit status. */
static bool read_options(struct options *options, char **words, int *status)
{
	static struct text text; /* empty, and on pages that are not touched until there is something to say */

	*status = EXIT_NOT_STARTED;
	switch (options_parse(options, words, &text)) {
	case OPTIONS_RUN:
		log_set_level(options->log_level);
		return true;
	case OPTIONS_HELP:
		options_help(&text);
		*status = print(&text);
		break;
	case OPTIONS_VERSION:
		text_add(&text, "dumb-init v" PACKAGE_VERSION "\n");
		*status = print(&text);
		break;
	case OPTIONS_WRONG:
		print_mistake(&text);
		break;
	}
	return false;
}

/* Makes orphans below us our children: PID 1 has them anyway; others may become a child subreaper (prctl(2)). Fills
 * *family. Gives back false where that fails and the user insists on it. */
static bool adopt_orphans(const struct options *options, struct family *family)
{
	const char *how = "cannot adopt orphans";
	struct change child;

	*family = (struct family){.own_pid = getpid()};
	if (family->own_pid == 1) {
		how = "orphans are its children";
	} else if (syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) {
		how = "adopts orphans as a subreaper";
		family->closed = reap_look(0, &child) < 0;
	} else if (options->insist_on_orphans) {
		log_line(LOG_ERROR, "%s, as --subreaper asks: %m", how);
		return false;
	}
	log_line(LOG_DETAIL, "dumb-init " PACKAGE_VERSION ", PID %d: %s", (int)family->own_pid, how);
	return true;
}

/* Asks for a signal at the death of our parent, or of whoever becomes our parent then (PR_SET_PDEATHSIG(2const)). If it
 * dies while we ask, that is too late, and we send it ourselves. Gives back false where it cannot be had. */
static bool watch_parent(const struct options *options)
{
	int signal = options->parent_death_signal;
	pid_t parent;

	if (signal == 0)
		return true;
	parent = getppid();
	if (syscall(SYS_prctl, PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0) {
		log_line(LOG_ERROR, "%i cannot be had at the parent's death: %m", signal);
		return false;
	}
	if (getppid() != parent)
		(void)kill(getpid(), signal);
	return true;
}

int main(int argc, char **argv)
{
	struct options options;
	struct terminal terminal;
	struct command command;
	struct report report;
	struct family family;
	int status;

	/* First of all: what is blocked cannot be lost, and the kernel drops what PID 1 neither blocks nor handles. */
	if (signals_block_all() != 0)
		log_line(LOG_ERROR, "signals cannot be blocked: %m");

	/* Before anything changes, so that a mistake has no effect. */
	if (!read_options(&options, argv + (argc > 0), &status))
		return status;

	/* Before the command exists, since it may leave an orphan or end at once. */
	if (!adopt_orphans(&options, &family) || !watch_parent(&options))
		return EXIT_NOT_STARTED;
	signals_restore_defaults();
	options_log(&options);

	/* Before the command exists, since it takes the terminal as it starts, and it must be free by then. */
	terminal_prepare(&terminal, options.target == TARGET_COMMAND || options.pause);

	/* Before the command exists, since the kernel may kill it for want of memory at once. */
	report_begin(&report, options.warn_on_reap);

	command = (struct command){.words = options.command};
	if (!options.pause) {
		status = spawn(&command, &terminal);
		if (status < 0) {
			log_line(LOG_ERROR, "no process could be made for %s: %m", options.command[0]);
			return EXIT_NOT_STARTED;
		}
		if (status > 0) {
			(void)terminal_take_back(&terminal);
			return status;
		}
		log_line(LOG_DETAIL, "started %s (PID %d): signals go to %s; %s", options.command[0], (int)command.pid,
			options.target == TARGET_ALL	 ? "everything below"
			: options.target == TARGET_GROUP ? "its process group"
							 : "its PID",
			terminal_text(&terminal));
	}

	/* ---- The command runs. From here on nothing but its end may end this program: no call that fails, no log that
	 * is full or closed, no file system that is missing. Every failure below is survived where it happens. ---- */

	log_never_wait(terminal.fd);
	status = supervise(&options, &command, &terminal, &report, &family);
	log_line(LOG_DETAIL, "exiting with status %d", status);
	return status;
}
