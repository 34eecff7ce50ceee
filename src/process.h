/* What /proc knows of a process. */
#ifndef DUMB_INIT_PROCESS_H
#define DUMB_INIT_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* The kernel's TASK_COMM_LEN is 16 with the end; kernel threads may have longer ones, which are cut. */
enum { PROCESS_NAME = 16 };

/* Gives back whether /proc is that of our PID namespace, and its numbers therefore the ones that we know. */
bool process_proc_is_ours(void);

/* Writes the process's name as /proc/PID/comm has it, or "?" where that cannot be read. A process that is dead but not
 * yet collected still has its name. */
void process_name(pid_t pid, char name[PROCESS_NAME]);

/* A line of /proc/PID/stat (proc(5)), as far as it is of interest. 0 stands for what is outside our PID namespace. */
struct standing {
	char state; /* 'Z' is dead and not yet collected */
	pid_t parent, group, session;
};

/* Gives back false where the process is gone or may not be seen. */
bool process_standing(pid_t pid, struct standing *standing);

#endif
