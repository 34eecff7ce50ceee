#include "report.h"

#include <signal.h>

#include "log.h"
#include "memory.h"
#include "process.h"
#include "text.h"

void report_begin(struct report *report, bool warn_on_reap)
{
	*report = (struct report){.warn_on_reap = warn_on_reap, .kills = memory_read().kills};
}

/* Gives back whether the kernel's out-of-memory killer has killed somebody whose death we have not told of, and fills
 * in *limit. */
static bool was_out_of_memory(struct report *report, int64_t *limit)
{
	struct memory memory = memory_read();

	if (report->kills >= 0 && memory.kills > report->kills)
		report->untold += memory.kills - report->kills;
	report->kills = memory.kills;
	*limit = memory.limit;
	return report->untold > 0 && report->untold-- > 0;
}

/* Not inlined, for the stack: see write_line(). */
static __attribute__((noinline)) void tell(
	enum log_level level, const struct change *change, bool reaped, bool out_of_memory, int64_t limit)
{
	static const char units[][4] = {"B", "KiB", "MiB", "GiB"};
	char name[PROCESS_NAME];
	size_t unit = 0;
	struct text how;

	text_clear(&how);
	text_add(&how, change->kind == CHANGE_EXITED ? "exited with status %d" : "was killed by %i", change->value);
	if (change->kind == CHANGE_DUMPED)
		text_add(&how, ", core dumped");
	if (out_of_memory)
		text_add(&how, ": out of memory");
	if (out_of_memory && limit >= 0) {
		for (; unit < sizeof(units) / sizeof(units[0]) - 1 && limit % 1024 == 0; unit++)
			limit /= 1024;
		text_add(&how, ", limit %jd %s", limit, units[unit]);
	}
	process_name(change->pid, name);
	log_line(level, "%s%s (PID %d) %s", reaped ? "reaped: " : "", name, (int)change->pid, text_string(&how));
}

void report_end(struct report *report, const struct change *change, bool is_command, bool surprise)
{
	int64_t limit = -1;
	bool out_of_memory = surprise && change->value == SIGKILL && was_out_of_memory(report, &limit);
	enum log_level level =
		out_of_memory || (is_command ? surprise : report->warn_on_reap) ? LOG_REPORT : LOG_DETAIL;

	if (log_wants(level))
		tell(level, change, !is_command && !out_of_memory, out_of_memory, limit);
}

void report_pass_ends(struct report *report)
{
	report->untold = 0;
}
