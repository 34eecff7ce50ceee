/*
 * The pitfalls that other inits fell into, and what each init that is installed does there: a table in Markdown on
 * standard output. Exit status 0 if the init under test has no pitfall left.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../lib/filter.h"
#include "../lib/init.h"
#include "../lib/tap.h"

/* Seconds after which an init that has done nothing is said to hang; those that work take milliseconds. */
enum { HANGS_AFTER = 5 };

enum { MANY_SIGNALS = 500, MANY_ORPHANS = 300 };

struct peer {
	const char *name;
	const char *program; /* NULL: the init under test */
	const char *option;  /* or NULL */
	const char *verbose; /* its option for a line per signal on standard error; NULL if it has none (tini's go to
			      * standard output) */
};

static const struct peer peers[] = {
	{"dumb-init 2", NULL, NULL, "-v"},
	{"dumb-init", "/usr/bin/dumb-init", NULL, "-v"},
	{"tini", "/usr/bin/tini", NULL, NULL},
	{"tini -g", "/usr/bin/tini", "-g", NULL},
	{"catatonit", "/usr/bin/catatonit", NULL, NULL},
};

enum { PEERS = sizeof(peers) / sizeof(peers[0]) };

/* ---- starting one ---- */

enum { MOST_WORDS = 16 };

/* Starts the peer with `verbose`, or NULL, and the helper with the words, which end with NULL. */
static bool start(struct init *init, const struct peer *peer, const char *verbose, struct start *how,
	const char *const *child_words)
{
	const char *init_words[8] = {peer->program != NULL ? peer->program : init_path()};
	const char *words[MOST_WORDS] = {child_path()};
	int count = 1;

	if (peer->option != NULL)
		init_words[count++] = peer->option;
	if (verbose != NULL)
		init_words[count++] = verbose;
	init_words[count] = "--";
	for (count = 0; child_words[count] != NULL && count < MOST_WORDS - 2; count++)
		words[count + 1] = child_words[count];
	how->way = (struct way){.pid_1 = true, .ordinary_user = geteuid() != 0};
	how->init_words = init_words;
	how->words = words;
	how->deadline = HANGS_AFTER;
	return init_start(init, how);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char ok[] = "ok";

/* Waits for the end; gives back "ok" if it is an exit with this status, else what it is, and ends the rest. */
static const char *judge_end(struct init *init, int expected)
{
	static char verdict[64];
	int status = init_wait_for_exit(init);

	init_end(init);
	if (status == expected)
		return ok;
	if (status < 0)
		return "hangs";
	if (status > 255)
		(void)snprintf(verdict, sizeof(verdict), "dies of signal %d", status - 256);
	else
		(void)snprintf(verdict, sizeof(verdict), "exits with %d, not %d", status, expected);
	return verdict;
}

static const char cannot_start[] = "does not start";

static const char *judge(struct init *init, const char *verdict)
{
	init_end(init);
	return verdict;
}

static bool begins(const char *line, const char *with)
{
	return line != NULL && strncmp(line, with, strlen(with)) == 0;
}

static bool is_ready(struct init *init)
{
	return begins(init_read_line(init), "ready ");
}

/* Starts it without its log, and waits for the command to be ready; if it does not come to that, all has been ended. */
static bool start_ready(struct init *init, const struct peer *peer, struct start *how, const char *const *child_words)
{
	if (!start(init, peer, NULL, how, child_words))
		return false;
	if (is_ready(init))
		return true;
	init_end(init);
	return false;
}

/* Sends a signal, and waits until the init has taken it and sleeps again, or is a zombie, or hangs. */
static void give(const struct init *init, int signal)
{
	time_t deadline = time(NULL) + HANGS_AFTER - 1;
	char state[32] = "";

	(void)kill(init->pid, signal);
	while (time(NULL) < deadline && read_status_field(init->pid, "State", state, sizeof(state)) &&
		(has_signal_bit(init->pid, "ShdPnd", signal) || strchr("SZ", *state) == NULL))
		(void)sched_yield();
}

/* ---- the pitfalls ---- */

static const char *traceme_exec(const struct peer *peer)
{
	struct init init;

	if (!start(&init, peer, NULL, &(struct start){0}, WORDS("traceme", "--", "exec", child_path(), "exit", "7")))
		return cannot_start;
	return judge_end(&init, 7);
}

static const char *traceme_signal(const struct peer *peer)
{
	struct init init;

	if (!start(&init, peer, NULL, &(struct start){0}, WORDS("traceme", "--", "raise", "10", "--", "exit", "7")))
		return cannot_start;
	return judge_end(&init, 128 + 10);
}

static void drop_cap_kill(void *unused)
{
	(void)unused;
	if (prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0) != 0)
		_exit(99);
}

static const char *no_permission(const struct peer *peer)
{
	struct init init;
	pid_t command;

	if (geteuid() != 0)
		return "(needs root)";
	if (!start_ready(
		    &init, peer, &(struct start){.prepare = drop_cap_kill}, WORDS("user", "65534", "--", "signals")))
		return cannot_start;
	command = only_child_of(init.pid);
	give(&init, SIGUSR1);
	if (command > 0)
		(void)kill(command, SIGKILL);
	return judge_end(&init, 128 + SIGKILL);
}

static void ignore_sigchld(void *unused)
{
	(void)unused;
	(void)signal(SIGCHLD, SIG_IGN);
}

static const char *sigchld_ignored(const struct peer *peer)
{
	struct init init;

	if (!start(&init, peer, NULL, &(struct start){.prepare = ignore_sigchld}, WORDS("exit", "7")))
		return cannot_start;
	return judge_end(&init, 7);
}

static const char *signals_left_blocked(const struct peer *peer)
{
	static char verdict[64];
	const char *line;
	struct init init;

	if (!start(&init, peer, NULL, &(struct start){0}, WORDS("status")))
		return cannot_start;
	line = init_read_line(&init);
	if (line == NULL || strcmp(line, "blocked") == 0)
		return judge(&init, line != NULL ? ok : cannot_start);
	(void)snprintf(verdict, sizeof(verdict), "%s", line);
	return judge(&init, verdict);
}

static void ignore_sigterm(void *unused)
{
	(void)unused;
	(void)signal(SIGTERM, SIG_IGN);
}

static const char *signals_left_ignored(const struct peer *peer)
{
	struct init init;

	if (!start_ready(&init, peer, &(struct start){.prepare = ignore_sigterm}, WORDS("wait")))
		return cannot_start;
	(void)kill(init.pid, SIGTERM);
	return judge_end(&init, 128 + SIGTERM);
}

static const char *last_real_time_signal(const struct peer *peer)
{
	struct init init;
	const char *line;

	if (!start_ready(&init, peer, &(struct start){0}, WORDS("signals", "1")))
		return cannot_start;
	(void)kill(init.pid, 64);
	(void)kill(init.pid, SIGTERM);
	/* In any order: of what is pending, the command takes the lower number first. */
	for (int i = 0; i < 2; i++)
		if (begins(line = init_read_line(&init), "64 "))
			return judge(&init, ok);
	return judge(&init, line != NULL ? "not passed on" : "ends, or loses it");
}

static void refuse_setsid_and_setpgid(void *unused)
{
	struct refusal refusal = {{SYS_setsid, SYS_setpgid, REFUSED_END}, EPERM};

	(void)unused;
	filter_install(&refusal);
}

static const char *calls_refused(const struct peer *peer)
{
	struct init init;

	if (!start(&init, peer, NULL, &(struct start){.prepare = refuse_setsid_and_setpgid}, WORDS("exit", "7")))
		return cannot_start;
	return judge_end(&init, 7);
}

static void inherit_descriptor(void *unused)
{
	(void)unused;
	if (dup2(STDOUT_FILENO, 9) < 0)
		_exit(99);
}

static const char *descriptors_pinned(const struct peer *peer)
{
	static char verdict[64];
	char path[64], target[256];
	struct init init;

	if (!start_ready(&init, peer, &(struct start){.prepare = inherit_descriptor}, WORDS("signals")))
		return cannot_start;
	(void)wait_for_state(init.pid, 'S');
	*verdict = '\0';
	for (int descriptor = 1; descriptor <= 9; descriptor += 8) {
		ssize_t length;

		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)init.pid, descriptor);
		length = readlink(path, target, sizeof(target) - 1);
		target[length > 0 ? length : 0] = '\0';
		if (begins(target, "pipe:"))
			(void)snprintf(verdict + strlen(verdict), sizeof(verdict) - strlen(verdict), "%s%d",
				*verdict == '\0' ? "holds " : ", ", descriptor);
	}
	return judge(&init, *verdict == '\0' ? ok : verdict);
}

static const char *directory_pinned(const struct peer *peer)
{
	char path[64], target[4096];
	struct init init;
	ssize_t length;

	if (!start_ready(&init, peer, &(struct start){0}, WORDS("signals")))
		return cannot_start;
	(void)wait_for_state(init.pid, 'S');
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd", (int)init.pid);
	length = readlink(path, target, sizeof(target) - 1);
	target[length > 0 ? length : 0] = '\0';
	return judge(&init, strcmp(target, "/") == 0 ? ok : "stays there");
}

/* Standard error is a pipe that nobody reads, or can read. */
static const char *log_pipe(const struct peer *peer, bool reader)
{
	struct start how = {0};
	struct init init;
	/* dumb-init 1.2.5 passes its own SIGPIPE on: the command dies of it, or takes it before the one that was sent.
	 */
	const char *failure = reader ? "stops for ever" : "signals do not get through";
	const char *verdict = ok;
	int ends[2];

	if (peer->verbose == NULL)
		return "(writes none)";
	if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETPIPE_SZ, 4096) < 0)
		tap_bail("pipe: %s", strerror(errno));
	how.error = ends[1];
	if (!reader)
		(void)close(ends[0]);
	if (!start(&init, peer, peer->verbose, &how, WORDS("signals"))) {
		verdict = cannot_start;
	} else if (!is_ready(&init)) {
		verdict = failure;
	} else {
		for (int i = 0; i < MANY_SIGNALS && verdict == ok; i++) {
			(void)kill(init.pid, SIGUSR1);
			if (!begins(init_read_line(&init), "10 "))
				verdict = failure;
		}
	}
	if (verdict != cannot_start)
		init_end(&init);
	if (reader)
		(void)close(ends[0]);
	(void)close(ends[1]);
	return verdict;
}

static const char *log_is_full(const struct peer *peer)
{
	return log_pipe(peer, true);
}

static const char *log_has_no_reader(const struct peer *peer)
{
	return log_pipe(peer, false);
}

static const char *many_deaths(const struct peer *peer)
{
	char count[16];
	struct init init;

	(void)snprintf(count, sizeof(count), "%d", MANY_ORPHANS);
	if (!start(&init, peer, NULL, &(struct start){0}, WORDS("orphans", count, "0", "--", "signals")))
		return cannot_start;
	if (!init_expect(&init, "orphaned") || !is_ready(&init))
		return judge(&init, cannot_start);
	return judge(&init, wait_for_children(init.pid, 1) ? ok : "leaves zombies");
}

/* Runs a command that cannot be started: the init's status for it, and whether it says anything about a cure. */
static const char *judge_failure(const struct peer *peer, const char *command, int expected, const char *cure)
{
	static char verdict[64];
	const char *const program = peer->program != NULL ? peer->program : init_path();
	const char *const init_words[] = {program, "--", command, NULL};
	struct start how = {.way = {.pid_1 = true, .ordinary_user = geteuid() != 0},
		.init_words = init_words,
		.words = (const char *const[]){NULL},
		.deadline = HANGS_AFTER};
	struct init init;
	char *errors;
	bool cured;
	int status;

	if (!init_start(&init, &how))
		return cannot_start;
	errors = init_read_all_errors(&init);
	cured = strstr(errors, cure) != NULL;
	free(errors);
	status = init_wait_for_exit(&init);
	init_end(&init);
	if (status == expected && cured)
		return ok;
	(void)snprintf(verdict, sizeof(verdict), "exits with %d%s", status, cured ? "" : ", tells no cure");
	return verdict;
}

static const char *not_found(const struct peer *peer)
{
	return judge_failure(peer, "/nonexistent", 127, "/nonexistent");
}

static char script[64];

static const char *missing_interpreter(const struct peer *peer)
{
	return judge_failure(peer, script, 126, "/nonexistent/interpreter");
}

static void remove_script(void)
{
	(void)unlink(script);
}

static void make_script(void)
{
	static const char text[] = "#!/nonexistent/interpreter\n";
	int fd;

	(void)strcpy(script, "/tmp/dumb-init-peers.XXXXXX");
	fd = mkstemp(script);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, 0755) != 0)
		tap_bail("%s: %s", script, strerror(errno));
	(void)close(fd);
	(void)atexit(remove_script);
}

static const struct pitfall {
	const char *what;
	const char *(*run)(const struct peer *peer);
} pitfalls[] = {
	{"the command asks to be traced, and executes another program", traceme_exec},
	{"the command asks to be traced, and gets a signal", traceme_signal},
	{"the command is another user's, and CAP_KILL is missing", no_permission},
	{"SIGCHLD is ignored at the start", sigchld_ignored},
	{"signals left blocked in the command", signals_left_blocked},
	{"SIGTERM is ignored at the start", signals_left_ignored},
	{"the last real-time signal", last_real_time_signal},
	{"a filter refuses setsid() and setpgid()", calls_refused},
	{"standard output and an inherited descriptor stay open", descriptors_pinned},
	{"the working directory stays in use", directory_pinned},
	{"its log is a full pipe", log_is_full},
	{"its log has no reader", log_has_no_reader},
	{"300 orphans die at once", many_deaths},
	{"a command that is not found", not_found},
	{"a script without its interpreter", missing_interpreter},
};

int main(void)
{
	bool installed[PEERS];
	bool good = true;

	make_script();
	for (int peer = 0; peer < PEERS; peer++)
		installed[peer] = peers[peer].program == NULL || access(peers[peer].program, X_OK) == 0;

	printf("| pitfall |");
	for (int peer = 0; peer < PEERS; peer++)
		if (installed[peer])
			printf(" %s |", peers[peer].name);
	printf("\n| --- |");
	for (int peer = 0; peer < PEERS; peer++)
		if (installed[peer])
			printf(" --- |");
	printf("\n");
	for (size_t i = 0; i < sizeof(pitfalls) / sizeof(pitfalls[0]); i++) {
		printf("| %s |", pitfalls[i].what);
		for (int peer = 0; peer < PEERS; peer++) {
			const char *verdict;

			if (!installed[peer])
				continue;
			(void)fflush(stdout);
			verdict = pitfalls[i].run(&peers[peer]);
			printf(" %s |", verdict);
			/* In brackets: cannot be tried here. */
			if (peers[peer].program == NULL && verdict != ok && *verdict != '(')
				good = false;
		}
		printf("\n");
	}
	return good ? 0 : 1;
}
