/*
 * The floor: how little an init can cost. It blocks all signals, makes the command with vfork semantics, sends signals
 * on to it, reaps, and exits as it did. No options, no session, no C library. It is a measuring stick and nobody's
 * init: what it leaves out (see docs/DESIGN.md) is what an init is for. x86-64 only. bench/run knows how to build it.
 */
#include <asm/unistd.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/wait.h>

#ifndef __x86_64__
#error "the floor is written for x86-64"
#endif

enum { SET_SIZE = 8, EXIT_NO_COMMAND = 127 };

static long call(long number, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
			 : "rcx", "r11", "memory");
	return result;
}

/* The child has our memory and our stack, so it must not return from here: it is one piece with its exec. It gets what
 * it needs in registers, and whatever it leaves on the stack lies below what we still need. */
static __attribute__((noinline)) long spawn(char **words, char **environment, const unsigned long *mask)
{
	register long fourth __asm__("r10") = 0;
	register long fifth __asm__("r8") = 0;
	long pid;

	__asm__ volatile("syscall"
			 : "=a"(pid)
			 : "a"(__NR_clone), "D"((long)(CLONE_VM | CLONE_VFORK | SIGCHLD)), "S"(0L), "d"(0L),
			 "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	if (pid == 0) {
		(void)call(__NR_rt_sigprocmask, SIG_SETMASK, (long)mask, 0, SET_SIZE);
		(void)call(__NR_execve, (long)words[0], (long)words, (long)environment, 0);
		(void)call(__NR_exit_group, EXIT_NO_COMMAND, 0, 0, 0);
	}
	return pid;
}

static __attribute__((noreturn)) void leave(long status)
{
	for (;;)
		(void)call(__NR_exit_group, status, 0, 0, 0);
}

__attribute__((noreturn, used)) void floor_main(long *stack)
{
	char **words = (char **)(stack + 2); /* argv[1]: past argc and argv[0] */
	char **environment = (char **)(stack + 2 + stack[0]);
	unsigned long all = ~0UL;
	unsigned long before;
	long command;

	if (stack[0] < 2)
		leave(EXIT_NO_COMMAND);
	(void)call(__NR_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&before, SET_SIZE);
	command = spawn(words, environment, &before);
	if (command < 0)
		leave(EXIT_NO_COMMAND);
	for (;;) {
		long signal = call(__NR_rt_sigtimedwait, (long)&all, 0, 0, SET_SIZE);
		int status;
		long pid;

		if (signal != SIGCHLD) {
			if (signal > 0)
				(void)call(__NR_kill, command, signal, 0, 0);
			continue;
		}
		while ((pid = call(__NR_wait4, -1, (long)&status, WNOHANG, 0)) > 0)
			if (pid == command)
				leave((status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f));
	}
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall floor_main\n");
