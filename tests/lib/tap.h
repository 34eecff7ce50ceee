/* TAP (testanything.org), as automake's driver reads it. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>

/* Reports one case: `ok`/`not ok`, a number, the description. Gives back `passed`. */
__attribute__((format(printf, 2, 3))) bool tap_case(bool passed, const char *format, ...);

/* A line of explanation (`# ...`), usually before the case that failed. */
__attribute__((format(printf, 1, 2))) void tap_note(const char *format, ...);

/* Reports a case that cannot run here, with the reason; a failure where DUMB_INIT_TESTS_MUST_RUN=1. */
void tap_skip(const char *description, const char *reason);

/* Prints the plan; gives back main()'s exit status. To be called last. */
int tap_end(void);

/* A fault of the test itself (no fork, no memory): `Bail out!`, exit 99. */
__attribute__((noreturn, format(printf, 1, 2))) void tap_bail(const char *format, ...);

#endif
