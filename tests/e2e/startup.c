/*
 * The start-up race: a SIGTERM that comes as soon as the init has blocked it is not lost (contract 2.1).
 *
 * What it fails on: dumb-init 1.2.5, whose child opens its mask while dummy handlers are still installed, and which,
 * like `tini -g`, sends to a process group that does not exist yet. Both are shown to fail here, as this test's own
 * control.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

enum {
	TRIES = 300,
	CONTROL_TRIES = 10 * TRIES, /* only as many as it takes to see one loss */
	DELAYS = 8,
};

enum outcome { DELIVERED, LOST, CONFUSED };

/* SIGTERM has been sent to the init. The command either dies of it, or blocks it in time, and then takes it before
 * SIGWINCH, which is sent later and has the higher number. */
static enum outcome watch(struct init *init)
{
	const char *line = init_read_line(init);
	bool delivered = false;
	int status, signal = 0;

	if (line != NULL) {
		(void)kill(init->pid, SIGWINCH);
		while (signal != SIGWINCH && (line = init_read_line(init)) != NULL)
			if (sscanf(line, "%d from", &signal) == 1 && signal == SIGTERM)
				delivered = true;
	}
	status = init_wait_for_exit(init);
	if (signal == SIGWINCH)
		return delivered ? DELIVERED : LOST;
	if (status == 128 + SIGTERM)
		return DELIVERED;
	tap_note("the init ended with status %d", status);
	return CONFUSED;
}

/* Sends SIGTERM in the moment that the init has blocked it, or `delay` looks at /proc later. */
static enum outcome try_once(const struct start *start, int delay)
{
	struct init init;
	enum outcome outcome = CONFUSED;

	if (!init_start(&init, start))
		return CONFUSED;
	if (wait_until_blocked(init.pid, SIGTERM)) {
		while (delay-- > 0)
			(void)has_signal_bit(init.pid, "SigBlk", SIGTERM);
		(void)kill(init.pid, SIGTERM);
		outcome = watch(&init);
	}
	init_end(&init);
	return outcome;
}

static void test_init(const struct way *way)
{
	static const char *const modes[][3] = {{"--"}, {"-c", "--"}};

	if (!way->pid_1)
		return;
	for (size_t mode = 0; mode < 2; mode++) {
		const char *const words[] = {child_path(), "signals", "28", NULL};
		const char *init_words[4] = {init_path()};
		struct start start = {.way = *way, .init_words = init_words, .words = words};
		int counts[3] = {0};

		memcpy(init_words + 1, modes[mode], sizeof(modes[mode]));
		for (int try = 0; try < TRIES && counts[CONFUSED] == 0; try++)
			counts[try_once(&start, try % DELAYS)]++;
		tap_case(counts[DELIVERED] == TRIES, "%d of %d SIGTERMs at start-up lost: %s, %s", counts[LOST], TRIES,
			mode == 0 ? "default mode" : "-c", way_name(way));
	}
}

/* Shows that this test sees losses: these two have some. */
static void test_control(const struct way *way)
{
	static const char *const peers[][4] = {{"/usr/bin/dumb-init", "--"}, {"/usr/bin/tini", "-g", "--"}};

	if (!way->pid_1 || way->ordinary_user != (geteuid() != 0))
		return;
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		const char *const words[] = {child_path(), "signals", "28", NULL};
		struct start start = {.way = *way, .init_words = peers[i], .words = words};
		enum outcome outcome = DELIVERED;
		char description[64];
		int tries = 0;

		(void)snprintf(description, sizeof(description), "control: %s loses a SIGTERM", peers[i][0]);
		if (access(peers[i][0], X_OK) != 0) {
			tap_skip(description, "not installed");
			continue;
		}
		while (outcome == DELIVERED && tries < CONTROL_TRIES)
			outcome = try_once(&start, tries++ % DELAYS);
		tap_note("%s: SIGTERM number %d", peers[i][0], tries);
		tap_case(outcome == LOST, "%s", description);
	}
}

int main(void)
{
	for_each_way(test_init);
	for_each_way(test_control);
	return tap_end();
}
