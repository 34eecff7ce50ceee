/*
 * Drop-in use: the command lines of tini, catatonit and dumb-init 1.2.5, unchanged, with those programs beside ours
 * (contract 1). Each row of the table below is a situation and a command line; each of the two programs is run in it,
 * and what it does is put into words: how it ends, who gets which signal, what becomes of the others. The words of both
 * are asserted. Where they differ, the row says why ours means to.
 *
 * A peer that is not installed (Debian: dumb-init, tini, catatonit) is skipped, as is a program that has its name and
 * is another version.
 */
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

enum { MOST_WORDS = 12, SIGNALS = 64, MARKER = SIGWINCH, LAST = SIGNALS, SAYS = 200 };

/* ---- the peers ---- */

enum peer { TINI, CATATONIT, DUMB_INIT_1, PEERS };

static struct {
	const char *name, *version; /* what --version begins with */
	const char *missing;	    /* why it cannot be run, or NULL */
	char path[PATH_MAX];
} peers[PEERS] = {
	[TINI] = {.name = "tini", .version = "tini version 0.19."},
	[CATATONIT] = {.name = "catatonit", .version = "tini version 0.1.7_catatonit"},
	[DUMB_INIT_1] = {.name = "dumb-init", .version = "dumb-init v1.2.5"},
};

/* Gives back whether the program says that it is this version, on whichever stream. */
static bool is_version(const char *path, const char *version)
{
	struct start start = {
		.init_words = (const char *const[]){path, "--version", NULL}, .way = {.ordinary_user = geteuid() != 0}};
	const char *line;
	struct init init;
	bool passed;

	if (!init_start(&init, &start))
		return false;
	line = init_read_line(&init);
	if (line == NULL)
		line = init_read_error_line(&init);
	passed = line != NULL && strncmp(line, version, strlen(version)) == 0;
	init_end(&init);
	return passed;
}

/* Looks for each in /usr/bin and then in PATH: there our own dumb-init may come first. */
static void find_peers(void)
{
	for (int peer = 0; peer < PEERS; peer++) {
		const char *search = getenv("PATH");
		char folders[4096];

		(void)snprintf(folders, sizeof(folders), "/usr/bin:%s", search != NULL ? search : "");
		peers[peer].missing = "it is not installed";
		for (char *folder = strtok(folders, ":"); folder != NULL; folder = strtok(NULL, ":")) {
			(void)snprintf(peers[peer].path, PATH_MAX, "%s/%s", folder, peers[peer].name);
			if (*folder != '/' || access(peers[peer].path, X_OK) != 0)
				continue;
			peers[peer].missing = "it is another version";
			if (is_version(peers[peer].path, peers[peer].version)) {
				peers[peer].missing = NULL;
				break;
			}
		}
	}
}

/* ---- situations ---- */

/* What a program did, in words. */
struct said {
	char text[SAYS];
};

__attribute__((format(printf, 2, 3))) static void say(struct said *said, const char *format, ...)
{
	size_t length = strlen(said->text);
	va_list arguments;

	if (length > 0)
		(void)snprintf(said->text + length, SAYS - length, "; ");
	length = strlen(said->text);
	va_start(arguments, format);
	(void)vsnprintf(said->text + length, SAYS - length, format, arguments);
	va_end(arguments);
}

static void say_end_status(struct said *said, int status)
{
	if (status < 0)
		say(said, "does not end");
	else if (status > 256)
		say(said, "dies of signal %d", status - 256);
	else
		say(said, "exits %d", status);
}

static void say_end(struct said *said, struct init *init)
{
	say_end_status(said, init_wait_for_exit(init));
}

static bool is_ready(struct init *init)
{
	const char *line = init_read_line(init);

	return line != NULL && strstr(line, "ready ") != NULL;
}

/* How it ends by itself. */
static void watch_end(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	say_end(said, init);
}

/* How it ends when it is asked to. */
static void watch_stop(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	if (is_ready(init) && kill(init->pid, SIGTERM) == 0)
		say_end(said, init);
}

/* A pause, where there is nobody to be asked whether it has begun: it then sleeps. */
static void watch_pause(struct init *init, int signal, struct said *said)
{
	if (wait_for_state(init->pid, 'S') && kill(init->pid, signal) == 0)
		say_end(said, init);
}

static void watch_pause_term(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	watch_pause(init, SIGTERM, said);
}

static void watch_pause_int(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	watch_pause(init, SIGINT, said);
}

/* Reads a line of `child pair` and counts it; gives back the signal, and whose it was. */
static int count_line(struct init *init, int counts[2][SIGNALS + 1], int *taker)
{
	const char *line = init_read_line(init);
	char who[16];
	int signal;

	if (line == NULL || sscanf(line, "%15s %d from", who, &signal) != 2 || signal < 1 || signal > SIGNALS)
		return 0;
	*taker = strcmp(who, "child") == 0;
	counts[*taker][signal]++;
	return signal;
}

/* Waits until there is a line; gives back false if the init is dead instead. */
static bool comes_to_say_something(struct init *init)
{
	char state[32];

	while (!init_has_output(init) && init_is_in_time(init))
		if (!read_status_field(init->pid, "State", state, sizeof(state)) || *state == 'Z')
			return false;
	return true;
}

/* Who gets what of some signals that are sent to the init, each followed by a marker that nobody rewrites. Of those
 * that are pending the lowest number is taken first, so that when the last one was taken, so were the others. */
static void watch_signals(struct init *init, const int *signals, struct said *said)
{
	static const char *const takers[] = {"the command", "its child"};
	int counts[2][SIGNALS + 1] = {{0}}, taker = 0, signal, ended = 0;
	pid_t command, child;

	if (!is_ready(init) || !is_ready(init))
		return;
	command = only_child_of(init->pid);
	child = only_child_of(command);
	for (; *signals != 0; signals++) {
		(void)kill(init->pid, *signals);
		(void)kill(init->pid, MARKER);
		do {
			/* It may die of it; the command lives on then. */
			if (!comes_to_say_something(init)) {
				say_end(said, init);
				return;
			}
			signal = count_line(init, counts, &taker);
		} while (signal != 0 && (signal != MARKER || taker != 0));
		if (signal == 0)
			return;
	}
	(void)kill(command, LAST);
	(void)kill(child, LAST);
	while (ended < 2 && (signal = count_line(init, counts, &taker)) != 0)
		ended += signal == LAST;
	for (taker = 0; taker < 2; taker++) {
		char list[SAYS] = "";

		for (signal = 1; signal <= SIGNALS; signal++)
			for (int i = 0; i < counts[taker][signal] && signal != MARKER && signal != LAST; i++)
				(void)snprintf(list + strlen(list), sizeof(list) - strlen(list), " %d", signal);
		say(said, "%s gets%s", takers[taker], *list != '\0' ? list : " nothing");
	}
}

static void watch_usual_signals(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	watch_signals(init, (const int[]){SIGHUP, SIGINT, SIGUSR1, SIGTERM, 0}, said);
}

/* A signal that a crash would send. */
static void watch_crash_signal(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	watch_signals(init, (const int[]){SIGSEGV, 0}, said);
}

static void watch_sigchld(struct init *init, bool pid_1, struct said *said)
{
	(void)pid_1;
	watch_signals(init, (const int[]){SIGCHLD, 0}, said);
}

/* What the rest of the group gets when the command ends. */
static void watch_rest(struct init *init, bool pid_1, struct said *said)
{
	const char *line;
	int signal;

	if (!is_ready(init))
		return;
	say_end(said, init);
	if (pid_1) {
		say(said, "the rest %s", init_output_ends(init) ? "ends with it" : "lives on");
		return;
	}
	(void)kill(only_child_of(getpid()), LAST);
	line = init_read_line(init);
	if (line != NULL && sscanf(line, "%d from", &signal) == 1 && signal != LAST)
		say(said, "the rest gets %d", signal);
	else
		say(said, "the rest gets nothing");
}

/* Whose child a daemon becomes: it is that of the init or of the test, which is a subreaper too. */
static void watch_orphan(struct init *init, bool pid_1, struct said *said)
{
	const char *line = init_read_line(init);
	const struct init test = {.pid = getpid(), .deadline = 0}; /* its deadline is over: to look once */
	pid_t by_init = -1, by_test = -1;
	int seen;

	(void)pid_1;
	if (line == NULL || sscanf(line, "ready %d", &seen) != 1 || !is_ready(init))
		return;
	do {
		const struct init now = {.pid = init->pid, .deadline = 0};

		by_init = init_wait_for_child(&now, seen);
		by_test = init_wait_for_child(&test, seen);
	} while (by_init < 0 && by_test < 0 && init_is_in_time(init));
	say(said, "orphans are %s", by_init > 0 ? "adopted" : by_test > 0 ? "not adopted" : "lost");
	(void)kill(init->pid, SIGTERM);
	say_end(said, init);
}

/* Gives back in how many lines this number stands, "pid=7" or "(PID 7)". */
static int lines_with(char *text, int number)
{
	int count = 0;

	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		for (char *digits = line + strcspn(line, "0123456789"); *digits != '\0';
			digits += strcspn(digits, "0123456789"))
			if (strtol(digits, &digits, 10) == number) {
				count++;
				break;
			}
	return count;
}

/* Lines about an orphan that ends, on standard error. */
static void watch_warning(struct init *init, bool pid_1, struct said *said)
{
	const char *line = init_read_line(init);
	char *errors;
	int seen, ended;
	pid_t pid;

	(void)pid_1;
	if (line == NULL || sscanf(line, "ready %d", &seen) != 1 || !is_ready(init))
		return;
	pid = init_wait_for_child(init, seen);
	if (pid < 0 || kill(pid, SIGKILL) != 0 || !wait_for_children(init->pid, 1) || kill(init->pid, SIGTERM) != 0)
		return;
	ended = init_wait_for_exit(init);
	errors = init_read_all_errors(init);
	say(said, "lines about it: %d", lines_with(errors, seen));
	say_end_status(said, ended);
	free(errors);
}

/* What the command leads. */
static void watch_standing(struct init *init, bool pid_1, struct said *said)
{
	const char *line = init_read_line(init);
	int pid, group, session;

	(void)pid_1;
	if (line == NULL || sscanf(line, "pid %d ppid %*d pgrp %d sid %d", &pid, &group, &session) != 3)
		return;
	say(said, "the command leads %s", pid == session ? "a session" : pid == group ? "a group" : "nothing");
}

/* Gives back the signal of the next line that is there now; 0 if there is none. */
static int line_that_is_there(struct init *init)
{
	const char *line = init_has_output(init) ? init_read_line(init) : NULL;
	int signal = 0;

	return line != NULL && sscanf(line, "%d from", &signal) == 1 ? signal : 0;
}

static bool is_stopped(pid_t pid)
{
	char state[32];

	return read_status_field(pid, "State", state, sizeof(state)) && *state == 'T';
}

/* The process has taken SIGTSTP, and has stopped or sleeps again. */
static bool has_settled(pid_t pid)
{
	char state[32];

	return !has_signal_bit(pid, "ShdPnd", SIGTSTP) && read_status_field(pid, "State", state, sizeof(state)) &&
	       (*state == 'S' || *state == 'T');
}

/* Whether the init stops; and whether the command is stopped, or gets the signal before one that comes later. */
static void watch_terminal_stop(struct init *init, bool pid_1, struct said *said)
{
	bool gets = false;
	pid_t command;
	int signal = 0;
	const char *line;

	(void)pid_1;
	if (!is_ready(init))
		return;
	command = only_child_of(init->pid);
	(void)kill(init->pid, SIGTSTP);
	while (!has_settled(init->pid) && init_is_in_time(init))
		continue;
	say(said, "the init %s", is_stopped(init->pid) ? "stops" : "goes on");
	(void)kill(command, LAST);
	while (signal != LAST && !is_stopped(command) && init_is_in_time(init)) {
		signal = line_that_is_there(init);
		gets = gets || signal == SIGTSTP;
	}
	say(said, "the command %s", signal != LAST ? "stops" : gets ? "gets 20" : "gets nothing");
	(void)kill(init->pid, SIGCONT);
	while ((line = init_read_line(init)) != NULL)
		if (sscanf(line, "%d from", &signal) == 1 && signal == SIGCONT) {
			say(said, "SIGCONT comes");
			return;
		}
}

/* The parent dies. */
static void watch_parent_death(struct init *init, bool pid_1, struct said *said)
{
	pid_t pid = only_child_of(init->pid);
	int status;

	(void)pid_1;
	if (!is_ready(init) || kill(init->pid, SIGKILL) != 0 || init_wait_for_exit(init) != 256 + SIGKILL)
		return;
	if (!wait_for_state(pid, 'Z') || waitpid(pid, &status, 0) != pid)
		return;
	say_end_status(said, WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status));
}

/* In the process that would become the init: it stays its parent, and a child of it goes on. */
static void have_mortal_parent(void *argument)
{
	pid_t child = fork();

	(void)argument;
	if (child < 0)
		_exit(99);
	if (child == 0)
		return;
	(void)syscall(SYS_close_range, 0, ~0U, 0);
	for (;;)
		(void)pause();
}

enum { HELPER = 1, FILE_WORDS = 2, NO_WORDS = 3 };

struct situation {
	const char *name;
	int what; /* whether the words are those of the helper, a whole command, or there is no command */
	const char *words[10];
	void (*watch)(struct init *init, bool pid_1, struct said *said);
	void (*prepare)(void *argument);
};

static const struct situation own_exit = {"the command exits with 7", HELPER, {"exit", "7"}, watch_end, NULL};
static const struct situation exit_143 = {"the command exits with 143", HELPER, {"exit", "143"}, watch_end, NULL};
static const struct situation crash = {"the command dies of SIGSEGV", HELPER, {"die", "11"}, watch_end, NULL};
static const struct situation stop = {"SIGTERM, of which the command dies", HELPER, {"wait"}, watch_stop, NULL};
static const struct situation signals = {
	"SIGHUP, SIGINT, SIGUSR1, SIGTERM", HELPER, {"pair"}, watch_usual_signals, NULL};
static const struct situation crash_signal = {"SIGSEGV from outside", HELPER, {"pair"}, watch_crash_signal, NULL};
static const struct situation child_signal = {"SIGCHLD by hand", HELPER, {"pair"}, watch_sigchld, NULL};
static const struct situation rest = {
	"the command ends before its child", HELPER, {"leave", "signals", "64", "--", "exit", "3"}, watch_rest, NULL};
static const struct situation orphan = {
	"a daemon", HELPER, {"leave", "daemon", "+", "wait", "--", "wait"}, watch_orphan, NULL};
static const struct situation orphan_ends = {
	"a daemon that ends", HELPER, {"leave", "daemon", "+", "wait", "--", "wait"}, watch_warning, NULL};
static const struct situation standing = {"session and group", HELPER, {"ids"}, watch_standing, NULL};
static const struct situation terminal_stop = {"SIGTSTP", HELPER, {"signals", "0"}, watch_terminal_stop, NULL};
static const struct situation parent_dies = {
	"the parent dies", HELPER, {"wait"}, watch_parent_death, have_mortal_parent};
static const struct situation not_found = {"no such command", FILE_WORDS, {"/doesnotexist"}, watch_end, NULL};
static const struct situation not_executable = {"a folder for a command", FILE_WORDS, {"/"}, watch_end, NULL};
static const struct situation no_command = {"no command", NO_WORDS, {NULL}, watch_end, NULL};
static const struct situation pause_term = {"a pause, and SIGTERM", NO_WORDS, {NULL}, watch_pause_term, NULL};
static const struct situation pause_int = {"a pause, and SIGINT", NO_WORDS, {NULL}, watch_pause_int, NULL};

/* ---- the table ---- */

enum where { ANYWHERE, AS_PID_1, NOT_PID_1 };

/* Why ours differs, where it means to. */
static const char to_group[] = "signals go to the whole group by default, as dumb-init 1 sends them";
static const char group_asked[] = "the rest of the group is asked to stop, as by dumb-init 1";
static const char new_session[] = "the command leads a session by default, as with dumb-init 1";
static const char adopts[] = "orphans are adopted wherever that is possible";
static const char all_signals[] = "every signal that can be caught is passed on";
static const char by_hand[] = "a SIGCHLD that a process sent is passed on";
static const char terminal_stops[] = "SIGTSTP stops a command that leads a session, and then us, as with dumb-init 1";
static const char as_shells[] = "127 and 126, as shells and tini have them";
static const char not_its_own[] = "a failure to start is not the command's status, so it is not mapped";
static const char own_term[] = "rewriting is for what was received";
static const char refuses_junk[] = "what follows a number is a mistake";
static const char knows_names[] = "signals have names";
static const char no_licence[] = "there is no option for the licence";

#define ALL_OF_TINI "-s", "-g", "-p", "SIGTERM", "-e", "143", "-w", "-v", "--"
#define MANY_OF_DUMB_INIT_1 "--single-child", "--rewrite", "15:3", "-r", "1:0", "-cv"
#define BOTH_GET(list) "the command gets" list "; its child gets" list
#define COMMAND_GETS(list) "the command gets" list "; its child gets nothing"

static const struct row {
	enum peer peer;
	const char *options[MOST_WORDS];
	const struct situation *situation;
	enum where where;
	const char *theirs;	/* what the peer does */
	const char *ours, *why; /* what ours does, and for what reason; or NULL: the same */
} rows[] = {
	/* clang-format off */
	{TINI, {NULL}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{TINI, {"--"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{TINI, {ALL_OF_TINI}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{TINI, {"-e", "143", "--"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{TINI, {"-sgvvve7", "--"}, &own_exit, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"-e", "3", "-e", "7", "--"}, &own_exit, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"-e", "143", "--"}, &exit_143, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"--"}, &crash, ANYWHERE, "exits 139", NULL, NULL},
	{TINI, {"-v", "-e", "139", "--"}, &crash, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"--"}, &stop, ANYWHERE, "exits 143", NULL, NULL},
	{TINI, {"-v", "--"}, &stop, ANYWHERE, "exits 143", NULL, NULL},
	{TINI, {"-e", "143", "--"}, &stop, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {ALL_OF_TINI}, &stop, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"--"}, &signals, ANYWHERE, COMMAND_GETS(" 1 2 10 15"), BOTH_GET(" 1 2 10 15"), to_group},
	{TINI, {"-g", "--"}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 15"), NULL, NULL},
	{TINI, {ALL_OF_TINI}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 15"), NULL, NULL},
	{TINI, {"-g", "--"}, &crash_signal, AS_PID_1, BOTH_GET(" nothing"), BOTH_GET(" 11"), all_signals},
	{TINI, {"-g", "--"}, &crash_signal, NOT_PID_1, "dies of signal 11", BOTH_GET(" 11"), all_signals},
	{TINI, {"-g", "--"}, &child_signal, ANYWHERE, BOTH_GET(" nothing"), BOTH_GET(" 17"), by_hand},
	{TINI, {"-g", "--"}, &terminal_stop, AS_PID_1, "the init goes on; the command gets 20; SIGCONT comes",
		"the init goes on; the command stops; SIGCONT comes", terminal_stops},
	{TINI, {"-g", "--"}, &terminal_stop, NOT_PID_1, "the init goes on; the command gets 20; SIGCONT comes",
		"the init stops; the command stops; SIGCONT comes", terminal_stops},
	{TINI, {"--"}, &rest, AS_PID_1, "exits 3; the rest ends with it", NULL, NULL},
	{TINI, {"-g", "--"}, &rest, AS_PID_1, "exits 3; the rest ends with it", NULL, NULL},
	{TINI, {"--"}, &rest, NOT_PID_1, "exits 3; the rest gets nothing", "exits 3; the rest gets 15", group_asked},
	{TINI, {"-g", "--"}, &rest, NOT_PID_1, "exits 3; the rest gets nothing", "exits 3; the rest gets 15", group_asked},
	{TINI, {"--"}, &orphan, AS_PID_1, "orphans are adopted; exits 143", NULL, NULL},
	{TINI, {"--"}, &orphan, NOT_PID_1, "orphans are not adopted; exits 143", "orphans are adopted; exits 143", adopts},
	{TINI, {"-s", "--"}, &orphan, ANYWHERE, "orphans are adopted; exits 143", NULL, NULL},
	{TINI, {ALL_OF_TINI}, &orphan, ANYWHERE, "orphans are adopted; exits 0", NULL, NULL},
	{TINI, {"-s", "--"}, &orphan_ends, ANYWHERE, "lines about it: 0; exits 143", NULL, NULL},
	{TINI, {"-s", "-w", "--"}, &orphan_ends, ANYWHERE, "lines about it: 1; exits 143", NULL, NULL},
	{TINI, {"-sw", "--"}, &orphan_ends, ANYWHERE, "lines about it: 1; exits 143", NULL, NULL},
	{TINI, {"--"}, &standing, ANYWHERE, "the command leads a group", "the command leads a session", new_session},
	{TINI, {"-p", "SIGTERM", "--"}, &parent_dies, NOT_PID_1, "exits 143", NULL, NULL},
	{TINI, {"-p", "SIGHUP", "--"}, &parent_dies, NOT_PID_1, "exits 129", NULL, NULL},
	{TINI, {"-p", "SIGKILL", "--"}, &parent_dies, NOT_PID_1, "dies of signal 9", NULL, NULL},
	{TINI, {ALL_OF_TINI}, &parent_dies, NOT_PID_1, "exits 0", NULL, NULL},
	{TINI, {"--"}, &not_found, ANYWHERE, "exits 127", NULL, NULL},
	{TINI, {"--"}, &not_executable, ANYWHERE, "exits 126", NULL, NULL},
	{TINI, {"-e", "127", "--"}, &not_found, ANYWHERE, "exits 0", "exits 127", not_its_own},
	{TINI, {"--version"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"-h"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{TINI, {"-l"}, &no_command, ANYWHERE, "exits 0", "exits 1", no_licence},
	{TINI, {NULL}, &no_command, ANYWHERE, "exits 1", NULL, NULL},
	{TINI, {"-x", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},
	{TINI, {"-e", "256", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},
	{TINI, {"-p", "NONSENSE", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},

	{CATATONIT, {NULL}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{CATATONIT, {"--"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{CATATONIT, {"-g", "--"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{CATATONIT, {"--"}, &crash, ANYWHERE, "exits 139", NULL, NULL},
	{CATATONIT, {"--"}, &stop, ANYWHERE, "exits 143", NULL, NULL},
	{CATATONIT, {"--"}, &signals, ANYWHERE, COMMAND_GETS(" 1 2 10 15"), BOTH_GET(" 1 2 10 15"), to_group},
	{CATATONIT, {"-g", "--"}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 15"), NULL, NULL},
	{CATATONIT, {"-g", "--"}, &crash_signal, AS_PID_1, BOTH_GET(" nothing"), BOTH_GET(" 11"), all_signals},
	{CATATONIT, {"-g", "--"}, &crash_signal, NOT_PID_1, "dies of signal 11", BOTH_GET(" 11"), all_signals},
	{CATATONIT, {"-g", "--"}, &child_signal, ANYWHERE, BOTH_GET(" nothing"), BOTH_GET(" 17"), by_hand},
	{CATATONIT, {"-g", "--"}, &terminal_stop, AS_PID_1, "the init goes on; the command gets nothing; SIGCONT comes",
		"the init goes on; the command stops; SIGCONT comes", terminal_stops},
	{CATATONIT, {"-g", "--"}, &terminal_stop, NOT_PID_1, "the init goes on; the command gets nothing; SIGCONT comes",
		"the init stops; the command stops; SIGCONT comes", terminal_stops},
	{CATATONIT, {"-g", "--"}, &rest, AS_PID_1, "exits 3; the rest ends with it", NULL, NULL},
	{CATATONIT, {"-g", "--"}, &rest, NOT_PID_1, "exits 3; the rest gets nothing", "exits 3; the rest gets 15", group_asked},
	{CATATONIT, {"--"}, &orphan, ANYWHERE, "orphans are adopted; exits 143", NULL, NULL},
	{CATATONIT, {"--"}, &orphan_ends, ANYWHERE, "lines about it: 0; exits 143", NULL, NULL},
	{CATATONIT, {"--"}, &standing, ANYWHERE, "the command leads a group", "the command leads a session", new_session},
	{CATATONIT, {"--"}, &not_found, ANYWHERE, "exits 1", "exits 127", as_shells},
	{CATATONIT, {"--"}, &not_executable, ANYWHERE, "exits 1", "exits 126", as_shells},
	{CATATONIT, {"-P"}, &pause_term, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {"-P"}, &pause_int, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {"-P", "--"}, &pause_term, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {"--version"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {"-V"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {"-h"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{CATATONIT, {NULL}, &no_command, ANYWHERE, "exits 1", NULL, NULL},
	{CATATONIT, {"-x", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},

	{DUMB_INIT_1, {NULL}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{DUMB_INIT_1, {"--"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{DUMB_INIT_1, {MANY_OF_DUMB_INIT_1}, &own_exit, ANYWHERE, "exits 7", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &crash, ANYWHERE, "exits 139", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &stop, ANYWHERE, "exits 143", NULL, NULL},
	{DUMB_INIT_1, {"-c", "-v"}, &stop, ANYWHERE, "exits 143", NULL, NULL},
	{DUMB_INIT_1, {"-r", "15:9"}, &stop, ANYWHERE, "exits 137", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 15"), NULL, NULL},
	{DUMB_INIT_1, {"--verbose"}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 15"), NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &signals, ANYWHERE, COMMAND_GETS(" 1 2 10 15"), NULL, NULL},
	{DUMB_INIT_1, {"--single-child", "-v"}, &signals, ANYWHERE, COMMAND_GETS(" 1 2 10 15"), NULL, NULL},
	{DUMB_INIT_1, {"--rewrite", "15:3"}, &signals, ANYWHERE, BOTH_GET(" 1 2 3 10"), NULL, NULL},
	{DUMB_INIT_1, {"--rewrite=15:3", "--rew", "1:0"}, &signals, ANYWHERE, BOTH_GET(" 2 3 10"), NULL, NULL},
	{DUMB_INIT_1, {"-r15:3", "-r", "15:12"}, &signals, ANYWHERE, BOTH_GET(" 1 2 10 12"), NULL, NULL},
	{DUMB_INIT_1, {MANY_OF_DUMB_INIT_1}, &signals, ANYWHERE, COMMAND_GETS(" 2 3 10"), NULL, NULL},
	{DUMB_INIT_1, {NULL}, &crash_signal, ANYWHERE, BOTH_GET(" 11"), NULL, NULL},
	{DUMB_INIT_1, {NULL}, &child_signal, ANYWHERE, BOTH_GET(" nothing"), BOTH_GET(" 17"), by_hand},
	{DUMB_INIT_1, {NULL}, &terminal_stop, AS_PID_1, "the init goes on; the command stops; SIGCONT comes", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &terminal_stop, NOT_PID_1, "the init stops; the command stops; SIGCONT comes", NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &terminal_stop, AS_PID_1, "the init goes on; the command gets 20; SIGCONT comes", NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &terminal_stop, NOT_PID_1, "the init stops; the command gets 20; SIGCONT comes", NULL, NULL},
	{DUMB_INIT_1, {"-r", "20:20"}, &terminal_stop, NOT_PID_1, "the init stops; the command gets 20; SIGCONT comes", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &rest, AS_PID_1, "exits 3; the rest ends with it", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &rest, NOT_PID_1, "exits 3; the rest gets 15", NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &rest, NOT_PID_1, "exits 3; the rest gets nothing", NULL, NULL},
	{DUMB_INIT_1, {"-r", "15:3"}, &rest, NOT_PID_1, "exits 3; the rest gets 3", "exits 3; the rest gets 15", own_term},
	{DUMB_INIT_1, {NULL}, &orphan, AS_PID_1, "orphans are adopted; exits 143", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &orphan, NOT_PID_1, "orphans are not adopted; exits 143", "orphans are adopted; exits 143", adopts},
	{DUMB_INIT_1, {NULL}, &standing, ANYWHERE, "the command leads a session", NULL, NULL},
	{DUMB_INIT_1, {"-c"}, &standing, ANYWHERE, "the command leads nothing", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &not_found, ANYWHERE, "exits 2", "exits 127", as_shells},
	{DUMB_INIT_1, {NULL}, &not_executable, ANYWHERE, "exits 2", "exits 126", as_shells},
	{DUMB_INIT_1, {"--version"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{DUMB_INIT_1, {"-V"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{DUMB_INIT_1, {"-h"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{DUMB_INIT_1, {"--help"}, &no_command, ANYWHERE, "exits 0", NULL, NULL},
	{DUMB_INIT_1, {NULL}, &no_command, ANYWHERE, "exits 1", NULL, NULL},
	{DUMB_INIT_1, {"-x", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},
	{DUMB_INIT_1, {"-r", "15", "--"}, &own_exit, ANYWHERE, "exits 1", NULL, NULL},
	{DUMB_INIT_1, {"-r", "15:9junk", "--"}, &own_exit, ANYWHERE, "exits 7", "exits 1", refuses_junk},
	{DUMB_INIT_1, {"-r", "TERM:QUIT", "--"}, &own_exit, ANYWHERE, "exits 1", "exits 7", knows_names},
	/* clang-format on */
};

/* ---- running it ---- */

/* Runs the program in the situation; gives back whether it could be started. */
static bool watch(const char *path, const struct row *row, const struct way *way, struct said *said)
{
	const struct situation *situation = row->situation;
	const char *init_words[MOST_WORDS + 2] = {path}, *words[MOST_WORDS + 2] = {NULL};
	struct start start = {.way = *way, .init_words = init_words, .words = words, .prepare = situation->prepare};
	struct init init;
	size_t count = 0;

	for (size_t i = 0; i < MOST_WORDS && row->options[i] != NULL; i++)
		init_words[i + 1] = row->options[i];
	if (situation->what == HELPER)
		words[count++] = child_path();
	for (size_t i = 0; i < 10 && situation->words[i] != NULL; i++)
		words[count++] = situation->words[i];
	*said = (struct said){""};
	if (!init_start(&init, &start))
		return false;
	situation->watch(&init, way->pid_1, said);
	init_end(&init);
	return true;
}

static bool does(const char *name, const char *path, const struct row *row, const struct way *way, const char *expected)
{
	struct said said;

	if (!watch(path, row, way, &said))
		return false;
	if (strcmp(said.text, expected) == 0)
		return true;
	tap_note("%s: '%s', not '%s'", name, said.text, expected);
	return false;
}

static void test_table(const struct way *way)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const char *ours = row->ours != NULL ? row->ours : row->theirs;
		char line[160], description[400];
		bool passed;

		if (row->where == (way->pid_1 ? NOT_PID_1 : AS_PID_1))
			continue;
		(void)snprintf(line, sizeof(line), "%s", peers[row->peer].name);
		for (size_t word = 0; word < MOST_WORDS && row->options[word] != NULL; word++)
			(void)snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s", row->options[word]);
		(void)snprintf(description, sizeof(description), "%s: %s: %s%s%s%s%s, %s", line, row->situation->name,
			row->theirs, row->ours != NULL ? "; ours: " : "", row->ours != NULL ? row->ours : "",
			row->ours != NULL ? ": " : "", row->ours != NULL ? row->why : "", way_name(way));
		passed = does("ours", init_path(), row, way, ours);
		if (peers[row->peer].missing != NULL) {
			if (passed)
				tap_skip(description, peers[row->peer].missing);
			else
				tap_case(false, "%s", description);
			continue;
		}
		passed = does(peers[row->peer].name, peers[row->peer].path, row, way, row->theirs) && passed;
		tap_case(passed, "%s", description);
	}
}

int main(void)
{
	find_peers();
	for_each_way(test_table);
	return tap_end();
}
