/*
 * Every signal, in every mode, reaches the right processes once (contract 3).
 *
 * What it fails on: dumb-init 1.2.5 forwards neither real-time signals nor a SIGCHLD that was sent by hand; tini not
 * those of a crash (SIGSEGV, SIGABRT, ...); tini and catatonit hang where SIGCHLD was ignored at their start.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

enum { SIGNALS = 64, RTMIN = 34, RTMAX = 64, QUEUED = 300, MARKER = RTMAX };

static const struct mode {
	const char *name;
	const char *options[3];
	const char *environment[2];
	bool single_child;
} modes[] = {
	{"default mode", {NULL}, {NULL}, false},
	{"-c", {"-c"}, {NULL}, true},
	{"--group after -c", {"-c", "--group"}, {NULL}, false},
	{"DUMB_INIT_SETSID=0", {NULL}, {"DUMB_INIT_SETSID=0"}, true},
	{"DUMB_INIT_SETSID=1", {NULL}, {"DUMB_INIT_SETSID=1"}, false},
	{"-g with DUMB_INIT_SETSID=0", {"-g"}, {"DUMB_INIT_SETSID=0"}, false},
};

/* Starts `init options... -- child verb...` */
static bool start_child(struct init *init, const struct way *way, const char *const *options,
	const char *const *environment, const char *const *verb, void (*prepare)(void *))
{
	struct start start = {.way = *way, .environment = environment, .prepare = prepare};

	return init_start_child(init, &start, options, verb);
}

/* Starts it with `child signals`, and waits for it. */
static bool start_taker(
	struct init *init, const struct way *way, const char *const *options, const char *const *environment)
{
	static const char *const verb[] = {"signals", "15", NULL};

	if (!start_child(init, way, options, environment, verb, NULL))
		return false;
	if (init_read_line(init) != NULL)
		return true;
	init_end(init);
	return false;
}

static bool is_one_of(int signal, const int *list, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (list[i] == signal)
			return true;
	return false;
}

static const int terminal_stops[] = {SIGTSTP, SIGTTIN, SIGTTOU};
#define IS_TERMINAL_STOP(signal) is_one_of(signal, terminal_stops, 3)

/* ---- all signals, all modes ---- */

enum taker { COMMAND, CHILD };

struct counts {
	int of[2][SIGNALS + 1];
	pid_t sender; /* as the processes see the init */
};

/* Reads a line of `child pair` and counts it, if the init has sent that signal. */
static bool count_line(struct init *init, struct counts *counts, enum taker *ret_taker, int *ret_signal)
{
	const char *line = init_read_line(init);
	char who[16];
	int sender, code;

	if (line == NULL || sscanf(line, "%15s %d from %d code %d", who, ret_signal, &sender, &code) != 4) {
		tap_note("unexpected: '%s'", line != NULL ? line : "(nothing)");
		return false;
	}
	*ret_taker = strcmp(who, "child") == 0 ? CHILD : COMMAND;
	if (sender == counts->sender)
		counts->of[*ret_taker][*ret_signal]++;
	return true;
}

/* Waits until the processes that should have it have taken the signal `times` times. */
static bool wait_for_counts(struct init *init, struct counts *counts, int signal, int times, bool child_too)
{
	enum taker taker;
	int taken;

	while (counts->of[COMMAND][signal] < times || (child_too && counts->of[CHILD][signal] < times))
		if (!count_line(init, counts, &taker, &taken))
			return false;
	return true;
}

static bool all_delivered_once(struct init *init, const struct way *way, bool single_child)
{
	struct counts counts = {.sender = way->pid_1 ? 1 : init->pid};
	pid_t child = only_child_of(only_child_of(init->pid));
	bool passed = true;
	enum taker taker;
	int taken;

	for (int signal = 1; signal <= SIGNALS; signal++) {
		if (signal == SIGKILL || signal == SIGSTOP || IS_TERMINAL_STOP(signal))
			continue;
		(void)kill(init->pid, signal);
		if (!wait_for_counts(init, &counts, signal, 1, !single_child)) {
			tap_note("signal %d was not delivered", signal);
			return false;
		}
	}
	/* The init takes one signal after the other: when one more has come through, nothing else is on its way. */
	(void)kill(init->pid, SIGHUP);
	if (!wait_for_counts(init, &counts, SIGHUP, 2, !single_child))
		return false;
	/* Signals are taken lowest number first: when the child has taken the last one, it has taken all. */
	if (single_child) {
		(void)kill(child, RTMAX);
		do
			if (!count_line(init, &counts, &taker, &taken))
				return false;
		while (taker != CHILD || taken != RTMAX);
	}
	for (int signal = 1; signal <= SIGNALS; signal++) {
		int expected = signal == SIGHUP ? 2 : 1;

		if (signal == SIGKILL || signal == SIGSTOP || IS_TERMINAL_STOP(signal))
			expected = 0;
		if (counts.of[COMMAND][signal] == expected && counts.of[CHILD][signal] == (single_child ? 0 : expected))
			continue;
		passed = false;
		tap_note("signal %d: the command took it %d times, its child %d times", signal,
			counts.of[COMMAND][signal], counts.of[CHILD][signal]);
	}
	return passed;
}

static void test_all_signals(const struct way *way)
{
	static const char *const verb[] = {"pair", NULL};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const struct mode *mode = &modes[i];
		struct init init;
		bool passed = start_child(&init, way, mode->options, mode->environment, verb, NULL);

		if (passed) {
			passed = init_read_line(&init) != NULL && init_read_line(&init) != NULL &&
				 all_delivered_once(&init, way, mode->single_child);
			init_end(&init);
		}
		tap_case(passed, "every signal is delivered once to %s: %s, %s",
			mode->single_child ? "the command only" : "the whole process group", mode->name, way_name(way));
	}
}

/* ---- many ---- */

/* All of them wait in the init's queue at the same time: it is stopped meanwhile. */
static bool queued_ones_stay_apart(struct init *init)
{
	static const int queued[] = {RTMIN, RTMIN + 1, RTMAX};
	int counts[SIGNALS + 1] = {0};
	const char *line;

	(void)kill(init->pid, SIGSTOP);
	if (!wait_for_state(init->pid, 'T'))
		return false;
	for (int i = 0; i < QUEUED; i++)
		for (size_t kind = 0; kind < 3; kind++)
			if (sigqueue(init->pid, queued[kind], (union sigval){.sival_int = i}) != 0)
				return false;
	(void)kill(init->pid, SIGCONT);
	while (counts[RTMAX] < QUEUED && (line = init_read_line(init)) != NULL) {
		int signal;

		if (sscanf(line, "%d from", &signal) == 1 && signal > 0 && signal <= SIGNALS)
			counts[signal]++;
	}
	for (size_t kind = 0; kind < 3; kind++)
		if (counts[queued[kind]] != QUEUED) {
			tap_note("%d of %d signals %d arrived", counts[queued[kind]], QUEUED, queued[kind]);
			return false;
		}
	/* Not one more. */
	(void)kill(init->pid, SIGTERM);
	return init_expect_signal(init, SIGTERM);
}

static bool hundreds_in_a_row(struct init *init)
{
	for (int i = 0; i < QUEUED; i++) {
		int signal = i % 2 == 0 ? SIGUSR1 : SIGWINCH;

		(void)kill(init->pid, signal);
		if (!init_expect_signal(init, signal))
			return false;
	}
	return true;
}

static void test_many(const struct way *way)
{
	for (size_t i = 0; i < 2; i++) {
		struct init init;
		bool started = start_taker(&init, way, modes[i].options, NULL);

		tap_case(started && hundreds_in_a_row(&init), "%d signals in a row arrive: %s, %s", QUEUED,
			modes[i].name, way_name(way));
		tap_case(started && queued_ones_stay_apart(&init), "queued real-time signals arrive one by one: %s, %s",
			modes[i].name, way_name(way));
		if (started)
			init_end(&init);
	}
}

/* ---- rewriting ---- */

static const struct rewriting {
	const char *options[5];
	const char *environment[2];
	struct {
		int sent, expected; /* 0: dropped */
	} signals[4];
} rewritings[] = {
	{{"-r", "TERM:QUIT"}, {NULL}, {{SIGTERM, SIGQUIT}, {SIGQUIT, SIGQUIT}, {SIGINT, SIGINT}}},
	{{"-r", "SIGTERM:sigint"}, {NULL}, {{SIGTERM, SIGINT}}},
	{{"-r", "15:3"}, {NULL}, {{15, 3}}},
	{{"-c", "-r15:3"}, {NULL}, {{15, 3}}},
	{{"--rewrite=TERM:QUIT,HUP:USR1"}, {NULL}, {{SIGTERM, SIGQUIT}, {SIGHUP, SIGUSR1}}},
	{{"-r", "TERM:QUIT", "-r", "HUP:0"}, {NULL}, {{SIGTERM, SIGQUIT}, {SIGHUP, 0}}},
	{{"-r", "HUP:QUIT,HUP:USR2"}, {NULL}, {{SIGHUP, SIGUSR2}}},
	{{"-r", "HUP:QUIT,QUIT:INT"}, {NULL}, {{SIGHUP, SIGQUIT}, {SIGQUIT, SIGINT}}},
	{{"-r", "RTMIN+1:RTMAX-1,RTMAX-2:URG"}, {NULL}, {{RTMIN + 1, RTMAX - 1}, {RTMAX - 2, SIGURG}}},
	{{"-r", "CHLD:USR1"}, {NULL}, {{SIGCHLD, SIGUSR1}}},
	{{"-r", "CHLD:0"}, {NULL}, {{SIGCHLD, 0}}},
	{{"-r", "TSTP:0"}, {NULL}, {{SIGTSTP, 0}}},
	{{NULL}, {"DUMB_INIT_REWRITE=HUP:QUIT,INT:0"}, {{SIGHUP, SIGQUIT}, {SIGINT, 0}}},
	{{NULL}, {"DUMB_INIT_REWRITF=HUP:QUIT"}, {{SIGHUP, SIGHUP}}}, /* another name */
	{{"-r", "HUP:USR1"}, {"DUMB_INIT_REWRITE=HUP:QUIT,INT:USR2"}, {{SIGHUP, SIGUSR1}, {SIGINT, SIGUSR2}}},
};

static bool rewrites(struct init *init, const struct rewriting *rewriting)
{
	for (size_t i = 0; i < 4 && rewriting->signals[i].sent != 0; i++) {
		(void)kill(init->pid, rewriting->signals[i].sent);
		if (rewriting->signals[i].expected != 0 && !init_expect_signal(init, rewriting->signals[i].expected))
			return false;
		/* Nothing comes twice, and nothing that was dropped comes at all. */
		(void)kill(init->pid, MARKER);
		if (!init_expect_signal(init, MARKER))
			return false;
	}
	return true;
}

static void test_rewriting(const struct way *way)
{
	for (size_t i = 0; i < sizeof(rewritings) / sizeof(rewritings[0]); i++) {
		const struct rewriting *rewriting = &rewritings[i];
		char words[128] = "";
		struct init init;
		bool passed = start_taker(&init, way, rewriting->options, rewriting->environment);

		if (passed) {
			passed = rewrites(&init, rewriting);
			init_end(&init);
		}
		for (const char *const *word = rewriting->options; *word != NULL; word++)
			(void)strcat(strcat(words, " "), *word);
		tap_case(passed, "rewriting by%s %s, %s", words,
			rewriting->environment[0] != NULL ? rewriting->environment[0] : "", way_name(way));
	}
}

/* 1.2.5 rewrote this one too. As PID 1 the kernel kills what is left before it could tell. */
static void test_own_signal_is_not_rewritten(const struct way *way)
{
	static const char *const options[] = {"-r", "TERM:USR1", NULL};
	static const char *const verb[] = {"leave", "signals", "15", "--", "exit", "0", NULL};
	struct init init;
	bool passed;

	if (way->pid_1)
		return;
	passed = start_child(&init, way, options, NULL, verb, NULL);
	if (passed) {
		passed = init_read_line(&init) != NULL && init_expect_signal(&init, SIGTERM);
		init_end(&init);
	}
	tap_case(passed, "SIGTERM at the command's end is not rewritten, %s", way_name(way));
}

/* One that names dumb-init as its sender, as the kernel does where a write of its own found no reader. From outside of
 * the PID namespace this cannot be claimed (rt_sigqueueinfo(2)). Fails on: 1.2.5, which passes it on. */
static void test_own_sigpipe(const struct way *way)
{
	struct init init;
	bool passed;

	if (way->pid_1)
		return;
	passed = start_taker(&init, way, NULL, NULL);
	if (passed) {
		siginfo_t own = {.si_signo = SIGPIPE, .si_code = SI_QUEUE};

		own.si_pid = init.pid;
		passed = syscall(SYS_rt_sigqueueinfo, init.pid, SIGPIPE, &own) == 0 && kill(init.pid, MARKER) == 0 &&
			 init_expect_signal(&init, MARKER);
		init_end(&init);
	}
	tap_case(passed, "a SIGPIPE of dumb-init's own is not passed on, %s", way_name(way));
}

/* ---- stopping ---- */

/* The init and the command stop, and a SIGCONT to the init wakes both. PID 1 cannot stop. */
static bool stops_both(struct init *init, const struct way *way, int signal)
{
	pid_t command = only_child_of(init->pid);

	(void)kill(init->pid, signal);
	if (!wait_for_state(command, 'T'))
		return false;
	if (!way->pid_1) {
		if (!wait_for_state(init->pid, 'T'))
			return false;
	} else {
		(void)kill(init->pid, SIGUSR2);
		if (!wait_for_signal_bit(command, "ShdPnd", SIGUSR2))
			return false;
	}
	(void)kill(init->pid, SIGCONT);
	return (!way->pid_1 || init_expect_signal(init, SIGUSR2)) && init_expect_signal(init, SIGCONT);
}

/* The command gets the signal itself, and only the init stops. */
static bool stops_only_itself(struct init *init, const struct way *way, int signal)
{
	(void)kill(init->pid, signal);
	if (!init_expect_signal(init, signal))
		return false;
	if (!way->pid_1 && !wait_for_state(init->pid, 'T'))
		return false;
	(void)kill(init->pid, SIGCONT);
	return init_expect_signal(init, SIGCONT);
}

static void test_stops(const struct way *way)
{
	static const struct {
		const char *name;
		const char *options[3];
		bool (*stops)(struct init *init, const struct way *way, int signal);
	} stops[] = {
		{"default mode, as SIGSTOP", {NULL}, stops_both},
		{"-c, as itself", {"-c"}, stops_only_itself},
		{"default mode, rewritten to themselves", {"-r", "TSTP:TSTP,TTIN:TTIN,TTOU:TTOU"}, stops_only_itself},
		{"-c, rewritten to SIGSTOP", {"-cr", "TSTP:STOP,TTIN:STOP,TTOU:STOP"}, stops_both},
	};

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		struct init init;
		bool passed = start_taker(&init, way, stops[i].options, NULL);

		if (passed) {
			for (size_t kind = 0; kind < 3; kind++)
				passed = passed && stops[i].stops(&init, way, terminal_stops[kind]);
			(void)kill(init.pid, SIGTERM);
			passed = passed && init_expect_signal(&init, SIGTERM) && init_wait_for_exit(&init) == 0;
			init_end(&init);
		}
		tap_case(passed, "SIGTSTP, SIGTTIN, SIGTTOU stop, and SIGCONT resumes: %s, %s", stops[i].name,
			way_name(way));
	}
}

/* ---- what was inherited ---- */

static void block_all(void)
{
	static const unsigned char all[SIGNALS / 8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, NULL, sizeof(all));
}

static void ignore_and_block_all(void *argument)
{
	(void)argument;
	for (int signal = 1; signal <= SIGNALS; signal++)
		(void)sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
	block_all();
}

static void ignore_children(void *argument)
{
	(void)argument;
	(void)signal(SIGCHLD, SIG_IGN);
}

static void have_one_pending(void *argument)
{
	(void)argument;
	block_all();
	(void)kill(getpid(), SIGTERM);
}

static bool has_clean_signals(struct init *init)
{
	return init_expect(init, "blocked") && init_expect(init, "ignored") && init_expect(init, "pending") &&
	       init_wait_for_exit(init) == 0;
}

static bool exits_7(struct init *init)
{
	return init_wait_for_exit(init) == 7;
}

static bool dies_of_sigterm(struct init *init)
{
	return init_wait_for_exit(init) == 128 + SIGTERM;
}

static void test_inherited(const struct way *way)
{
	static const struct {
		const char *name;
		void (*prepare)(void *argument);
		const char *verb[3];
		bool (*passes)(struct init *init);
	} inheritances[] = {
		{"all ignored and blocked: the command's signals are clean", ignore_and_block_all, {"status"},
			has_clean_signals},
		{"SIGCHLD ignored: the command's end is seen", ignore_children, {"exit", "7"}, exits_7},
		{"SIGTERM pending: it reaches the command", have_one_pending, {"wait"}, dies_of_sigterm},
	};

	for (size_t mode = 0; mode < 2; mode++)
		for (size_t i = 0; i < sizeof(inheritances) / sizeof(inheritances[0]); i++) {
			struct init init;
			bool passed = start_child(
				&init, way, modes[mode].options, NULL, inheritances[i].verb, inheritances[i].prepare);

			if (passed) {
				passed = inheritances[i].passes(&init);
				init_end(&init);
			}
			tap_case(
				passed, "inherited: %s: %s, %s", inheritances[i].name, modes[mode].name, way_name(way));
		}
}

int main(void)
{
	for_each_way(test_all_signals);
	for_each_way(test_many);
	for_each_way(test_rewriting);
	for_each_way(test_own_signal_is_not_rewritten);
	for_each_way(test_own_sigpipe);
	for_each_way(test_stops);
	for_each_way(test_inherited);
	return tap_end();
}
