/* What the kernel's out-of-memory killer did in dumb-init's own memory cgroup. */
#ifndef DUMB_INIT_MEMORY_H
#define DUMB_INIT_MEMORY_H

#include <stdint.h>

struct memory {
	int64_t kills; /* processes that it killed since the cgroup was made; -1 where that cannot be known */
	int64_t limit; /* of the cgroup, in bytes; -1 where it has none, or it cannot be known, or nobody was killed */
};

/*
 * Reads the counter oom_kill of memory.events (cgroup v2; cgroups(7)), which includes the cgroups below, or of
 * memory.oom_control (v1, Linux 4.13), and the limit from memory.max or memory.limit_in_bytes. The kernel raises the
 * counter before it sends SIGKILL (mm/oom_kill.c, __oom_kill_process()), so whoever sees the death sees the count.
 */
struct memory memory_read(void);

#endif
