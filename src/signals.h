/*
 * The kernel's signals, all of them.
 *
 * The C libraries keep some real-time signals for their threads and hide them: sigfillset() and sigprocmask() of musl
 * pass over 32..34, those of glibc over 32 and 33. An init has to block and forward them too, so everything here goes
 * to the kernel directly, with a set of the kernel's size. Signals are kernel numbers throughout.
 */
#ifndef DUMB_INIT_SIGNALS_H
#define DUMB_INIT_SIGNALS_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The kernel's _NSIG (asm/signal.h): 128 on MIPS, 64 everywhere else. */
#ifdef __mips__
#define SIGNALS 128
#else
#define SIGNALS 64
#endif

struct signal_set {
	unsigned long words[SIGNALS / (CHAR_BIT * sizeof(long))];
};

void signal_set_add(struct signal_set *set, int signal);
bool signal_set_has(const struct signal_set *set, int signal);

/* Blocks every signal of this process, so that those that come stay pending until they are taken.
 * Gives back 0, or -1 with errno. SIGKILL and SIGSTOP cannot be blocked (signal(7)). */
int signals_block_all(void);

/* For the child, just before exec. Gives back 0, or -1 with errno. */
int signals_unblock_all(void);

/*
 * Every disposition becomes the default one, here and so in the command: "ignored" survives exec (execve(2)), and no
 * call tells of all signals at once which are. SIGCHLD inherited as ignored would make the kernel reap children by
 * itself and tell nobody (wait(2), NOTES). To be called while all signals are blocked: then none is lost, since a
 * blocked signal is queued even where it is ignored (kernel/signal.c, sig_ignored()).
 */
void signals_restore_defaults(void);

/*
 * Waits for the next pending signal and takes it off the queue; *info tells where it came from. Gives up at `until`, in
 * nanoseconds of clock_now(); DURATION_INFINITE is never.
 * Gives back its number, or -1: with EAGAIN at that time, with another errno where the kernel (or a filter) refuses
 * rt_sigtimedwait(2).
 */
int signals_wait(siginfo_t *info, int64_t until);

/* Gives back the time on CLOCK_MONOTONIC in nanoseconds. Where a filter refuses it, 0: times are then counted from the
 * last signal, and a stop that many signals interrupt comes late, but it comes. */
int64_t clock_now(void);

/* The same without waiting, for the signals in `set`: -1 with EAGAIN if none of them is pending. */
int signals_take(const struct signal_set *set, siginfo_t *info);

/* Gives back whether the signal is pending for this process. */
bool signals_pending(int signal);

/* Puts a signal that was taken back in the queue, with its sender. */
void signals_put_back(int signal, siginfo_t *info);

/*
 * Stops this process (`whom` is its own PID) or its process group (0) by sending it SIGSTOP or one of the terminal's
 * stop signals, with its default action. The kernel stops nobody with SIGSTOP as PID 1 (pid_namespaces(7)), and nobody
 * with the others as PID 1 or in an orphaned process group, since nobody could continue it (setpgid(2)).
 * Gives back true once this process was stopped and continued (SIGCONT is then pending), false if it was not stopped.
 */
bool signals_stop(pid_t whom, int stop_signal);

#endif
