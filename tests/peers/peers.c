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
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/filter.h"
#include "../lib/init.h"
#include "../lib/tap.h"
#include "../lib/terminal.h"

/* Seconds after which an init that has done nothing is said to hang; those that work take milliseconds. */
enum { HANGS_AFTER = 5 };

enum { MANY_SIGNALS = 500, MANY_ORPHANS = 300, MANY_STARTS = 100 };

/* The last one that is taken of those that are pending, and no terminal sends it. */
enum { LAST_SIGNAL = 64 };

struct peer {
	const char *name;
	const char *program; /* NULL: the init under test */
	const char *option;  /* or NULL */
	const char *verbose; /* its option for a line per signal on standard error; NULL if it has none (tini's go to
			      * standard output) */
	const char *single;  /* its option to signal the command only; "": it always does; NULL: never */
};

static const struct peer peers[] = {
	{"dumb-init 2", NULL, NULL, "-v", "-c"},
	{"dumb-init", "/usr/bin/dumb-init", NULL, "-v", "-c"},
	{"tini", "/usr/bin/tini", NULL, NULL, ""},
	{"tini -g", "/usr/bin/tini", "-g", NULL, NULL},
	{"catatonit", "/usr/bin/catatonit", NULL, NULL, ""},
};

enum { PEERS = sizeof(peers) / sizeof(peers[0]) };

/* ---- starting one ---- */

enum { MOST_WORDS = 16 };

/* The words that start a peer and its command, as struct start wants them. */
struct words {
	const char *of_init[MOST_WORDS], *of_command[MOST_WORDS];
};

/* Fills them in: the peer with `option`, or without another one if it is NULL or empty, and the helper with the words,
 * which end with NULL; below a shell that runs `script`, unless this is NULL. */
static void prepare_start(struct start *how, struct words *words, const struct peer *peer, const char *option,
	const char *script, const char *const *child_words)
{
	int count = 0;

	*words = (struct words){.of_command = {child_path()}};
	if (script != NULL) {
		words->of_init[count++] = "/bin/sh";
		words->of_init[count++] = "-c";
		words->of_init[count++] = script;
		words->of_init[count++] = "sh";
	}
	words->of_init[count++] = peer->program != NULL ? peer->program : init_path();
	if (peer->option != NULL)
		words->of_init[count++] = peer->option;
	if (option != NULL && *option != '\0')
		words->of_init[count++] = option;
	words->of_init[count] = "--";
	for (count = 0; child_words[count] != NULL && count < MOST_WORDS - 2; count++)
		words->of_command[count + 1] = child_words[count];
	how->way = (struct way){.pid_1 = true, .ordinary_user = geteuid() != 0};
	how->init_words = words->of_init;
	how->words = words->of_command;
	how->deadline = HANGS_AFTER;
}

static bool start(struct init *init, const struct peer *peer, const char *option, struct start *how,
	const char *const *child_words)
{
	struct words words;

	prepare_start(how, &words, peer, option, NULL, child_words);
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

static char script_path[64];

static const char *missing_interpreter(const struct peer *peer)
{
	return judge_failure(peer, script_path, 126, "/nonexistent/interpreter");
}

static void remove_script(void)
{
	(void)unlink(script_path);
}

static void make_script(void)
{
	static const char text[] = "#!/nonexistent/interpreter\n";
	int fd;

	(void)strcpy(script_path, "/tmp/dumb-init-peers.XXXXXX");
	fd = mkstemp(script_path);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, 0755) != 0)
		tap_bail("%s: %s", script_path, strerror(errno));
	(void)close(fd);
	(void)atexit(remove_script);
}

/* ---- signals at the start ---- */

static const char no_such_mode[] = "(has no such mode)";

static const char *early_sigterms(const struct peer *peer, const char *option)
{
	static char verdict[64];
	struct start how = {0};
	struct words words;
	int counts[3] = {0}, status = -1;

	prepare_start(&how, &words, peer, option, NULL, WORDS(EARLY_SIGNAL_VERB));
	for (int try = 0; try < MANY_STARTS && counts[CONFUSED] == 0; try++)
		counts[init_try_early_sigterm(&how, try, &status)]++;
	if (counts[DELIVERED] == MANY_STARTS)
		return ok;
	if (counts[CONFUSED] > 0)
		(void)snprintf(verdict, sizeof(verdict), "ends with %d", status);
	else
		(void)snprintf(verdict, sizeof(verdict), "loses %d of %d", counts[LOST], MANY_STARTS);
	return verdict;
}

static const char *sigterm_at_start(const struct peer *peer)
{
	return early_sigterms(peer, NULL);
}

static const char *sigterm_at_start_single(const struct peer *peer)
{
	return peer->single != NULL ? early_sigterms(peer, peer->single) : no_such_mode;
}

/* ---- terminals ---- */

/* The keyboard only: what is written goes to the pipe, where the rest of this program expects it. */
static void take_keyboard(void *argument)
{
	const struct terminal *terminal = argument;

	if (dup2(terminal->slave, STDIN_FILENO) < 0 || ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0)
		_exit(99);
}

/* Another process sends it: the kernel's own, for TIOCNOTTY, carries the init's PID. */
static void take_keyboard_with_hangup_pending(void *argument)
{
	sigset_t hangup;
	pid_t sender;

	take_keyboard(argument);
	(void)sigemptyset(&hangup);
	(void)sigaddset(&hangup, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &hangup, NULL);
	sender = fork();
	if (sender == 0)
		_exit(kill(getppid(), SIGHUP) == 0 ? 0 : 1);
	if (sender < 0 || waitpid(sender, NULL, 0) != sender)
		_exit(99);
}

/* Starts it on a new terminal, as start() does or below a shell, which then leads the session in its place. */
static bool start_on_terminal(struct init *init, struct terminal *terminal, const struct peer *peer, const char *option,
	const char *script, void (*prepare)(void *), const char *const *child_words)
{
	struct start how = {.prepare = prepare, .argument = terminal};
	struct words words;

	if (!terminal_open(terminal))
		tap_bail("no pseudoterminal: %s", strerror(errno));
	prepare_start(&how, &words, peer, option, script, child_words);
	if (!init_start(init, &how)) {
		terminal_close(terminal);
		return false;
	}
	terminal_started(terminal);
	return true;
}

static const char *judge_on_terminal(struct init *init, struct terminal *terminal, const char *verdict)
{
	init_end(init);
	terminal_close(terminal);
	return verdict;
}

/* Counts how often the command takes a signal, up to the last one that the init sends on; -1 if that does not come. */
static int count_taken(struct init *init, int wanted)
{
	const char *line;
	int count = 0, signal;

	while ((line = init_read_line(init)) != NULL) {
		if (sscanf(line, "%d from", &signal) != 1)
			continue;
		if (signal == wanted)
			count++;
		if (signal == LAST_SIGNAL)
			return count;
	}
	return -1;
}

/* The init is stopped until the command has taken what the terminal sent, so that a second one cannot merge with it.
 * It takes its own signals in the order of their numbers. */
static const char *interrupt_key_once(const struct peer *peer, const char *option)
{
	const char *verdict = cannot_start;
	struct terminal terminal;
	struct init init;

	if (!start_on_terminal(&init, &terminal, peer, option, NULL, take_keyboard, WORDS("signals")))
		return cannot_start;
	if (is_ready(&init) && wait_for_state(init.pid, 'S') && kill(init.pid, SIGSTOP) == 0 &&
		wait_for_state(init.pid, 'T') && terminal_type(&terminal, KEY_INTERRUPT)) {
		if (!begins(init_read_line(&init), "2 ")) {
			verdict = "does not come";
		} else {
			(void)kill(init.pid, SIGCONT);
			(void)kill(init.pid, LAST_SIGNAL);
			switch (count_taken(&init, SIGINT)) {
			case -1:
				verdict = "hangs";
				break;
			case 0:
				verdict = ok;
				break;
			default:
				verdict = "comes twice";
			}
		}
	}
	return judge_on_terminal(&init, &terminal, verdict);
}

static const char *interrupt_key(const struct peer *peer)
{
	return interrupt_key_once(peer, NULL);
}

static const char *interrupt_key_single(const struct peer *peer)
{
	return peer->single != NULL ? interrupt_key_once(peer, peer->single) : no_such_mode;
}

static const char *first_hangup(const struct peer *peer)
{
	const char *verdict = cannot_start;
	struct terminal terminal;
	struct init init;

	if (!start_on_terminal(&init, &terminal, peer, NULL, NULL, take_keyboard, WORDS("signals")))
		return cannot_start;
	if (is_ready(&init)) {
		(void)kill(init.pid, SIGHUP);
		(void)kill(init.pid, LAST_SIGNAL);
		verdict = count_taken(&init, SIGHUP) == 1 ? ok : "not passed on";
	}
	return judge_on_terminal(&init, &terminal, verdict);
}

static const char *pending_hangup(const struct peer *peer)
{
	static const char *const verdicts[] = {ok, "loses it", "hangs, or ends otherwise"};
	struct terminal terminal;
	struct init init;
	int status;

	if (!start_on_terminal(
		    &init, &terminal, peer, NULL, NULL, take_keyboard_with_hangup_pending, WORDS(EARLY_SIGNAL_VERB)))
		return cannot_start;
	return judge_on_terminal(&init, &terminal, verdicts[init_watch_early_signal(&init, SIGHUP, &status)]);
}

/* Something follows in the script, so that the shell does not become the init. */
static const char script_goes_on[] = "\"$@\"; true";

static const char *nested_interrupt_key(const struct peer *peer)
{
	const char *verdict = cannot_start, *line;
	struct terminal terminal;
	struct init init;

	if (!start_on_terminal(&init, &terminal, peer, NULL, script_goes_on, take_keyboard, WORDS("signals")))
		return cannot_start;
	if (is_ready(&init) && terminal_type(&terminal, KEY_INTERRUPT)) {
		do
			line = init_read_line(&init);
		while (line != NULL && !begins(line, "2 "));
		verdict = line != NULL ? ok : "does not come";
	}
	return judge_on_terminal(&init, &terminal, verdict);
}

static const char *nested_terminal(const struct peer *peer)
{
	const char *verdict = cannot_start;
	struct standing standing;
	struct terminal terminal;
	struct init init;

	if (!start_on_terminal(&init, &terminal, peer, NULL, script_goes_on, take_keyboard, WORDS("signals")))
		return cannot_start;
	if (is_ready(&init) && read_standing(only_child_of(only_child_of(init.pid)), &standing)) {
		if (standing.terminal == 0)
			verdict = "has no terminal";
		else
			verdict = standing.foreground == standing.group ? ok : "is in the background";
	}
	return judge_on_terminal(&init, &terminal, verdict);
}

static const char *nested_terminal_goes_back(const struct peer *peer)
{
	const char *verdict, *line;
	struct terminal terminal;
	struct init init;

	if (!start_on_terminal(&init, &terminal, peer, NULL, "\"$@\"; echo back $?; read -r line; echo \"got $line\"",
		    take_keyboard, WORDS("exit", "7")))
		return cannot_start;
	(void)terminal_type(&terminal, "hello\n");
	line = init_read_line(&init);
	if (line == NULL || strcmp(line, "back 7") != 0)
		verdict = cannot_start;
	else
		verdict = init_expect(&init, "got hello") ? ok : "the script cannot read it";
	return judge_on_terminal(&init, &terminal, verdict);
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
	{"SIGTERM in the moment that it is blocked, 100 times", sigterm_at_start},
	{"the same, where signals go to the command only (`-c`)", sigterm_at_start_single},
	{"on a terminal: ^C comes once", interrupt_key},
	{"the same, where signals go to the command only (`-c`)", interrupt_key_single},
	{"on a terminal: the first SIGHUP after the start", first_hangup},
	{"on a terminal: a SIGHUP that is pending at the start", pending_hangup},
	{"on a terminal, below a script: ^C comes", nested_interrupt_key},
	{"on a terminal, below a script: the command is in its foreground", nested_terminal},
	{"on a terminal, below a script: it goes back at the end", nested_terminal_goes_back},
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
