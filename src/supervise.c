#include "supervise.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "decide.h"
#include "log.h"
#include "process.h"
#include "reap.h"
#include "signals.h"

struct supervisor {
	const struct options *options;
	const struct command *command;
	struct terminal *terminal;
	struct signal_set sent; /* to the command: a death of one of these is no surprise */
	int exit_status;	/* to leave with; -1 while the command runs */
};

/* What is only known once nobody can tell us any more: see reap_look(). */
static const int STATUS_UNKNOWN = 1;

/* Sends to the command's process group where it leads one, else to the command. Its PID is valid: as long as this is
 * called the command has not been collected. */
static void send(struct supervisor *supervisor, int signal, enum log_level if_it_fails)
{
	pid_t pid = supervisor->command->pid;
	const char *target = supervisor->command->leads_group ? "process group" : "PID";

	signal_set_add(&supervisor->sent, signal);
	if (kill(supervisor->command->leads_group ? -pid : pid, signal) == 0)
		log_line(LOG_DETAIL, "sent %i to %s %d", signal, target, (int)pid);
	else
		log_line(if_it_fails, "%i could not be sent to %s %d: %m%s", signal, target, (int)pid,
			errno == EPERM ? ": it runs as another user, and dumb-init lacks CAP_KILL" : "");
}

static void log_arrival(const struct arrival *arrival, const siginfo_t *info)
{
	if (arrival->of_child || !log_wants(LOG_DETAIL))
		return;
	if (arrival->from_kernel)
		log_line(LOG_DETAIL, "received %i from the kernel", arrival->signal);
	else if (info->si_pid > 0)
		log_line(LOG_DETAIL, "received %i from PID %d", arrival->signal, (int)info->si_pid);
	else
		log_line(LOG_DETAIL, "received %i", arrival->signal);
}

/* Carries out what was decided about a signal, but for the look at the children. */
static void act(struct supervisor *supervisor, const struct action *action, int received)
{
	if (action->lend_terminal)
		terminal_lend(supervisor->terminal, supervisor->command->pid);
	if (action->send != 0) {
		if (action->send != received)
			log_line(LOG_DETAIL, "rewrote %i to %i", received, action->send);
		send(supervisor, action->send, LOG_ERROR);
	} else if (action->why_not != NULL) {
		log_line(LOG_DETAIL, "did not send %i: %s", received, action->why_not);
	}
	if (action->stop_self) {
		log_line(LOG_DETAIL, "stopping until SIGCONT");
		(void)terminal_take_back(supervisor->terminal);
		/* If the terminal has sent it to the command as well, the kernel decides whether that stops, and we
		 * too. */
		(void)signals_stop(getpid(), action->send == 0 ? received : SIGSTOP);
	}
}

static void continue_command(struct supervisor *supervisor, const char *why)
{
	log_line(LOG_DETAIL, "continuing the command: %s", why);
	send(supervisor, SIGCONT, LOG_ERROR);
}

/*
 * The command was stopped, as by ^Z, on a terminal that it shares with us. The shell above watches us and not the
 * command, so we stop as well, with all of our group, as the terminal would have stopped it. Being continued comes as a
 * SIGCONT, which lends the terminal again. If we cannot be stopped, because nobody could continue us, then the command
 * should not be either.
 */
static void follow_stop(struct supervisor *supervisor, int signal)
{
	struct terminal *terminal = supervisor->terminal;
	bool was_lent, stopped;

	if (terminal->which != TERMINAL_SHARED || !is_terminal_stop(signal))
		return;
	/* A shell that brings a running job to the foreground does not send it SIGCONT. */
	if (!terminal->lent && signal != SIGTSTP) {
		terminal_lend(terminal, supervisor->command->pid);
		if (terminal->lent) {
			continue_command(supervisor, "it may use the terminal now");
			return;
		}
	}
	log_line(LOG_DETAIL, "the command was stopped by %i: stopping too", signal);
	was_lent = terminal_take_back(terminal);
	stopped = getpid() != 1 && signals_stop(0, signal); /* as PID 1, our group may reach out of the namespace */
	if (was_lent && !stopped) {
		terminal_lend(terminal, supervisor->command->pid);
		continue_command(supervisor, "nobody could continue us");
	}
}

static void log_end(const struct change *change, const char *what, enum log_level level)
{
	char name[PROCESS_NAME];

	process_name(change->pid, name);
	if (change->kind == CHANGE_EXITED)
		log_line(level, "%s%s (PID %d) exited with status %d", what, name, (int)change->pid, change->value);
	else
		log_line(level, "%s%s (PID %d) was killed by %i%s", what, name, (int)change->pid, change->value,
			change->kind == CHANGE_DUMPED ? ", core dumped" : "");
}

/* The command is dead and not yet collected: the number of its group is still its own. */
static void command_ended(struct supervisor *supervisor, const struct change *change)
{
	bool surprise = change->kind != CHANGE_EXITED && !signal_set_has(&supervisor->sent, change->value);

	if (log_wants(surprise ? LOG_REPORT : LOG_DETAIL))
		log_end(change, "", surprise ? LOG_REPORT : LOG_DETAIL);
	if (supervisor->command->leads_group)
		send(supervisor, SIGTERM, LOG_DETAIL); /* often nobody is left, or nobody that we may signal */
	supervisor->exit_status = exit_status_of(change);
}

static void react(struct supervisor *supervisor, const struct change *change)
{
	bool is_command = change->pid == supervisor->command->pid;

	switch (change->kind) {
	case CHANGE_EXITED:
	case CHANGE_KILLED:
	case CHANGE_DUMPED:
		if (is_command)
			command_ended(supervisor, change);
		else if (log_wants(LOG_DETAIL))
			log_end(change, "reaped: ", LOG_DETAIL);
		reap_collect(change);
		break;
	case CHANGE_TRAPPED:
		log_line(LOG_DETAIL, "PID %d asked to be traced: letting it go", (int)change->pid);
		reap_detach(change);
		break;
	case CHANGE_STOPPED:
		reap_collect(change);
		if (is_command)
			follow_stop(supervisor, change->value);
		break;
	}
}

/* One SIGCHLD may stand for many deaths: standard signals do not queue (signal(7)). */
static void look_at_children(struct supervisor *supervisor)
{
	struct change change;
	int found;

	while (supervisor->exit_status < 0 && (found = reap_look(&change)) != 0) {
		if (found > 0) {
			react(supervisor, &change);
			continue;
		}
		/* Somebody else has collected the command; only a kernel that ignored SIGCHLD for us could. */
		log_line(LOG_ERROR, "the command is gone, and the kernel does not say how it ended");
		supervisor->exit_status = STATUS_UNKNOWN;
	}
}

int supervise(const struct options *options, const struct command *command, struct terminal *terminal)
{
	struct supervisor supervisor = {
		.options = options, .command = command, .terminal = terminal, .exit_status = -1};
	pid_t own_pid = getpid();
	struct circumstances circumstances = {.leads_session = getsid(0) == own_pid};

	while (supervisor.exit_status < 0) {
		siginfo_t info;
		struct arrival arrival = {.signal = signals_wait(&info)};
		struct action action;

		if (arrival.signal < 0) {
			reap_wait();
			look_at_children(&supervisor);
			continue;
		}
		arrival.from_kernel = info.si_code == SI_KERNEL;
		arrival.from_self = info.si_code <= 0 && info.si_pid == own_pid;
		arrival.of_child = arrival.signal == SIGCHLD && info.si_code > 0;
		circumstances.command_in_own_group = arrival.from_kernel && getpgid(command->pid) == getpgrp();
		log_arrival(&arrival, &info);
		action = decide(options, &circumstances, &arrival);
		act(&supervisor, &action, arrival.signal);
		if (action.look_at_children)
			look_at_children(&supervisor);
	}
	(void)terminal_take_back(terminal);
	return supervisor.exit_status;
}
