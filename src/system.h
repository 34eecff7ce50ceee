/*
 * System calls whose wrappers in the C library do more than we need, in bytes or in state: musl's open() and fcntl()
 * would be a tenth of this program each, and those that are cancellation points twice as long as the call. Errors as
 * with syscall(2): -1 and errno.
 */
#ifndef DUMB_INIT_SYSTEM_H
#define DUMB_INIT_SYSTEM_H

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Opens an existing file, close-on-exec: no descriptor of dumb-init's ever reaches a command. */
static inline int system_open(const char *file, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, file, flags | O_CLOEXEC);
}

static inline ssize_t system_write(int fd, const void *bytes, size_t size)
{
	return (ssize_t)syscall(SYS_write, fd, bytes, size);
}

/* poll(2) for one descriptor, without waiting. */
static inline int system_poll(struct pollfd *descriptor)
{
#ifdef SYS_poll
	return (int)syscall(SYS_poll, descriptor, 1, 0);
#else
	return poll(descriptor, 1, 0);
#endif
}

/* close(2), of which there is nothing to be said if it fails. */
static inline void system_close(int fd)
{
	(void)syscall(SYS_close, fd);
}

/* fcntl(2) for operations that take a number or nothing. */
static inline int system_fcntl(int fd, int operation, long argument)
{
#ifdef SYS_fcntl64
	return (int)syscall(SYS_fcntl64, fd, operation, argument);
#else
	return (int)syscall(SYS_fcntl, fd, operation, argument);
#endif
}

#endif
