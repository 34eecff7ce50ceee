#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int cases, failures;

/* Descriptions may carry what a program wrote: `#` would begin a directive there, and a line break a new line. */
__attribute__((format(printf, 1, 0))) static void print_description(const char *format, va_list arguments)
{
	char description[512];

	(void)vsnprintf(description, sizeof(description), format, arguments);
	for (char *character = description; *character != '\0'; character++)
		(void)putchar(*character == '\n' || *character == '#' ? ' ' : *character);
	(void)putchar('\n');
	/* Now, so that a fork does not inherit it and a death does not lose it. */
	(void)fflush(stdout);
}

bool tap_case(bool passed, const char *format, ...)
{
	va_list arguments;

	printf("%s %d - ", passed ? "ok" : "not ok", ++cases);
	if (!passed)
		failures++;
	va_start(arguments, format);
	print_description(format, arguments);
	va_end(arguments);
	return passed;
}

void tap_note(const char *format, ...)
{
	va_list arguments;

	printf("# ");
	va_start(arguments, format);
	print_description(format, arguments);
	va_end(arguments);
}

void tap_skip(const char *description, const char *reason)
{
	const char *must_run = getenv("DUMB_INIT_TESTS_MUST_RUN");

	if (must_run != NULL && strcmp(must_run, "1") == 0) {
		tap_case(false, "%s (may not be skipped: %s)", description, reason);
		return;
	}
	printf("ok %d - %s # SKIP %s\n", ++cases, description, reason);
	(void)fflush(stdout);
}

int tap_end(void)
{
	printf("1..%d\n", cases);
	(void)fflush(stdout);
	return failures == 0 ? 0 : 1;
}

void tap_bail(const char *format, ...)
{
	va_list arguments;

	printf("Bail out! ");
	va_start(arguments, format);
	print_description(format, arguments);
	va_end(arguments);
	exit(99);
}
