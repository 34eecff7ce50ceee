#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

/* <linux/ptrace.h> and <sys/ptrace.h> do not go together. */
#ifndef PTRACE_GET_SYSCALL_INFO
#define PTRACE_GET_SYSCALL_INFO 0x420e
#endif

/* ---- what ptrace(2) tells ---- */

/* struct ptrace_syscall_info begins with what happened; the call's number comes after two addresses. */
struct syscall_info {
	unsigned char what, reserved[3];
	unsigned int machine;
	unsigned long long pointers[2], number, arguments[8];
};

enum { ENTRY = 1 }; /* PTRACE_SYSCALL_INFO_ENTRY */

static bool enters_call(pid_t pid, unsigned long long *number)
{
	struct syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <= 0 || info.what != ENTRY)
		return false;
	*number = info.number;
	return true;
}

const char *trace_why_not(void)
{
	struct syscall_info info;
	pid_t pid = fork();
	int status;
	bool has_info;

	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			(void)raise(SIGSTOP);
		_exit(99);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return "ptrace(2) is refused";
	has_info = ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) > 0;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return has_info ? NULL : "the kernel is older than 5.3 (PTRACE_GET_SYSCALL_INFO)";
}

static bool is_in_state(pid_t pid, char letter)
{
	char state[32];

	return read_status_field(pid, "State", state, sizeof(state)) && *state == letter;
}

#if defined(__x86_64__) && defined(__LP64__)

/* Reads `size` bytes of the file, as pread(2). */
static bool read_at(int fd, void *bytes, size_t size, size_t offset)
{
	return pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

/* Finds main() in the file's table of symbols; gives back its address from the entry on, or 0. */
static long find_main_in(int fd)
{
	Elf64_Ehdr header;
	Elf64_Shdr section, names;
	Elf64_Sym symbol;
	char name[sizeof("main")];

	if (!read_at(fd, &header, sizeof(header), 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
		header.e_ident[EI_CLASS] != ELFCLASS64)
		return 0;
	for (size_t i = 0; i < header.e_shnum; i++) {
		if (!read_at(fd, &section, sizeof(section), header.e_shoff + i * sizeof(section)) ||
			section.sh_type != SHT_SYMTAB ||
			!read_at(fd, &names, sizeof(names), header.e_shoff + section.sh_link * sizeof(names)))
			continue;
		for (size_t offset = 0; offset < section.sh_size; offset += sizeof(symbol))
			if (read_at(fd, &symbol, sizeof(symbol), section.sh_offset + offset) &&
				ELF64_ST_TYPE(symbol.st_info) == STT_FUNC &&
				read_at(fd, name, sizeof(name), names.sh_offset + symbol.st_name) &&
				memcmp(name, "main", sizeof(name)) == 0)
				return (long)symbol.st_value - (long)header.e_entry;
	}
	return 0;
}

/* The address that the file's entry has in this process (AT_ENTRY), or 0. */
static unsigned long entry_of(pid_t pid)
{
	char path[64];
	unsigned long pair[2], entry = 0;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && entry == 0 && read(fd, pair, sizeof(pair)) == (ssize_t)sizeof(pair))
		if (pair[0] == AT_ENTRY)
			entry = pair[1];
	if (fd >= 0)
		(void)close(fd);
	return entry;
}

static unsigned long find_main(pid_t pid)
{
	static long after_entry;
	unsigned long entry = entry_of(pid);
	int fd;

	if (after_entry == 0) {
		fd = open(init_path(), O_RDONLY | O_CLOEXEC);
		after_entry = fd >= 0 ? find_main_in(fd) : 0;
		if (fd >= 0)
			(void)close(fd);
	}
	return entry != 0 && after_entry != 0 ? entry + (unsigned long)after_entry : 0;
}

enum { BREAKPOINT = 0xcc }; /* int3 */

static void put_breakpoint(struct trace *trace)
{
	pid_t pid = trace->init.pid;

	trace->original = ptrace(PTRACE_PEEKTEXT, pid, (void *)trace->main, NULL);
	(void)ptrace(PTRACE_POKETEXT, pid, (void *)trace->main, (void *)((trace->original & ~0xffL) | BREAKPOINT));
}

static void go_on_from_breakpoint(const struct trace *trace)
{
	pid_t pid = trace->init.pid;

	(void)ptrace(PTRACE_POKETEXT, pid, (void *)trace->main, (void *)trace->original);
	(void)ptrace(PTRACE_POKEUSER, pid, (void *)offsetof(struct user_regs_struct, rip), (void *)trace->main);
}

static bool is_at_main(const struct trace *trace)
{
	long address = ptrace(PTRACE_PEEKUSER, trace->init.pid, (void *)offsetof(struct user_regs_struct, rip), NULL);

	return (unsigned long)address == trace->main;
}

#else

static unsigned long find_main(pid_t pid)
{
	(void)pid;
	return 0;
}

static void put_breakpoint(struct trace *trace)
{
	(void)trace;
}

static void go_on_from_breakpoint(const struct trace *trace)
{
	(void)trace;
}

static bool is_at_main(const struct trace *trace)
{
	(void)trace;
	return true;
}

#endif

static void note_call(struct trace *trace, unsigned long long number, bool by_child)
{
	int count = trace->calls_before_main + trace->calls;

	if (count < TRACE_CALLS)
		trace->call[count] = (struct traced_call){.number = (unsigned short)number, .by_child = by_child};
	if (!trace->in_main)
		trace->calls_before_main++;
	else
		trace->calls++;
	if (trace->in_main && number < TRACE_NUMBERS)
		trace->times[number]++;
}

/* A stop by SIGTRAP that is neither a call nor an event: a step, or the breakpoint. */
static void note_trap(struct trace *trace)
{
	if (!trace->by_steps) {
		go_on_from_breakpoint(trace);
		trace->in_main = true;
		return;
	}
	if (trace->in_main)
		trace->from_main++;
	else
		trace->before_main++;
	if (!trace->in_main && is_at_main(trace))
		trace->in_main = true;
}

/* Takes a stop of the init, or of its child before it is executed; gives back the signal to go on with. */
static int take_stop(struct trace *trace, pid_t pid, int status)
{
	bool is_init = pid == trace->init.pid;
	unsigned long long number;

	if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
		if (enters_call(pid, &number))
			note_call(trace, number, !is_init);
		return 0;
	}
	if (status >> 16 != 0 || (WSTOPSIG(status) == SIGSTOP && !is_init)) /* an event; a child begins with SIGSTOP */
		return 0;
	if (WSTOPSIG(status) != SIGTRAP)
		return WSTOPSIG(status);
	note_trap(trace);
	return 0;
}

static void go_on(const struct trace *trace, pid_t pid, int signal)
{
	if (trace->by_steps)
		(void)ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)signal);
	else
		(void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal);
}

/* Waits for a stop or an end of anybody and gives back whose; 0 if there has been none for a millisecond. The kernel
 * sends SIGCHLD for each, which is blocked, so it wakes us up or has come already. (On a busy machine whoever asks
 * again and again is served last.) */
static pid_t wait_for_stop(int *status)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};
	sigset_t of_child;
	pid_t pid = waitpid(-1, status, __WALL | WNOHANG);

	(void)sigemptyset(&of_child);
	(void)sigaddset(&of_child, SIGCHLD);
	while (pid == 0 && sigtimedwait(&of_child, NULL, &millisecond) == SIGCHLD)
		pid = waitpid(-1, status, __WALL | WNOHANG);
	return pid;
}

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Nobody has stopped for a millisecond. */
static void do_next(struct trace *trace)
{
	/* The init looks at its children less often the longer that takes: 16 times as long at most. One that never
	 * sleeps without a timeout is told after two seconds all the same, and is found out by what it does. */
	enum { TURNS = 20, PATIENCE = 2000000000 };
	pid_t pid = trace->init.pid;
	long long slept = now() - trace->turn_ended;

	trace->turn_began = 0;
	if (!trace->executed || trace->told || !is_in_state(pid, 'S'))
		return;
	if (!trace->patient || (sleeps_without_timeout(pid) && slept > TURNS * trace->longest_turn) ||
		now() - trace->executed_at > PATIENCE)
		trace->tell(trace);
}

static void note_turn(struct trace *trace)
{
	trace->turn_ended = now();
	if (trace->turn_began == 0)
		trace->turn_began = trace->turn_ended;
	if (trace->turn_ended - trace->turn_began > trace->longest_turn)
		trace->longest_turn = trace->turn_ended - trace->turn_began;
}

/* The command has been executed, and the init stops at what it does next. */
static void take_exec(struct trace *trace, pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 200000};

	trace->executed = true;
	trace->executed_at = now();
	trace->held = pid;
	if (!trace->command_first)
		return;
	trace_let_go(trace);
	while (!is_in_state(pid, 'Z') && init_is_in_time(&trace->init))
		(void)nanosleep(&pause, NULL);
	if (trace->init_waits)
		go_on(trace, trace->init.pid, 0);
}

/* Follows it until its end; gives back whether there has been one in time, and its wait status. */
static bool follow(struct trace *trace, int *status)
{
	enum { STOPS_BETWEEN_LOOKS = 1024 };
	struct init *init = &trace->init;

	for (int stops = 0; stops % STOPS_BETWEEN_LOOKS != 0 || init_is_in_time(init); stops++) {
		pid_t pid = wait_for_stop(status);

		if (pid < 0)
			break;
		if (pid == 0) {
			do_next(trace);
			stops = -1; /* a look at the clock */
		} else if (!WIFSTOPPED(*status)) {
			if (pid == init->pid)
				return true;
		} else if (*status >> 16 == PTRACE_EVENT_EXEC && pid != init->pid) {
			take_exec(trace, pid);
		} else {
			int signal = take_stop(trace, pid, *status);

			note_turn(trace);
			/* It may have been let go by the exec before we hear of that. */
			if (trace->command_first && trace->made_child && !trace->executed && pid == init->pid)
				trace->init_waits = true;
			else
				go_on(trace, pid, signal);
			if (pid == init->pid && *status >> 16 != 0)
				trace->made_child = true;
		}
	}
	return false;
}

bool trace_follow(struct trace *trace)
{
	static const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
				    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	struct init *init = &trace->init;
	sigset_t of_child, before;
	bool ended;
	int status;

	if (waitpid(init->pid, &status, 0) != init->pid || !WIFSTOPPED(status) ||
		ptrace(PTRACE_SETOPTIONS, init->pid, NULL, (void *)options) != 0) {
		const char *reason = init_read_line(init);

		tap_note(
			"the init could not be traced: %s", reason != NULL ? reason : "it was not stopped at its exec");
		return false;
	}
	trace->main = find_main(init->pid);
	trace->in_main = trace->main == 0;
	if (!trace->by_steps && !trace->in_main)
		put_breakpoint(trace);

	(void)sigemptyset(&of_child);
	(void)sigaddset(&of_child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &of_child, &before);
	go_on(trace, init->pid, 0);
	ended = follow(trace, &status);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);

	if (trace->held > 0) { /* a dead one is the tracer's until he has waited for it */
		(void)kill(trace->held, SIGKILL);
		(void)waitpid(trace->held, NULL, __WALL);
	}
	if (!ended) {
		tap_note("the init did not come to its end, %s", trace->told ? "though all was told" : "nor to wait");
		return false;
	}
	init->pid = -1;
	if (status != 0)
		tap_note("the init ended with status %#x", (unsigned int)status);
	return status == 0;
}

void trace_let_go(struct trace *trace)
{
	(void)ptrace(PTRACE_DETACH, trace->held, NULL, NULL);
	trace->held = 0;
}

/* ---- names ---- */

#if defined(__x86_64__) && defined(__LP64__)
/* Calls without a name here, as all of other machines, are shown by their numbers. */
static const char names[] =
	" 0:read 1:write 2:open 3:close 4:stat 5:fstat 7:poll 8:lseek 9:mmap 10:mprotect 11:munmap 12:brk"
	" 13:rt_sigaction 14:rt_sigprocmask 15:rt_sigreturn 16:ioctl 17:pread64 20:writev 21:access 22:pipe"
	" 23:select 24:sched_yield 25:mremap 28:madvise 32:dup 33:dup2 34:pause 35:nanosleep 37:alarm 39:getpid"
	" 41:socket 42:connect 44:sendto 46:sendmsg 56:clone 57:fork 58:vfork 59:execve 60:exit 61:wait4 62:kill"
	" 63:uname 72:fcntl 79:getcwd 80:chdir 81:fchdir 85:creat 89:readlink 95:umask 96:gettimeofday 99:sysinfo"
	" 102:getuid 105:setuid 106:setgid 107:geteuid 109:setpgid 110:getppid 111:getpgrp 112:setsid 121:getpgid"
	" 124:getsid 125:capget 127:rt_sigpending 128:rt_sigtimedwait 129:rt_sigqueueinfo 130:rt_sigsuspend"
	" 131:sigaltstack 137:statfs 151:mlockall 157:prctl 158:arch_prctl 161:chroot 186:gettid 200:tkill 201:time"
	" 202:futex 204:sched_getaffinity 217:getdents64 218:set_tid_address 228:clock_gettime 231:exit_group"
	" 232:epoll_wait 233:epoll_ctl 234:tgkill 247:waitid 257:openat 262:newfstatat 267:readlinkat 270:pselect6"
	" 271:ppoll 272:unshare 273:set_robust_list 283:timerfd_create 286:timerfd_settime 289:signalfd4"
	" 290:eventfd2 291:epoll_create1 292:dup3 293:pipe2 297:rt_tgsigqueueinfo 302:prlimit64 308:setns"
	" 317:seccomp 318:getrandom 324:membarrier 334:rseq 424:pidfd_send_signal 434:pidfd_open 435:clone3"
	" 436:close_range 437:openat2 439:faccessat2 ";
#else
static const char names[] = "";
#endif

/* Appends a word to the text. */
static void add_call(char *text, size_t size, const struct traced_call *call, int times)
{
	char number[16], repeated[16] = "";
	const char *name = number + 1;
	size_t length = strlen(text), name_length;

	(void)snprintf(number, sizeof(number), " %d:", call->number);
	name_length = strlen(name) - 1;
	if (strstr(names, number) != NULL) {
		name = strstr(names, number) + strlen(number);
		name_length = strcspn(name, " ");
	}
	if (times > 1)
		(void)snprintf(repeated, sizeof(repeated), "%d*", times);
	(void)snprintf(text + length, size - length, "%s%s%s%.*s", length > 0 ? " " : "", repeated,
		call->by_child ? "child:" : "", (int)name_length, name);
}

static bool same_call(const struct traced_call *one, const struct traced_call *other)
{
	return one->number == other->number && one->by_child == other->by_child;
}

const char *trace_list(const struct trace *trace, int first, int count)
{
	static char text[4096];
	const struct traced_call *call = trace->call + first;
	int times;

	if (first + count > TRACE_CALLS)
		count = TRACE_CALLS - first;
	*text = '\0';
	for (const struct traced_call *end = call + count; call < end; call += times) {
		for (times = 1; call + times < end && same_call(call, call + times);)
			times++;
		add_call(text, sizeof(text), call, times);
	}
	return text;
}
