/*
 * The controlling terminal (contract: default mode, nested mode, --single-child), each case on a pseudoterminal of its
 * own. What must stay away, such as a second SIGINT for one ^C, is shown by a later signal: see nothing_else_came().
 *
 * dumb-init 1.2.5 fails on the pending SIGHUP, on nearly everything nested (its new session has no terminal), on the
 * keys with
 * --single-child (each signal twice), on ^Z there (it stops for good), and on closed descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"
#include "tap.h"
#include "terminal.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The last of the signals in the order in which all of them are taken, and that no terminal sends. */
enum { LAST_SIGNAL = 64 };

struct stage {
	const struct way *way;
	struct terminal terminal;
	bool started;
	bool keep_open;	  /* by the test too: where for a moment nobody else has it open, it would end */
	struct init init; /* what leads the session: dumb-init, or what it is nested in */
	bool (*attach)(const struct terminal *terminal); /* terminal_lead, unless a case says otherwise */
	bool (*prepare)(void);				 /* after that, just before exec; or NULL */
};

static bool is_true(bool fact, const char *what)
{
	if (!fact)
		tap_note("not true: %s", what);
	return fact;
}

static void enter_stage(void *argument)
{
	const struct stage *stage = argument;

	if (!stage->attach(&stage->terminal) || (stage->prepare != NULL && !stage->prepare()))
		_exit(99);
}

/* Starts the init under test with these words, or with `outer` another program in its place. */
static bool start_either(struct stage *stage, const char *const *outer, const char *const *words)
{
	struct start start = {
		.way = *stage->way, .init_words = outer, .words = words, .prepare = enter_stage, .argument = stage};

	stage->started = init_start(&stage->init, &start);
	if (!stage->keep_open)
		terminal_started(&stage->terminal);
	return stage->started;
}

static bool start_dumb_init(struct stage *stage, const char *const *words)
{
	return start_either(stage, NULL, words);
}

static bool start_outer(struct stage *stage, const char *const *outer)
{
	static const char *const nothing_more[] = {NULL};

	return start_either(stage, outer, nothing_more);
}

static bool type(struct stage *stage, const char *keys)
{
	return terminal_type(&stage->terminal, keys);
}

static bool see(struct stage *stage, const char *part)
{
	return terminal_expect(&stage->terminal, part);
}

static bool type_and_see(struct stage *stage, const char *keys, const char *part)
{
	return type(stage, keys) && see(stage, part);
}

static bool exits_with(struct stage *stage, int status)
{
	int got = init_wait(&stage->init);

	if (got == W_EXITCODE(status, 0))
		return true;
	tap_note("wait status 0x%x, not exit status %d", (unsigned int)got, status);
	return false;
}

/* Waits for a child of `parent` and gives back its PID, as the test sees it; -1 if none comes. */
static pid_t child_of(const struct stage *stage, pid_t parent)
{
	pid_t child = -1;

	while (parent > 1 && (child = only_child_of(parent)) < 0 && terminal_is_in_time(&stage->terminal))
		continue;
	return child;
}

/* Never to everybody: kill(-1) of a test would end the machine. */
static bool send(pid_t pid, int signal)
{
	return is_true(pid > 1 && kill(pid, signal) == 0, "the process that the signal is for is there");
}

/* The command prints a line for each signal that it takes, which begins with its number. */
static bool command_takes(struct stage *stage, int signal)
{
	const char *line = terminal_read_line(&stage->terminal);

	if (line != NULL && atoi(line) == signal)
		return true;
	tap_note("the command should have taken signal %d next, and printed \"%s\"", signal,
		line != NULL ? line : "(nothing more)");
	return false;
}

/* Both dumb-init and the command take what is pending for them in the order of the numbers. So a signal that dumb-init
 * wrongly sends on for one that the terminal sent before is seen before this one. */
static bool nothing_else_came(struct stage *stage, pid_t dumb_init)
{
	return send(dumb_init, LAST_SIGNAL) && command_takes(stage, LAST_SIGNAL);
}

/* The keys follow each other: when a signal of the second key is there, the first one's have been sent to everybody. */
static bool keys_come_once(struct stage *stage, pid_t outermost)
{
	return type(stage, KEY_INTERRUPT KEY_QUIT) && command_takes(stage, SIGINT) && command_takes(stage, SIGQUIT) &&
	       nothing_else_came(stage, outermost) && terminal_resize(&stage->terminal, 100) &&
	       command_takes(stage, SIGWINCH) && nothing_else_came(stage, outermost);
}

/* In a session of its own (`own_session`) or not, the process leads the foreground group of its terminal. */
static bool is_in_front(struct stage *stage, pid_t pid, bool own_session)
{
	struct standing standing;

	return is_true(read_standing(pid, &standing), "the command is there") &&
	       is_true(standing.terminal != 0, "the command has a controlling terminal") &&
	       is_true(standing.group == pid, "the command leads a process group") &&
	       is_true((standing.session == pid) == own_session, "the command is in the session that was wanted") &&
	       terminal_has_foreground(&stage->terminal, pid);
}

/* A program that reads the terminal goes on after ^Z, since nobody is there who could continue it. The line is typed
 * after ^Z, so that it reads it only if it was not stopped, or was continued. Twice: what the first ^Z left behind
 * counts too. */
static bool cat_survives_suspend_key(struct stage *stage)
{
	return type_and_see(stage, "zero\n", "zero") && type_and_see(stage, KEY_SUSPEND "one\n", "one") &&
	       type_and_see(stage, KEY_SUSPEND "two\n", "two") && type(stage, KEY_END);
}

/* In an interactive shell that has just started: a word too many, as about missing job control, is a failure. */
static bool has_job_control(struct stage *stage)
{
	pid_t shell, job;

	if (!type(stage, "echo alive\n") || !terminal_expect_next(&stage->terminal, "alive"))
		return false;
	shell = terminal_foreground(&stage->terminal);
	if (!type_and_see(stage, "\"$CHILD\" wait\n", "ready"))
		return false;
	job = terminal_wait_for_another_foreground(&stage->terminal, shell);
	return job > 0 && type_and_see(stage, KEY_SUSPEND, "Stopped") && wait_for_state(job, 'T') &&
	       terminal_wait_for_foreground(&stage->terminal, shell) && type(stage, "bg\n") &&
	       wait_for_state(job, 'S') && terminal_has_foreground(&stage->terminal, shell) && type(stage, "fg\n") &&
	       terminal_wait_for_foreground(&stage->terminal, job) && type(stage, KEY_INTERRUPT) &&
	       type_and_see(stage, "echo status $?\n", "status 130");
}

/* ---- dumb-init leads the session, as under `docker run -it` ---- */

static bool leader_gives_terminal(struct stage *stage)
{
	pid_t command;

	if (!start_dumb_init(stage, WORDS("/bin/sh", "-c", "echo opened >/dev/tty; read line; exit 7")) ||
		!see(stage, "opened"))
		return false;
	command = child_of(stage, stage->init.pid);
	return is_in_front(stage, command, true) && type(stage, "\n") && exits_with(stage, 7);
}

static bool leader_keys_come_once(struct stage *stage)
{
	/* Anything that came of the hand-over, a SIGHUP or SIGCONT above all, would be the first line. */
	return start_dumb_init(stage, WORDS(child_path(), "signals")) && see(stage, "ready") &&
	       keys_come_once(stage, stage->init.pid) && type(stage, KEY_SUSPEND) && command_takes(stage, SIGTSTP) &&
	       nothing_else_came(stage, stage->init.pid);
}

static bool leader_runs_bash(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("bash", "--norc", "--noprofile", "--noediting", "-i")) &&
	       has_job_control(stage) && type(stage, "exit 3\n") && exits_with(stage, 3);
}

static bool leader_runs_sh(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("sh", "-i")) && has_job_control(stage) && type(stage, "exit 3\n") &&
	       exits_with(stage, 3);
}

static bool leader_survives_suspend_key(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("cat")) && cat_survives_suspend_key(stage) && exits_with(stage, 0);
}

static bool leader_passes_first_hangup_on(struct stage *stage)
{
	return start_dumb_init(stage, WORDS(child_path(), "signals")) && see(stage, "ready") &&
	       send(stage->init.pid, SIGHUP) && command_takes(stage, SIGHUP) && send(stage->init.pid, SIGCONT) &&
	       command_takes(stage, SIGCONT) && nothing_else_came(stage, stage->init.pid);
}

/* Another process sends it: the kernel's own for TIOCNOTTY carries dumb-init's PID. */
static bool leave_hangup_pending(void)
{
	sigset_t hangup;
	pid_t sender;

	if (sigemptyset(&hangup) != 0 || sigaddset(&hangup, SIGHUP) != 0 || sigprocmask(SIG_BLOCK, &hangup, NULL) != 0)
		return false;
	sender = fork();
	if (sender == 0)
		_exit(kill(getppid(), SIGHUP) == 0 ? 0 : 1);
	return sender > 0 && waitpid(sender, NULL, 0) == sender;
}

static bool leader_says_so(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("-v", child_path(), "exit", "7")) &&
	       see(stage, "new session, with the terminal") && exits_with(stage, 7);
}

/* It reaches the command at any moment from exec on, and so finds the default disposition. */
static bool leader_keeps_pending_hangup(struct stage *stage)
{
	stage->prepare = leave_hangup_pending;
	return start_dumb_init(stage, WORDS(child_path(), "wait")) && exits_with(stage, 128 + SIGHUP);
}

static bool dies_of_hangup(struct stage *stage, const char *const *words)
{
	if (!start_dumb_init(stage, words) || !see(stage, "ready"))
		return false;
	terminal_hang_up(&stage->terminal);
	return exits_with(stage, 128 + SIGHUP);
}

static bool leader_ends_at_hangup(struct stage *stage)
{
	return dies_of_hangup(stage, WORDS(child_path(), "wait"));
}

/* ---- nested: something else leads the session ---- */

static bool shell_gets_terminal_back(struct stage *stage, const char *line)
{
	return see(stage, line) && type_and_see(stage, "hello\n", "got hello");
}

static bool nested_below_tini(struct stage *stage)
{
	if (!start_outer(stage, WORDS("/usr/bin/tini", "-s", "--", init_path(), child_path(), "signals")) ||
		!see(stage, "ready"))
		return false;
	return is_in_front(stage, child_of(stage, child_of(stage, stage->init.pid)), false) &&
	       keys_come_once(stage, stage->init.pid);
}

static bool nested_below_tini_bash(struct stage *stage)
{
	return start_outer(stage, WORDS("/usr/bin/tini", "-s", "--", init_path(), "--", "bash", "--norc", "--noprofile",
					  "--noediting", "-i")) &&
	       has_job_control(stage) && type(stage, "exit 3\n") && exits_with(stage, 3);
}

static bool nested_below_script(struct stage *stage)
{
	return start_outer(stage, WORDS("/bin/sh", "-c", "\"$INIT\" \"$CHILD\" signals; :")) && see(stage, "ready") &&
	       is_in_front(stage, child_of(stage, child_of(stage, stage->init.pid)), false) &&
	       keys_come_once(stage, child_of(stage, stage->init.pid));
}

static bool nested_says_so(struct stage *stage)
{
	return start_outer(stage,
		       WORDS("/bin/sh", "-c", "\"$INIT\" -v \"$CHILD\" exit 3; echo back $?; read x; echo got $x")) &&
	       see(stage, "in the terminal's foreground") && shell_gets_terminal_back(stage, "back 3");
}

static bool nested_below_script_bash(struct stage *stage)
{
	return start_outer(stage, WORDS("/bin/sh", "-c",
					  "\"$INIT\" bash --norc --noprofile --noediting -i; echo back $?; read x; "
					  "echo got $x")) &&
	       has_job_control(stage) && type(stage, "exit 3\n") && shell_gets_terminal_back(stage, "back 3");
}

/* The script's process group is orphaned: the kernel stops nobody in it for ^Z, and nobody would continue us. */
static bool nested_in_orphaned_group(struct stage *stage)
{
	return start_outer(stage, WORDS("/bin/sh", "-c", "\"$INIT\" cat; echo back $?; read x; echo got $x")) &&
	       cat_survives_suspend_key(stage) && shell_gets_terminal_back(stage, "back 0");
}

/* All of the command's group is stopped by ^Z, and has to be continued. */
static bool pipeline_in_orphaned_group(struct stage *stage)
{
	return start_outer(stage,
		       WORDS("/bin/sh", "-c", "\"$INIT\" sh -c 'cat | cat'; echo back $?; read x; echo got $x")) &&
	       cat_survives_suspend_key(stage) && shell_gets_terminal_back(stage, "back 0");
}

static bool nested_exec_failure(struct stage *stage)
{
	return start_outer(
		       stage, WORDS("/bin/sh", "-c", "\"$INIT\" /doesnotexist; echo back $?; read x; echo got $x")) &&
	       see(stage, "/doesnotexist") && shell_gets_terminal_back(stage, "back 127");
}

/* ---- nested below an interactive shell, which watches dumb-init and not the command ---- */

struct job {
	pid_t shell, dumb_init, command;
};

static bool start_shell(struct stage *stage, const char *shell)
{
	const char *const *words = strcmp(shell, "bash") == 0
					   ? WORDS("/bin/bash", "--norc", "--noprofile", "--noediting", "-i")
					   : WORDS("/bin/sh", "-i");

	return start_outer(stage, words);
}

/* Types `line`, which starts dumb-init, waits for a line with this part, and finds who is who. */
static bool find_job(struct stage *stage, struct job *job, const char *line, const char *part)
{
	if (!type_and_see(stage, line, part))
		return false;
	job->shell = stage->init.pid;
	job->dumb_init = child_of(stage, job->shell);
	job->command = child_of(stage, job->dumb_init);
	return true;
}

/* The same in the foreground of an interactive shell. */
static bool start_job(struct stage *stage, struct job *job, const char *line)
{
	return find_job(stage, job, line, "ready") && is_in_front(stage, job->command, false);
}

/* ^C ends it, and the shell goes on. */
static bool ends_by_interrupt(struct stage *stage)
{
	return type(stage, KEY_INTERRUPT) && type_and_see(stage, "echo status $?\n", "status 130");
}

static bool is_stopped(struct stage *stage, const struct job *job)
{
	return see(stage, "Stopped") && wait_for_state(job->command, 'T') && wait_for_state(job->dumb_init, 'T') &&
	       terminal_wait_for_foreground(&stage->terminal, job->shell);
}

static bool resumes_in_front(struct stage *stage, const struct job *job)
{
	return type(stage, "fg\n") && terminal_wait_for_foreground(&stage->terminal, job->command) &&
	       wait_for_state(job->command, 'S') && terminal_wait_until_settled(&stage->terminal, job->dumb_init);
}

static bool resumes_behind(struct stage *stage, const struct job *job)
{
	return type(stage, "bg\n") && wait_for_state(job->command, 'S') &&
	       terminal_wait_until_settled(&stage->terminal, job->dumb_init) &&
	       terminal_has_foreground(&stage->terminal, job->shell) &&
	       type_and_see(stage, "echo the shell reads\n", "the shell reads");
}

/* Whatever it has to do with the terminal, it opens that for a moment only. */
static bool holds_nothing(pid_t pid)
{
	enum { MOST = 64 };
	char path[64], target[64];

	for (int descriptor = STDERR_FILENO + 1; descriptor < MOST; descriptor++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, descriptor);
		if (!is_true(readlink(path, target, sizeof(target)) < 0,
			    "dumb-init holds none but its standard descriptors"))
			return false;
	}
	return true;
}

static bool is_a_good_job(struct stage *stage, const char *shell)
{
	struct job job;

	return start_shell(stage, shell) && start_job(stage, &job, "\"$INIT\" \"$CHILD\" wait\n") &&
	       type(stage, KEY_SUSPEND) && is_stopped(stage, &job) && resumes_in_front(stage, &job) &&
	       type(stage, KEY_SUSPEND) && is_stopped(stage, &job) && resumes_behind(stage, &job) &&
	       holds_nothing(job.dumb_init) && type(stage, "fg\n") &&
	       terminal_wait_for_another_foreground(&stage->terminal, job.shell) > 0 && ends_by_interrupt(stage);
}

static bool job_of_bash(struct stage *stage)
{
	return is_a_good_job(stage, "bash");
}

static bool job_of_sh(struct stage *stage)
{
	return is_a_good_job(stage, "sh");
}

static bool job_takes_keys_once(struct stage *stage)
{
	struct job job;

	return start_shell(stage, "bash") && start_job(stage, &job, "\"$INIT\" \"$CHILD\" signals\n") &&
	       keys_come_once(stage, job.dumb_init);
}

static bool job_stopped_from_outside(struct stage *stage)
{
	struct job job;

	return start_shell(stage, "bash") && start_job(stage, &job, "\"$INIT\" \"$CHILD\" wait\n") &&
	       send(job.dumb_init, SIGTSTP) && is_stopped(stage, &job) && resumes_in_front(stage, &job) &&
	       ends_by_interrupt(stage);
}

/* The script between the two is of dumb-init's group: the shell waits until none of it goes on. */
static bool job_with_script(struct stage *stage)
{
	struct job job;
	pid_t script;

	if (!start_shell(stage, "bash") ||
		!type_and_see(stage, "sh -c '\"$INIT\" \"$CHILD\" wait; exit $?'\n", "ready"))
		return false;
	job.shell = stage->init.pid;
	script = child_of(stage, job.shell);
	job.dumb_init = child_of(stage, script);
	job.command = child_of(stage, job.dumb_init);
	return is_in_front(stage, job.command, false) && type(stage, KEY_SUSPEND) && is_stopped(stage, &job) &&
	       wait_for_state(script, 'T') && resumes_in_front(stage, &job) && ends_by_interrupt(stage);
}

/* As if it read from a terminal that it has not: it has this one, and so was stopped on purpose. */
static bool job_in_front_stopped_by_sigttin(struct stage *stage)
{
	struct job job;

	return start_shell(stage, "bash") && start_job(stage, &job, "\"$INIT\" \"$CHILD\" wait\n") &&
	       send(job.command, SIGTTIN) && is_stopped(stage, &job) && resumes_in_front(stage, &job) &&
	       ends_by_interrupt(stage);
}

/* Its group is empty then: a signal for this group would be lost. */
static bool job_leaves_its_group(struct stage *stage)
{
	struct job job;

	return start_shell(stage, "bash") &&
	       start_job(stage, &job, "\"$INIT\" \"$CHILD\" take first 64 -- group parents -- signals\n") &&
	       send(job.dumb_init, LAST_SIGNAL) && see(stage, "first 64 from") && see(stage, "ready") &&
	       nothing_else_came(stage, job.dumb_init) && send(job.dumb_init, SIGTERM) && command_takes(stage, SIGTERM);
}

/* An orphan in the command's group, that dumb-init has adopted: whether it is stopped is no concern of the shell's. */
static bool orphan_stopped_alone(struct stage *stage)
{
	pid_t dumb_init, children[2];
	struct standing standing;

	if (!start_shell(stage, "bash") ||
		!type_and_see(stage, "\"$INIT\" sh -c '(\"$CHILD\" wait &); \"$CHILD\" wait'\n", "ready") ||
		!see(stage, "ready"))
		return false;
	dumb_init = child_of(stage, stage->init.pid);
	while (children_of(dumb_init, children, 2) != 2)
		if (!terminal_is_in_time(&stage->terminal))
			return is_true(false, "dumb-init has adopted the orphan");
	for (int i = 0; i < 2; i++)
		if (read_standing(children[i], &standing) && standing.group != children[i])
			return send(children[i], SIGTSTP) && wait_for_state(children[i], 'T') &&
			       is_true(terminal_wait_until_settled(&stage->terminal, dumb_init), "dumb-init goes on") &&
			       send(children[i], SIGCONT) && ends_by_interrupt(stage);
	return is_true(false, "one of the two is an orphan");
}

/* With no shell that would move the terminal: what moves it is dumb-init. */
static bool script_stopped_from_outside(struct stage *stage)
{
	struct job job;

	if (!start_outer(
		    stage, WORDS("/bin/sh", "-c", "\"$INIT\" \"$CHILD\" wait; echo back $?; read x; echo got $x")) ||
		!start_job(stage, &job, ""))
		return false;
	return send(job.dumb_init, SIGTSTP) && wait_for_state(job.command, 'T') && wait_for_state(job.dumb_init, 'T') &&
	       terminal_has_foreground(&stage->terminal, job.shell) && send(job.dumb_init, SIGCONT) &&
	       wait_for_state(job.command, 'S') && terminal_has_foreground(&stage->terminal, job.command) &&
	       type(stage, KEY_INTERRUPT) && shell_gets_terminal_back(stage, "back 130");
}

/* What is left has a session of its own, which no key gets to: ^C gets to dumb-init, and by way of it there. */
static bool keys_reach_what_is_left(struct stage *stage)
{
	return start_outer(
		       stage, WORDS("/bin/sh", "-c",
				      "trap : INT; \"$INIT\" --wait \"$CHILD\" leave daemon + take left 2 -- exit 5; "
				      "echo back $?; read x; echo got $x")) &&
	       see(stage, "left 15 from") && terminal_wait_for_foreground(&stage->terminal, stage->init.pid) &&
	       type_and_see(stage, KEY_INTERRUPT, "left 2 from") && shell_gets_terminal_back(stage, "back 5");
}

/* A shell learns of a stop a moment after /proc tells of it: asks until it says so. */
static bool shell_says_stopped(struct stage *stage)
{
	const char *line;

	do
		line = type(stage, "jobs\n") ? terminal_read_line(&stage->terminal) : NULL;
	while (line != NULL && strstr(line, "Stopped") == NULL);
	return is_true(line != NULL, "the shell says that the job is stopped");
}

static bool job_in_background(struct stage *stage)
{
	struct job job;

	if (!start_shell(stage, "bash") || !find_job(stage, &job, "\"$INIT\" cat &\n", "[1]"))
		return false;
	return wait_for_state(job.command, 'T') && wait_for_state(job.dumb_init, 'T') &&
	       terminal_has_foreground(&stage->terminal, job.shell) && shell_says_stopped(stage) &&
	       resumes_in_front(stage, &job) && type_and_see(stage, "hello\n", "hello") && type(stage, KEY_END) &&
	       type_and_see(stage, "echo status $?\n", "status 0");
}

/* bash sends no SIGCONT to a job that runs as it brings it to the front: that the terminal is dumb-init's again shows
 * only when the command reads it and is stopped by SIGTTIN. */
static bool running_job_brought_to_front(struct stage *stage)
{
	struct job job;

	if (!start_shell(stage, "bash") ||
		!find_job(stage, &job, "\"$INIT\" sh -c '\"$CHILD\" wait; read x; echo got $x' &\n", "ready"))
		return false;
	return type(stage, "fg\n") && terminal_wait_for_another_foreground(&stage->terminal, job.shell) > 0 &&
	       send(child_of(stage, job.command), SIGTERM) && type_and_see(stage, "hello\n", "got hello");
}

/* The terminal is dumb-init's then, and not yet lent. Only what waits for the terminal is continued: SIGTSTP is a wish.
 */
static bool job_brought_to_front_stopped(struct stage *stage)
{
	struct job job;

	if (!start_shell(stage, "bash") || !find_job(stage, &job, "\"$INIT\" \"$CHILD\" wait &\n", "ready"))
		return false;
	return type(stage, "fg\n") && terminal_wait_for_foreground(&stage->terminal, job.dumb_init) &&
	       send(job.command, SIGTSTP) && is_stopped(stage, &job) && resumes_in_front(stage, &job) &&
	       ends_by_interrupt(stage);
}

static bool background_says_so(struct stage *stage)
{
	return start_shell(stage, "bash") &&
	       type_and_see(stage, "\"$INIT\" -v \"$CHILD\" exit 3 &\n", "in the terminal's background") &&
	       type_and_see(stage, "wait $!; echo status $?\n", "status 3");
}

/* What was lent once is not lent for ever: here too it is the command's SIGTTIN that shows whose the terminal is. */
static bool job_brought_back_to_front(struct stage *stage)
{
	struct job job;

	return start_shell(stage, "bash") &&
	       start_job(stage, &job, "\"$INIT\" sh -c '\"$CHILD\" wait; read x; echo got $x'\n") &&
	       type(stage, KEY_SUSPEND) && is_stopped(stage, &job) && resumes_behind(stage, &job) &&
	       type(stage, "fg\n") && terminal_wait_for_foreground(&stage->terminal, job.dumb_init) &&
	       send(child_of(stage, job.command), SIGTERM) && type_and_see(stage, "hello\n", "got hello");
}

/* ---- PID 1 of a PID namespace that was made within a session: group and session are outside, and read as 0 ---- */

#define UNSHARE_AND_INIT "unshare $UNSHARE --pid --fork \"$INIT\" "

static bool namespace_runs_bash(struct stage *stage)
{
	return start_shell(stage, "bash") && type(stage, UNSHARE_AND_INIT "bash --norc --noprofile --noediting -i\n") &&
	       has_job_control(stage) && type(stage, "exit 3\n") && type_and_see(stage, "echo status $?\n", "status 3");
}

static bool namespace_survives_suspend_key(struct stage *stage)
{
	return start_shell(stage, "bash") && type(stage, UNSHARE_AND_INIT "cat\n") && cat_survives_suspend_key(stage) &&
	       type_and_see(stage, "echo status $?\n", "status 0");
}

/* ---- --single-child: nothing is changed ---- */

static bool single_child_changes_nothing(struct stage *stage)
{
	struct standing init, command;
	pid_t pid;

	if (!start_dumb_init(stage, WORDS("-c", child_path(), "signals")) || !see(stage, "ready"))
		return false;
	pid = child_of(stage, stage->init.pid);
	return is_true(read_standing(stage->init.pid, &init) && read_standing(pid, &command), "both are there") &&
	       is_true(init.session == stage->init.pid && command.session == init.session, "the session is the same") &&
	       is_true(init.group == stage->init.pid && command.group == init.group, "the group is the same") &&
	       is_true(init.terminal != 0 && command.terminal == init.terminal, "the terminal is the same") &&
	       terminal_has_foreground(&stage->terminal, stage->init.pid) && keys_come_once(stage, stage->init.pid);
}

static bool single_child_nests(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("-c", init_path(), "-c", child_path(), "signals")) && see(stage, "ready") &&
	       keys_come_once(stage, stage->init.pid);
}

static bool single_child_nests_in_default(struct stage *stage)
{
	return start_dumb_init(stage, WORDS(init_path(), "-c", child_path(), "signals")) && see(stage, "ready") &&
	       keys_come_once(stage, child_of(stage, stage->init.pid)); /* the outer one signals both */
}

static bool default_nests_in_single_child(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("-c", init_path(), child_path(), "signals")) && see(stage, "ready") &&
	       is_in_front(stage, child_of(stage, child_of(stage, stage->init.pid)), false) &&
	       keys_come_once(stage, stage->init.pid);
}

static bool single_child_ends_at_hangup(struct stage *stage)
{
	return dies_of_hangup(stage, WORDS("-c", child_path(), "wait"));
}

/* The kernel sends SIGHUP to all of the foreground group, the command included, and not only to who leads the session.
 */
static bool single_child_loses_session_leader(struct stage *stage)
{
	pid_t dumb_init;

	if (!start_outer(stage, WORDS("/bin/sh", "-c", "\"$INIT\" -c \"$CHILD\" signals; :")) || !see(stage, "ready"))
		return false;
	dumb_init = child_of(stage, stage->init.pid);
	return send(stage->init.pid, SIGKILL) && command_takes(stage, SIGHUP) && nothing_else_came(stage, dumb_init) &&
	       send(dumb_init, SIGTERM) && command_takes(stage, SIGTERM);
}

static bool single_child_survives_suspend_key(struct stage *stage)
{
	return start_dumb_init(stage, WORDS("-c", "cat")) && cat_survives_suspend_key(stage) && exits_with(stage, 0);
}

static bool single_child_is_a_job(struct stage *stage)
{
	struct job job;

	if (!start_shell(stage, "bash") || !find_job(stage, &job, "\"$INIT\" -c \"$CHILD\" wait\n", "ready"))
		return false;
	return terminal_has_foreground(&stage->terminal, job.dumb_init) && type(stage, KEY_SUSPEND) &&
	       is_stopped(stage, &job) && type(stage, "fg\n") && wait_for_state(job.command, 'S') &&
	       terminal_wait_for_foreground(&stage->terminal, job.dumb_init) && ends_by_interrupt(stage);
}

/* Somebody stops the command, and not the terminal; nor does dumb-init know of it by a signal of its own. */
static bool only_command_stops(struct stage *stage, const char *line, int signal)
{
	struct job job;

	if (!start_shell(stage, "bash") || !find_job(stage, &job, line, "ready"))
		return false;
	return send(job.command, signal) && wait_for_state(job.command, 'T') &&
	       is_true(terminal_wait_until_settled(&stage->terminal, job.dumb_init), "dumb-init goes on") &&
	       send(job.command, SIGCONT) && wait_for_state(job.command, 'S') && ends_by_interrupt(stage);
}

static bool command_stopped_alone(struct stage *stage)
{
	return only_command_stops(stage, "\"$INIT\" \"$CHILD\" wait\n", SIGSTOP);
}

static bool single_child_stopped_alone(struct stage *stage)
{
	return only_command_stops(stage, "\"$INIT\" -c \"$CHILD\" wait\n", SIGTSTP);
}

/* ---- no controlling terminal ---- */

static bool terminal_of_nobody(struct stage *stage)
{
	stage->attach = terminal_use;
	return start_dumb_init(stage, WORDS(child_path(), "signals")) && see(stage, "ready") &&
	       is_in_front(stage, child_of(stage, stage->init.pid), true) && keys_come_once(stage, stage->init.pid);
}

static bool read_nothing(void)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return nothing >= 0 && dup2(nothing, STDIN_FILENO) == STDIN_FILENO;
}

static bool no_terminal(struct stage *stage)
{
	struct standing standing;
	pid_t command;

	stage->attach = terminal_use;
	stage->prepare = read_nothing;
	if (!start_dumb_init(stage, WORDS(child_path(), "signals")) || !see(stage, "ready"))
		return false;
	command = child_of(stage, stage->init.pid);
	return is_true(read_standing(command, &standing), "the command is there") &&
	       is_true(standing.terminal == 0, "the command has no controlling terminal") &&
	       is_true(standing.session == command && standing.group == command, "it leads a session and a group") &&
	       nothing_else_came(stage, stage->init.pid);
}

/* ---- /dev/tty cannot be had ---- */

static bool empty_dev(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/dev", "tmpfs", 0, NULL) == 0;
}

static bool forbidden_dev_tty(void)
{
	enum { USER = 65534 };

	return empty_dev() && mknod("/dev/tty", S_IFCHR, makedev(5, 0)) == 0 && setgid(USER) == 0 &&
	       setuid(USER) == 0 && access("/dev/tty", R_OK) != 0 && errno == EACCES;
}

static bool works_without_dev_tty(struct stage *stage)
{
	return start_dumb_init(stage, WORDS(child_path(), "signals")) && see(stage, "ready") &&
	       is_in_front(stage, child_of(stage, stage->init.pid), true) && keys_come_once(stage, stage->init.pid);
}

static bool without_dev_tty(struct stage *stage)
{
	stage->prepare = empty_dev;
	return works_without_dev_tty(stage);
}

static bool with_forbidden_dev_tty(struct stage *stage)
{
	stage->prepare = forbidden_dev_tty;
	return works_without_dev_tty(stage);
}

static bool empty_proc(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/proc", "tmpfs", 0, NULL) == 0;
}

/* Not to wait for the terminal it needs one of its own open, which it gets by another name then. */
static bool speaks_without_proc(struct stage *stage)
{
	stage->prepare = empty_proc;
	return start_dumb_init(stage, WORDS("-v", child_path(), "exit", "7")) && see(stage, "exited with status 7") &&
	       exits_with(stage, 7);
}

/* Its output goes elsewhere. */
static bool write_nothing_and_empty_dev(void)
{
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	return nothing >= 0 && dup2(nothing, STDOUT_FILENO) == STDOUT_FILENO &&
	       dup2(nothing, STDERR_FILENO) == STDERR_FILENO && empty_dev();
}

static bool only_input_is_terminal(struct stage *stage)
{
	stage->prepare = write_nothing_and_empty_dev;
	if (!start_dumb_init(stage, WORDS("/bin/sh", "-c", "echo opened >&0; read line; exit 7")) ||
		!see(stage, "opened"))
		return false;
	return is_in_front(stage, child_of(stage, stage->init.pid), true) && type(stage, "\n") && exits_with(stage, 7);
}

/* By its end dumb-init holds no other descriptor of the terminal than standard error. */
static bool nested_without_dev_tty(struct stage *stage)
{
	stage->prepare = empty_dev;
	return nested_in_orphaned_group(stage);
}

static bool close_standard_descriptors(void)
{
	return close(STDIN_FILENO) == 0 && close(STDOUT_FILENO) == 0 && close(STDERR_FILENO) == 0;
}

/* The descriptor by which dumb-init knows the terminal must not become one of 0..2, nor stay open in the command. */
static bool standard_descriptors_closed(struct stage *stage)
{
	pid_t command;

	stage->prepare = close_standard_descriptors;
	stage->keep_open = true;
	if (!start_dumb_init(stage, WORDS("/bin/sh", "-c",
					    "for n in 0 1 2 3 4 5; do [ ! -L /proc/$$/fd/$n ] || exit 9; done; "
					    "echo closed >/dev/tty; read line </dev/tty; exit 7")) ||
		!see(stage, "closed"))
		return false;
	command = child_of(stage, stage->init.pid);
	return is_in_front(stage, command, true) && type(stage, "\n") && exits_with(stage, 7);
}

/* Whoever closes standard error wants no lines: they must not get to the terminal by its number. */
static bool close_standard_error(void)
{
	return close(STDERR_FILENO) == 0;
}

static bool standard_error_closed(struct stage *stage)
{
	const char *line;

	stage->prepare = close_standard_error;
	if (!start_dumb_init(stage, WORDS("-v", child_path(), "exit", "7")) || !exits_with(stage, 7))
		return false;
	line = terminal_read_line(&stage->terminal);
	if (line != NULL)
		tap_note("on the screen: %s", line);
	return line == NULL;
}

enum applies { ANYWHERE, NOT_AS_PID_1, AS_ROOT };

static const struct {
	const char *description;
	bool (*run)(struct stage *stage);
	enum applies applies;
	const char *needs; /* a program; or NULL */
} cases[] = {
	{"session leader: the command gets the terminal", leader_gives_terminal, ANYWHERE, NULL},
	{"session leader: ^C, ^\\, ^Z and a resize come once", leader_keys_come_once, ANYWHERE, NULL},
	{"session leader: bash has job control", leader_runs_bash, ANYWHERE, "/bin/bash"},
	{"session leader: sh has job control", leader_runs_sh, ANYWHERE, NULL},
	{"session leader: ^Z does not hang a plain command", leader_survives_suspend_key, ANYWHERE, NULL},
	{"session leader: the first real SIGHUP is sent on", leader_passes_first_hangup_on, ANYWHERE, NULL},
	{"session leader: --verbose says so", leader_says_so, ANYWHERE, NULL},
	{"session leader: a SIGHUP that was pending is sent on", leader_keeps_pending_hangup, ANYWHERE, NULL},
	{"session leader: a hangup ends the command", leader_ends_at_hangup, ANYWHERE, NULL},
	{"below tini: the keys come once", nested_below_tini, ANYWHERE, "/usr/bin/tini"},
	{"below tini: bash has job control", nested_below_tini_bash, ANYWHERE, "/usr/bin/tini"},
	{"below a script: the keys come once", nested_below_script, ANYWHERE, NULL},
	{"below a script: --verbose says so", nested_says_so, ANYWHERE, NULL},
	{"below a script: bash has job control, the terminal goes back", nested_below_script_bash, ANYWHERE,
		"/bin/bash"},
	{"in an orphaned process group: ^Z does not hang, the terminal goes back", nested_in_orphaned_group, ANYWHERE,
		NULL},
	{"in an orphaned process group: ^Z does not hang a pipeline", pipeline_in_orphaned_group, ANYWHERE, NULL},
	{"below a script: the terminal goes back if there is no command", nested_exec_failure, ANYWHERE, NULL},
	{"a job of bash: ^Z, bg, fg", job_of_bash, ANYWHERE, "/bin/bash"},
	{"a job of sh: ^Z, bg, fg", job_of_sh, ANYWHERE, NULL},
	{"a job of bash: the keys come once", job_takes_keys_once, ANYWHERE, "/bin/bash"},
	{"a job of bash: SIGTSTP from outside, fg", job_stopped_from_outside, ANYWHERE, "/bin/bash"},
	{"a job of bash: ^Z stops a script between the two as well", job_with_script, ANYWHERE, "/bin/bash"},
	{"a job of bash: SIGTTIN for a command that has the terminal stops both", job_in_front_stopped_by_sigttin,
		ANYWHERE, "/bin/bash"},
	{"a job of bash: the command leaves its group, and gets its signals", job_leaves_its_group, ANYWHERE,
		"/bin/bash"},
	{"a job of bash: SIGTSTP for an orphan stops nobody else", orphan_stopped_alone, ANYWHERE, "/bin/bash"},
	{"below a script: --wait, the command has ended: ^C gets to what is left", keys_reach_what_is_left, ANYWHERE,
		NULL},
	{"a job of bash: SIGSTOP for the command alone stops nobody else", command_stopped_alone, ANYWHERE,
		"/bin/bash"},
	{"below a script: SIGTSTP from outside gives the terminal back, SIGCONT takes it", script_stopped_from_outside,
		ANYWHERE, NULL},
	{"a job of bash in the background touches nothing, stops when it reads", job_in_background, ANYWHERE,
		"/bin/bash"},
	{"a job of bash in the background: --verbose says so", background_says_so, ANYWHERE, "/bin/bash"},
	{"a job of bash: ^Z, bg, fg: it can read", job_brought_back_to_front, ANYWHERE, "/bin/bash"},
	{"a job of bash that runs in the background, then fg: it can read", running_job_brought_to_front, ANYWHERE,
		"/bin/bash"},
	{"a job of bash that runs in the background, then fg: SIGTSTP for the command stops both",
		job_brought_to_front_stopped, ANYWHERE, "/bin/bash"},
	{"PID namespace within a session: bash has job control", namespace_runs_bash, NOT_AS_PID_1, "/usr/bin/unshare"},
	{"PID namespace within a session: ^Z does not hang a plain command", namespace_survives_suspend_key,
		NOT_AS_PID_1, "/usr/bin/unshare"},
	{"--single-child: nothing is changed, the keys come once", single_child_changes_nothing, ANYWHERE, NULL},
	{"--single-child in --single-child: the keys come once", single_child_nests, ANYWHERE, NULL},
	{"--single-child in the default mode: the keys come once", single_child_nests_in_default, ANYWHERE, NULL},
	{"the default mode in --single-child: the keys come once", default_nests_in_single_child, ANYWHERE, NULL},
	{"--single-child: a hangup ends the command", single_child_ends_at_hangup, ANYWHERE, NULL},
	{"--single-child: the session's leader dies: the SIGHUP comes once", single_child_loses_session_leader,
		NOT_AS_PID_1, NULL},
	{"--single-child: ^Z does not hang a plain command", single_child_survives_suspend_key, ANYWHERE, NULL},
	{"--single-child: a job of bash: ^Z, fg", single_child_is_a_job, ANYWHERE, "/bin/bash"},
	{"--single-child: a job of bash: SIGTSTP for the command alone stops nobody else", single_child_stopped_alone,
		ANYWHERE, "/bin/bash"},
	{"standard input is nobody's terminal: the command gets it", terminal_of_nobody, ANYWHERE, NULL},
	{"no terminal: the command gets none", no_terminal, ANYWHERE, NULL},
	{"no /dev/tty: the command gets the terminal", without_dev_tty, AS_ROOT, NULL},
	{"no /dev/tty, output goes elsewhere: the command gets the terminal", only_input_is_terminal, AS_ROOT, NULL},
	{"no /dev/tty, below a script: the terminal goes back", nested_without_dev_tty, AS_ROOT, NULL},
	{"no /proc: the lines go to the terminal", speaks_without_proc, AS_ROOT, NULL},
	{"/dev/tty is forbidden: the command gets the terminal", with_forbidden_dev_tty, AS_ROOT, NULL},
	{"descriptors 0..2 are closed: the command gets the terminal", standard_descriptors_closed, ANYWHERE, NULL},
	{"descriptor 2 is closed: nothing is written to the terminal", standard_error_closed, ANYWHERE, NULL},
};

static bool perform(bool (*run)(struct stage *stage), const struct way *way)
{
	struct stage stage = {.way = way, .attach = terminal_lead};
	bool passed;

	if (!terminal_open(&stage.terminal))
		tap_bail("no pseudoterminal: %s", strerror(errno));
	passed = run(&stage);
	terminal_close(&stage.terminal);
	if (stage.started)
		init_end(&stage.init);
	return passed;
}

static void perform_all(const struct way *way)
{
	/* A user namespace first, where the user may not make another one. */
	if (setenv("UNSHARE", way->ordinary_user ? "--user --map-root-user" : "", 1) != 0)
		tap_bail("%s", strerror(errno));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if ((cases[i].applies == NOT_AS_PID_1 && way->pid_1) ||
			(cases[i].applies == AS_ROOT && way->ordinary_user))
			continue;
		if (cases[i].needs != NULL && access(cases[i].needs, X_OK) != 0)
			tap_skip(cases[i].description, "a program that it needs is not installed");
		else
			tap_case(perform(cases[i].run, way), "%s, %s", cases[i].description, way_name(way));
	}
}

int main(void)
{
	/* For the shells on the terminals, which are to have an empty prompt. */
	(void)setenv("INIT", init_path(), 1);
	(void)setenv("CHILD", child_path(), 1);
	(void)setenv("PS1", "", 1);
	(void)setenv("LC_ALL", "C", 1);
	(void)unsetenv("ENV");
	for_each_way(perform_all);
	return tap_end();
}
