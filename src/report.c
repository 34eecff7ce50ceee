#include "report.h"

#include <signal.h>

#include "log.h"
#include "memory.h"
#include "process.h"
#include "text.h"

void report_begin(struct report *report, bool warn_on_reap)
{
	struct memory memory;
	struct change change;

	memory_read(&memory);
	*report = (struct report){.warn_on_reap = warn_on_reap, .kills = memory.kills};
	/* The first look takes a while, so the command does not wait for it; and whoever is dead by SIGKILL already may
	 * have been counted. He is taken for one of the counted. */
	if (memory.kills > 0 && reap_look(&change) > 0 && change.kind == CHANGE_KILLED && change.value == SIGKILL)
		report->kills = 0;
}

/* Gives back whether the kernel's out-of-memory killer has killed somebody whose death we have not told of, and appends
 * what there is to say about it. */
static bool was_out_of_memory(struct report *report, struct text *how)
{
	static const char units[][4] = {"B", "KiB", "MiB", "GiB"};
	struct memory memory;
	size_t unit = 0;

	memory_read(&memory);
	if (report->kills >= 0 && memory.kills > report->kills)
		report->untold += memory.kills - report->kills;
	report->kills = memory.kills;
	if (report->untold == 0)
		return false;
	report->untold--;
	text_add(how, ": out of memory");
	if (memory.limit >= 0) {
		for (; unit < sizeof(units) / sizeof(units[0]) - 1 && memory.limit % 1024 == 0; unit++)
			memory.limit /= 1024;
		text_add(how, ", limit %jd %s", memory.limit, units[unit]);
	}
	return true;
}

void report_end(struct report *report, const struct change *change, bool is_command, bool surprise)
{
	enum log_level level = LOG_DETAIL;
	char name[PROCESS_NAME];
	bool out_of_memory = false;
	struct text how;

	text_clear(&how);
	if (change->kind == CHANGE_EXITED) {
		text_add(&how, "exited with status %d", change->value);
	} else {
		text_add(&how, "was killed by %i", change->value);
		if (change->kind == CHANGE_DUMPED)
			text_add(&how, ", core dumped");
		if (surprise && change->value == SIGKILL)
			out_of_memory = was_out_of_memory(report, &how);
	}
	if (out_of_memory || (is_command ? surprise : report->warn_on_reap))
		level = LOG_REPORT;
	if (!log_wants(level))
		return;
	process_name(change->pid, name);
	log_line(level, "%s%s (PID %d) %s", is_command || out_of_memory ? "" : "reaped: ", name, (int)change->pid,
		text_string(&how));
}

void report_pass_ends(struct report *report)
{
	report->untold = 0;
}
