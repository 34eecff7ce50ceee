/* A line of text of bounded length, built without stdio, malloc or locale. */
#ifndef DUMB_INIT_TEXT_H
#define DUMB_INIT_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* The longest line, its newline included: PIPE_BUF, so that one write to a pipe is never torn (pipe(7)). */
#define TEXT_MAX 4096

/* The most that is taken of one string, so that a long file name leaves room for what is wrong with it. */
#define TEXT_STRING_MAX 2048

struct text {
	size_t length;
	char bytes[TEXT_MAX];
};

/* Takes a text in any state; makes it empty. */
void text_clear(struct text *text);

/*
 * Appends as printf would, for these conversions alone: %s, %d, %jd, %m (what errno says, as in glibc and syslog(3)),
 * %i (a signal's number: "SIGTERM (15)"), %%. The compiler checks them as printf's. Control characters that come in
 * through %s become '?': a file name or a process name must not be able to start a line of its own. What does not fit
 * is cut, and there is always room left for text_end_line().
 */
__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);
__attribute__((format(printf, 2, 0))) void text_add_list(struct text *text, const char *format, va_list arguments);

/* Gives back the text as a string that lasts until the text is changed. */
char *text_string(struct text *text);

/* Appends the last newline: once, after which nothing more may be added. */
void text_end_line(struct text *text);

#endif
