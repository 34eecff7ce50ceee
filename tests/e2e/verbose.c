/*
 * What --verbose says, from the first line to the last (contract 6): each scene is played, and all that the init writes
 * meanwhile is compared, line by line. A signal is sent when the lines about what came before have been read, so their
 * order is the same in each run.
 *
 * What it fails on: a line too many, too few, or in another place; another name, number or PID.
 */
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

enum { MOST_WORDS = 16, MOST_STEPS = 8, MOST_LINES = 16, LINE_SIZE = 512 };

/* @ is the command's number, # the init's, ! the test's, ~ the command's name, and * is anything. */
#define BEGINS_PID_1 "dumb-init *, PID #: orphans are its children"
#define BEGINS "dumb-init *, PID #: adopts orphans as a subreaper"
#define VERBOSE "in force: --verbose"
#define STARTED "started * (PID @): signals go to "
#define EXITS(status)                                                                                                  \
	"~ (PID @) exited with status " status, "sent SIGTERM (15) to process group @", "exiting with status " status

struct step {
	int signal; /* sent to the init, once the command is ready; 0 for none */
	const char *lines[MOST_LINES];
};

static const struct scene {
	const char *name;
	enum { ONLY_PID_1, NOT_PID_1 } where;
	const char *options[MOST_WORDS], *verb[MOST_WORDS];
	int status;
	struct step steps[MOST_STEPS]; /* up to one without lines */
} scenes[] = {
	{"a command that exits", ONLY_PID_1, {"-v"}, {"exit", "3"}, 3,
		{{0, {BEGINS_PID_1, VERBOSE, STARTED "its process group; new session, no terminal", EXITS("3")}}}},
	{"an exit status that is mapped", ONLY_PID_1, {"-v", "-c", "-e", "3:4"}, {"exit", "3"}, 4,
		{{0, {BEGINS_PID_1, "in force: --single-child", "in force: --exit-map 3 to 4", VERBOSE,
			     STARTED "its PID; same session", "~ (PID @) exited with status 3",
			     "exit status 3 becomes 4", "exiting with status 4"}}}},
	{"a death", ONLY_PID_1, {"-v"}, {"raise", "15", "--", "exit", "0"}, 143,
		{{0, {BEGINS_PID_1, VERBOSE, STARTED "its process group; new session, no terminal",
			     "~ (PID @) was killed by SIGTERM (15)", "sent SIGTERM (15) to process group @",
			     "exiting with status 143"}}}},
	{"signals that are sent on, rewritten, dropped and held back", ONLY_PID_1,
		{"-v", "-r", "HUP:INT,QUIT:0", "-d", "ALRM:1h"}, {"signals", "15"}, 0,
		{{0, {BEGINS_PID_1, "in force: --rewrite SIGHUP (1) to SIGINT (2)",
			     "in force: --rewrite SIGQUIT (3) to nothing",
			     "in force: --delay SIGALRM (14) for 3600000 ms", VERBOSE,
			     STARTED "its process group; new session, no terminal"}},
			{SIGINT, {"received SIGINT (2)", "sent SIGINT (2) to process group @"}},
			{SIGHUP, {"received SIGHUP (1)", "rewrote SIGHUP (1) to SIGINT (2)",
					 "sent SIGINT (2) to process group @"}},
			{SIGQUIT, {"received SIGQUIT (3)", "did not send SIGQUIT (3): --rewrite says so"}},
			{SIGALRM, {"received SIGALRM (14)", "did not send SIGALRM (14): --delay holds it back"}},
			{SIGALRM, {"received SIGALRM (14)", "sent SIGALRM (14) to process group @"}},
			{SIGTERM, {"received SIGTERM (15)", "sent SIGTERM (15) to process group @", EXITS("0")}}}},
	{"a delay that ends", ONLY_PID_1, {"-v", "-c", "-d", "TERM:0.05"}, {"signals", "15"}, 0,
		{{0, {BEGINS_PID_1, "in force: --single-child", "in force: --delay SIGTERM (15) for 50 ms", VERBOSE,
			     STARTED "its PID; same session"}},
			{SIGTERM, {"received SIGTERM (15)", "did not send SIGTERM (15): --delay holds it back",
					  "the time has come for SIGTERM (15)", "sent SIGTERM (15) to PID @",
					  "~ (PID @) exited with status 0", "exiting with status 0"}}}},
	{"a stop that the clock ends", ONLY_PID_1, {"-v", "-a", "-k", "0.05"}, {"take", "x", "0", "--", "exit", "0"},
		137,
		{{0, {BEGINS_PID_1, "in force: --all", "in force: --kill-after 0.05", VERBOSE,
			     STARTED "everything below; new session, no terminal"}},
			{SIGTERM, {"received SIGTERM (15)", "sent SIGTERM (15) to everything below PID 1",
					  "the stop clock runs: SIGKILL in 50 ms", "the time has come for SIGKILL (9)",
					  "sent SIGKILL (9) to everything below PID 1",
					  "~ (PID @) was killed by SIGKILL (9)", "exiting with status 137"}}}},
	{"an orphan that is reaped, and one that is waited for", ONLY_PID_1, {"-v", "--wait"},
		{"leave", "take", "left", "15", "+", "exit", "5", "--", "take", "command", "1", "--", "exit", "0"}, 0,
		{{0, {BEGINS_PID_1, "in force: --wait", VERBOSE,
			     STARTED "its process group; new session, no terminal"}},
			{SIGHUP, {"received SIGHUP (1)", "sent SIGHUP (1) to process group @",
					 "~ (PID @) exited with status 0",
					 "sent SIGTERM (15), then SIGCONT, to everything below PID 1",
					 "reaped: ~ (PID 3) exited with status 5", "exiting with status 0"}}}},
	{"a signal that stops: PID 1 goes on", ONLY_PID_1, {"-v"}, {"signals", "15"}, 0,
		{{0, {BEGINS_PID_1, VERBOSE, STARTED "its process group; new session, no terminal"}},
			{SIGTSTP, {"received SIGTSTP (*)", "rewrote SIGTSTP (*) to SIGSTOP (*)",
					  "sent SIGSTOP (*) to process group @"}},
			{SIGCONT, {"received SIGCONT (*)", "sent SIGCONT (*) to process group @"}},
			{SIGTERM, {"received SIGTERM (15)", "sent SIGTERM (15) to process group @", EXITS("0")}}}},
	{"a pause", ONLY_PID_1, {"-v", "-P"}, {NULL}, 0,
		{{0, {BEGINS_PID_1, "in force: --pause", VERBOSE}},
			{SIGHUP, {"received SIGHUP (1)", "did not send SIGHUP (1): there is no command"}},
			{SIGTERM, {"received SIGTERM (15)", "exiting with status 0"}}}},
	{"signals, with their sender", NOT_PID_1, {"-sv"}, {"signals", "15"}, 0,
		{{0, {BEGINS, "in force: --subreaper", VERBOSE, STARTED "its process group; new session, no terminal"}},
			{SIGHUP, {"received SIGHUP (1) from PID !", "sent SIGHUP (1) to process group @"}},
			{SIGTERM, {"received SIGTERM (15) from PID !", "sent SIGTERM (15) to process group @",
					  EXITS("0")}}}},
};

static void add_number(char *text, size_t size, pid_t pid)
{
	size_t length = strlen(text);

	(void)snprintf(text + length, size - length, "%d", (int)pid);
}

/* @, # and ! become numbers, ~ a name. */
static void fill_in(char text[LINE_SIZE], const char *pattern, pid_t init, pid_t command)
{
	size_t length;

	for (*text = '\0'; *pattern != '\0'; pattern++) {
		switch (*pattern) {
		case '@':
			add_number(text, LINE_SIZE, command);
			break;
		case '#':
			add_number(text, LINE_SIZE, init);
			break;
		case '!':
			add_number(text, LINE_SIZE, getpid());
			break;
		case '~':
			length = strlen(text);
			(void)snprintf(text + length, LINE_SIZE - length, "%s", child_name());
			break;
		default:
			length = strlen(text);
			(void)snprintf(text + length, LINE_SIZE - length, "%c", *pattern);
			break;
		}
	}
}

static bool says(struct init *init, const struct step *step, pid_t own_pid, pid_t command)
{
	static const char prefix[] = "[dumb-init] ";

	for (size_t i = 0; i < MOST_LINES && step->lines[i] != NULL; i++) {
		const char *line = init_read_error_line(init);
		char expected[LINE_SIZE];

		fill_in(expected, step->lines[i], own_pid, command);
		if (line == NULL || strncmp(line, prefix, strlen(prefix)) != 0 ||
			fnmatch(expected, line + strlen(prefix), 0) != 0) {
			tap_note("expected '%s', got '%s'", expected, line != NULL ? line : "(nothing)");
			return false;
		}
	}
	return true;
}

static bool plays(struct init *init, const struct scene *scene, const struct way *way)
{
	/* That the command is ready; who is left behind says so before. */
	bool waits_for_line = scene->verb[0] != NULL && scene->steps[1].lines[0] != NULL;
	pid_t command = 2, own_pid = way->pid_1 ? 1 : init->pid;
	char *rest;
	bool passed;

	while (waits_for_line) {
		const char *line = init_read_line(init);

		if (line == NULL)
			return false;
		waits_for_line = strncmp(line, "left ", 5) == 0;
	}
	if (!way->pid_1)
		command = only_child_of(init->pid);
	for (size_t i = 0; i < MOST_STEPS && scene->steps[i].lines[0] != NULL; i++) {
		if (scene->steps[i].signal != 0 && kill(init->pid, scene->steps[i].signal) != 0)
			return false;
		if (!says(init, &scene->steps[i], own_pid, command))
			return false;
	}
	rest = init_read_all_errors(init);
	passed = *rest == '\0' && init_wait_for_exit(init) == scene->status;
	if (!passed)
		tap_note("after the last line, or instead of status %d: '%s'", scene->status, rest);
	free(rest);
	return passed;
}

static void test_scenes(const struct way *way)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		const struct scene *scene = &scenes[i];
		struct start start = {.way = *way};
		struct init init;
		bool passed;

		if (way->pid_1 != (scene->where == ONLY_PID_1))
			continue;
		passed = init_start_child(&init, &start, scene->options, scene->verb);
		if (passed) {
			passed = plays(&init, scene, way);
			init_end(&init);
		}
		tap_case(passed, "--verbose: %s, %s", scene->name, way_name(way));
	}
}

int main(void)
{
	for_each_way(test_scenes);
	return tap_end();
}
