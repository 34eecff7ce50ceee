/*
 * The command's end: the exit status, the report of a death, and what the rest of the group gets (contract 4).
 *
 * What it fails on: every peer for the report; tini, which runs the command in its own group and leaves the rest of it
 * alone, for SIGTERM to the rest.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

enum { SIGNALS = 64, RTMAX = 64 };

static const struct mode {
	const char *name;
	const char *option;
} modes[] = {{"default mode", NULL}, {"-c", "-c"}};

/* Starts `init OPTION... -- child WORD...`; the words end with NULL. */
static bool start_child(struct init *init, const struct way *way, const char *const *options, const char *const *verb)
{
	return init_start_child(init, &(struct start){.way = *way}, options, verb);
}

/* ---- exit statuses ---- */

/* As the kernel gives it: an exit, and neither a death by signal nor a core dump. */
static bool has_status(struct init *init, int expected)
{
	int status = init_wait(init);

	if (status == W_EXITCODE(expected, 0))
		return true;
	tap_note("expected exit status %d, got wait status 0x%x", expected, (unsigned int)status);
	return false;
}

static bool exits_silently(const struct way *way, const char *option, int status)
{
	char word[8];
	struct init init;
	bool passed;

	(void)snprintf(word, sizeof(word), "%d", status);
	if (!start_child(&init, way, (const char *const[]){option, NULL}, (const char *const[]){"exit", word, NULL}))
		return false;
	passed = has_status(&init, status) && init_errors_are(&init, "");
	init_end(&init);
	return passed;
}

static void test_statuses(const struct way *way)
{
	for (size_t mode = 0; mode < 2; mode++) {
		bool passed = true;

		for (int status = 0; status < 256 && passed; status++)
			passed = exits_silently(way, modes[mode].option, status);
		tap_case(passed, "all 256 exit statuses come through: %s, %s", modes[mode].name, way_name(way));
	}
}

/* ---- deaths ---- */

static bool is_deadly(int signal)
{
	static const int harmless[] = {SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH};

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (harmless[i] == signal)
			return false;
	return true;
}

/* The only line on standard error is the report of this death, or there is none. */
static bool reports(struct init *init, int signal, bool expected)
{
	char *errors = init_read_all_errors(init);
	char number[32], program[64], *end;
	int pid, length = 0;
	bool is_report;

	(void)snprintf(number, sizeof(number), " (%d)\n", signal);
	end = strstr(errors, number);
	is_report = sscanf(errors, "[dumb-init] %63s (PID %d) was killed by SIG%n", program, &pid, &length) == 2 &&
		    length > 0 && end != NULL && end[strlen(number)] == '\0' && strstr(errors, "\n[") == NULL;
	if (expected ? !is_report : *errors != '\0') {
		tap_note("signal %d: %s: %s", signal, expected ? "not the report of it" : "unexpected", errors);
		free(errors);
		return false;
	}
	free(errors);
	return true;
}

static bool dies(const struct way *way, const char *const *options, int signal, bool reported)
{
	char word[8];
	struct init init;
	bool passed;

	(void)snprintf(word, sizeof(word), "%d", signal);
	if (!start_child(&init, way, options, (const char *const[]){"die", word, NULL}))
		return false;
	passed = has_status(&init, 128 + signal);
	passed = reports(&init, signal, reported) && passed;
	init_end(&init);
	return passed;
}

static void test_deaths(const struct way *way)
{
	for (size_t mode = 0; mode < 2; mode++) {
		bool passed = true;

		for (int signal = 1; signal <= SIGNALS; signal++)
			if (is_deadly(signal))
				passed = dies(way, (const char *const[]){modes[mode].option, NULL}, signal, true) &&
					 passed;
		tap_case(passed, "all deaths by signal n are exit status 128 + n, with a report: %s, %s",
			modes[mode].name, way_name(way));
		tap_case(dies(way, (const char *const[]){"-q", modes[mode].option, NULL}, SIGSEGV, false),
			"-q: no report of a death: %s, %s", modes[mode].name, way_name(way));
	}
}

/* The line, word for word. */
static void test_report(const struct way *way)
{
	char expected[128];
	const char *line, *name = strrchr(child_path(), '/') + 1;
	struct init init;
	pid_t pid = 0;
	bool passed = false;

	if (start_child(&init, way, (const char *const[]){NULL}, (const char *const[]){"wait", NULL})) {
		line = init_read_line(&init);
		passed = line != NULL && sscanf(line, "ready %d", &pid) == 1;
		(void)snprintf(expected, sizeof(expected), "[dumb-init] %.15s (PID %d) was killed by SIGKILL (9)", name,
			(int)pid);
		(void)kill(only_child_of(init.pid), SIGKILL);
		line = passed ? init_read_error_line(&init) : NULL;
		passed = line != NULL && strcmp(line, expected) == 0 && init_read_error_line(&init) == NULL &&
			 has_status(&init, 128 + SIGKILL);
		if (!passed)
			tap_note("expected '%s', got '%s'", expected, line != NULL ? line : "(nothing)");
		init_end(&init);
	}
	tap_case(passed, "the report of a death names program, PID and signal, %s", way_name(way));
}

/* The command dies of what it was sent: that surprises nobody. Of anything else: that does. */
static void test_sent_signals(const struct way *way)
{
	static const struct {
		const char *name;
		const char *options[4];
		int sent, died_of;
	} cases[] = {
		{"SIGTERM", {NULL}, SIGTERM, SIGTERM},
		{"SIGTERM with -c", {"-c"}, SIGTERM, SIGTERM},
		{"SIGKILL, rewritten", {"-r", "TERM:KILL"}, SIGTERM, SIGKILL},
		{"RTMAX", {NULL}, RTMAX, RTMAX},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct init init;
		bool passed = start_child(&init, way, cases[i].options, (const char *const[]){"wait", NULL});

		if (passed) {
			passed = init_read_line(&init) != NULL && kill(init.pid, cases[i].sent) == 0 &&
				 has_status(&init, 128 + cases[i].died_of) && reports(&init, cases[i].died_of, false);
			init_end(&init);
		}
		tap_case(passed, "no report of a death by what dumb-init sent: %s, %s", cases[i].name, way_name(way));
	}
}

/* ---- the rest of the group ---- */

/* Leaves a process behind that takes SIGTERM without ending, and exits. */
static bool leaves_one(struct init *init, const struct way *way, const char *option)
{
	static const char *const verb[] = {"leave", "signals", "64", "--", "exit", "3", NULL};

	if (!start_child(init, way, (const char *const[]){option, NULL}, verb))
		return false;
	if (init_read_line(init) != NULL && has_status(init, 3))
		return true;
	init_end(init);
	return false;
}

/* PID 1 takes all with it; otherwise what is left is the test's child now. */
static void test_rest_of_group(const struct way *way)
{
	struct init init;
	bool passed;

	if (way->pid_1) {
		for (size_t mode = 0; mode < 2; mode++) {
			passed = leaves_one(&init, way, modes[mode].option);
			if (passed) {
				passed = init_output_ends(&init);
				init_end(&init);
			}
			tap_case(passed, "exits at once when the command does, and all with it: %s, %s",
				modes[mode].name, way_name(way));
		}
		return;
	}
	passed = leaves_one(&init, way, NULL);
	if (passed) {
		passed = init_expect_signal(&init, SIGTERM);
		init_end(&init);
	}
	tap_case(passed, "exits at once when the command does, and the rest of the group gets SIGTERM, %s",
		way_name(way));

	passed = leaves_one(&init, way, "-c");
	if (passed) {
		/* Its signals are taken lowest number first: SIGTERM, had it come, would be first. */
		passed = kill(only_child_of(getpid()), RTMAX) == 0 && init_expect_signal(&init, RTMAX);
		init_end(&init);
	}
	tap_case(passed, "-c: nobody gets SIGTERM when the command exits, %s", way_name(way));
}

int main(void)
{
	for_each_way(test_statuses);
	for_each_way(test_deaths);
	for_each_way(test_report);
	for_each_way(test_sent_signals);
	for_each_way(test_rest_of_group);
	return tap_end();
}
