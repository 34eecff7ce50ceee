/*
 * Whom the signals are for × what becomes of the rest × what the command leaves behind × how it ends, in every way to
 * be started (contract 4). For each combination: who was asked to stop and how often, who was killed, whether dumb-init
 * waited for him and how long, its exit status and its report. expect() is the contract as a function of the
 * combination; all else here plays a combination and compares.
 *
 * The leftover takes every signal and tells of it on standard output, so that it can only be killed by SIGKILL, and an
 * end of file there means that everybody is gone. It is asked by one more signal, MARKER, what it has had so far.
 *
 * What it fails on: no peer has --wait, -k or the report. With the default target and nothing else tini -g and
 * catatonit -g also fail where a process of the group is left behind, since they do not ask it to stop; dumb-init 1.2.5
 * fails there for want of the report only. Mutations of each line of begin_end(), begin_stop(), recipients() and
 * decide_due() in src/decide.c that has to do with a stop fail here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

/* ---- the combinations ---- */

enum target { TO_COMMAND, TO_GROUP, TO_ALL };
static const char *const target_options[] = {"-c", NULL, "--all"};
static const char *const target_names[] = {"-c", "default target", "--all"};

enum rest { LEAVES_REST, WAITS_FOR_REST, KILLS_REST };
static const char *const rest_names[] = {"", " --wait", " -k"};

#define OBEYING "take", "leftover", "15"
#define IGNORING "take", "leftover", "0"

static const struct leftover {
	const char *name;
	const char *words[8]; /* what `child leave` makes of it; none for no leftover */
	bool in_group;	      /* the command's */
	bool adopted;	      /* it is dumb-init's child while the command runs, and not the command's */
	bool obeys;	      /* ends at SIGTERM */
	bool stopped;	      /* by SIGSTOP, before the command ends */
} leftovers[] = {
	{"nothing", .words = {NULL}},
	{"a process of its group", {OBEYING}, .in_group = true, .obeys = true},
	{"a session", {"session", "+", OBEYING}, .obeys = true},
	{"a daemon", {"daemon", "+", OBEYING}, .adopted = true, .obeys = true},
	{"a process of its group that ignores SIGTERM", {IGNORING}, .in_group = true},
	{"a daemon that ignores SIGTERM", {"daemon", "+", IGNORING}, .adopted = true},
	{"a stopped process of its group", {OBEYING}, .in_group = true, .obeys = true, .stopped = true},
	{"a stopped session", {"session", "+", OBEYING}, .obeys = true, .stopped = true},
};

/* How the command ends. */
enum ending {
	EXITS,		 /* by itself */
	DIES_OF_SIGTERM, /* that dumb-init was sent and has sent on */
	HANDLES_SIGTERM, /* the same, but takes its time: until the test lets it go, or the clock has run out */
	IS_KILLED,	 /* it alone, by somebody else's SIGKILL */
	ENDINGS
};
static const char *const ending_names[] = {"exit", "death by SIGTERM", "end some time after SIGTERM", "SIGKILL"};
enum { OWN_STATUS = 7, HANDLED_STATUS = 3 };

struct combination {
	const struct way *way;
	enum target target;
	enum rest rest;
	const struct leftover *leftover;
	enum ending ending;
};

/* ---- the contract ---- */

enum fate {
	IS_NOT_THERE,	/* nothing was left behind */
	ENDS,		/* by itself, at SIGTERM; with --wait and -k dumb-init exits after that */
	OUTLIVES,	/* dumb-init, which has exited at once */
	DIES_WITH_INIT, /* as it was PID 1 and has exited at once: the kernel kills it */
	KEEPS_INIT,	/* waiting, until the test kills it */
	RUNS_OUT,	/* of time: it is killed by dumb-init */
};

struct expectation {
	enum fate fate;
	bool asked_before;     /* the leftover is sent the SIGTERM that dumb-init was sent */
	bool asked_at_end;     /* it is sent one because the command has ended */
	bool continued;	       /* it is sent SIGCONT then */
	bool command_runs_out; /* of time too: it is killed by dumb-init */
	int least, most;       /* SIGTERMs that it tells of in all, before the test asks for more */
	int further_hangups;   /* of one that is sent to dumb-init when there is nobody but the leftover */
	int exit_status;
	bool report;
};

static bool is_asked_by_target(const struct combination *combination)
{
	switch (combination->target) {
	case TO_COMMAND:
		return false;
	case TO_GROUP:
		return combination->leftover->in_group;
	case TO_ALL:
		break;
	}
	return true;
}

static enum fate fate_of_leftover(const struct combination *combination, const struct expectation *expected)
{
	const struct leftover *leftover = combination->leftover;
	bool asked = expected->asked_before || expected->asked_at_end;

	if (leftover->words[0] == NULL)
		return IS_NOT_THERE;
	if (combination->rest != LEAVES_REST) {
		if (leftover->obeys)
			return ENDS;
		return combination->rest == KILLS_REST ? RUNS_OUT : KEEPS_INIT;
	}
	/* Without SIGCONT one that is stopped stays as it is. */
	if (leftover->obeys && !leftover->stopped && asked) {
		/* The kernel may be faster than a process that is asked at the end. */
		bool in_time = expected->asked_before && combination->ending == HANDLES_SIGTERM;

		return combination->way->pid_1 && !in_time ? DIES_WITH_INIT : ENDS;
	}
	return combination->way->pid_1 ? DIES_WITH_INIT : OUTLIVES;
}

/* SIGTERMs that reach the leftover, of those it is sent. */
static void count_sigterms(const struct combination *combination, struct expectation *expected)
{
	const struct leftover *leftover = combination->leftover;
	/* The test has seen the first one, or that there was none, before the command ends. */
	bool apart = combination->ending == HANDLES_SIGTERM && !expected->command_runs_out;

	expected->most = (int)expected->asked_before + (int)expected->asked_at_end;
	expected->least = expected->most;
	if (expected->least == 2 && !apart)
		expected->least = 1; /* the first one is still pending: standard signals do not queue (signal(7)) */
	if (expected->fate == DIES_WITH_INIT)
		expected->least = apart && expected->asked_before ? 1 : 0; /* it is killed before it could tell */
	if (leftover->obeys && expected->most > 1)
		expected->most = 1; /* it has ended then */
	if (leftover->obeys && expected->least > 1)
		expected->least = 1;
	if (leftover->stopped && expected->fate != ENDS)
		expected->least = expected->most = 0; /* and it stays pending */
}

static struct expectation expect(const struct combination *combination)
{
	const struct leftover *leftover = combination->leftover;
	bool is_there = leftover->words[0] != NULL;
	bool sigterm_was_sent = combination->ending == DIES_OF_SIGTERM || combination->ending == HANDLES_SIGTERM;
	struct expectation expected = {.report = combination->ending == IS_KILLED};

	/* Nobody waits for this command: the clock has started at the SIGTERM, and the leftover lets it run out. */
	expected.command_runs_out = combination->ending == HANDLES_SIGTERM && combination->rest == KILLS_REST &&
				    is_there && !leftover->obeys;
	expected.asked_before = is_there && sigterm_was_sent && is_asked_by_target(combination);
	expected.asked_at_end = is_there && !expected.command_runs_out &&
				(combination->rest != LEAVES_REST || is_asked_by_target(combination));
	expected.continued = expected.asked_at_end && combination->rest != LEAVES_REST;
	expected.further_hangups = combination->target == TO_COMMAND ? 0 : 1;
	expected.fate = fate_of_leftover(combination, &expected);
	count_sigterms(combination, &expected);
	switch (combination->ending) {
	case EXITS:
		expected.exit_status = OWN_STATUS;
		break;
	case DIES_OF_SIGTERM:
		expected.exit_status = 128 + SIGTERM;
		break;
	case HANDLES_SIGTERM:
		expected.exit_status = expected.command_runs_out ? 128 + SIGKILL : HANDLED_STATUS;
		break;
	case IS_KILLED:
	case ENDINGS:
		expected.exit_status = 128 + SIGKILL;
		break;
	}
	return expected;
}

/* ---- a combination that is played ---- */

enum { SIGNALS = 64, MARKER = 64 }; /* the lowest pending one is taken first, so this is the last */

enum who { COMMAND, LEFTOVER };

struct actor {
	pid_t pid;	      /* as the test sees it */
	int inside;	      /* as it is in its PID namespace, once it is ready */
	int had[SIGNALS + 1]; /* signals of dumb-init's that it told of; and MARKERs, of the test's */
	bool ended;	      /* by itself */
};

struct play {
	const struct combination *combination;
	struct expectation expected;
	int clock; /* milliseconds, of -k */
	struct init init;
	pid_t sender; /* dumb-init, as its children see it */
	struct actor actors[2];
	int further;	     /* SIGTERMs that the test has sent for the leftover, once all others were told of */
	int input;	     /* writing end of the command's standard input */
	long long requested; /* milliseconds, CLOCK_MONOTONIC: the clock has not started before */
	bool late;	     /* the clock has run out before somebody could tell what he had */
};

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

__attribute__((format(printf, 2, 3))) static bool wrong(const struct play *play, const char *format, ...)
{
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	tap_note("the command's %s: %s", ending_names[play->combination->ending], what);
	return false;
}

/* Reads a line, and takes note of what it tells; gives back false at end of file or deadline. */
static bool read_event(struct play *play)
{
	const char *line = init_read_line(&play->init);
	struct actor *actor;
	char who[16], what[16];
	int signal, sender, code;

	if (line == NULL)
		return false;
	if (sscanf(line, "ready %d", &play->actors[COMMAND].inside) == 1 || sscanf(line, "%15s", who) != 1)
		return true;
	actor = &play->actors[strcmp(who, "leftover") == 0 ? LEFTOVER : COMMAND];
	(void)sscanf(line, "%*s ready %d", &actor->inside);
	if (sscanf(line, "%*s %15s", what) == 1 && strcmp(what, "ends") == 0)
		actor->ended = true;
	if (sscanf(line, "%*s %d from %d code %d", &signal, &sender, &code) == 3 && signal > 0 && signal <= SIGNALS &&
		(signal == MARKER || sender == play->sender))
		actor->had[signal]++;
	return true;
}

static bool read_until_had(struct play *play, enum who who, int signal, int times)
{
	while (play->actors[who].had[signal] < times)
		if (!read_event(play))
			return wrong(
				play, "the %s did not get signal %d", who == COMMAND ? "command" : "leftover", signal);
	return true;
}

/* After this all that dumb-init has sent the leftover so far has been counted. */
static bool mark(struct play *play)
{
	(void)kill(play->actors[LEFTOVER].pid, MARKER);
	return read_until_had(play, LEFTOVER, MARKER, play->actors[LEFTOVER].had[MARKER] + 1);
}

/* ---- the start ---- */

static bool is_inside(pid_t pid, int inside)
{
	char numbers[64], *last;

	if (!read_status_field(pid, "NSpid", numbers, sizeof(numbers)))
		return false;
	last = strrchr(numbers, '\t');
	return atoi(last != NULL ? last : numbers) == inside;
}

/* Among the children of `parent`; gives back -1 if it is not there. */
static pid_t find_child(pid_t parent, int inside)
{
	pid_t children[8];
	int count = children_of(parent, children, 8);

	for (int i = 0; i < count && i < 8; i++)
		if (is_inside(children[i], inside))
			return children[i];
	return -1;
}

/* Waits until a daemon has been adopted: its parent may not have exited yet. */
static bool find_actors(struct play *play)
{
	struct actor *command = &play->actors[COMMAND], *leftover = &play->actors[LEFTOVER];
	long long deadline = now() + 1000LL * INIT_DEADLINE;
	pid_t parent;

	command->pid = find_child(play->init.pid, command->inside);
	if (command->pid < 0)
		return wrong(play, "the command is not there");
	if (play->expected.fate == IS_NOT_THERE)
		return true;
	parent = play->combination->leftover->adopted ? play->init.pid : command->pid;
	for (;;) {
		leftover->pid = find_child(parent, leftover->inside);
		if (leftover->pid > 0)
			return true;
		if (now() > deadline)
			return wrong(play, "the leftover is not there");
		(void)sched_yield();
	}
}

/* Writes `child [leave LEFTOVER... --] COMMAND...` into `words`, whose size is enough. */
static void write_verb(const struct combination *combination, const char **words)
{
	static const char *const commands[ENDINGS][10] = {
		/* OWN_STATUS, MARKER and HANDLED_STATUS are 7, 64 and 3 */
		[EXITS] = {"ready", "--", "wait-for-input", "--", "exit", "7"},
		[DIES_OF_SIGTERM] = {"wait"},
		[HANDLES_SIGTERM] = {"take", "command", "64", "--", "say", "command ends", "--", "exit", "3"},
		[IS_KILLED] = {"wait"},
	};
	static const char *const then_ends[] = {"+", "say", "leftover ends", "+", "exit", "0", "--", NULL};
	const char *const *leftover = combination->leftover->words;

	if (*leftover != NULL) {
		*words++ = "leave";
		while (*leftover != NULL)
			*words++ = *leftover++;
		for (const char *const *word = then_ends; *word != NULL; word++)
			*words++ = *word;
	}
	for (const char *const *word = commands[combination->ending]; *word != NULL; word++)
		*words++ = *word;
	*words = NULL;
}

static bool start(struct play *play)
{
	const struct combination *combination = play->combination;
	struct start start = {.way = *combination->way};
	const char *options[5] = {NULL}, *verb[32], **option = options;
	char clock[16];
	int input[2];
	bool started;

	(void)snprintf(clock, sizeof(clock), "%dms", play->clock);
	if (target_options[combination->target] != NULL)
		*option++ = target_options[combination->target];
	if (combination->rest == WAITS_FOR_REST) {
		*option++ = "--wait";
	} else if (combination->rest == KILLS_REST) {
		*option++ = "-k";
		*option++ = clock;
	}
	write_verb(combination, verb);
	if (pipe2(input, O_CLOEXEC) != 0)
		tap_bail("no pipe: %s", strerror(errno));
	start.input = input[0];
	play->input = input[1];
	started = init_start_child(&play->init, &start, options, verb);
	(void)close(input[0]);
	if (!started)
		(void)close(input[1]);
	play->sender = combination->way->pid_1 ? 1 : play->init.pid;
	return started;
}

/* Until everything is there, and as it should be when the end comes. */
static bool settle(struct play *play)
{
	pid_t leftover;

	while (play->actors[COMMAND].inside == 0 ||
		(play->expected.fate != IS_NOT_THERE && play->actors[LEFTOVER].inside == 0))
		if (!read_event(play))
			return wrong(play, "the command did not become ready");
	if (!find_actors(play))
		return false;
	leftover = play->actors[LEFTOVER].pid;
	if (!play->combination->leftover->stopped)
		return true;
	(void)kill(leftover, SIGSTOP);
	return wait_for_state(leftover, 'T') || wrong(play, "the leftover does not stop");
}

/* ---- the end of the command ---- */

/* The SIGTERM that dumb-init was sent has reached the leftover, or has not, while the command goes on. */
static bool is_asked_rightly(struct play *play)
{
	const struct leftover *leftover = play->combination->leftover;
	struct actor *actor = &play->actors[LEFTOVER];
	bool expected = play->expected.asked_before;

	if (play->expected.fate == IS_NOT_THERE)
		return true;
	if (leftover->stopped)
		return (expected ? wait_for_signal_bit(actor->pid, "ShdPnd", SIGTERM)
				 : !has_signal_bit(actor->pid, "ShdPnd", SIGTERM)) ||
		       wrong(play, "the stopped leftover was%s sent SIGTERM with the command", expected ? " not" : "");
	if (expected) {
		if (!read_until_had(play, LEFTOVER, SIGTERM, 1))
			return false;
		while (leftover->obeys && !actor->ended)
			if (!read_event(play))
				return wrong(play, "the leftover did not end");
		return true;
	}
	return mark(play) &&
	       (actor->had[SIGTERM] == 0 || wrong(play, "the leftover was sent SIGTERM with the command"));
}

static bool end_command(struct play *play)
{
	play->requested = now();
	switch (play->combination->ending) {
	case EXITS:
		return write(play->input, "\n", 1) == 1;
	case DIES_OF_SIGTERM:
		return kill(play->init.pid, SIGTERM) == 0;
	case HANDLES_SIGTERM:
		(void)kill(play->init.pid, SIGTERM);
		if (play->expected.command_runs_out)
			return true;
		if (!read_until_had(play, COMMAND, SIGTERM, 1) || !is_asked_rightly(play))
			return false;
		return kill(play->actors[COMMAND].pid, MARKER) == 0;
	case IS_KILLED:
	case ENDINGS:
		break;
	}
	return kill(play->actors[COMMAND].pid, SIGKILL) == 0;
}

/* ---- what comes of it ---- */

static bool exits(struct play *play)
{
	int status = init_wait_for_exit(&play->init);

	if (status < 0)
		return wrong(play, "dumb-init does not exit");
	return status == play->expected.exit_status ||
	       wrong(play, "exit status %d, not %d", status, play->expected.exit_status);
}

/* Dead and collected. Were the init gone first, the test would have adopted the leftover, and have it as a zombie. */
static bool is_gone(struct play *play)
{
	return (kill(play->actors[LEFTOVER].pid, 0) != 0 && errno == ESRCH) ||
	       wrong(play, "dumb-init has exited before the leftover");
}

/* All are gone, and have been heard. */
static bool falls_silent(struct play *play)
{
	while (read_event(play))
		continue;
	return init_output_ends(&play->init) || wrong(play, "standard output does not end");
}

static bool outlives(struct play *play)
{
	struct actor *leftover = &play->actors[LEFTOVER];
	bool asked = play->expected.asked_before || play->expected.asked_at_end;

	if (!exits(play))
		return false;
	if (!play->combination->leftover->stopped) {
		if (!mark(play))
			return false;
	} else if (!wait_for_state(leftover->pid, 'T') || has_signal_bit(leftover->pid, "ShdPnd", SIGTERM) != asked) {
		return wrong(play, "the leftover is no longer stopped, or was%s sent SIGTERM", asked ? " not" : "");
	}
	(void)kill(leftover->pid, SIGKILL);
	return falls_silent(play);
}

/*
 * It has been asked, and dumb-init is still there: a further request goes to all that is left, whatever the target was.
 * Other signals were for the command, with -c; with the other targets they go to everything too.
 */
static bool keeps_init(struct play *play)
{
	static const int requests[] = {SIGINT, SIGQUIT, SIGTERM};
	struct actor *leftover = &play->actors[LEFTOVER];

	/* The last thing that dumb-init sends of its own accord. */
	if (!read_until_had(play, LEFTOVER, SIGCONT, 1))
		return false;
	play->further = 1;
	(void)kill(play->init.pid, SIGHUP);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int before = leftover->had[requests[i]];

		(void)kill(play->init.pid, requests[i]);
		if (!read_until_had(play, LEFTOVER, requests[i], before + 1))
			return false;
	}
	if (leftover->had[SIGHUP] != play->expected.further_hangups)
		return wrong(play, "with nobody else left, the leftover got %d SIGHUPs, not %d", leftover->had[SIGHUP],
			play->expected.further_hangups);
	(void)kill(leftover->pid, SIGKILL);
	return exits(play) && is_gone(play) && falls_silent(play);
}

/* The clock is not moved, however often dumb-init is asked again. */
static bool runs_out(struct play *play)
{
	struct actor *leftover = &play->actors[LEFTOVER];
	long long elapsed;

	while (play->expected.continued && leftover->had[SIGCONT] == 0 && read_event(play))
		continue;
	while (leftover->had[SIGCONT] > 0) {
		int before = leftover->had[SIGTERM];

		(void)kill(play->init.pid, SIGTERM);
		while (leftover->had[SIGTERM] == before && read_event(play))
			continue;
		if (leftover->had[SIGTERM] == before)
			break;
		play->further++;
	}
	if (!falls_silent(play))
		return false;
	elapsed = now() - play->requested;
	if (elapsed < play->clock)
		return wrong(play, "killed after %lld of %d ms", elapsed, play->clock);
	return exits(play) && is_gone(play);
}

static bool meets_its_fate(struct play *play)
{
	switch (play->expected.fate) {
	case OUTLIVES:
		return outlives(play);
	case KEEPS_INIT:
		return keeps_init(play);
	case RUNS_OUT:
		return runs_out(play);
	case IS_NOT_THERE:
		return exits(play) && falls_silent(play);
	case DIES_WITH_INIT:
		return exits(play) && is_gone(play) && falls_silent(play);
	case ENDS:
		break;
	}
	return exits(play) && (play->combination->rest == LEAVES_REST || is_gone(play)) && falls_silent(play);
}

/* What everybody has told, now that all are gone. */
static bool told_rightly(struct play *play)
{
	const struct expectation *expected = &play->expected;
	const struct actor *command = &play->actors[COMMAND], *leftover = &play->actors[LEFTOVER];
	int sigterms = leftover->had[SIGTERM] - play->further;
	bool handles = play->combination->ending == HANDLES_SIGTERM;
	/* Who obeys has ended before he could take the SIGCONT. */
	int continued = expected->continued && !play->combination->leftover->obeys;
	bool may_end = expected->fate == ENDS ||
		       (expected->fate == DIES_WITH_INIT && play->combination->leftover->obeys && sigterms > 0);

	play->late = expected->fate == RUNS_OUT && (sigterms < expected->least || leftover->had[SIGCONT] < continued ||
							   (handles && command->had[SIGTERM] == 0));
	if (sigterms < expected->least || sigterms > expected->most)
		return wrong(
			play, "the leftover got %d SIGTERMs, not %d to %d", sigterms, expected->least, expected->most);
	if (leftover->had[SIGCONT] != continued)
		return wrong(play, "the leftover got %d SIGCONTs, not %d", leftover->had[SIGCONT], continued);
	if (leftover->ended ? !may_end : expected->fate == ENDS)
		return wrong(play, "the leftover %s", leftover->ended ? "ended by itself" : "was killed");
	if (command->had[SIGTERM] != (int)handles)
		return wrong(play, "the command got %d SIGTERMs", command->had[SIGTERM]);
	return true;
}

/* Whoever is asked again and again until the clock has run out may be gone when the last request is sent on, and that
 * nobody is there to get it is a line (contract 3). */
static bool asked_nobody(const struct play *play, const char *errors)
{
	char line[128];

	(void)snprintf(line, sizeof(line),
		"[dumb-init] SIGTERM (15) could not be sent to everything below PID %d: No such process\n",
		play->sender);
	return play->expected.fate == RUNS_OUT && strcmp(errors, line) == 0;
}

static bool reports_rightly(struct play *play)
{
	const char *path = child_path();
	char *errors = init_read_all_errors(&play->init), line[128] = "";
	bool passed;

	if (play->expected.report)
		(void)snprintf(line, sizeof(line), "[dumb-init] %.15s (PID %d) was killed by SIGKILL (9)\n",
			strrchr(path, '/') + 1, play->actors[COMMAND].inside);
	passed = strcmp(errors, line) == 0 ||
		 (strncmp(errors, line, strlen(line)) == 0 && asked_nobody(play, errors + strlen(line)));
	if (!passed)
		(void)wrong(play, "unexpected: '%s'", errors);
	free(errors);
	return passed;
}

static bool plays(struct play *play)
{
	bool passed;

	if (!start(play))
		return false;
	passed = settle(play) && end_command(play) && meets_its_fate(play) && told_rightly(play) &&
		 reports_rightly(play);
	init_end(&play->init);
	(void)close(play->input);
	return passed;
}

/*
 * The clock runs out only where nothing else ends the leftover. On a busy machine it may run out before somebody could
 * tell what he had got: then it is given more time. Where all obey, it must not matter.
 */
static bool holds(const struct combination *combination)
{
	static const int clocks[] = {30, 300, 3000};
	static const int never = 1000 * 1000;
	struct expectation expected = expect(combination);
	struct play play;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		play = (struct play){
			.combination = combination,
			.expected = expected,
			.clock = expected.fate == RUNS_OUT ? clocks[i] : never,
		};
		if (plays(&play))
			return true;
		if (!play.late)
			break;
		tap_note("that may be for want of time: once more, with ten times as much");
	}
	return false;
}

static void test_combinations(const struct way *way)
{
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
		for (int rest = LEAVES_REST; rest <= KILLS_REST; rest++)
			for (int target = TO_COMMAND; target <= TO_ALL; target++) {
				bool passed = true;

				for (int ending = 0; ending < ENDINGS; ending++) {
					const struct combination combination = {way, (enum target)target,
						(enum rest)rest, &leftovers[i], (enum ending)ending};

					passed = holds(&combination) && passed;
				}
				tap_case(passed, "%s%s, %s is left behind, %s", target_names[target], rest_names[rest],
					leftovers[i].name, way_name(way));
			}
}

int main(void)
{
	for_each_way(test_combinations);
	return tap_end();
}
