#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system.h"

static enum log_level wanted = LOG_REPORT;
static int dropped;

void log_set_level(enum log_level level)
{
	wanted = level;
}

bool log_wants(enum log_level level)
{
	return level <= wanted;
}

/* POLLERR beside POLLOUT is a pipe without a reader: writing there would only raise SIGPIPE. */
static bool can_write_at_once(void)
{
	struct pollfd standard_error = {.fd = STDERR_FILENO, .events = POLLOUT};

	return system_poll(&standard_error) == 1 && standard_error.revents == POLLOUT;
}

void log_text(const struct text *text)
{
	if (can_write_at_once() && system_write(STDERR_FILENO, text->bytes, text->length) > 0)
		dropped = 0;
	else
		dropped++;
}

/* Not inlined: a page of stack is touched for a line that is written, and for no other. */
static __attribute__((noinline, format(printf, 1, 0))) void write_line(const char *format, va_list arguments)
{
	int saved_errno = errno;
	struct text line;

	text_clear(&line);
	text_add(&line, "[dumb-init] ");
	if (dropped > 0)
		text_add(&line, "(%d lines were dropped: standard error was full) ", dropped);
	text_add_list(&line, format, arguments);
	text_end_line(&line);

	log_text(&line);
	errno = saved_errno;
}

void log_line(enum log_level level, const char *format, ...)
{
	va_list arguments;

	if (!log_wants(level))
		return;
	va_start(arguments, format);
	write_line(format, arguments);
	va_end(arguments);
}

/* By syscall(2), since musl's ioctl() takes an int and this request does not fit. */
static bool terminal_device(int fd, unsigned int *device)
{
	return syscall(SYS_ioctl, fd, TIOCGDEV, device) == 0;
}

void log_never_wait(int terminal)
{
	unsigned int device, own_device;
	bool is_terminal = terminal_device(STDERR_FILENO, &device);
	int own;

	/* Not a regular file: a description of our own would start at offset 0 and overwrite what is there. */
	if (!is_terminal && system_fcntl(STDERR_FILENO, F_GETPIPE_SZ, 0) < 0)
		return;
	own = system_open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY);
	if (own < 0 && is_terminal) {
		own = terminal >= 0 ? terminal : system_open("/dev/tty", O_WRONLY | O_NONBLOCK);
		if (!terminal_device(own, &own_device) || own_device != device ||
			(system_fcntl(own, F_GETFL, 0) & O_NONBLOCK) == 0) {
			/* A terminal takes part of a line at once and lets us wait for the rest. */
			system_close(STDERR_FILENO);
			return;
		}
	}
	if (own >= 0)
		(void)dup2(own, STDERR_FILENO); /* fails only where a filter says so, and then 2 is as it was */
}
