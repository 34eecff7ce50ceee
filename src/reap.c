#include "reap.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "signals.h"
#include "system.h"

/* For a filter that refuses waitid(2). wait4(2) cannot look without collecting: that is the best there is. */
static int look_and_collect(pid_t whom, struct change *change)
{
	int status;
	long pid = syscall(SYS_wait4, whom != 0 ? whom : -1, &status, WUNTRACED | WNOHANG, NULL);

	if (pid <= 0)
		return pid < 0 && errno == ECHILD ? -1 : 0;
	change->pid = (pid_t)pid;
	if (WIFEXITED(status)) {
		change->kind = CHANGE_EXITED;
		change->value = WEXITSTATUS(status);
	} else if (WIFSIGNALED(status)) {
		change->kind = WCOREDUMP(status) ? CHANGE_DUMPED : CHANGE_KILLED;
		change->value = WTERMSIG(status);
	} else {
		change->kind = CHANGE_STOPPED;
		change->value = WSTOPSIG(status);
	}
	return 1;
}

int reap_look(pid_t whom, struct change *change)
{
	idtype_t type = whom != 0 ? P_PID : P_ALL;
	siginfo_t info = {.si_pid = 0};

	/* Any stop shows with WSTOPPED; without it only stops of our own tracees would. */
	if (waitid(type, (id_t)whom, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0)
		return errno == ECHILD ? -1 : look_and_collect(whom, change);
	if (info.si_pid == 0)
		return 0;
	/* gVisor takes the 0x7f of a stop in a wait status for the signal that killed the child (seen in 2024-07). */
	if (SIGNALS < 0x7f && info.si_status == 0x7f && info.si_code == CLD_KILLED)
		return look_and_collect(whom, change);
	*change = (struct change){.kind = (enum change_kind)info.si_code, .pid = info.si_pid, .value = info.si_status};
	return 1;
}

void reap_wait(void)
{
	siginfo_t info;

	(void)waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
}

void reap_collect(const struct change *change)
{
	siginfo_t info;
	bool dead = change->kind <= CHANGE_DUMPED;

	/* A stopped one may have been killed since: then it is looked at again, as a dead one. */
	(void)waitid(P_PID, (id_t)change->pid, &info, (dead ? WEXITED : WSTOPPED) | WNOHANG);
}

void reap_detach(const struct change *change)
{
	siginfo_t info = {.si_code = SI_KERNEL};
	bool by_exec;

	(void)syscall(SYS_ptrace, PTRACE_GETSIGINFO, change->pid, NULL, &info);
	by_exec = change->value == SIGTRAP && info.si_code == SI_USER && info.si_pid == change->pid;
	(void)syscall(SYS_ptrace, PTRACE_DETACH, change->pid, NULL, by_exec ? 0L : (long)change->value);
}

int exit_status_of(const struct change *change)
{
	return change->kind == CHANGE_EXITED ? change->value : 128 + change->value;
}
