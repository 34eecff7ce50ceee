#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

bool terminal_is_in_time(const struct terminal *terminal)
{
	(void)sched_yield();
	return now() < terminal->deadline;
}

bool terminal_open(struct terminal *terminal)
{
	struct termios modes;
	char name[64];

	*terminal = (struct terminal){.slave = -1, .deadline = now() + INIT_DEADLINE * 1000LL};
	terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->master < 0 || grantpt(terminal->master) != 0 || unlockpt(terminal->master) != 0 ||
		ptsname_r(terminal->master, name, sizeof(name)) != 0)
		return false;
	terminal->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->slave < 0 || tcgetattr(terminal->slave, &modes) != 0)
		return false;
	modes.c_lflag &= ~(tcflag_t)ECHO;
	modes.c_lflag |= NOFLSH;
	modes.c_oflag &= ~(tcflag_t)OPOST;
	return tcsetattr(terminal->slave, TCSANOW, &modes) == 0;
}

void terminal_close(struct terminal *terminal)
{
	terminal_started(terminal);
	terminal_hang_up(terminal);
}

bool terminal_use(const struct terminal *terminal)
{
	for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++)
		if (dup2(terminal->slave, standard) < 0)
			return false;
	return true;
}

bool terminal_lead(const struct terminal *terminal)
{
	return terminal_use(terminal) && ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0;
}

void terminal_started(struct terminal *terminal)
{
	if (terminal->slave >= 0)
		(void)close(terminal->slave);
	terminal->slave = -1;
}

void terminal_hang_up(struct terminal *terminal)
{
	if (terminal->master >= 0)
		(void)close(terminal->master);
	terminal->master = -1;
}

/* Gives back false at the deadline or, as EIO, once nobody is on the terminal. */
static bool read_more(struct terminal *terminal)
{
	struct pollfd screen = {.fd = terminal->master, .events = POLLIN};
	long long left = terminal->deadline - now();
	ssize_t size;

	if (left <= 0 || poll(&screen, 1, (int)left) != 1 || terminal->length == sizeof(terminal->pending))
		return false;
	size = read(
		terminal->master, terminal->pending + terminal->length, sizeof(terminal->pending) - terminal->length);
	if (size <= 0)
		return false;
	terminal->length += (size_t)size;
	return true;
}

const char *terminal_read_line(struct terminal *terminal)
{
	char *end;
	size_t size;

	while ((end = memchr(terminal->pending, '\n', terminal->length)) == NULL)
		if (!read_more(terminal))
			return NULL;
	size = (size_t)(end - terminal->pending);
	memcpy(terminal->line, terminal->pending, size);
	terminal->line[size] = '\0';
	terminal->length -= size + 1;
	memmove(terminal->pending, end + 1, terminal->length);
	return terminal->line;
}

static bool note_missing(const struct terminal *terminal, const char *wanted, const char *line)
{
	if (line != NULL)
		tap_note("waited for the line \"%s\", got \"%s\"", wanted, line);
	else
		tap_note("waited for the line \"%s\", got \"%.*s\" and %s", wanted, (int)terminal->length,
			terminal->pending, now() < terminal->deadline ? "end of file" : "no more");
	return false;
}

bool terminal_expect_next(struct terminal *terminal, const char *line)
{
	const char *got = terminal_read_line(terminal);

	return (got != NULL && strcmp(got, line) == 0) || note_missing(terminal, line, got);
}

bool terminal_expect(struct terminal *terminal, const char *part)
{
	const char *got;

	do
		got = terminal_read_line(terminal);
	while (got != NULL && strstr(got, part) == NULL);
	return got != NULL || note_missing(terminal, part, got);
}

bool terminal_type(const struct terminal *terminal, const char *keys)
{
	return write(terminal->master, keys, strlen(keys)) == (ssize_t)strlen(keys);
}

bool terminal_resize(const struct terminal *terminal, unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};

	return ioctl(terminal->master, TIOCSWINSZ, &size) == 0;
}

pid_t terminal_foreground(const struct terminal *terminal)
{
	return tcgetpgrp(terminal->master);
}

bool terminal_has_foreground(const struct terminal *terminal, pid_t group)
{
	pid_t foreground = terminal_foreground(terminal);

	if (foreground == group)
		return true;
	tap_note("the foreground group is %d, not %d", (int)foreground, (int)group);
	return false;
}

bool terminal_wait_for_foreground(struct terminal *terminal, pid_t group)
{
	while (terminal_foreground(terminal) != group)
		if (!terminal_is_in_time(terminal))
			return terminal_has_foreground(terminal, group);
	return true;
}

pid_t terminal_wait_for_another_foreground(struct terminal *terminal, pid_t group)
{
	pid_t foreground;

	while ((foreground = terminal_foreground(terminal)) == group)
		if (!terminal_is_in_time(terminal)) {
			tap_note("the foreground group is still %d", (int)group);
			return -1;
		}
	return foreground;
}

bool read_standing(pid_t pid, struct standing *standing)
{
	char path[64], text[1024];
	const char *after_name;
	FILE *file;
	size_t size;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	size = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[size] = '\0';
	after_name = strrchr(text, ')'); /* the name itself may hold anything */
	return after_name != NULL && sscanf(after_name, ") %*c %*d %d %d %d %d", &standing->group, &standing->session,
					     &standing->terminal, &standing->foreground) == 4;
}

bool terminal_wait_until_settled(const struct terminal *terminal, pid_t pid)
{
	char pending[64], state[64];

	/* In this order: asleep after the signal was taken means that it has been dealt with. */
	do {
		if (!read_status_field(pid, "ShdPnd", pending, sizeof(pending)) ||
			!read_status_field(pid, "State", state, sizeof(state)))
			return false;
		if (strspn(pending, "0") == strlen(pending) && state[0] == 'S')
			return true;
	} while (terminal_is_in_time(terminal));
	tap_note("PID %d does not settle: state %s, pending %s", (int)pid, state, pending);
	return false;
}
