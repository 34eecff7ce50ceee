/* What is said about those that have ended: the death report, and the lines of --warn-on-reap and --verbose. */
#ifndef DUMB_INIT_REPORT_H
#define DUMB_INIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "reap.h"

/* Filled by report_begin(). */
struct report {
	bool warn_on_reap;
	int64_t kills;	/* of the out-of-memory killer, as last seen; -1 where they cannot be known */
	int64_t untold; /* how many of them no death has been told of in this pass */
};

/* Takes the first look at the out-of-memory killer's count. To be called before there is a command: the kernel counts
 * first and kills then, so a look that comes later may see the count of somebody who is not dead yet. */
void report_begin(struct report *report, bool warn_on_reap);

/* Says how a child has ended that is not yet collected. With `surprise` it was killed by a signal that dumb-init has
 * not sent: of the command that is the death report, of any other process only where memory was out. */
void report_end(struct report *report, const struct change *change, bool is_command, bool surprise);

/* To be called when there is nobody left who is dead: kills that belong to none of them were of processes that others
 * have reaped. */
void report_pass_ends(struct report *report);

#endif
