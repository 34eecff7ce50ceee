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
};

static void test_init(const struct way *way)
{
	static const char *const modes[][3] = {{"--"}, {"-c", "--"}};

	if (!way->pid_1)
		return;
	for (size_t mode = 0; mode < 2; mode++) {
		const char *const words[] = {child_path(), EARLY_SIGNAL_VERB, NULL};
		const char *init_words[4] = {init_path()};
		struct start start = {.way = *way, .init_words = init_words, .words = words};
		int counts[3] = {0}, status = -1;

		memcpy(init_words + 1, modes[mode], sizeof(modes[mode]));
		for (int try = 0; try < TRIES && counts[CONFUSED] == 0; try++)
			counts[init_try_early_sigterm(&start, try, &status)]++;
		if (counts[CONFUSED] > 0)
			tap_note("the init ended with status %d", status);
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
		const char *const words[] = {child_path(), EARLY_SIGNAL_VERB, NULL};
		struct start start = {.way = *way, .init_words = peers[i], .words = words};
		enum early_signal outcome = DELIVERED;
		char description[64];
		int tries = 0, status;

		(void)snprintf(description, sizeof(description), "control: %s loses a SIGTERM", peers[i][0]);
		if (access(peers[i][0], X_OK) != 0) {
			tap_skip(description, "not installed");
			continue;
		}
		while (outcome == DELIVERED && tries < CONTROL_TRIES)
			outcome = init_try_early_sigterm(&start, tries++, &status);
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
