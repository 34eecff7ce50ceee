/* What /proc knows of a process. */
#ifndef DUMB_INIT_PROCESS_H
#define DUMB_INIT_PROCESS_H

#include <sys/types.h>

/* The kernel's TASK_COMM_LEN is 16 with the end; kernel threads may have longer ones, which are cut. */
enum { PROCESS_NAME = 16 };

/* Writes the process's name as /proc/PID/comm has it, or "?" where that cannot be read. A process that is dead but not
 * yet collected still has its name. */
void process_name(pid_t pid, char name[PROCESS_NAME]);

#endif
