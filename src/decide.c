#include "decide.h"

#include <signal.h>

bool is_terminal_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* A pause ends as catatonit's does. */
static bool is_stop_request(const struct options *options, int signal)
{
	return signal == SIGTERM || signal == SIGINT || (signal == SIGQUIT && !options->pause);
}

/* A command that leads a new session is in an orphaned process group, in which the kernel discards the terminal's stop
 * signals (setpgid(2)): it gets SIGSTOP instead. */
static int rewrite(const struct options *options, int signal)
{
	bool discarded = options->target != TARGET_COMMAND && is_terminal_stop(signal);

	return (int)rules_apply(&options->rules, RULE_REWRITE, signal, discarded ? SIGSTOP : signal);
}

/* Gives back whether the command has what would be sent already, from the terminal. */
static bool has_reached_command(
	const struct options *options, const struct circumstances *circumstances, const struct arrival *arrival)
{
	if (options->pause || !arrival->from_kernel || !circumstances->command_in_own_group ||
		rewrite(options, arrival->signal) != arrival->signal)
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

static void begin_stop(const struct options *options, struct course *course, int64_t now)
{
	if (!course->stopping && options->kill_after != 0 && options->kill_after != DURATION_INFINITE)
		course->kill_at = duration_add(now, options->kill_after);
	course->stopping = true;
}

/* The end of the command, or of a pause: all that is left is asked to stop. */
static struct action begin_end(const struct options *options, struct course *course, int exit_status, int64_t now)
{
	struct action action = {.send = SIGTERM, .of_own_accord = true};

	begin_stop(options, course, now);
	course->command_ended = true;
	course->exit_status = exit_status;
	for (int signal = 1; signal <= SIGNALS; signal++)
		course->held_until[signal] = 0;
	if (options_wait(options)) {
		action.to = TO_ALL;
		action.send_continue = true;
		return course->killing ? (struct action){.send = 0} : action; /* SIGKILL is on its way to all of it */
	}
	course->over = true;
	if (options->target == TARGET_ALL)
		action.to = TO_ALL;
	else if (options->target == TARGET_GROUP && !options->pause)
		action.to = TO_GROUP;
	else
		action.send = 0;
	return action;
}

struct action decide_end(const struct options *options, struct course *course, int exit_status, int64_t now)
{
	int64_t mapped = rules_apply(&options->rules, RULE_EXIT_MAP, exit_status, exit_status);

	return begin_end(options, course, (int)mapped, now);
}

/* Whom a signal is for. Once the command has ended, its PID and the number of its group may be somebody else's. */
static enum recipients recipients(const struct options *options, const struct course *course, int signal)
{
	if (options->target == TARGET_ALL)
		return TO_ALL;
	if (!course->command_ended && !options->pause)
		return options->target == TARGET_COMMAND ? TO_COMMAND : TO_GROUP;
	if (course->command_ended && (options->target == TARGET_GROUP || is_stop_request(options, signal)))
		return TO_ALL;
	return TO_NOBODY;
}

/* Decides about a signal that is not to be held back, or no longer. */
static struct action send_on(const struct options *options, struct course *course, int signal, int64_t now)
{
	struct action action = {.send = rewrite(options, signal)};

	course->held_until[signal] = 0;
	if (is_stop_request(options, signal)) {
		course->held_until[signal] = NEVER_AGAIN; /* whoever asks again has no patience */
		if (options->pause && !course->command_ended)
			return begin_end(options, course, 0, now);
		begin_stop(options, course, now);
	}
	if (action.send == 0) {
		action.why_not = "--rewrite says so"; /* nor do we stop: nobody would reap for a command that runs */
		return action;
	}
	action.stop_self = is_terminal_stop(signal);
	action.lend_terminal = signal == SIGCONT && !course->command_ended;
	action.to = recipients(options, course, signal);
	if (action.to == TO_NOBODY) {
		action.send = 0;
		action.why_not = "there is no command";
	}
	return action;
}

struct action decide_arrival(const struct options *options, const struct circumstances *circumstances,
	struct course *course, const struct arrival *arrival, int64_t now)
{
	int64_t *held_until = &course->held_until[arrival->signal];
	int64_t delay = rules_apply(&options->rules, RULE_DELAY, arrival->signal, 0);
	struct action nothing = {.why_not = NULL};

	if (arrival->of_child)
		return nothing;
	if (arrival->signal == SIGPIPE && arrival->from_self) {
		nothing.why_not = "it came of our own write";
		return nothing;
	}
	if (has_reached_command(options, circumstances, arrival)) {
		nothing.why_not = "the terminal has sent it to the command too";
		nothing.stop_self = is_terminal_stop(arrival->signal);
		nothing.lend_terminal = arrival->signal == SIGCONT;
		return nothing;
	}
	if (delay != 0 && *held_until == 0 && !course->command_ended) {
		*held_until = duration_add(now, delay);
		nothing.why_not = "--delay holds it back";
		return nothing;
	}
	return send_on(options, course, arrival->signal, now);
}

int decide_due(const struct options *options, struct course *course, struct action *action, int64_t now)
{
	if (course->kill_at != 0 && course->kill_at <= now && !course->killing) {
		course->killing = true;
		course->give_up_at = duration_add(now, GIVE_UP_AFTER);
		*action = (struct action){.send = SIGKILL, .to = TO_ALL, .of_own_accord = true};
		return SIGKILL;
	}
	if (course->killing && course->give_up_at <= now && !course->over) {
		if (!course->command_ended)
			(void)decide_end(options, course, 128 + SIGKILL, now);
		course->gave_up = true;
		course->over = true;
	}
	for (int signal = 1; signal <= SIGNALS; signal++) {
		if (course->held_until[signal] > 0 && course->held_until[signal] <= now) {
			*action = send_on(options, course, signal, now);
			return signal;
		}
	}
	return 0;
}

void decide_refused(struct course *course)
{
	if (course->killing)
		course->give_up_at = course->kill_at + GIVE_UP_REFUSED_AFTER;
}

void decide_childless(const struct options *options, struct course *course)
{
	if (course->command_ended) {
		course->over = true;
	} else if (!options->pause) {
		course->exit_status = STATUS_UNKNOWN;
		course->over = true;
	}
}

int64_t decide_next(const struct course *course)
{
	int64_t next = DURATION_INFINITE;

	if (course->kill_at != 0)
		next = course->killing ? course->give_up_at : course->kill_at;
	for (int signal = 1; signal <= SIGNALS; signal++)
		if (course->held_until[signal] > 0 && course->held_until[signal] < next)
			next = course->held_until[signal];
	return next;
}
