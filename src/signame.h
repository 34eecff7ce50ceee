/* The names of signals, as users of kill(1), Docker and systemd write them. */
#ifndef DUMB_INIT_SIGNAME_H
#define DUMB_INIT_SIGNAME_H

#include "text.h"

/* The range of signals that have a name or may be written as a number. RTMIN and RTMAX are the kernel's view less the
 * two that the C libraries keep for their threads; musl's SIGRTMIN (35) is not what users mean by RTMIN. */
enum { SIGNAME_RTMIN = 34, SIGNAME_RTMAX = 64 };

/*
 * Gives back the kernel number of a signal written as a name (TERM, SIGTERM, sigterm, RTMIN, RTMIN+3, RTMAX-1) or as a
 * number 1..64; 0 if it is none; -1 for 32 and 33, which belong to the C library's threads.
 */
int signame_parse(const char *word);

/* Appends "SIGTERM (15)" or "SIGRTMAX-1 (63)"; for a number that has no name, "SIG32 (32)". */
void signame_add(struct text *text, int signal);

#endif
