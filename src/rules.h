/* The lists of rules among the options: what becomes of which signal, and of which exit status. */
#ifndef DUMB_INIT_RULES_H
#define DUMB_INIT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "signals.h"
#include "text.h"

/* Each kind of rule has its range in the tables of struct rules; a rule stands at its kind plus the signal or exit
 * status that it is about. */
enum rule_kind {
	RULE_DELAY = 0,			   /* --delay: from a signal to nanoseconds, or DURATION_INFINITE */
	RULE_REWRITE = SIGNALS + 1,	   /* --rewrite: from a signal to the signal to send instead, 0 for none */
	RULE_EXIT_MAP = 2 * (SIGNALS + 1), /* --exit-map: from an exit status to the one to leave with instead */
	RULES = RULE_EXIT_MAP + 256,
};

/* Where a value was given; PLACE_NONE is zero, so that tables of zeros have no rules. */
enum place { PLACE_NONE, PLACE_ENVIRONMENT, PLACE_COMMAND_LINE };

struct rules {
	int64_t delay[RULE_REWRITE];
	unsigned char other[RULES]; /* signals and exit statuses */
	unsigned char place[RULES]; /* an enum place */
};

/*
 * Adds a comma-separated list, `TERM:QUIT,HUP:0` or `TERM:10s` or `143,2:0`; a later rule replaces an earlier one for
 * the same signal or exit status. Gives back true; or false, and appends to `complaint` what is wrong with which word
 * ("invalid signal 'TREM'").
 */
bool rules_parse(struct rules *rules, enum rule_kind kind, const char *list, enum place place, struct text *complaint);

/* Adds one rule, the `rule`th of the tables. */
void rules_add(struct rules *rules, int rule, int64_t value, enum place place);

/* Gives back what the rule for this signal or exit status says, or `otherwise` if there is none. */
int64_t rules_apply(const struct rules *rules, enum rule_kind kind, int about, int64_t otherwise);

#endif
