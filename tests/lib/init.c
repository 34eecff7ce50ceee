#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

extern char **environ;

enum { NOBODY = 65534, SIGNALS = 64 };

#ifdef SYS_rt_sigtimedwait
enum { SIGTIMEDWAIT = SYS_rt_sigtimedwait };
#else
enum { SIGTIMEDWAIT = SYS_rt_sigtimedwait_time64 };
#endif

static char failure[256];
static struct init *in_use;

/*
 * Takes the place of the C library's: a PID that a test got as -1, since there is no such process, would mean every
 * process of the machine, and 0 the test's own group with what started it.
 */
int kill(pid_t pid, int signal)
{
	if (pid == 0 || pid == -1)
		tap_bail("signal %d was about to be sent to %s", signal, pid == 0 ? "the test's group" : "everybody");
	return (int)syscall(SYS_kill, pid, signal);
}

/* ---- time ---- */

static long long now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* DUMB_INIT_TESTS_DEADLINE: longer for a very slow machine, shorter to see a broken init fail soon. */
static long long deadline_after(int seconds)
{
	const char *given = getenv("DUMB_INIT_TESTS_DEADLINE");

	if (seconds == 0)
		seconds = given != NULL && atoi(given) > 0 ? atoi(given) : INIT_DEADLINE;
	return now() + 1000LL * seconds;
}

/* Gives back whether the descriptor has something to read, or has ended, before the deadline. */
static bool readable(int descriptor, long long deadline)
{
	struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
	long long left;

	while ((left = deadline - now()) > 0)
		if (poll(&wanted, 1, (int)left) > 0)
			return true;
	return false;
}

/* ---- the programs ---- */

static char copies[64];

static void remove_copies(void)
{
	char path[sizeof(copies) + 16];

	for (int copy = 0; copy < 2; copy++) {
		(void)snprintf(path, sizeof(path), "%s/%d", copies, copy);
		(void)unlink(path);
	}
	(void)rmdir(copies);
}

static bool nobody_can_execute(const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(setresuid(NOBODY, NOBODY, NOBODY) == 0 && access(path, X_OK) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void copy_file(const char *from, const char *to)
{
	char bytes[65536];
	ssize_t count = -1;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	while (in >= 0 && out >= 0 && (count = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)count) != count)
			break;
	if (count != 0 || fchmod(out, 0755) != 0)
		tap_bail("%s cannot be copied to %s: %s", from, to, strerror(errno));
	(void)close(in);
	(void)close(out);
}

/* The build may lie in a folder that only root can enter: then the ordinary user gets a copy. */
static const char *executable_by_all(const char *variable, const char *fallback, char *path, size_t size, int number)
{
	char *given = getenv(variable);
	char *real;

	if (*path != '\0')
		return path;
	real = realpath(given != NULL ? given : fallback, NULL);
	if (real == NULL || access(real, X_OK) != 0)
		tap_bail("%s (from %s) cannot be executed: %s", given != NULL ? given : fallback, variable,
			strerror(errno));
	(void)snprintf(path, size, "%s", real);
	if (geteuid() == 0 && !nobody_can_execute(real)) {
		if (*copies == '\0') {
			const char *folder = getenv("TMPDIR");
			mode_t mask = umask(0);

			(void)umask(mask);
			(void)snprintf(copies, sizeof(copies), "%.32s/dumb-init-test.XXXXXX",
				folder != NULL ? folder : "/tmp");
			if (mkdtemp(copies) == NULL || chmod(copies, 0755) != 0)
				tap_bail("%s: %s", copies, strerror(errno));
			(void)atexit(remove_copies);
		}
		(void)snprintf(path, size, "%s/%d", copies, number);
		copy_file(real, path);
	}
	free(real);
	return path;
}

const char *init_path(void)
{
	static char path[PATH_MAX];

	return executable_by_all("DUMB_INIT", "./dumb-init", path, sizeof(path), 0);
}

const char *child_path(void)
{
	static char path[PATH_MAX];

	return executable_by_all("DUMB_INIT_CHILD", "./child", path, sizeof(path), 1);
}

const char *child_name(void)
{
	static char name[16];

	(void)snprintf(name, sizeof(name), "%.15s", strrchr(child_path(), '/') + 1);
	return name;
}

/* ---- starting ---- */

/* What the starting processes tell the test through a pipe that exec closes. */
struct report {
	pid_t pid;	/* of the init; or 0, and what failed: */
	int error;	/* its errno */
	char what[128]; /* its name */
};

struct launch {
	const struct start *start;
	char **words, **environment;
	uid_t user;
	gid_t group;
	int input, output, error; /* to become 0, 1 and 2 */
	int report;
};

__attribute__((noreturn)) static void give_up(const struct launch *launch, const char *what)
{
	struct report report = {.error = errno};

	(void)snprintf(report.what, sizeof(report.what), "%s", what);
	(void)!write(launch->report, &report, sizeof(report));
	_exit(99);
}

static void write_file(const struct launch *launch, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up(launch, path);
	(void)close(fd);
}

/* The kernel's own calls: those of the C library pass over its threads' signals. All zero means "default". */
static void open_all_signals(void)
{
	static const unsigned long zero[8];
	static const unsigned char nothing_blocked[SIGNALS / 8];

	for (int signal = 1; signal <= SIGNALS; signal++)
		(void)syscall(SYS_rt_sigaction, signal, zero, NULL, sizeof(nothing_blocked));
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, nothing_blocked, NULL, sizeof(nothing_blocked));
}

/* Moves a descriptor to where `standard` expects it. The three sources lie above 2, so none overwrites another. */
static void put(const struct launch *launch, int descriptor, int standard)
{
	if (dup2(descriptor, standard) < 0)
		give_up(launch, "dup2");
}

static int become_init(void *argument)
{
	const struct launch *launch = argument;
	const struct start *start = launch->start;

	/* Not without the test; the parent is the test itself (CLONE_PARENT). */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setsid() < 0)
		give_up(launch, "setsid");
	if (start->way.pid_1) {
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
			give_up(launch, "making the mounts private");
		if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
			give_up(launch, "mounting /proc");
	}
	put(launch, launch->input, STDIN_FILENO);
	put(launch, launch->output, STDOUT_FILENO);
	put(launch, launch->error, STDERR_FILENO);
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		give_up(launch, "close_range");
	open_all_signals();
	if (start->prepare != NULL)
		start->prepare(start->argument);
	(void)execve(launch->words[0], launch->words, launch->environment);
	give_up(launch, launch->words[0]);
}

static void become_user(const struct launch *launch)
{
	if (geteuid() != launch->user && ((setgroups(0, NULL) != 0 && errno != EPERM) ||
						 setresgid(launch->group, launch->group, launch->group) != 0 ||
						 setresuid(launch->user, launch->user, launch->user) != 0))
		give_up(launch, "becoming an ordinary user");
	/* Changing the user has made /proc/self root's. */
	(void)prctl(PR_SET_DUMPABLE, 1);
}

static void enter_namespaces(const struct launch *launch)
{
	bool ordinary_user = launch->start->way.ordinary_user;
	char map[64];

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | (ordinary_user ? CLONE_NEWUSER : 0)) != 0)
		give_up(launch, ordinary_user ? "making user and PID namespaces" : "making a PID namespace");
	if (!ordinary_user)
		return;
	/* To itself: exec then takes the capabilities away again, as for any ordinary user. */
	write_file(launch, "/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "%u %u 1", launch->user, launch->user);
	write_file(launch, "/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "%u %u 1", launch->group, launch->group);
	write_file(launch, "/proc/self/gid_map", map);
}

/* Runs in a process of its own, since namespaces and users are changed for good. The init becomes the test's child. */
__attribute__((noreturn)) static void launch_init(struct launch *launch)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct report report = {0};

	if (launch->start->way.ordinary_user)
		become_user(launch);
	if (launch->start->way.pid_1)
		enter_namespaces(launch);
	report.pid = clone(become_init, stack + sizeof(stack), CLONE_PARENT | SIGCHLD, launch);
	if (report.pid < 0)
		give_up(launch, "clone");
	(void)!write(launch->report, &report, sizeof(report));
	_exit(0);
}

static size_t count_words(const char *const *words)
{
	size_t count = 0;

	while (words != NULL && words[count] != NULL)
		count++;
	return count;
}

/* exec's prototype takes strings that may be written to, but does not write to them. */
static char **join(const char *const *first, const char *const *second)
{
	size_t firsts = count_words(first), seconds = count_words(second);
	const char **joined = calloc(firsts + seconds + 1, sizeof(*joined));

	if (joined == NULL)
		tap_bail("no memory");
	if (firsts > 0)
		memcpy(joined, first, firsts * sizeof(*joined));
	if (seconds > 0)
		memcpy(joined + firsts, second, seconds * sizeof(*joined));
	return (char **)(uintptr_t)joined;
}

static char **clean_environment(const char *const *additional)
{
	const char **kept = calloc(count_words((const char *const *)(uintptr_t)environ) + 1, sizeof(*kept));
	size_t count = 0;
	char **joined;

	if (kept == NULL)
		tap_bail("no memory");
	for (char **variable = environ; *variable != NULL; variable++)
		if (strncmp(*variable, "DUMB_INIT", strlen("DUMB_INIT")) != 0)
			kept[count++] = *variable;
	joined = join(kept, additional);
	free(kept);
	return joined;
}

/* Gives back a pipe whose ends are above 2, even where the test itself was started without these. */
static void make_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		tap_bail("pipe: %s", strerror(errno));
	for (int end = 0; end < 2; end++) {
		ends[end] = fcntl(low[end], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		(void)close(low[end]);
	}
}

static bool fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(failure, sizeof(failure), format, arguments);
	va_end(arguments);
	return false;
}

/* Reads reports until exec has closed the pipe. */
static bool read_reports(struct init *init, int pipe)
{
	struct report report;
	bool failed = false;
	ssize_t length = -1;

	while (readable(pipe, init->deadline) && (length = read(pipe, &report, sizeof(report))) == sizeof(report)) {
		if (report.pid > 0) {
			init->pid = report.pid;
			continue;
		}
		failed = true;
		(void)fail("%s: %s", report.what, strerror(report.error));
	}
	if (failed)
		return false;
	return (length == 0 && init->pid > 0) || fail("the init was not executed in time");
}

static bool start_init(struct init *init, const struct start *start)
{
	const char *const own_words[] = {init_path(), NULL};
	struct launch launch = {.start = start, .user = geteuid(), .group = getegid()};
	int output[2], error[2] = {-1, -1}, reports[2];
	pid_t launcher;
	bool started;

	*init = (struct init){.pid = -1, .pidfd = -1, .status = -1};
	init->deadline = deadline_after(start->deadline);
	if (start->way.ordinary_user && launch.user == 0) {
		launch.user = NOBODY;
		launch.group = NOBODY;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		tap_bail("prctl: %s", strerror(errno));

	make_pipe(output);
	make_pipe(reports);
	if (start->error == 0)
		make_pipe(error);
	launch.words = join(start->init_words != NULL ? start->init_words : own_words, start->words);
	launch.environment = clean_environment(start->environment);
	launch.input = start->input != 0 ? start->input : open("/dev/null", O_RDONLY | O_CLOEXEC);
	launch.output = output[1];
	launch.error = start->error != 0 ? start->error : error[1];
	launch.report = reports[1];
	init->output = init->output_lines.descriptor = output[0];
	init->error = init->error_lines.descriptor = error[0];
	init->next = in_use;
	in_use = init;

	launcher = fork();
	if (launcher == 0)
		launch_init(&launch);
	if (launcher < 0)
		tap_bail("fork: %s", strerror(errno));
	(void)close(output[1]);
	(void)close(reports[1]);
	if (start->error == 0)
		(void)close(error[1]);
	if (start->input == 0)
		(void)close(launch.input);
	started = read_reports(init, reports[0]);
	(void)close(reports[0]);
	free(launch.words);
	free(launch.environment);
	(void)waitpid(launcher, NULL, 0);
	if (started && (init->pidfd = (int)syscall(SYS_pidfd_open, init->pid, 0)) < 0)
		started = fail("pidfd_open: %s", strerror(errno));
	if (!started)
		init_end(init);
	return started;
}

bool init_start(struct init *init, const struct start *start)
{
	if (start_init(init, start))
		return true;
	tap_note("%s could not be started: %s", way_name(&start->way), failure);
	return false;
}

bool init_start_child(struct init *init, struct start *start, const char *const *options, const char *const *verb)
{
	const char *words[32] = {NULL};
	size_t count = 0;

	while (options != NULL && *options != NULL)
		words[count++] = *options++;
	words[count++] = "--";
	words[count++] = child_path();
	while (*verb != NULL && count < sizeof(words) / sizeof(words[0]) - 1)
		words[count++] = *verb++;
	start->words = words;
	return init_start(init, start);
}

/* ---- talking ---- */

/* Reads more of the descriptor; gives back false at end of file or deadline. */
static bool read_more(struct lines *lines, long long deadline)
{
	ssize_t count;

	if (lines->descriptor < 0 || !readable(lines->descriptor, deadline))
		return false;
	if (lines->begin > 0) {
		memmove(lines->bytes, lines->bytes + lines->begin, lines->end - lines->begin);
		lines->end -= lines->begin;
		lines->begin = 0;
	}
	if (lines->size - lines->end < 4096) {
		lines->size += 65536;
		lines->bytes = realloc(lines->bytes, lines->size);
		if (lines->bytes == NULL)
			tap_bail("no memory");
	}
	count = read(lines->descriptor, lines->bytes + lines->end, lines->size - lines->end - 1);
	if (count <= 0) /* EIO: a pseudoterminal whose other side is gone */
		return false;
	lines->end += (size_t)count;
	return true;
}

static const char *read_line(struct lines *lines, long long deadline)
{
	for (;;) {
		char *start = lines->bytes != NULL ? lines->bytes + lines->begin : NULL;
		char *newline = start != NULL ? memchr(start, '\n', lines->end - lines->begin) : NULL;

		if (newline != NULL) {
			*newline = '\0';
			lines->begin += (size_t)(newline - start) + 1;
			return start;
		}
		if (!read_more(lines, deadline))
			return NULL;
	}
}

const char *init_read_line(struct init *init)
{
	return read_line(&init->output_lines, init->deadline);
}

const char *init_read_error_line(struct init *init)
{
	return read_line(&init->error_lines, init->deadline);
}

bool init_has_output(struct init *init)
{
	struct pollfd wanted = {.fd = init->output, .events = POLLIN};

	return init->output_lines.begin < init->output_lines.end || poll(&wanted, 1, 0) > 0;
}

bool init_expect(struct init *init, const char *line)
{
	const char *found;

	while ((found = init_read_line(init)) != NULL)
		if (strcmp(found, line) == 0)
			return true;
	return false;
}

bool init_expect_signal(struct init *init, int signal)
{
	const char *line = init_read_line(init);
	int found;

	if (line != NULL && sscanf(line, "%d from", &found) == 1 && found == signal)
		return true;
	tap_note("expected signal %d, got '%s'", signal, line != NULL ? line : "(nothing)");
	return false;
}

char *init_read_all_errors(struct init *init)
{
	struct lines *lines = &init->error_lines;
	char *all;

	while (read_more(lines, init->deadline))
		continue;
	all = lines->bytes != NULL ? strndup(lines->bytes + lines->begin, lines->end - lines->begin) : strdup("");
	if (all == NULL)
		tap_bail("no memory");
	lines->begin = lines->end;
	return all;
}

bool init_errors_are(struct init *init, const char *expected)
{
	char *errors = init_read_all_errors(init);
	bool passed = strcmp(errors, expected) == 0;

	if (!passed)
		tap_note("expected on standard error: '%s', got '%s'", expected, errors);
	free(errors);
	return passed;
}

bool init_output_ends(struct init *init)
{
	while (init_read_line(init) != NULL)
		continue;
	return now() < init->deadline;
}

/* ---- the end ---- */

int init_wait(struct init *init)
{
	if (init->pid > 0 && readable(init->pidfd, init->deadline) && waitpid(init->pid, &init->status, 0) == init->pid)
		init->pid = -1;
	return init->status;
}

int init_wait_for_exit(struct init *init)
{
	int status = init_wait(init);

	if (status == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static bool is_init_in_use(pid_t pid)
{
	for (const struct init *init = in_use; init != NULL; init = init->next)
		if (init->pid == pid)
			return true;
	return false;
}

/* Kills what is left, generation by generation: each death hands its children to the test, which adopts orphans. */
static void kill_orphans(void)
{
	pid_t children[256];
	bool found;

	do {
		int count = children_of(getpid(), children, 256);

		found = false;
		for (int i = 0; i < count && i < 256; i++) {
			if (is_init_in_use(children[i]))
				continue;
			found = true;
			(void)kill(children[i], SIGKILL);
			(void)waitpid(children[i], NULL, 0);
		}
	} while (found);
}

void init_end(struct init *init)
{
	struct init **link = &in_use;

	while (*link != init)
		link = &(*link)->next;
	*link = init->next;
	if (init->pid > 0) {
		(void)kill(init->pid, SIGKILL);
		(void)waitpid(init->pid, NULL, 0);
		init->pid = -1;
	}
	kill_orphans();
	if (init->pidfd >= 0)
		(void)close(init->pidfd);
	if (init->output >= 0)
		(void)close(init->output);
	if (init->error >= 0)
		(void)close(init->error);
	free(init->output_lines.bytes);
	free(init->error_lines.bytes);
}

/* ---- /proc ---- */

/* Gives back false if there is no such file, or it is empty. */
static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t count;

	if (fd < 0)
		return false;
	while (length < size - 1 && (count = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)count;
	(void)close(fd);
	text[length] = '\0';
	return length > 0;
}

bool read_status_field(pid_t pid, const char *field, char *value, size_t size)
{
	char path[64], text[8192];
	size_t length = strlen(field);

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (!read_file(path, text, sizeof(text)))
		return false;
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (strncmp(line, field, length) == 0 && line[length] == ':') {
			line += length + 1;
			(void)snprintf(value, size, "%s", line + strspn(line, " \t"));
			return true;
		}
	return false;
}

bool has_signal_bit(pid_t pid, const char *field, int signal)
{
	char value[64];

	return read_status_field(pid, field, value, sizeof(value)) &&
	       (strtoull(value, NULL, 16) >> (signal - 1) & 1) != 0;
}

bool wait_for_state(pid_t pid, char state)
{
	long long deadline = deadline_after(0);
	char value[64];

	while (read_status_field(pid, "State", value, sizeof(value)) && now() < deadline) {
		if (*value == state)
			return true;
		(void)sched_yield();
	}
	return false;
}

bool wait_for_signal_bit(pid_t pid, const char *field, int signal)
{
	long long deadline = deadline_after(0);

	while (kill(pid, 0) == 0 && now() < deadline) {
		if (has_signal_bit(pid, field, signal))
			return true;
		(void)sched_yield();
	}
	return false;
}

bool wait_until_blocked(pid_t pid, int signal)
{
	long long deadline = deadline_after(0);
	char state[32];

	while (now() < deadline && read_status_field(pid, "State", state, sizeof(state)) && *state != 'Z') {
		/* In this order: an init that has a child now has blocked the signal before, seen or not. */
		if (has_signal_bit(pid, "SigBlk", signal) || children_of(pid, NULL, 0) > 0)
			return true;
		(void)sched_yield();
	}
	return false;
}

int children_of(pid_t pid, pid_t *children, int size)
{
	char path[64];
	FILE *file;
	int count = 0, child;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	while (fscanf(file, "%d", &child) == 1) {
		if (count < size)
			children[count] = child;
		count++;
	}
	(void)fclose(file);
	return count;
}

pid_t only_child_of(pid_t pid)
{
	pid_t child;

	return children_of(pid, &child, 1) == 1 ? child : -1;
}

bool wait_for_children(pid_t pid, int count)
{
	long long deadline = deadline_after(0);

	while (now() < deadline) {
		if (children_of(pid, NULL, 0) == count)
			return true;
		(void)sched_yield();
	}
	return false;
}

/* Gives back whether it sleeps in this system call, and its third argument. */
static bool sleeps_in(pid_t pid, long call, unsigned long *third)
{
	char path[64], line[256] = "", state[32];
	long number;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	(void)!fgets(line, sizeof(line), file);
	(void)fclose(file);
	/* Traced, it may also stand still at the call's beginning. */
	return sscanf(line, "%ld %*s %*s %lx", &number, third) == 2 && number == call &&
	       read_status_field(pid, "State", state, sizeof(state)) && *state == 'S';
}

bool sleeps_without_timeout(pid_t pid)
{
	unsigned long timeout;

	return sleeps_in(pid, SIGTIMEDWAIT, &timeout) && timeout == 0;
}

bool sleeps_without_children(pid_t pid)
{
	unsigned long unused;

	return children_of(pid, NULL, 0) == 0 && sleeps_in(pid, SIGTIMEDWAIT, &unused);
}

bool wait_for_call(pid_t pid, long call)
{
	long long deadline = deadline_after(0);
	unsigned long unused;

	while (!sleeps_in(pid, call, &unused)) {
		if (now() > deadline)
			return false;
		(void)sched_yield();
	}
	return true;
}

bool wait_until_settled(pid_t pid)
{
	long long deadline = deadline_after(0);

	while (!sleeps_without_timeout(pid)) {
		if (now() > deadline)
			return false;
		(void)sched_yield();
	}
	return true;
}

bool init_is_in_time(const struct init *init)
{
	(void)sched_yield();
	return now() < init->deadline;
}

pid_t init_wait_for_child(const struct init *init, int own_pid)
{
	pid_t children[64];
	char numbers[128];

	do {
		int count = children_of(init->pid, children, 64);

		for (int i = 0; i < count && i < 64; i++) {
			const char *last = numbers;

			if (!read_status_field(children[i], "NSpid", numbers, sizeof(numbers)))
				continue;
			for (const char *at = numbers; *at != '\0'; at++)
				if (*at == '\t' || *at == ' ')
					last = at + 1;
			if (atoi(last) == own_pid)
				return children[i];
		}
	} while (init_is_in_time(init));
	return -1;
}

/* ---- signals at the start ---- */

/* The command either dies of it, or blocks it in time, and then takes it before SIGWINCH, which is sent later and has
 * the higher number. */
enum early_signal init_watch_early_signal(struct init *init, int early, int *ret_status)
{
	const char *line = init_read_line(init);
	bool delivered = false;
	int signal = 0;

	if (line != NULL) {
		(void)kill(init->pid, SIGWINCH);
		while (signal != SIGWINCH && (line = init_read_line(init)) != NULL)
			if (sscanf(line, "%d from", &signal) == 1 && signal == early)
				delivered = true;
	}
	*ret_status = init_wait_for_exit(init);
	if (signal == SIGWINCH)
		return delivered ? DELIVERED : LOST;
	return *ret_status == 128 + early ? DELIVERED : CONFUSED;
}

enum early_signal init_try_early_sigterm(const struct start *start, int try, int *ret_status)
{
	enum { DELAYS = 8 };
	enum early_signal outcome = CONFUSED;
	struct init init;

	*ret_status = -1;
	if (!init_start(&init, start))
		return CONFUSED;
	if (wait_until_blocked(init.pid, SIGTERM)) {
		for (int delay = try % DELAYS; delay > 0; delay--)
			(void)has_signal_bit(init.pid, "SigBlk", SIGTERM);
		(void)kill(init.pid, SIGTERM);
		outcome = init_watch_early_signal(&init, SIGTERM, ret_status);
	}
	init_end(&init);
	return outcome;
}

/* ---- the ways ---- */

const char *way_name(const struct way *way)
{
	if (way->pid_1)
		return way->ordinary_user ? "as PID 1, ordinary user" : "as PID 1, root";
	return way->ordinary_user ? "not PID 1, ordinary user" : "not PID 1, root";
}

/* Tries the way out with a program that does nothing, once per test program. */
static bool is_possible(const struct way *way)
{
	const char *const nothing[] = {child_path(), "exit", "0", NULL};
	struct start start = {.way = *way, .init_words = nothing};
	struct init init;

	if (!way->ordinary_user && geteuid() != 0)
		return fail("not root");
	if (!start_init(&init, &start))
		return false;
	(void)init_wait(&init);
	init_end(&init);
	return true;
}

void for_each_way(void (*test)(const struct way *way))
{
	static const struct way ways[] = {{true, false}, {true, true}, {false, false}, {false, true}};
	static enum { UNKNOWN, POSSIBLE, IMPOSSIBLE } tried[sizeof(ways) / sizeof(ways[0])];
	static char reasons[sizeof(ways) / sizeof(ways[0])][sizeof(failure)];

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (tried[i] == UNKNOWN) {
			tried[i] = is_possible(&ways[i]) ? POSSIBLE : IMPOSSIBLE;
			memcpy(reasons[i], failure, sizeof(failure));
		}
		if (tried[i] == POSSIBLE)
			test(&ways[i]);
		else
			tap_skip(way_name(&ways[i]), reasons[i]);
	}
}
