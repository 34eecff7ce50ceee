#include "terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "signals.h"
#include "system.h"

/* tcgetpgrp(3) and tcsetpgrp(3): -1 and errno where `fd` is not the controlling terminal. By syscall(2) like all others
 * here, since musl's ioctl() takes an int and these requests do not fit on mips and ppc64. */
static pid_t foreground_group(int fd)
{
	pid_t group;

	return syscall(SYS_ioctl, fd, TIOCGPGRP, &group) == 0 ? group : -1;
}

static int set_foreground_group(int fd, pid_t group)
{
	return (int)syscall(SYS_ioctl, fd, TIOCSPGRP, &group);
}

/* Opens the controlling terminal; -1 with ENXIO where there is none (tty(4)). Where /dev/tty is missing or may not be
 * opened, standard error, output or input may be it. Never one of descriptors 0..2: the caller may have closed those
 * on purpose. */
static int open_terminal(void)
{
	int fd = system_open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK);
	int high;

	if (fd < 0 && errno == ENXIO)
		return -1;
	for (int standard = STDERR_FILENO; fd < 0 && standard >= STDIN_FILENO; standard--)
		if (foreground_group(standard) >= 0)
			fd = system_fcntl(standard, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	high = system_fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	system_close(fd);
	return high;
}

/*
 * In a PID namespace that was made within a session, the foreground group and our own group may both be outside and
 * read as 0. Then the line discipline tells: with SIGTTIN blocked, a read from the background is EIO at once
 * (drivers/tty/n_tty.c, job_control()), and a read of nothing takes nothing.
 */
static bool in_foreground(int fd)
{
	pid_t foreground = foreground_group(fd);
	char nothing;

	if (foreground != 0)
		return foreground == getpgrp();
	return getpgrp() == 0 && read(fd, &nothing, 0) == 0;
}

/* The kernel sends SIGHUP and SIGCONT for TIOCNOTTY with our own PID as the sender (drivers/tty/tty_jobctrl.c,
 * disassociate_ctty()); one from anybody else was meant for the command and goes back into the queue. */
static void swallow_own(int signal)
{
	struct signal_set only = {{0}};
	siginfo_t info;

	signal_set_add(&only, signal);
	if (signals_take(&only, &info) == signal && info.si_pid != getpid())
		signals_put_back(signal, &info);
}

void terminal_prepare(struct terminal *terminal, bool single_child)
{
	*terminal = (struct terminal){.which = TERMINAL_UNTOUCHED, .fd = -1};
	if (single_child)
		return;
	terminal->which = TERMINAL_NEW_SESSION;
	terminal->fd = open_terminal();
	if (terminal->fd < 0)
		return;
	if (getsid(0) == getpid()) {
		terminal->which = TERMINAL_GIVEN;
		if (syscall(SYS_ioctl, terminal->fd, TIOCNOTTY, 0) == 0) {
			swallow_own(SIGHUP);
			swallow_own(SIGCONT);
		}
	} else {
		terminal->which = TERMINAL_SHARED;
		terminal->lent = in_foreground(terminal->fd);
	}
}

const char *terminal_text(const struct terminal *terminal)
{
	switch (terminal->which) {
	case TERMINAL_NEW_SESSION:
		return "new session, no terminal";
	case TERMINAL_GIVEN:
		return "new session, with the terminal";
	case TERMINAL_SHARED:
		return terminal->lent ? "in the terminal's foreground" : "in the terminal's background";
	default:
		return "same session";
	}
}

void terminal_enter(const struct terminal *terminal)
{
	switch (terminal->which) {
	case TERMINAL_UNTOUCHED:
		break;
	case TERMINAL_NEW_SESSION:
	case TERMINAL_GIVEN:
		if (setsid() < 0)
			(void)setpgid(0, 0); /* a group at least, for the signals */
		/* Without one that was given: standard input, if it is a terminal that no session has, as in 1.2.5. */
		(void)syscall(SYS_ioctl, terminal->fd >= 0 ? terminal->fd : STDIN_FILENO, TIOCSCTTY, 0);
		break;
	case TERMINAL_SHARED:
		(void)setpgid(0, 0);
		if (terminal->lent)
			(void)set_foreground_group(terminal->fd, getpid());
		break;
	}
}

void terminal_lend(struct terminal *terminal, pid_t command_group)
{
	int fd;

	if (terminal->which != TERMINAL_SHARED || (fd = open_terminal()) < 0)
		return;
	if (in_foreground(fd))
		(void)set_foreground_group(fd, command_group);
	/* It may also have been there all the time: if our own group has no number, the terminal could not be taken
	 * back. */
	terminal->lent = foreground_group(fd) == command_group;
	system_close(fd);
}

bool terminal_take_back(struct terminal *terminal)
{
	bool was_lent = terminal->lent;
	int fd;

	if (!was_lent || (fd = open_terminal()) < 0)
		return was_lent;
	/* Our SIGTTOU is blocked, so this works from the background too. But should a shell above have taken the
	 * terminal meanwhile (it leads the session, or it would not be above), it stays there. A group outside our
	 * PID namespace has no number here: then this fails, and the shell above sees to it. */
	if (foreground_group(fd) != getsid(0))
		(void)set_foreground_group(fd, getpgrp());
	terminal->lent = false;
	system_close(fd);
	return true;
}
