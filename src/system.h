/*
 * System calls whose wrappers in the C library do more than we need, in bytes or in state: musl's open() and fcntl()
 * are a tenth of this program each. Errors as with syscall(2): -1 and errno.
 */
#ifndef DUMB_INIT_SYSTEM_H
#define DUMB_INIT_SYSTEM_H

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Opens an existing file, close-on-exec: no descriptor of dumb-init's ever reaches a command. */
static inline int system_open(const char *file, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, file, flags | O_CLOEXEC);
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
