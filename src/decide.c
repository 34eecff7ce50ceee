#include "decide.h"

#include <signal.h>

/* Gives back whether the command has this signal already, from the terminal. */
static bool reached_command(const struct circumstances *circumstances, const struct arrival *arrival)
{
	if (!arrival->from_kernel || !circumstances->command_in_own_group)
		return false;
	switch (arrival->signal) {
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGWINCH:
		return true;
	case SIGHUP:
	case SIGCONT:
		/* These two also come to the session's leader alone (tty_io.c, tty_signal_session_leader()). */
		return !circumstances->leads_session;
	default:
		return false;
	}
}

struct action decide(
	const struct options *options, const struct circumstances *circumstances, const struct arrival *arrival)
{
	struct action action = {.look_at_children = arrival->signal == SIGCHLD};

	if (arrival->of_child)
		return action;
	if (arrival->signal == SIGPIPE && arrival->from_self) {
		action.why_not = "it came of our own write";
		return action;
	}
	action.send = rewrite_apply(&options->rewrite, arrival->signal, !options->single_child);
	if (action.send == 0) {
		action.why_not = "--rewrite says so"; /* nor do we stop: nobody would reap for a command that runs */
		return action;
	}
	action.lend_terminal = arrival->signal == SIGCONT;
	action.stop_self = is_terminal_stop(arrival->signal);
	if (action.send == arrival->signal && reached_command(circumstances, arrival)) {
		action.send = 0;
		action.why_not = "the terminal has sent it to the command too";
	}
	return action;
}
