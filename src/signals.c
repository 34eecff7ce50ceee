#include "signals.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

#define WORD_BITS (CHAR_BIT * sizeof(long))

/* 32-bit machines that are younger than 64-bit time have only the calls with that. Where both are, the older ones will
 * do: times are relative or count from the machine's start. (musl renames one of them.) */
#if !defined(SYS_rt_sigtimedwait) && defined(SYS_rt_sigtimedwait_time64)
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
#define SYS_clock_gettime SYS_clock_gettime64
typedef int64_t kernel_long;
#else
#if !defined(SYS_clock_gettime) && defined(SYS_clock_gettime32)
#define SYS_clock_gettime SYS_clock_gettime32
#endif
typedef long kernel_long;
#endif

struct kernel_time {
	kernel_long seconds, nanoseconds;
};

static const struct signal_set no_signals;
static const struct signal_set all_signals = {{
	~0UL,
#if SIGNALS > 64 || ULONG_MAX == 0xffffffff
	~0UL,
#endif
#if SIGNALS > 64 && ULONG_MAX == 0xffffffff
	~0UL,
	~0UL,
#endif
}};

void signal_set_add(struct signal_set *set, int signal)
{
	unsigned int bit = (unsigned int)signal - 1;

	set->words[bit / WORD_BITS] |= 1UL << bit % WORD_BITS;
}

bool signal_set_has(const struct signal_set *set, int signal)
{
	unsigned int bit = (unsigned int)signal - 1;

	return (set->words[bit / WORD_BITS] >> bit % WORD_BITS & 1) != 0;
}

static int set_mask(const struct signal_set *set)
{
	return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, set, NULL, sizeof(*set));
}

int signals_block_all(void)
{
	return set_mask(&all_signals);
}

int signals_unblock_all(void)
{
	return set_mask(&no_signals);
}

void signals_restore_defaults(void)
{
	/* The kernel's struct sigaction differs from machine to machine, but all zero means "default, no flags, no
	 * mask" on every one of them, and none is longer than this. */
	static const unsigned long default_action[8];

	for (int signal = 1; signal <= SIGNALS; signal++)
		if (signal != SIGKILL && signal != SIGSTOP) /* which are never anything else */
			(void)syscall(SYS_rt_sigaction, signal, default_action, NULL, sizeof(struct signal_set));
}

int64_t clock_now(void)
{
	struct kernel_time now;

	if (syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return now.seconds * NANOSECONDS + now.nanoseconds;
}

int signals_wait(siginfo_t *info, int64_t until)
{
	struct kernel_time timeout;
	int signal;

	/* EINTR: SIGSTOP and SIGCONT, or a debugger, interrupt the call without giving us anything. */
	do {
		if (until != DURATION_INFINITE) {
			int64_t left = until - clock_now();

			if (left < 0)
				left = 0;
			timeout.seconds = (kernel_long)(left / NANOSECONDS);
			timeout.nanoseconds = (kernel_long)(left % NANOSECONDS);
		}
		signal = (int)syscall(SYS_rt_sigtimedwait, &all_signals, info,
			until != DURATION_INFINITE ? &timeout : NULL, sizeof(all_signals));
	} while (signal < 0 && errno == EINTR);
	return signal;
}

int signals_take(const struct signal_set *set, siginfo_t *info)
{
	static const struct kernel_time no_time;

	return (int)syscall(SYS_rt_sigtimedwait, set, info, &no_time, sizeof(*set));
}

bool signals_pending(int signal)
{
	struct signal_set pending = no_signals;

	(void)syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	return signal_set_has(&pending, signal);
}

void signals_put_back(int signal, siginfo_t *info)
{
	(void)syscall(SYS_rt_sigqueueinfo, getpid(), signal, info);
}

bool signals_stop(pid_t whom, int stop_signal)
{
	struct signal_set this_one = no_signals, all_others;
	siginfo_t unused;

	/* A SIGCONT that has already come has overtaken this stop, which would discard it for good (signal(7)). */
	if (signals_pending(SIGCONT))
		return true;
	signal_set_add(&this_one, stop_signal);
	for (size_t i = 0; i < sizeof(this_one.words) / sizeof(this_one.words[0]); i++)
		all_others.words[i] = ~this_one.words[i];
	(void)kill(whom, stop_signal);
	(void)set_mask(&all_others); /* we stop here, and go on from here */
	(void)set_mask(&all_signals);
	(void)signals_take(&this_one, &unused);
	return signals_pending(SIGCONT);
}
