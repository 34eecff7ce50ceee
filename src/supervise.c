#include "supervise.h"

#include <errno.h>
#include <unistd.h>

#include "decide.h"
#include "log.h"
#include "reap.h"
#include "release.h"
#include "signals.h"

struct supervisor {
	const struct options *options;
	const struct command *command;
	struct terminal *terminal;
	struct course course;
	struct signal_set sent; /* a death of one of these is no surprise */
	struct report *report;
	struct family family;
	bool leads_group;   /* the command does, and cannot leave it */
	int64_t rest_until; /* from the last look at all children */
	int64_t look_at;    /* when they are to be looked at again, whatever comes; else DURATION_INFINITE */
};

/* Nanoseconds: so long after the start comes what a command that ends at once need not pay for. */
#define SOON (10 * NANOSECONDS_PER_MS)

/* After a look at all children, for so many times as long as it took there is no other one. */
enum { REST = 16 };

/* The command's PID and the number of its group are valid: decide.c sends nothing there once it has been collected. */
static void send(struct supervisor *supervisor, const struct action *action)
{
	pid_t pid = supervisor->command->pid;
	const char *target = "PID";
	int result;

	signal_set_add(&supervisor->sent, action->send);
	if (action->to == TO_ALL) {
		pid = supervisor->family.own_pid;
		target = "everything below PID";
		result = below_signal(&supervisor->family, action->send, action->send_continue ? SIGCONT : 0);
	} else if (action->to == TO_GROUP && (supervisor->leads_group || getpgid(pid) == pid)) {
		/* Where an emulator makes a fork of CLONE_VFORK, it leads none at first; a leader of a session remains
		 * the leader of its group (setpgid(2)). */
		supervisor->leads_group = supervisor->terminal->which != TERMINAL_SHARED;
		target = "process group";
		result = kill(-pid, action->send);
	} else {
		result = kill(pid, action->send);
	}
	if (result == 0) {
		log_line(LOG_DETAIL, "sent %i%s to %s %d", action->send, action->send_continue ? ", then SIGCONT," : "",
			target, (int)pid);
	} else {
		bool refused = errno == EPERM;

		log_line(action->of_own_accord && !(refused && action->to == TO_ALL) ? LOG_DETAIL : LOG_ERROR,
			"%i could not be sent to %s %d: %m%s", action->send, target, (int)pid,
			refused ? ": it runs as another user, and dumb-init lacks CAP_KILL" : "");
		if (refused)
			decide_refused(&supervisor->course);
	}
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

/* Carries out what was decided about this signal. */
static void act(struct supervisor *supervisor, const struct action *action, int signal)
{
	if (action->lend_terminal)
		terminal_lend(supervisor->terminal, supervisor->command->pid);
	if (action->send != 0) {
		if (!action->of_own_accord && action->send != signal)
			log_line(LOG_DETAIL, "rewrote %i to %i", signal, action->send);
		send(supervisor, action);
	} else if (action->why_not != NULL) {
		log_line(LOG_DETAIL, "did not send %i: %s", signal, action->why_not);
	}
	if (action->stop_self && supervisor->family.own_pid != 1) { /* which the kernel does not stop */
		log_line(LOG_DETAIL, "stopping until SIGCONT");
		(void)terminal_take_back(supervisor->terminal);
		/* If the terminal has sent it to the command as well, the kernel decides whether that stops, and we
		 * too. */
		(void)signals_stop(supervisor->family.own_pid, action->send == 0 ? signal : SIGSTOP);
	}
}

static void continue_command(struct supervisor *supervisor, const char *why)
{
	log_line(LOG_DETAIL, "continuing the command: %s", why);
	send(supervisor, &(struct action){.send = SIGCONT, .to = TO_GROUP});
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
	stopped = supervisor->family.own_pid != 1 &&
		  signals_stop(0, signal); /* as PID 1, our group may reach out of the namespace */
	if (was_lent && !stopped) {
		terminal_lend(terminal, supervisor->command->pid);
		continue_command(supervisor, "nobody could continue us");
	}
}

static void react(struct supervisor *supervisor, const struct change *change, int64_t now)
{
	bool is_command = !supervisor->course.command_ended && change->pid == supervisor->command->pid;
	bool surprise = change->kind != CHANGE_EXITED && !signal_set_has(&supervisor->sent, change->value);

	switch (change->kind) {
	case CHANGE_EXITED:
	case CHANGE_KILLED:
	case CHANGE_DUMPED:
		report_end(supervisor->report, change, is_command, surprise);
		if (is_command) {
			struct action action =
				decide_end(supervisor->options, &supervisor->course, exit_status_of(change), now);

			if (supervisor->course.exit_status != exit_status_of(change))
				log_line(LOG_DETAIL, "exit status %d becomes %d", exit_status_of(change),
					supervisor->course.exit_status);
			/* Whoever is at the terminal can then reach what is left through us. */
			(void)terminal_take_back(supervisor->terminal);
			act(supervisor, &action, 0);
		}
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
static void look_at_children(struct supervisor *supervisor, int64_t now)
{
	struct course *course = &supervisor->course;
	bool had_ended = course->command_ended;
	struct change change;
	int64_t end;
	int found;

	do {
		found = reap_look(0, &change);
		if (found > 0)
			react(supervisor, &change, now);
		if (course->over)
			return;
		/* A SIGCHLD that has come meanwhile will say who it is, and lead back here. */
	} while (found > 0 && !signals_pending(SIGCHLD));
	end = clock_now();
	/* If the command has ended meanwhile, most of that time went into asking the rest to stop. */
	if (course->command_ended == had_ended)
		supervisor->rest_until = end + REST * (end - now);
	supervisor->look_at = DURATION_INFINITE;
	if (found <= 0)
		report_pass_ends(supervisor->report);
	if (found < 0) {
		/* Somebody else has collected the command; only a kernel that ignored SIGCHLD for us could. */
		if (!course->command_ended && !supervisor->options->pause)
			log_line(LOG_ERROR, "the command is gone, and nobody knows how it ended");
		decide_childless(supervisor->options, course);
	} else if (course->killing) {
		/* More may have been adopted. */
		send(supervisor, &(struct action){.send = SIGKILL, .to = TO_ALL, .of_own_accord = true});
	}
}

/* Looks at one child. Gives back whether it had changed state. */
static bool look_at_one(struct supervisor *supervisor, pid_t pid, int64_t now)
{
	struct change change;

	if (pid == 0 || supervisor->course.over || reap_look(pid, &change) <= 0)
		return false;
	react(supervisor, &change, now);
	return true;
}

static void take(struct supervisor *supervisor, int signal, const siginfo_t *info, int64_t now)
{
	pid_t own_pid = supervisor->family.own_pid;
	struct arrival arrival = {
		.signal = signal,
		.from_kernel = info->si_code == SI_KERNEL,
		.from_self = info->si_code <= 0 && info->si_pid == own_pid,
		.of_child = signal == SIGCHLD && info->si_code > 0,
	};
	struct circumstances circumstances = {
		.leads_session = arrival.from_kernel && getsid(0) == own_pid,
		.command_in_own_group = arrival.from_kernel && !supervisor->course.command_ended &&
					getpgid(supervisor->command->pid) == getpgrp(),
	};
	struct action action;

	log_arrival(&arrival, info);
	action = decide_arrival(supervisor->options, &circumstances, &supervisor->course, &arrival, now);
	act(supervisor, &action, signal);
	if (signal != SIGCHLD)
		return;
	/* To find one that is dead, or that none is, the kernel goes through all that live (kernel/exit.c, do_wait()):
	 * where thousands die one by one, the cost of each would grow with their number. SIGCHLD says which one it is,
	 * but not which ones died while it was pending: for these, and at once for the command, we come back. */
	if (now < supervisor->rest_until && look_at_one(supervisor, info->si_pid, now)) {
		(void)look_at_one(supervisor, supervisor->command->pid, now);
		supervisor->look_at = supervisor->rest_until;
	} else {
		look_at_children(supervisor, now);
	}
}

int supervise(const struct options *options, const struct command *command, struct terminal *terminal,
	struct report *report, const struct family *family)
{
	struct supervisor supervisor = {
		.options = options,
		.command = command,
		.terminal = terminal,
		.report = report,
		.family = *family,
	};
	struct course *course = &supervisor.course;
	int64_t now = clock_now();
	bool settled = false;

	/* Also at those whose SIGCHLD the kernel has sent to the program that became dumb-init by exec. */
	supervisor.look_at = now + SOON;
	while (!course->over) {
		bool was_stopping = course->stopping;
		siginfo_t info;
		int64_t until = options->timed ? decide_next(course) : DURATION_INFINITE;
		bool cannot_wait;
		struct action action;
		int signal;

		if (until > supervisor.look_at)
			until = supervisor.look_at;
		signal = signals_wait(&info, until);
		cannot_wait = signal < 0 && errno != EAGAIN;
		/* Nobody asks what time it is when another signal is sent on. */
		if (signal == SIGCHLD || until != DURATION_INFINITE || options->timed || options->pause)
			now = clock_now();
		if (signal > 0)
			take(&supervisor, signal, &info, now);
		else if (cannot_wait && (until == DURATION_INFINITE || course->killing))
			reap_wait();
		else
			now = now > until ? now : until; /* also where we cannot wait for it, or there is no clock */
		while (options->timed && !course->over && (signal = decide_due(options, course, &action, now)) != 0) {
			log_line(LOG_DETAIL, "the time has come for %i", signal);
			act(&supervisor, &action, signal);
		}
		if (course->over)
			break;
		if (course->stopping && !was_stopping && course->kill_at != 0)
			log_line(LOG_DETAIL, "the stop clock runs: SIGKILL in %jd ms",
				(course->kill_at - now) / NANOSECONDS_PER_MS);
		/* At the end of a pause there may be no child, and then no SIGCHLD comes any more. */
		if (cannot_wait || now >= supervisor.look_at || (options->pause && course->stopping && !was_stopping))
			look_at_children(&supervisor, now);
		if (!settled && supervisor.look_at == DURATION_INFINITE && !course->over) {
			release_inherited();
			release_stack();
			settled = true;
		}
	}
	if (course->gave_up)
		log_line(LOG_ERROR, "SIGKILL did not end everything: a tracer, a device or another user holds it");
	(void)terminal_take_back(terminal);
	return course->exit_status;
}
