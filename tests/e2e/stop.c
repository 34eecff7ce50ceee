/*
 * The stop: what --wait waits for, the clock of --kill-after, whom --all reaches, and what nobody else may get, in the
 * corners (contract 3 and 4). The shape of the whole, target by target, is another test's.
 *
 * No other init has these options. Nearly all groups of cases were seen to fail on a deliberate mistake in dumb-init;
 * their comments say on which.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"
#include "init.h"
#include "tap.h"

enum {
	SIGNALS = 64,
	RTMIN = 34,
	MARKER = 64,	 /* sent by the test itself: taken after all others, whose numbers are lower */
	KILLED = 128 + 9 /* the exit status where the command was */
};

#define MILLISECONDS 1000000LL

/* ---- words and lines ---- */

/* A sentence cut into words, for options and for the child's verbs. */
struct words {
	char text[512];
	const char *list[64];
};

__attribute__((format(printf, 2, 3))) static const char *const *split(struct words *words, const char *format, ...)
{
	va_list arguments;
	size_t count = 0;

	va_start(arguments, format);
	(void)vsnprintf(words->text, sizeof(words->text), format, arguments);
	va_end(arguments);
	for (char *word = strtok(words->text, " "); word != NULL; word = strtok(NULL, " "))
		words->list[count++] = word;
	words->list[count] = NULL;
	return words->list;
}

/* Starts `init OPTIONS -- child VERB`, both written as one sentence. */
static bool begin(struct init *init, struct start *start, const char *options, const char *verb)
{
	struct words first, second;

	return init_start_child(init, start, split(&first, "%s", options), split(&second, "%s", verb));
}

static bool begins(const char *line, const char *with)
{
	return line != NULL && strncmp(line, with, strlen(with)) == 0;
}

/* Whether the next line begins so. */
static bool next_is(struct init *init, const char *with)
{
	const char *line = init_read_line(init);

	if (begins(line, with))
		return true;
	tap_note("expected '%s', got '%s'", with, line != NULL ? line : "(nothing)");
	return false;
}

/* Whether the next line is that of `child take NAME` about this signal. */
static bool next_takes(struct init *init, const char *name, int signal)
{
	char expected[64];

	(void)snprintf(expected, sizeof(expected), "%s %d from ", name, signal);
	return next_is(init, expected);
}

/* Reads lines until one begins so, and gives it back, or NULL. What a sibling says is wrong where it was not waited
 * for: see struct family. */
static const char *wait_for(struct init *init, const char *with)
{
	const char *line;

	while ((line = init_read_line(init)) != NULL) {
		if (begins(line, with))
			return line;
		if (begins(line, "sibling "))
			break;
	}
	tap_note("waited for '%s', got '%s'", with, line != NULL ? line : "the end");
	return NULL;
}

/* Reads the rest of the lines; gives back how many begin so, or -1 at the deadline. */
static int count_rest(struct init *init, const char *with)
{
	const char *line;
	int count = 0;

	while ((line = init_read_line(init)) != NULL)
		if (begins(line, with))
			count++;
	return init_output_ends(init) ? count : -1;
}

/* ---- facts ---- */

static long long nanoseconds(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static bool at_least(long long since, int milliseconds)
{
	long long elapsed = nanoseconds() - since;

	if (elapsed >= milliseconds * MILLISECONDS)
		return true;
	tap_note("%lld us, and not %d ms", elapsed / 1000, milliseconds);
	return false;
}

/* Whether the init exits so, and nothing that was below it is left: that would be this process's child now. */
static bool ends_with(struct init *init, int status)
{
	int found = init_wait_for_exit(init), left = children_of(getpid(), NULL, 0);

	if (found == status && left == 0)
		return true;
	tap_note("exit status %d, expected %d; %d processes are left", found, status, left);
	return false;
}

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		tap_bail("no pipe");
}

static void close_both(const int ends[2])
{
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static bool write_line(int input)
{
	return write(input, "\n", 1) == 1;
}

/* ---- a family: an init that is not PID 1, with a sibling that is none of its business ---- */

/* All in one session and process group: `above`, which is the test's child and adopts what the init leaves behind; the
 * sibling; and the init. With a way that is PID 1, `above` is, of a PID namespace: nothing can remain when it ends. */
struct family {
	struct init above;
	pid_t sibling, init; /* -1 until family_is_there() */
};

static bool start_family(struct family *family, struct start *start, const char *options, const char *verb)
{
	struct words words;

	start->init_words = split(&words, "%s leave take sibling 0 -- above -- exec %s", child_path(), init_path());
	family->sibling = family->init = -1;
	return begin(&family->above, start, options, verb);
}

/* Waits for the line of the command's that says that everything has begun, and finds the processes. */
static bool family_is_there(struct family *family, const char *line)
{
	pid_t children[2];

	if (!next_is(&family->above, "sibling ready ") || wait_for(&family->above, line) == NULL ||
		children_of(family->above.pid, children, 2) != 2)
		return false;
	/* In the order in which they were made. */
	family->sibling = children[0];
	family->init = children[1];
	return true;
}

/* Waits for the init's end. The others must have got nothing, and only they may be there. */
static bool family_ends_with(struct family *family, int status)
{
	char expected[64];
	const char *line = wait_for(&family->above, "above ended ");
	pid_t children[2];
	int left;

	(void)snprintf(expected, sizeof(expected), "above ended %d got", status);
	if (line == NULL || strcmp(line, expected) != 0) {
		tap_note("expected '%s', got '%s'", expected, line != NULL ? line : "nothing");
		return false;
	}
	left = children_of(family->above.pid, children, 2);
	if (left != 1 || children[0] != family->sibling) {
		tap_note("%d processes are left", left);
		return false;
	}
	return kill(family->sibling, MARKER) == 0 && next_takes(&family->above, "sibling", MARKER);
}

/* ---- --wait ---- */

/* What was left behind, and how it got there. */
static const struct place {
	const char *name;
	const char *words; /* of the child, each followed by "+" */
} places[] = {
	{"in the command's group", ""},
	{"in a group of its own", "group + "},
	{"in a session of its own", "session + "},
	{"daemonised", "daemon + "},
};
enum { PLACES = sizeof(places) / sizeof(places[0]) };

static const struct waiting {
	const char *options;
	const char *environment[2];
} waitings[] = {
	{"--wait", {NULL}},
	{"-c --wait", {NULL}},
	{"-a --wait", {NULL}},
	{"-k infinity", {NULL}},
	{"-c -k infinity", {NULL}},
	{"", {"DUMB_INIT_WAIT=1"}},
	{"", {"DUMB_INIT_KILL_AFTER=infinity"}},
};

/* The leftover is asked to stop, and takes its time: it makes orphans, which have to be reaped; is asked once more; and
 * ends when the test says so. A stopped process would have to be continued as well: SIGCONT. */
static bool waits_for_leftover(struct init *init, int input)
{
	return next_is(init, "left ready") && next_takes(init, "left", SIGTERM) && next_is(init, "orphaned") &&
	       next_is(init, "left ready") && next_takes(init, "left", SIGCHLD) && next_takes(init, "left", SIGCONT) &&
	       wait_for_children(init->pid, 1) && kill(init->pid, SIGTERM) == 0 && next_takes(init, "left", SIGTERM) &&
	       write_line(input) && next_is(init, "got") && next_is(init, "done") && ends_with(init, 3);
}

/* Fails where the rest is not waited for, is sent nothing or no SIGCONT, where its exit status (9) is taken, where
 * orphans are not reaped or SIGTERM is not sent on meanwhile, where `infinity` is nothing or at once. */
static void test_wait(const struct way *way)
{
	for (size_t i = 0; i < sizeof(waitings) / sizeof(waitings[0]); i++)
		for (size_t place = 0; place < PLACES; place++) {
			char verb[256];
			int input[2];
			struct start start = {.way = *way, .environment = waitings[i].environment};
			struct init init;
			bool passed;

			(void)snprintf(verb, sizeof(verb),
				"leave %stake left 15 + orphans 20 0 + take left 15 + wait-for-input + say done + "
				"exit 9 -- exit 3",
				places[place].words);
			make_pipe(input);
			start.input = input[0];
			passed = begin(&init, &start, waitings[i].options, verb);
			if (passed) {
				passed = waits_for_leftover(&init, input[1]);
				init_end(&init);
			}
			close_both(input);
			tap_case(passed, "waits for what is left %s: %s%s, %s", places[place].name, waitings[i].options,
				waitings[i].environment[0] != NULL ? waitings[i].environment[0] : "", way_name(way));
		}
}

/* Only SIGCONT lets it see the SIGTERM. */
static bool stopped_leftover_ends(struct init *init, int input)
{
	return next_is(init, "ready ") && wait_for_state(only_child_of(only_child_of(init->pid)), 'T') &&
	       write_line(input) && next_is(init, "got") && next_is(init, "left ready") &&
	       next_takes(init, "left", SIGTERM) && ends_with(init, 3);
}

static void test_wait_for_stopped(const struct way *way)
{
	for (size_t place = 0; place < PLACES - 1; place++) { /* the command's child, so not daemonised */
		char verb[256];
		int input[2];
		struct start start = {.way = *way};
		struct init init;
		bool passed;

		/* It blocks SIGTERM, so that it can tell of it. A stopped group that becomes an orphaned one gets
		 * SIGHUP and SIGCONT from the kernel (_exit(2)). */
		(void)snprintf(verb, sizeof(verb),
			"leave %signore 1 + block 15 + ready + raise %d + take left 15 + exit 0 -- wait-for-input -- "
			"exit 3",
			places[place].words, SIGSTOP);
		make_pipe(input);
		start.input = input[0];
		passed = begin(&init, &start, "--wait", verb);
		if (passed) {
			passed = stopped_leftover_ends(&init, input[1]);
			init_end(&init);
		}
		close_both(input);
		tap_case(passed, "--wait continues what is stopped %s, %s", places[place].name, way_name(way));
	}
}

/* ---- the clock ---- */

/* Fails where the clock does not start with each of these signals, where it starts after rewriting, or before the
 * delay. */
static void test_clock_starts(const struct way *way)
{
	static const struct {
		const char *options;
		const char *environment[2];
		int sent, taken; /* by the command; 0: nothing */
		int least;	 /* milliseconds until it is killed */
	} table[] = {
		{"-k 0.3", {NULL}, SIGTERM, SIGTERM, 300},
		{"-k 300ms", {NULL}, SIGINT, SIGINT, 300},
		{"-k 0.3s", {NULL}, SIGQUIT, SIGQUIT, 300},
		{"-c -k 0.3", {NULL}, SIGTERM, SIGTERM, 300},
		{"-a -k 0.3", {NULL}, SIGTERM, SIGTERM, 300},
		{"", {"DUMB_INIT_KILL_AFTER=0.3"}, SIGTERM, SIGTERM, 300},
		{"-k 0.3", {"DUMB_INIT_KILL_AFTER=infinity"}, SIGTERM, SIGTERM, 300},
		{"-r TERM:0 -k 0.3", {NULL}, SIGTERM, 0, 300},
		{"-c -r INT:0 -k 0.3", {NULL}, SIGINT, 0, 300},
		{"-r QUIT:HUP -k 0.3", {NULL}, SIGQUIT, SIGHUP, 300},
		{"-d TERM:0.3 -k 0.3", {NULL}, SIGTERM, SIGTERM, 600},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct start start = {.way = *way, .environment = table[i].environment};
		struct init init;
		bool passed = begin(&init, &start, table[i].options, "take command 0");

		if (passed) {
			long long since;

			passed = next_is(&init, "command ready");
			since = nanoseconds();
			(void)kill(init.pid, table[i].sent);
			if (passed && table[i].taken != 0)
				passed = next_takes(&init, "command", table[i].taken);
			passed = passed && ends_with(&init, KILLED) && at_least(since, table[i].least) &&
				 count_rest(&init, "command ") == 0;
			init_end(&init);
		}
		tap_case(passed, "signal %d starts the clock: %s%s, %s", table[i].sent, table[i].options,
			table[i].environment[0] != NULL ? table[i].environment[0] : "", way_name(way));
	}
}

/* They take some time, which a clock that they had started would lack at its end. Fails where SIGHUP or SIGUSR1 starts
 * it, and where rewriting to SIGTERM does. */
static void test_clock_does_not_start(const struct way *way)
{
	static const struct {
		const char *options;
		int sent, taken;
	} table[] = {
		{"-k 0.3", SIGHUP, SIGHUP},
		{"-k 0.3", SIGUSR1, SIGUSR1},
		{"-c -k 0.3", SIGCONT, SIGCONT},
		{"-r HUP:TERM -k 0.3", SIGHUP, SIGTERM},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct init init;
		bool passed = begin(&init, &(struct start){.way = *way}, table[i].options, "take command 0");

		if (passed) {
			long long since;

			passed = next_is(&init, "command ready");
			for (int times = 0; passed && times < 300; times++) {
				(void)kill(init.pid, table[i].sent);
				passed = next_takes(&init, "command", table[i].taken);
			}
			since = nanoseconds();
			(void)kill(init.pid, SIGINT);
			passed = passed && next_takes(&init, "command", SIGINT) && ends_with(&init, KILLED) &&
				 at_least(since, 300);
			init_end(&init);
		}
		tap_case(passed, "signal %d does not start the clock: %s, %s", table[i].sent, table[i].options,
			way_name(way));
	}
}

/* Somebody sends SIGTERM for ever. Fails where each of them moves the clock. */
static void test_clock_is_not_moved(const struct way *way)
{
	static const char *const options[] = {"-k 0.1", "-c -k 0.1", "-r TERM:0 -k 0.1", "-k 0.1 -d TERM:0.02"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct start start = {.way = *way, .deadline = 20};
		struct init init;
		bool passed = begin(&init, &start, options[i], "block 15 -- wait");

		if (passed) {
			long long since;
			pid_t sender;
			int status;

			passed = next_is(&init, "ready");
			since = nanoseconds();
			sender = fork();
			if (sender < 0)
				tap_bail("fork: %s", strerror(errno));
			/* By descriptor: the number may be somebody else's before the sender is ended. */
			while (sender == 0) {
				(void)syscall(SYS_pidfd_send_signal, init.pidfd, SIGTERM, NULL, 0);
				(void)sched_yield();
			}
			status = init_wait_for_exit(&init);
			(void)kill(sender, SIGKILL);
			(void)waitpid(sender, NULL, 0);
			passed = passed && status == KILLED && at_least(since, 100);
			init_end(&init);
		}
		tap_case(passed, "SIGTERM for ever does not move the clock: %s, %s", options[i], way_name(way));
	}
}

/* The command ends by itself, and what it leaves ends of nothing but SIGKILL. Fails where the command's end does not
 * start the clock, and where SIGKILL goes to the group only. */
static void test_clock_starts_at_end(const struct way *way)
{
	static const char *const options[] = {"-k 0.05", "-c -k 0.05"};
	static const struct place kinds[] = {
		{"in the command's group", "take left 0"},
		{"in a group of its own", "group + take left 0"},
		{"in a session of its own", "session + take left 0"},
		{"daemonised", "daemon + take left 0"},
		{"stopped again", "session + block 15 + ready + raise 19 + raise 19 + raise 19 + exit 0"},
	};

	for (size_t i = 0; i < 2; i++)
		for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
			char verb[256];
			int input[2];
			struct start start = {.way = *way};
			struct init init;
			bool passed;

			(void)snprintf(verb, sizeof(verb), "leave %s -- wait-for-input -- exit 3", kinds[kind].words);
			make_pipe(input);
			start.input = input[0];
			passed = begin(&init, &start, options[i], verb);
			if (passed) {
				long long since = nanoseconds();

				passed = init_read_line(&init) != NULL && write_line(input[1]) &&
					 next_is(&init, "got") && ends_with(&init, 3) && at_least(since, 50);
				init_end(&init);
			}
			close_both(input);
			tap_case(passed, "the command's end starts the clock: leftover %s, %s, %s", kinds[kind].name,
				options[i], way_name(way));
		}
}

/* What it leaves would end of SIGKILL only, and be waited for for ever: neither happens. */
static void test_clock_is_off(const struct way *way)
{
	static const struct {
		const char *options;
		const char *environment[2];
	} table[] = {
		{"-k 0", {"DUMB_INIT_KILL_AFTER=infinity"}},
		{"--kill-after=0s", {"DUMB_INIT_KILL_AFTER=1h"}},
		{"-k infinity -k 0", {NULL}},
		{"-k 0", {NULL}},
		{"", {"DUMB_INIT_KILL_AFTER=0"}},
		{"", {"DUMB_INIT_KILL_AFTER="}},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct start start = {.way = *way, .environment = table[i].environment, .deadline = 20};
		struct init init;
		bool passed = begin(&init, &start, table[i].options, "leave session + take left 0 -- exit 3");

		if (passed) {
			pid_t left;

			passed = next_is(&init, "left ready") && init_wait_for_exit(&init) == 3;
			left = only_child_of(getpid());
			/* PID 1 takes all with it; otherwise it is alive, and nobody has sent it anything. */
			if (way->pid_1)
				passed = passed && init_output_ends(&init);
			else
				passed = passed && left > 0 && kill(left, MARKER) == 0 &&
					 next_takes(&init, "left", MARKER);
			init_end(&init);
		}
		tap_case(passed, "0 is off: %s %s, %s", table[i].options,
			table[i].environment[0] != NULL ? table[i].environment[0] : "", way_name(way));
	}
}

static bool stopped_command_is_killed(struct init *init, int least)
{
	long long since;

	if (!next_is(init, "begun") || !wait_for_state(only_child_of(init->pid), 'T'))
		return false;
	since = nanoseconds();
	(void)kill(init->pid, SIGTERM);
	return ends_with(init, KILLED) && at_least(since, least);
}

static void test_stopped_command(const struct way *way)
{
	static const char *const options[] = {"-k 0.05", "-c -k 0.05", "-a -k 0.05"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct words words;
		struct init init;
		bool passed = init_start_child(&init, &(struct start){.way = *way}, split(&words, "%s", options[i]),
			(const char *const[]){"say", "begun", "--", "raise", "19", "--", "exit", "7", NULL});

		if (passed) {
			passed = stopped_command_is_killed(&init, 50);
			init_end(&init);
		}
		tap_case(passed, "a command that is stopped is killed: %s, %s", options[i], way_name(way));
	}
}

/* ---- the staged stop ---- */

/* The command first, and only it, however long it takes; then the rest is asked; then it is killed. */
static bool stops_in_stages(struct init *init, int input)
{
	pid_t left;
	long long since;

	if (!next_is(init, "left ready") || !next_is(init, "command ready"))
		return false;
	left = only_child_of(only_child_of(init->pid));
	since = nanoseconds();
	(void)kill(init->pid, SIGTERM);
	/* The command has its own; the other would have taken SIGTERM before the marker. */
	return next_takes(init, "command", SIGTERM) && left > 0 && kill(left, MARKER) == 0 &&
	       next_takes(init, "left", MARKER) && write_line(input) && next_is(init, "got") &&
	       next_takes(init, "left", SIGTERM) && next_takes(init, "left", SIGCONT) && ends_with(init, 4) &&
	       at_least(since, 500) && count_rest(init, "left") == 0;
}

/* Fails where SIGTERM goes to the group at once, where the rest is not asked, and where it is not killed. */
static void test_stages(const struct way *way)
{
	for (size_t place = 0; place < PLACES - 1; place++) { /* the command's child, so not daemonised */
		char verb[256];
		int input[2];
		struct start start = {.way = *way};
		struct init init;
		bool passed;

		(void)snprintf(verb, sizeof(verb), "leave %stake left 0 -- take command 15 -- wait-for-input -- exit 4",
			places[place].words);
		make_pipe(input);
		start.input = input[0];
		passed = begin(&init, &start, "-c -k 0.5", verb);
		if (passed) {
			passed = stops_in_stages(&init, input[1]);
			init_end(&init);
		}
		close_both(input);
		tap_case(passed, "-c -k: the command first, then the rest, then SIGKILL: rest %s, %s",
			places[place].name, way_name(way));
	}
}

enum { WORKERS = 5 };

/* Each worker gets one SIGTERM, and the manager has sent it. */
static bool manager_stops_workers(struct init *init)
{
	int manager = 0, sender, terms = 0, markers = 0, ready = 0, signal;
	const char *line;

	while (ready <= WORKERS && (line = init_read_line(init)) != NULL && strstr(line, " ready ") != NULL) {
		(void)sscanf(line, "manager ready %d", &manager);
		ready++;
	}
	(void)kill(init->pid, SIGTERM);
	if (ready != WORKERS + 1 || !next_takes(init, "manager", SIGTERM))
		return false;
	while (markers < WORKERS && (line = init_read_line(init)) != NULL &&
		sscanf(line, "worker %d from %d", &signal, &sender) == 2) {
		if (sender != manager || (signal != SIGTERM && signal != MARKER)) {
			tap_note("unexpected: %s", line);
			return false;
		}
		terms += signal == SIGTERM;
		markers += signal == MARKER;
	}
	return terms == WORKERS && markers == WORKERS && ends_with(init, 0);
}

/* Fails without -c, where each worker gets two. */
static void test_manager(const struct way *way)
{
	struct init init;
	bool passed = begin(&init, &(struct start){.way = *way}, "-c -k 60", "manager 5");

	if (passed) {
		passed = manager_stops_workers(&init);
		init_end(&init);
	}
	tap_case(passed, "-c -k: the workers that a manager stops get one SIGTERM each, %s", way_name(way));
}

/* ---- many ---- */

/* Fails where what was left is looked for once, in a list with an end. */
static void test_many(const struct way *way)
{
	static const struct {
		const char *options, *words, *what;
	} table[] = {
		{"--wait", "", "end of SIGTERM"},
		{"-k 0.05", "ignore 15 -- ", "ignore SIGTERM"},
		{"-c --wait", "session -- ", "end of SIGTERM, in another session"},
	};
	int many = way->pid_1 ? 10000 : 1000;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char verb[128], what[128];
		struct init init;
		bool passed;

		(void)snprintf(verb, sizeof(verb), "%scrowd %d -- exit 3", table[i].words, many);
		(void)snprintf(what, sizeof(what), "%d leftovers that %s: %s, %s", many, table[i].what,
			table[i].options, way_name(way));
		passed = begin(&init, &(struct start){.way = *way}, table[i].options, verb);
		if (passed) {
			int status = init_wait_for_exit(&init);
			char *errors = init_read_all_errors(&init);
			bool refused = status == 99 && strstr(errors, "child: clone: ") != NULL;

			passed = status == 3 && children_of(getpid(), NULL, 0) == 0;
			if (!passed)
				tap_note("status %d: %s", status, errors);
			free(errors);
			init_end(&init);
			if (refused) {
				tap_skip(what, "so many processes cannot be made here");
				continue;
			}
		}
		tap_case(passed, "%s", what);
	}
}

/* ---- processes that fork without end ---- */

/* Far more than are forked until they are killed; they are not then, and nothing is proved, where they have stopped. */
enum { MOST_FORKS = 200000 };

static atomic_int *shared_count(int *file)
{
	atomic_int *count;

	*file = memfd_create("forks", MFD_CLOEXEC);
	if (*file < 0 || ftruncate(*file, sizeof(*count)) != 0)
		tap_bail("memfd_create: %s", strerror(errno));
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	if (count == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	return count;
}

/* Waits until so many forks were made; gives back false if the processes have ended before. */
static bool wait_for_forks(const struct init *init, const atomic_int *count, int forks)
{
	while (atomic_load(count) < forks && children_of(init->pid, NULL, 0) > 0)
		(void)sched_yield();
	return atomic_load(count) >= forks;
}

/*
 * Only in a PID namespace of its own, which takes with it what an init lets escape. A chain whose every link begins a
 * session can be outrun, but never caught for certain by anybody but PID 1: then the init leaves after 5 seconds.
 *
 * Fails where SIGKILL is sent once, to the processes that were there when it began.
 */
static void test_bombs(const struct way *way)
{
	static const struct {
		const char *name, *options;
		int forks; /* before it is asked to stop; 0: the command's end is what begins the stop */
		int status;
		bool certain; /* or only as PID 1 */
	} table[] = {
		{"chain", "-k 0.05", 0, 0, true},
		{"chain", "-c -k 0.05", 0, 0, true},
		{"crowd", "-k 0.05", 250, KILLED, true},
		{"crowd", "-c -k 0.05", 250, KILLED, true},
		{"scatters", "-k 0.05", 0, 0, false},
	};

	if (!way->pid_1)
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (int in_family = 0; in_family < 2; in_family++) {
			bool crowd = table[i].forks > 0, certain = table[i].certain || in_family == 0;
			/* A user with the right to have any number would fill the machine. */
			const char *user = crowd && !way->ordinary_user && geteuid() == 0 ? "user 61234 -- " : "";
			struct start start = {.way = *way, .deadline = 30};
			struct family family;
			struct init *init = &family.above;
			char verb[128];
			atomic_int *count = shared_count(&start.input);
			bool passed;

			(void)snprintf(verb, sizeof(verb), "%sbomb %s %d", user, table[i].name, MOST_FORKS);
			passed = in_family ? start_family(&family, &start, table[i].options, verb)
					   : begin(init, &start, table[i].options, verb);
			if (passed && in_family)
				passed = next_is(init, "sibling ready");
			if (passed) {
				passed = next_is(init, "ready");
				if (passed && crowd) {
					pid_t children[2];
					int found = in_family ? children_of(init->pid, children, 2) : 0;

					passed = (!in_family || found == 2) &&
						 wait_for_forks(init, count, table[i].forks) &&
						 kill(in_family ? children[1] : init->pid, SIGTERM) == 0;
				}
				if (passed && in_family) {
					const char *line = wait_for(init, "above ended ");
					int status = -1, left = children_of(init->pid, NULL, 0);

					if (line != NULL)
						(void)sscanf(line, "above ended %d", &status);
					passed = status == table[i].status && (!certain || left == 1);
					if (!passed)
						tap_note("exit status %d, %d processes are left", status, left - 1);
				} else if (passed) {
					passed = ends_with(init, table[i].status);
				}
				init_end(init);
			}
			if (certain && atomic_load(count) >= MOST_FORKS) {
				tap_note("it was not killed as it forked");
				passed = false;
			}
			tap_note("%d forks", atomic_load(count));
			(void)munmap(count, sizeof(*count));
			(void)close(start.input);
			tap_case(passed, "ends what forks without end: %s, %s, %s", table[i].name, table[i].options,
				in_family ? "not PID 1, in a namespace" : way_name(way));
		}
}

/* ---- a tracer that is a stranger ---- */

/*
 * A process that another one traces is not handed to its parent when it has died, but to the tracer first (ptrace(2)).
 * The tracer here is the test, which is not below the init and does not wait for its tracee: the init can do nothing
 * about it. It gives up 5 seconds after the first SIGKILL, and exits. As PID 1 it does so as well, but the kernel lets
 * nobody see its end before its namespace is empty: so we look at its standard error, which nobody has open any more.
 *
 * All ways at once, since each takes these 5 seconds.
 */
struct traced {
	bool started;
	struct way way;
	bool leftover; /* is traced, and not the command */
	struct init init;
	pid_t tracee;
	long long since;
};
static struct traced all_traced[8];
static size_t traced_count;

static void start_traced(const struct way *way)
{
	for (int leftover = 0; leftover < 2; leftover++) {
		struct traced *traced = &all_traced[traced_count++];
		struct start start = {.way = *way};
		const char *verb = leftover ? "leave session + take left 0 -- wait -- exit 3" : "take left 0";

		*traced = (struct traced){.way = *way, .leftover = leftover};
		if (!begin(&traced->init, &start, "-q -k 0.1", verb))
			continue;
		traced->started = true;
		if (init_read_line(&traced->init) == NULL || (leftover && init_read_line(&traced->init) == NULL))
			continue;
		traced->tracee = only_child_of(traced->init.pid);
		if (leftover)
			traced->tracee = only_child_of(traced->tracee);
		if (ptrace(PTRACE_SEIZE, traced->tracee, NULL, NULL) != 0) {
			tap_note("PTRACE_SEIZE: %s", strerror(errno));
			traced->tracee = -1;
		}
		traced->since = nanoseconds();
		(void)kill(traced->init.pid, SIGTERM);
	}
}

/* Fails where the init waits for its child without end. */
static bool gives_up(struct traced *traced)
{
	int expected = traced->leftover ? 128 + SIGTERM : KILLED;
	char *errors;
	bool passed;

	if (traced->tracee <= 0)
		return false;
	errors = init_read_all_errors(&traced->init); /* to the end, or the deadline */
	passed = at_least(traced->since, 2100) && init_output_ends(&traced->init);
	free(errors);
	(void)waitpid(traced->tracee, NULL, __WALL);
	if (init_wait_for_exit(&traced->init) == expected)
		return passed;
	tap_note("not exit status %d", expected);
	return false;
}

static void end_traced(void)
{
	for (size_t i = 0; i < traced_count; i++) {
		struct traced *traced = &all_traced[i];
		bool passed = traced->started && gives_up(traced);

		tap_case(passed, "gives up waiting for a %s that a stranger traces, %s",
			traced->leftover ? "leftover" : "command", way_name(&traced->way));
	}
	for (size_t i = 0; i < traced_count; i++)
		if (all_traced[i].started)
			init_end(&all_traced[i].init);
}

/* ---- --all ---- */

enum taker { COMMAND, SESSION, DAEMON, TAKERS };
static const char *const taker_names[TAKERS] = {"command", "session", "daemon"};

struct counts {
	int of[TAKERS][SIGNALS + 1];
};

/* Reads lines until all of them have taken the signal so many times. */
static bool wait_for_counts(struct init *init, struct counts *counts, int signal, int times)
{
	while (counts->of[COMMAND][signal] < times || counts->of[SESSION][signal] < times ||
		counts->of[DAEMON][signal] < times) {
		const char *line = init_read_line(init);
		char who[16];
		int taken;
		bool known = false;

		if (line == NULL || sscanf(line, "%15s %d from", who, &taken) != 2) {
			tap_note("waiting for signal %d: '%s'", signal, line != NULL ? line : "(nothing)");
			return false;
		}
		for (int taker = 0; taker < TAKERS; taker++)
			if (strcmp(who, taker_names[taker]) == 0) {
				known = true;
				counts->of[taker][taken]++;
			}
		if (!known) {
			tap_note("unexpected: '%s'", line);
			return false;
		}
	}
	return true;
}

static bool is_left_out(int signal)
{
	return signal == SIGKILL || signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU ||
	       signal == MARKER;
}

/* Once each. The last one shows that nothing is on its way. */
static bool all_get_every_signal(struct init *init, pid_t pid)
{
	struct counts counts = {{{0}}};
	bool passed = true;

	/* The command and the daemon are left. A SIGCHLD that is pending would be merged with ours, since standard
	 * signals do not queue (signal(7)), and the kernel gives out lower numbers first. */
	if (!wait_for_children(pid, 2) || !wait_until_settled(pid))
		return false;
	for (int signal = 1; signal <= SIGNALS; signal++) {
		if (is_left_out(signal))
			continue;
		(void)kill(pid, signal);
		if (!wait_for_counts(init, &counts, signal, 1))
			return false;
	}
	(void)kill(pid, MARKER);
	if (!wait_for_counts(init, &counts, MARKER, 1))
		return false;
	for (int taker = 0; taker < TAKERS; taker++)
		for (int signal = 1; signal <= SIGNALS; signal++)
			if (counts.of[taker][signal] != (is_left_out(signal) && signal != MARKER ? 0 : 1)) {
				tap_note("%s took signal %d %d times", taker_names[taker], signal,
					counts.of[taker][signal]);
				passed = false;
			}
	return passed;
}

/* They wait in the init's queue at the same time, since it is stopped; and none is merged, there or further on. */
static bool all_get_queued_ones(struct init *init, pid_t pid)
{
	enum { QUEUED = 50 };
	struct counts counts = {{{0}}};

	(void)kill(pid, SIGSTOP);
	if (!wait_for_state(pid, 'T'))
		return false;
	for (int i = 0; i < QUEUED; i++)
		if (sigqueue(pid, RTMIN, (union sigval){.sival_int = i}) != 0)
			return false;
	(void)kill(pid, SIGCONT);
	(void)kill(pid, MARKER);
	return wait_for_counts(init, &counts, MARKER, 1) && counts.of[COMMAND][RTMIN] == QUEUED &&
	       counts.of[SESSION][RTMIN] == QUEUED && counts.of[DAEMON][RTMIN] == QUEUED;
}

/* Once it has nothing to do any more. */
static int descriptors_of(pid_t pid)
{
	char path[64];
	DIR *folder;
	int count = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = wait_until_settled(pid) ? opendir(path) : NULL;
	if (folder == NULL)
		return -1;
	while (readdir(folder) != NULL)
		count++;
	(void)closedir(folder);
	return count;
}

#define ALL_TAKERS "leave session + take session 0 -- leave daemon + take daemon 0 -- take command 0"

/* Fails where signals go to the group, or to the init's children and not to theirs, and where the init keeps a
 * descriptor for each that it has sent. */
static void test_all(const struct way *way)
{
	struct init init;
	bool passed = begin(&init, &(struct start){.way = *way}, "-a", ALL_TAKERS);
	bool started = passed;
	int descriptors;

	passed = started && wait_for(&init, "command ready") != NULL;
	descriptors = passed ? descriptors_of(init.pid) : -1;
	tap_case(passed && all_get_every_signal(&init, init.pid), "-a: every signal reaches everything, %s",
		way_name(way));
	tap_case(passed && all_get_queued_ones(&init, init.pid), "-a: queued signals reach everything one by one, %s",
		way_name(way));
	tap_case(passed && descriptors > 0 && descriptors_of(init.pid) == descriptors,
		"-a: no descriptor is left over from sending, %s", way_name(way));
	if (started)
		init_end(&init);
}

/* ---- nobody else ---- */

static bool nobody_else_gets_signals(struct family *family)
{
	if (!family_is_there(family, "command ready") || !all_get_every_signal(&family->above, family->init))
		return false;
	for (int signal = 1; signal <= SIGNALS; signal++)
		if (signal != SIGCHLD && has_signal_bit(family->above.pid, "ShdPnd", signal)) {
			tap_note("the init's parent got signal %d", signal);
			return false;
		}
	return kill(family->sibling, MARKER) == 0 && next_takes(&family->above, "sibling", MARKER);
}

static bool nobody_else_is_killed(struct family *family)
{
	return family_is_there(family, "command ready") && kill(family->init, SIGTERM) == 0 &&
	       family_ends_with(family, KILLED);
}

static bool nobody_else_is_asked(struct family *family)
{
	return family_is_there(family, "command ready") && kill(family->init, SIGTERM) == 0 &&
	       family_ends_with(family, 3);
}

/* Fails where signals go to kill(-1), or to the init's session or group, in a namespace or outside. */
static void test_nobody_else(const struct way *way)
{
	static const struct {
		const char *options, *verb;
		bool (*passes)(struct family *family);
	} table[] = {
		{"-a", ALL_TAKERS, nobody_else_gets_signals},
		{"-a -k 0.05", ALL_TAKERS, nobody_else_is_killed},
		{"-k 0.05", "leave session + take left 0 -- take command 0", nobody_else_is_killed},
		{"-c -k 0.05", "leave daemon + take left 0 -- take command 0", nobody_else_is_killed},
		{"--wait", "leave session + take left 15 + exit 0 -- take command 15 -- exit 3", nobody_else_is_asked},
		{"-c --wait", "leave take left 15 + exit 0 -- take command 15 -- exit 3", nobody_else_is_asked},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct start start = {.way = *way};
		struct family family;
		bool passed = start_family(&family, &start, table[i].options, table[i].verb);

		if (passed) {
			passed = table[i].passes(&family);
			init_end(&family.above);
		}
		tap_case(passed, "siblings and parent get nothing: %s, %s%s", table[i].options,
			way->pid_1 ? "in a namespace, " : "", way->ordinary_user ? "ordinary user" : "root");
	}
}

/* ---- /proc ---- */

/* The processes that follow in this PID namespace get the numbers after this one, where that can be asked for. */
static void use_numbers_after(pid_t last)
{
	int file = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

	if (file < 0)
		return;
	(void)dprintf(file, "%d", (int)last);
	(void)close(file);
}

/* Some of the highest that there are. */
static void use_highest_numbers(void)
{
	enum { LEFT_TO_USE = 1000 };
	char text[32];
	int file = open("/proc/sys/kernel/pid_max", O_RDONLY | O_CLOEXEC);
	ssize_t length = file >= 0 ? read(file, text, sizeof(text) - 1) : -1;

	if (file >= 0)
		(void)close(file);
	if (length <= 0)
		return;
	text[length] = '\0';
	use_numbers_after(atoi(text) - LEFT_TO_USE);
}

/* To ask for each number takes a second of processor time, and what is not dead five seconds after the first SIGKILL is
 * given up: what runs beside the test may not make five of one. Only for whom this is allowed. */
static void take_precedence(void)
{
	(void)setpriority(PRIO_PROCESS, 0, -20);
}

/* For struct start's `prepare`. */
static void hide_proc(void *unused)
{
	(void)unused;
	take_precedence();
	use_highest_numbers();
	if (mount("tmpfs", "/proc", "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, NULL) != 0)
		_exit(99);
}

static pid_t test_pid;

/* What is below it is the /proc of the namespace outside. There the number of a family's init is this test's, which has
 * children too. */
static void show_proc_of_another_namespace(void *unused)
{
	(void)unused;
	take_precedence();
	use_numbers_after(test_pid - 2); /* the sibling is first */
	if (umount2("/proc", MNT_DETACH) != 0)
		_exit(99);
}

static void hide_others(void *unused)
{
	char options[32];

	(void)unused;
	/* With a group that may see all, which is root's if it is not said: nobody here is in that one. In a user
	 * namespace no other group has a number. */
	(void)snprintf(options, sizeof(options), geteuid() == 0 ? "hidepid=2,gid=65533" : "hidepid=2");
	if (mount("proc", "/proc", "proc", MS_REMOUNT | MS_NOEXEC | MS_NOSUID | MS_NODEV, options) != 0)
		_exit(99);
}

/* From what root's programs may have at most. */
static void drop(int capability)
{
	if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
		_exit(99);
}

/* Root then sees no other user's processes. */
static void hide_others_from_root(void *unused)
{
	hide_others(unused);
	drop(CAP_SYS_PTRACE);
}

struct scene {
	const char *name, *options;
	const char *before, *after; /* the verb, around a place where a leftover may become another user's */
	const char *there;	    /* the line that says that everything has begun */
	bool (*play)(struct init *init, pid_t pid, int input);
	int status;
};

/* The daemonised one says that it was asked to stop. The other one dies of it. */
static bool play_wait(struct init *init, pid_t pid, int input)
{
	(void)pid;
	return write_line(input) && wait_for(init, "done") != NULL;
}

static bool play_kill(struct init *init, pid_t pid, int input)
{
	(void)init;
	(void)input;
	return kill(pid, SIGTERM) == 0;
}

static bool play_all(struct init *init, pid_t pid, int input)
{
	char expected[32];
	bool taken[2] = {false, false};

	(void)snprintf(expected, sizeof(expected), " %d from ", SIGUSR1);
	(void)kill(pid, SIGUSR1);
	for (int times = 0; times < 2; times++) {
		const char *line = init_read_line(init);

		if (line == NULL || strstr(line, expected) == NULL) {
			tap_note("unexpected: %s", line != NULL ? line : "the end");
			return false;
		}
		taken[begins(line, "left ")] = true;
	}
	return taken[0] && taken[1] && play_kill(init, pid, input);
}

static const struct scene scenes[] = {
	{"--wait", "--wait", "leave daemon + ",
		"take left 15 + say done + exit 0 -- leave session + ready + wait -- wait-for-input -- exit 3", "ready",
		play_wait, 3},
	{"-k", "-k 0.05", "leave daemon + ", "take left 0 -- leave session + take mate 0 -- take command 0",
		"command ready", play_kill, KILLED},
	{"-a", "-a -k 0.05", "leave daemon + ", "take left 0 -- take command 0", "command ready", play_all, KILLED},
};

static bool plays(const struct scene *scene, struct start *start, bool in_family, const char *user)
{
	struct family family;
	struct init *init = &family.above;
	char verb[256];
	int input[2];
	bool started, passed;

	make_pipe(input);
	start->input = input[0];
	(void)snprintf(verb, sizeof(verb), "%s%s%s", scene->before, user, scene->after);
	if (in_family) {
		passed = started = start_family(&family, start, scene->options, verb);
		passed = passed && family_is_there(&family, scene->there) && scene->play(init, family.init, input[1]) &&
			 family_ends_with(&family, scene->status);
	} else {
		passed = started = begin(init, start, scene->options, verb);
		passed = passed && wait_for(init, scene->there) != NULL && scene->play(init, init->pid, input[1]) &&
			 ends_with(init, scene->status);
	}
	if (started)
		init_end(init);
	close_both(input);
	return passed;
}

/*
 * Without a /proc of its own an init that is not PID 1 has to ask the kernel for each possible number whether that is a
 * child: a second or so for each signal, so not every scene is played with every user then.
 *
 * Fails where nobody is found without /proc, or only those with low numbers, where the numbers of another namespace are
 * taken for our own, and where those that are hidden are forgotten once others are found.
 */
static void test_proc(const struct way *way)
{
	static const struct {
		const char *name;
		void (*prepare)(void *argument);
		const char *user; /* of the daemonised one, with root only */
		bool slow;
		size_t scenes[2]; /* the first and the last one of those that are played where it is slow */
	} table[] = {
		{"/proc is not mounted", hide_proc, "", true, {0, 2}},
		{"/proc is another namespace's", show_proc_of_another_namespace, "", true, {1, 1}},
		{"hidepid=2", hide_others, "", false, {0, 2}},
		{"hidepid=2, a leftover of another user", hide_others, "user 65534 + ", false, {0, 2}},
		{"hidepid=2, a leftover of another user, no CAP_SYS_PTRACE", hide_others_from_root, "user 65534 + ",
			false, {0, 2}},
	};

	if (!way->pid_1) /* these are in a family, in a namespace: mounts are made there */
		return;
	test_pid = getpid();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t scene = 0; scene < sizeof(scenes) / sizeof(scenes[0]); scene++)
			for (int in_family = 0; in_family < 2; in_family++) {
				struct start start = {.way = *way, .prepare = table[i].prepare};
				bool left_out = scene < table[i].scenes[0] || scene > table[i].scenes[1];

				if (way->ordinary_user && *table[i].user != '\0')
					continue;
				if (in_family && table[i].slow && (left_out || (way->ordinary_user && scene != 1)))
					continue;
				tap_case(plays(&scenes[scene], &start, in_family, table[i].user), "%s: %s, %s%s",
					table[i].name, scenes[scene].name, in_family ? "not PID 1, " : "as PID 1, ",
					way->ordinary_user ? "ordinary user" : "root");
			}
}

/* ---- not PID 1 and without /proc ---- */

/* The leader of the group is the init's child, and the other one is not: it gets what the group gets. */
static bool asks_group_of_child(struct family *family, int input)
{
	bool taken[2][2] = {{false}};

	if (!family_is_there(family, "child ready") || !write_line(input) || wait_for(&family->above, "got") == NULL)
		return false;
	for (int times = 0; times < 4; times++) {
		const char *line = init_read_line(&family->above);
		int signal = 0;

		if (line == NULL || sscanf(line, "%*s %d from", &signal) != 1 ||
			(signal != SIGTERM && signal != SIGCONT)) {
			tap_note("unexpected: %s", line != NULL ? line : "the end");
			return false;
		}
		taken[begins(line, "child ")][signal == SIGCONT] = true;
	}
	return taken[0][0] && taken[0][1] && taken[1][0] && taken[1][1];
}

/* Both are children of the init's, and the one leads the other one's group: real-time signals are queued, so that one
 * too many is seen. */
static bool signals_member_once(struct family *family, int input)
{
	int lines = 0, ends = 0;

	(void)input;
	if (!family_is_there(family, "command ready") || kill(family->init, MARKER - 1) != 0 ||
		kill(family->init, MARKER) != 0)
		return false;
	for (; ends < 2; lines++) {
		const char *line = init_read_line(&family->above);
		int signal = 0;

		if (line == NULL || sscanf(line, "%*s %d from", &signal) != 1) {
			tap_note("unexpected: %s", line != NULL ? line : "the end");
			return false;
		}
		ends += signal == MARKER;
	}
	if (lines != 4)
		tap_note("%d signals, and not 4, have come", lines);
	return lines == 4;
}

/* The command has died, and its SIGCHLD comes after a signal that is for everybody: signals come in the order of their
 * numbers. */
static bool collects_nobody_while_asking(struct family *family, int input)
{
	pid_t command;

	(void)input;
	if (!family_is_there(family, "command ready"))
		return false;
	command = only_child_of(family->init);
	return command > 0 && kill(family->init, SIGSTOP) == 0 && wait_for_state(family->init, 'T') &&
	       kill(command, SIGKILL) == 0 && wait_for_state(command, 'Z') && kill(family->init, SIGHUP) == 0 &&
	       kill(family->init, SIGCONT) == 0 && family_ends_with(family, KILLED);
}

/* An init that is not PID 1 asks the kernel for each number whether that is a child. Each fails where that is done in
 * another way: a leader is signalled and not its group, a member of such a group by itself too, the dead are collected.
 */
static void test_children_without_proc(const struct way *way)
{
	static const struct {
		const char *name, *options, *verb;
		bool (*play)(struct family *family, int input);
	} table[] = {
		{"the group of a child is asked to stop", "--wait", "leave group + pair -- wait-for-input -- exit 3",
			asks_group_of_child},
		{"who is in the group of a child gets each signal once", "-a",
			"leave orphan + take left 0 -- take command 0", signals_member_once},
		{"a dead command is left to be collected", "-a", "take command 0", collects_nobody_while_asking},
	};

	if (way->ordinary_user || !way->pid_1)
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct start start = {.way = *way, .prepare = hide_proc};
		struct family family;
		int input[2];
		bool started, passed;

		make_pipe(input);
		start.input = input[0];
		started = start_family(&family, &start, table[i].options, table[i].verb);
		passed = started && table[i].play(&family, input[1]);
		if (started)
			init_end(&family.above);
		close_both(input);
		tap_case(passed, "/proc is not mounted: %s, not PID 1, root", table[i].name);
	}
}

/* Without /proc it takes a second to ask the one that is left to stop: that may not put off the look that finds nobody.
 * Fails where this second counts as time for looking at children, of which the next look is to be sixteen times away.
 */
static void test_exit_when_nobody_is_left(const struct way *way)
{
	struct start start = {.way = *way, .prepare = hide_proc};
	struct family family;
	struct init *init = &family.above;
	bool slept = false, started, passed;

	if (way->ordinary_user || !way->pid_1)
		return;
	started = start_family(&family, &start, "--wait", "leave session + wait -- ready -- exit 3");
	passed = started && family_is_there(&family, "ready");
	while (passed && !slept && children_of(family.init, NULL, 0) >= 0 && init_is_in_time(init))
		slept = sleeps_without_children(family.init);
	passed = passed && !slept && family_ends_with(&family, 3);
	if (started)
		init_end(init);
	tap_case(passed, "exits when nobody is left, and sleeps no more, not PID 1, root");
}

/* ---- system calls refused ---- */

/* Fails where a time that cannot be told, or an event that cannot be waited for, is waited for without end. */
static void test_refused(const struct way *way)
{
	enum { ALL_STOPS, NO_SIGNALS, ONLY_PID_1 };
	static const struct {
		const char *name;
		struct refusal refusal;
		int spared; /* NO_SIGNALS can be received without it; ONLY_PID_1: slow for others, see test_proc() */
	} calls[] = {
		{"pidfd_open", {{SYS_pidfd_open, REFUSED_END}, 0}, ALL_STOPS},
		{"pidfd_send_signal", {{SYS_pidfd_send_signal, REFUSED_END}, 0}, ALL_STOPS},
		{"clock_gettime", {{SYS_clock_gettime, REFUSED_END}, 0}, ALL_STOPS},
		{"getdents64", {{SYS_getdents64, REFUSED_END}, 0}, ONLY_PID_1},
		{"openat", {{SYS_openat, REFUSED_END}, 0}, ONLY_PID_1},
		{"waitid", {{SYS_waitid, REFUSED_END}, 0}, ALL_STOPS},
		{"getsid, getpgid", {{SYS_getsid, SYS_getpgid, REFUSED_END}, 0}, ALL_STOPS},
		{"rt_sigtimedwait", {{SYS_rt_sigtimedwait, REFUSED_END}, 0}, NO_SIGNALS},
		{"rt_sigtimedwait, clock_gettime", {{SYS_rt_sigtimedwait, SYS_clock_gettime, REFUSED_END}, 0},
			NO_SIGNALS},
	};
	static const struct {
		const char *options, *verb;
		bool by_signal;
		int status;
	} stops[] = {
		{"--wait", "leave session + wait -- exit 3", false, 3},
		{"-k 0.05", "leave session + ignore 15 + wait -- exit 3", false, 3},
		{"-k 0.05", "leave daemon + ignore 15 + wait -- ignore 15 -- wait", true, KILLED},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (int with = 0; with < 2; with++)
			for (size_t stop = 0; stop < sizeof(stops) / sizeof(stops[0]); stop++) {
				struct refusal refusal = calls[i].refusal;
				struct start start = {
					.way = *way, .prepare = filter_install, .argument = &refusal, .deadline = 15};
				struct init init;
				bool passed;

				if ((stops[stop].by_signal && calls[i].spared == NO_SIGNALS) ||
					(!way->pid_1 && calls[i].spared == ONLY_PID_1))
					continue;
				refusal.error = with == 0 ? EPERM : ENOSYS;
				passed = begin(&init, &start, stops[stop].options, stops[stop].verb);
				if (passed) {
					if (stops[stop].by_signal)
						passed = next_is(&init, "ready") && next_is(&init, "ready") &&
							 kill(init.pid, SIGTERM) == 0;
					passed = passed && ends_with(&init, stops[stop].status);
					init_end(&init);
				}
				tap_case(passed, "a stop ends without %s (%s): %s%s, %s", calls[i].name,
					with == 0 ? "EPERM" : "ENOSYS", stops[stop].options,
					stops[stop].by_signal ? ", by SIGTERM" : "", way_name(way));
			}
}

/* ---- no permission ---- */

static void drop_cap_kill(void *unused)
{
	(void)unused;
	drop(CAP_KILL);
}

static bool says_no_permission(struct init *init, const char *signal)
{
	const char *line = init_read_error_line(init);

	if (begins(line, "[dumb-init] ") && strstr(line, signal) != NULL &&
		strstr(line, "Operation not permitted") != NULL && strstr(line, "CAP_KILL") != NULL)
		return true;
	tap_note("no line about %s: %s", signal, line != NULL ? line : "(nothing)");
	return false;
}

/* A line each time, and it goes on waiting. As PID 1 it has to find out by itself: kill(-1) reports success where it
 * may signal nobody (kernel/signal.c, kill_something_info()). */
static bool lives_without_permission(struct init *init, pid_t pid, int input)
{
	(void)write_line(input); /* the command ends, and the leftover is asked in vain */
	return next_is(init, "got") && wait_for_children(pid, 1) && says_no_permission(init, "SIGTERM (15)") &&
	       kill(pid, SIGTERM) == 0 && says_no_permission(init, "SIGTERM (15)") && write_line(input) &&
	       next_is(init, "got") && next_is(init, "done");
}

/* Fails where the init ends of it, does not wait, or does not say so. */
static void test_no_permission(const struct way *way)
{
	static const char *const options[] = {"--wait", "-c --wait", "-a --wait", "-k infinity"};

	if (way->ordinary_user || !way->pid_1)
		return; /* who cannot start anything as somebody else */
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		for (int in_family = 0; in_family < 2; in_family++) {
			static const char verb[] = "leave daemon + user 65534 + ready + wait-for-input + "
						   "wait-for-input + say done + exit 0 -- exit 3";
			struct start start = {.way = *way, .prepare = drop_cap_kill};
			struct family family;
			struct init *init = &family.above;
			int input[2];
			bool passed, started;

			make_pipe(input);
			start.input = input[0];
			started = passed = in_family ? start_family(&family, &start, options[i], verb)
						     : begin(init, &start, options[i], verb);
			if (in_family)
				passed = passed && family_is_there(&family, "ready") &&
					 lives_without_permission(init, family.init, input[1]) &&
					 family_ends_with(&family, 3);
			else
				passed = passed && next_is(init, "ready") &&
					 lives_without_permission(init, init->pid, input[1]) && ends_with(init, 3);
			if (started)
				init_end(init);
			close_both(input);
			tap_case(passed, "a leftover may not be signalled: %s, %s", options[i],
				in_family ? "not PID 1" : "as PID 1");
		}
}

/* Nothing that it could wait for: it says why, leaves with the command's status, and as PID 1 the kernel ends the rest.
 */
static void test_kill_refused(const struct way *way)
{
	if (way->ordinary_user || !way->pid_1)
		return;
	for (int in_family = 0; in_family < 2; in_family++) {
		static const char options[] = "-k 0.05", verb[] = "leave daemon + user 65534 + wait -- exit 3";
		struct start start = {.way = *way, .prepare = drop_cap_kill};
		struct family family;
		struct init *init = &family.above;
		bool started =
			in_family ? start_family(&family, &start, options, verb) : begin(init, &start, options, verb);
		bool passed = started && (in_family ? family_is_there(&family, "ready") : next_is(init, "ready")) &&
			      says_no_permission(init, "SIGTERM (15)") && says_no_permission(init, "SIGKILL (9)");

		if (passed) {
			const char *line = init_read_error_line(init);

			passed = line != NULL && strstr(line, "SIGKILL did not end everything") != NULL &&
				 (in_family ? next_is(init, "above ended 3 got") : init_wait_for_exit(init) == 3);
		}
		if (started)
			init_end(init);
		tap_case(passed, "a leftover may not be killed: %s, %s", options, in_family ? "not PID 1" : "as PID 1");
	}
}

/* ---- a child that was there before the init ---- */

/*
 * A shell leaves one behind and becomes the init by `exec setsid dumb-init`: it is below, but with it in its session
 * and group are those who are not. Fails where SIGKILL goes to the group of whoever is in another session than the
 * init.
 */
static void test_inherited_child(const struct way *way)
{
	static const char *const options[] = {"-k 0.05", "-c -k 0.05", "-a -k 0.05"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct start start = {.way = *way};
		struct family family;
		struct words words;
		bool started, passed;

		start.init_words = split(&words,
			"%s leave take sibling 0 -- above -- leave take inherited 0 -- session -- exec %s",
			child_path(), init_path());
		family.sibling = family.init = -1;
		started = begin(&family.above, &start, options[i], "ready -- exit 3");
		passed = started && family_is_there(&family, "ready") && family_ends_with(&family, 3);
		if (started)
			init_end(&family.above);
		tap_case(passed, "only those below are killed, where one was there before: %s, %s", options[i],
			way_name(way));
	}
}

/* The end of the group's leader is no such case: it is dead, and may not be signalled either, but nobody is left whom
 * the SIGTERM would have been for. Fails where it is told as a failure each time that such a command ends. */
static void test_no_permission_and_nobody_left(const struct way *way)
{
	static const char *const options[] = {"", "-c", "-a", "--wait", "-k 60"};

	if (way->ordinary_user)
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct start start = {.way = *way, .prepare = drop_cap_kill};
		struct init init;
		bool passed = begin(&init, &start, options[i], "user 65534 -- exit 3");

		if (passed) {
			passed = ends_with(&init, 3) && init_errors_are(&init, "");
			init_end(&init);
		}
		tap_case(passed, "a command that was another user's ends silently: %s, %s", options[i], way_name(way));
	}
}

int main(void)
{
	for_each_way(start_traced);
	end_traced();
	for_each_way(test_wait);
	for_each_way(test_wait_for_stopped);
	for_each_way(test_clock_starts);
	for_each_way(test_clock_does_not_start);
	for_each_way(test_clock_is_not_moved);
	for_each_way(test_clock_starts_at_end);
	for_each_way(test_clock_is_off);
	for_each_way(test_stopped_command);
	for_each_way(test_stages);
	for_each_way(test_manager);
	for_each_way(test_many);
	for_each_way(test_bombs);
	for_each_way(test_all);
	for_each_way(test_nobody_else);
	for_each_way(test_proc);
	for_each_way(test_children_without_proc);
	for_each_way(test_exit_when_nobody_is_left);
	for_each_way(test_refused);
	for_each_way(test_no_permission);
	for_each_way(test_kill_refused);
	for_each_way(test_inherited_child);
	for_each_way(test_no_permission_and_nobody_left);
	return tap_end();
}
