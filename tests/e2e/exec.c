/*
 * How the command is found and started, and what is said and given back where it cannot be.
 *
 * dumb-init 1.2.5 fails on nearly every case of the first half: it exits with 2 and says "[dumb-init] FILE: reason"
 * with no cure, and runs a text without `#!` through a shell, as its execvp() does. tini gives 127 and 126, but no
 * cure.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/init.h"
#include "../lib/tap.h"

extern char **environ;

/* As a shell and env(1) have them. */
enum { NOT_FOUND = 127, NOT_EXECUTABLE = 126 };

/* The working directory of all cases: an absolute path without links. */
static char folder[PATH_MAX];

/* Gives back "FOLDER/NAME", of which several may be in use. */
static const char *in_folder(const char *name)
{
	static char paths[8][PATH_MAX + 16];
	static int next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* ---- what the cases run into ---- */

static void make_file(const char *name, const void *bytes, size_t size, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fchmod(fd, mode) != 0)
		tap_bail("%s: %s", name, strerror(errno));
	(void)close(fd);
}

static void make_text(const char *name, const char *text, mode_t mode)
{
	make_file(name, text, strlen(text), mode);
}

static void make_folder(const char *name, mode_t mode)
{
	if (mkdir(name, mode) != 0 || chmod(name, mode) != 0)
		tap_bail("%s: %s", name, strerror(errno));
}

static void make_link(const char *target, const char *name)
{
	if (symlink(target, name) != 0)
		tap_bail("%s: %s", name, strerror(errno));
}

/* A program of this machine's kind, as far as the kernel looks before it opens the dynamic loader, which is missing. */
static void make_program(const char *name, ElfW(Half) machine)
{
	static const char loader[] = "/nonexistent/loader";
	struct {
		ElfW(Ehdr) header;
		ElfW(Phdr) segment;
		char loader[sizeof(loader)];
	} program;
	int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	memset(&program, 0, sizeof(program));
	if (own < 0 || read(own, &program.header, sizeof(program.header)) != (ssize_t)sizeof(program.header))
		tap_bail("/proc/self/exe: %s", strerror(errno));
	(void)close(own);
	program.header.e_type = ET_EXEC;
	if (machine != EM_NONE)
		program.header.e_machine = machine;
	program.header.e_phoff = sizeof(program.header);
	program.header.e_phentsize = sizeof(program.segment);
	program.header.e_phnum = 1;
	program.segment.p_type = PT_INTERP;
	program.segment.p_offset = sizeof(program.header) + sizeof(program.segment);
	program.segment.p_filesz = sizeof(loader);
	memcpy(program.loader, loader, sizeof(loader));
	make_file(name, &program, sizeof(program), 0755);
}

/* Its interpreter's argument makes exec need more room than what starts the init. */
static void make_script_with_long_line(const char *name)
{
	char text[256];

	memset(text, 'x', sizeof(text));
	memcpy(text, "#!/bin/sh ", 10);
	text[250] = '\n';
	make_file(name, text, 251, 0755);
}

/* No machine has this number (elf.h). */
static const ElfW(Half) another_machine = 0xfee0;

static void make_all(void)
{
	const char *parent = getenv("TMPDIR");

	(void)snprintf(folder, sizeof(folder), "%s/dumb-init-exec.XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || chdir(folder) != 0 ||
		getcwd(folder, sizeof(folder)) == NULL)
		tap_bail("%s: %s", folder, strerror(errno));
	make_folder("directory", 0755);
	make_folder("closed", 0);
	make_folder("noexec", 0755);
	make_text("no-permission", "#!/bin/sh\n", 0644);
	make_text("text", "echo started\n", 0755);
	make_text("empty", "", 0755);
	make_program("another-machine", another_machine);
	make_program("no-loader", EM_NONE);
	make_text("no-interpreter", "#!/nonexistent/interpreter -x\n", 0755);
	make_text("interpreter-no-permission", "#!./no-permission\n", 0755);
	make_text("interpreter-another-machine", "#!./another-machine\n", 0755);
	make_text("interpreter-no-loader", "#!./no-loader\n", 0755);
	make_file("cut-off", ELFMAG, SELFMAG, 0755);
	make_text("carriage-return", "#!/bin/sh\r\nexit 0\r\n", 0755);
	make_script_with_long_line("long-line");
	make_link("loop", "loop");
	make_link("nowhere", "dangling");
	make_link(init_path(), "init");
	make_link(child_path(), "a\n[dumb-init] b");

	make_folder("first", 0755);
	make_folder("second", 0755);
	make_text("first/both", "#!/bin/sh\nexit 11\n", 0755);
	make_text("second/both", "#!/bin/sh\nexit 12\n", 0755);
	make_text("first/denied", "#!/bin/sh\n", 0644);
	make_text("second/denied", "#!/bin/sh\n", 0644);
	make_text("first/denied-then-good", "#!/bin/sh\n", 0644);
	make_text("second/denied-then-good", "#!/bin/sh\nexit 12\n", 0755);
	make_text("first/denied-then-empty", "#!/bin/sh\n", 0644);
	make_text("second/denied-then-empty", "", 0755);
	make_folder("first/directory-then-good", 0755);
	make_text("second/directory-then-good", "#!/bin/sh\nexit 12\n", 0755);
	make_text("second/only", "#!/bin/sh\nexit 12\n", 0755);
	make_text("here", "#!/bin/sh\nexit 13\n", 0755);
}

static void remove_all(void)
{
	char command[sizeof(folder) + 16];

	(void)chdir("/");
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		tap_note("%s could not be removed", folder);
}

/* ---- running ---- */

/* Runs the init to its end, with PATH as given ("unset" for none). Gives back its exit status, and its standard error
 * for free(); or -1. */
static int run(const struct start *start, const char *path, char **errors)
{
	char *own_path = strdup(getenv("PATH"));
	struct init init;
	int status = -1;
	bool started;

	*errors = NULL;
	if (path != NULL && strcmp(path, "unset") == 0)
		(void)unsetenv("PATH");
	else if (path != NULL)
		(void)setenv("PATH", path, 1);
	started = init_start(&init, start);
	(void)setenv("PATH", own_path, 1);
	free(own_path);
	if (!started)
		return -1;
	*errors = init_read_all_errors(&init);
	status = init_wait_for_exit(&init);
	init_end(&init);
	return status;
}

/* Whether this is one line, about `file`, with the reason behind it and the cure behind that. */
static bool explains(const char *line, const char *file, const char *reason, const char *cure)
{
	static const char prefix[] = "[dumb-init] ";
	const char *found;

	if (line == NULL || strchr(line, '\n') == NULL || strchr(line, '\n')[1] != '\0')
		return false;
	if (strncmp(line, prefix, strlen(prefix)) != 0)
		return false;
	line += strlen(prefix);
	if (strncmp(line, file, strlen(file)) != 0 || strncmp(line + strlen(file), ": ", 2) != 0)
		return false;
	line += strlen(file) + 2;
	if (strncmp(line, reason, strlen(reason)) != 0)
		return false;
	found = strstr(line + strlen(reason), cure);
	return found != NULL;
}

struct failing {
	const char *what;
	const char *command; /* as the user writes it */
	const char *path;    /* NULL: as it is */
	int status;
	const char *named; /* in the line */
	const char *reason, *cure;
};

/* How to bring it about, where the fixtures alone do not. */
struct circumstances {
	void (*prepare)(void *argument);
	const char *word; /* for the command, and the argument of `prepare` */
	const char *const *init_words;
};

static void check_failing(
	const struct way *way, const struct failing *expected, const struct circumstances *circumstances)
{
	const char *const words[] = {"--", expected->command, circumstances->word, NULL};
	struct start start = {.way = *way,
		.words = words,
		.init_words = circumstances->init_words,
		.prepare = circumstances->prepare,
		.argument = (void *)(uintptr_t)circumstances->word};
	char *errors;
	int status = run(&start, expected->path, &errors);
	bool passed = status == expected->status && explains(errors, expected->named, expected->reason, expected->cure);

	if (!tap_case(passed, "%s, %s", expected->what, way_name(way)))
		tap_note("status %d, expected %d with '%s: %s' and '%s': %s", status, expected->status, expected->named,
			expected->reason, expected->cure, errors != NULL ? errors : "");
	free(errors);
}

static void mount_noexec(void *unused)
{
	(void)unused;
	/* As PID 1 in a namespace of its own already; once more does no harm. */
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", "noexec", "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV, "mode=0755") != 0)
		_exit(99);
	make_text("noexec/script", "#!/bin/sh\nexit 0\n", 0755);
}

/*
 * Shortens the argument, in this process, until the init can just be executed: its command, a script with an
 * interpreter and an argument in its first line, then cannot. An empty file tells: exec says that it has no format, but
 * before that whether there was room (fs/exec.c).
 */
static void fill_arguments(void *argument)
{
	static const char *const own_variables[] = {"DUMB_INIT", "DUMB_INIT_CHILD", "DUMB_INIT_TESTS_MUST_RUN"};
	char *filler = argument;
	char *words[] = {(char[]){"./init"}, (char[]){"--"}, (char[]){"./long-line"}, filler, NULL};
	/* A quarter of it is for arguments and environment, but never less than 128 KiB. */
	struct rlimit stack = {.rlim_cur = 512 * 1024, .rlim_max = 512 * 1024};
	size_t length = strlen(filler);

	if (setrlimit(RLIMIT_STACK, &stack) != 0)
		_exit(99);
	/* The init does not get these (init.h). */
	for (size_t i = 0; i < sizeof(own_variables) / sizeof(own_variables[0]); i++)
		(void)unsetenv(own_variables[i]);
	while (length > 0 && execve("./empty", words, environ) != 0 && errno == E2BIG)
		filler[--length] = '\0';
	filler[length - strlen("./init")] = '\0';
}

static const struct circumstances ordinary;

/* ---- the cases ---- */

static const char long_name[] = /* longer than NAME_MAX, 255 */
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

static const char no_file[] = "No such file or directory";
static const char denied[] = "Permission denied";

static void cannot_be_started(const struct way *way)
{
	const char *both = "first:second";
	const struct failing table[] = {
		{"no such file", "/doesnotexist", NULL, NOT_FOUND, "/doesnotexist", no_file, ""},
		{"no such file, relative", "./doesnotexist", NULL, NOT_FOUND, "./doesnotexist", no_file, ""},
		{"in no folder of PATH", "doesnotexist", "/usr/bin:/bin", NOT_FOUND, "doesnotexist", no_file, "PATH"},
		{"in no folder of a PATH of folders that are missing", "both", "/nonexistent", NOT_FOUND, "both",
			no_file, "PATH"},
		{"PATH is empty", "both", "", NOT_FOUND, "both", no_file, "PATH"},
		{"PATH is unset", "both", "unset", NOT_FOUND, "both", no_file, "PATH"},
		{"an empty name", "", NULL, NOT_FOUND, "", no_file, ""},
		{"a file as a folder", "./text/x", NULL, NOT_FOUND, "./text/x", "Not a directory", ""},
		{"a file as a folder of PATH", "x", "text", NOT_FOUND, "x", "", "PATH"},
		{"a link to nowhere", "./dangling", NULL, NOT_FOUND, "./dangling", no_file, ""},
		{"a name that is too long", long_name, folder, NOT_EXECUTABLE, in_folder(long_name),
			"File name too long", ""},
		{"a loop of links", "./loop", NULL, NOT_EXECUTABLE, "./loop", "Too many levels of symbolic links", ""},

		{"a directory", "./directory", NULL, NOT_EXECUTABLE, "./directory", denied, "directory"},
		{"no execute permission", "./no-permission", NULL, NOT_EXECUTABLE, "./no-permission", denied,
			"chmod +x"},
		{"no execute permission, twice in PATH: the first is named", "denied", both, NOT_EXECUTABLE,
			"first/denied", denied, "chmod +x"},
		{"no execute permission, and found nowhere else in PATH", "denied", "first:/nonexistent",
			NOT_EXECUTABLE, "first/denied", denied, "chmod +x"},
		{"denied first, then of no format: the second is named", "denied-then-empty", both, NOT_EXECUTABLE,
			"second/denied-then-empty", "Exec format error", "empty"},
		{"an interpreter without execute permission", "./interpreter-no-permission", NULL, NOT_EXECUTABLE,
			"./interpreter-no-permission", denied, "interpreter"},
		{"a text without #!", "./text", NULL, NOT_EXECUTABLE, "./text", "Exec format error", "#!"},
		{"a text without #!, in PATH", "text", ".", NOT_EXECUTABLE, "./text", "Exec format error", "#!"},
		{"an empty file", "./empty", NULL, NOT_EXECUTABLE, "./empty", "Exec format error", "empty"},
		{"another machine's program", "./another-machine", NULL, NOT_EXECUTABLE, "./another-machine",
			"Exec format error", "another machine"},
		{"the beginning of a program", "./cut-off", NULL, NOT_EXECUTABLE, "./cut-off", "Exec format error",
			"damaged"},
		{"another machine's interpreter", "./interpreter-another-machine", NULL, NOT_EXECUTABLE,
			"./interpreter-another-machine", "Exec format error", "interpreter"},
		{"an interpreter whose own loader is missing", "./interpreter-no-loader", NULL, NOT_EXECUTABLE,
			"./interpreter-no-loader", no_file, "./no-loader"},
		{"a missing interpreter", "./no-interpreter", NULL, NOT_EXECUTABLE, "./no-interpreter", no_file,
			"/nonexistent/interpreter"},
		{"a missing interpreter, in PATH", "no-interpreter", folder, NOT_EXECUTABLE,
			in_folder("no-interpreter"), no_file, "/nonexistent/interpreter"},
		{"a missing dynamic loader", "./no-loader", NULL, NOT_EXECUTABLE, "./no-loader", no_file, "loader"},
		{"lines that end in CR LF", "./carriage-return", NULL, NOT_EXECUTABLE, "./carriage-return", no_file,
			"CR"},
		{"a name with a line break", "./x\n[dumb-init] y", NULL, NOT_FOUND, "./x?[dumb-init] y", no_file, ""},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		check_failing(way, &table[i], &ordinary);
	if (way->ordinary_user) {
		const struct failing closed = {
			"a folder of PATH that may not be searched", "x", "closed", NOT_FOUND, "x", no_file, "PATH"};
		const struct failing closed_by_name = {"a file in a folder that may not be searched", "./closed/x",
			NULL, NOT_EXECUTABLE, "./closed/x", denied, "searched"};

		check_failing(way, &closed, &ordinary);
		check_failing(way, &closed_by_name, &ordinary);
	}
}

static void path_is_too_long(const struct way *way)
{
	enum { SHOWN = 2048 }; /* of a string that would leave no room for the reason */
	char path[PATH_MAX + 1024], shown[SHOWN + 1];
	const struct failing too_long = {
		"a path that is too long", path, NULL, NOT_EXECUTABLE, shown, "File name too long", ""};

	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	memset(shown, '/', sizeof(shown));
	shown[sizeof(shown) - 1] = '\0';
	check_failing(way, &too_long, &ordinary);
}

static void mount_is_noexec(const struct way *way)
{
	static const char script[] = "./noexec/script";
	const struct failing noexec = {
		"a file system mounted noexec", script, NULL, NOT_EXECUTABLE, script, denied, "noexec"};
	const struct circumstances mounted = {.prepare = mount_noexec};

	if (way->pid_1 || !way->ordinary_user) /* who else cannot mount */
		check_failing(way, &noexec, &mounted);
}

static void arguments_are_too_long(const struct way *way)
{
	static const char *const short_name[] = {"./init", NULL};
	static const char script[] = "./long-line";
	static char filler[128 * 1024]; /* the longest that an argument may be */
	const struct failing too_long = {"arguments that are too long", script, NULL, NOT_EXECUTABLE, script,
		"Argument list too long", "ulimit -s"};
	const struct circumstances filled = {fill_arguments, filler, short_name};

	memset(filler, 'x', sizeof(filler) - 1);
	check_failing(way, &too_long, &filled);
}

static void is_searched_as_execvp_does(const struct way *way)
{
	static const struct {
		const char *what, *command, *path;
		int status;
	} table[] = {
		{"the first folder of PATH wins", "both", "first:second", 11},
		{"the first folder of PATH wins, other order", "both", "second:first", 12},
		{"folders without it are passed over", "only", "/nonexistent:text:first:second", 12},
		{"a file that may not be executed is passed over", "denied-then-good", "first:second", 12},
		{"a directory is passed over", "directory-then-good", "first:second", 12},
		{"an empty PATH is the working directory", "here", "", 13},
		{"an empty element is the working directory, first", "here", ":/nonexistent", 13},
		{"an empty element is the working directory, last", "here", "/nonexistent:", 13},
		{"an empty element is the working directory, middle", "here", "/nonexistent::/nonexistent", 13},
		{"a name with a slash is not searched", "second/both", "first", 12},
		{"without PATH the standard folders are searched", "true", "unset", 0},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *const words[] = {table[i].command, NULL};
		struct start start = {.way = *way, .words = words};
		char *errors;
		int status = run(&start, table[i].path, &errors);

		if (!tap_case(status == table[i].status && *errors == '\0', "%s, %s", table[i].what, way_name(way)))
			tap_note("status %d: %s", status, errors != NULL ? errors : "");
		free(errors);
	}
}

/* Starts `child VERB [WORD]` and gives back whether its lines on standard output are these. */
static bool prints(struct start *start, const char *const *expected)
{
	struct init init;
	bool equal = true;
	const char *line;

	if (!init_start(&init, start))
		return false;
	for (; equal && *expected != NULL; expected++) {
		line = init_read_line(&init);
		equal = line != NULL && strcmp(line, *expected) == 0;
		if (!equal)
			tap_note("'%s' and not '%s'", line != NULL ? line : "nothing", *expected);
	}
	line = equal ? init_read_line(&init) : NULL;
	if (line != NULL)
		tap_note("'%s' and not the end", line);
	equal = equal && line == NULL && init_wait_for_exit(&init) == 0;
	init_end(&init);
	return equal;
}

static void words_arrive(const struct way *way)
{
	const char *const words[] = {"--", child_path(), "words", "", " a b ", "--", "-c", "\xff\x01", "*", NULL};
	const char *const expected[] = {"<>", "< a b >", "<-->", "<-c>", "<\xff\x01>", "<*>", NULL};

	(void)tap_case(prints(&(struct start){.way = *way, .words = words}, expected),
		"the words arrive as they are, %s", way_name(way));
}

static void environment_arrives(const struct way *way)
{
	const char *const words[] = {child_path(), "environment", NULL};
	const char *const additional[] = {"DUMB_INIT_DEBUG=0", "EMPTY=", "BLANKS= a b ", "NOT_A_VARIABLE", NULL};
	const char *expected[1024];
	size_t count = 0;

	for (char **variable = environ; *variable != NULL && count < 1000; variable++)
		if (strncmp(*variable, "DUMB_INIT", 9) != 0 && strchr(*variable, '\n') == NULL)
			expected[count++] = *variable;
	memcpy(&expected[count], additional, sizeof(additional));
	(void)tap_case(prints(&(struct start){.way = *way, .words = words, .environment = additional}, expected),
		"the environment arrives as it is, %s", way_name(way));
}

static void directory_arrives(const struct way *way)
{
	const char *const words[] = {child_path(), "cwd", NULL};
	const char *const expected[] = {folder, NULL};

	(void)tap_case(prints(&(struct start){.way = *way, .words = words}, expected),
		"the working directory arrives as it is, %s", way_name(way));
}

/* Opens descriptors 3 and 900 for whoever is executed, and closes the standard ones that are named by a digit. */
static void change_descriptors(void *argument)
{
	const char *to_close = argument;

	if (dup2(STDOUT_FILENO, 3) < 0 || dup2(STDOUT_FILENO, 900) < 0)
		_exit(99);
	for (; *to_close != '\0'; to_close++)
		(void)close(*to_close - '0');
}

static void descriptors_arrive(const struct way *way)
{
	static const struct {
		char to_close[3];
		const char *expected;
	} table[] = {{"", "fds 0 1 2 3 900"}, {"0", "fds 1 2 3 900"}, {"2", "fds 0 1 3 900"}, {"02", "fds 1 3 900"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (int single_child = 0; single_child < 2; single_child++) {
			const char *const words[] = {single_child ? "-c" : "-g", child_path(), "fds", NULL};
			const char *const expected[] = {table[i].expected, NULL};
			struct start start = {.way = *way,
				.words = words,
				.prepare = change_descriptors,
				.argument = (void *)(uintptr_t)table[i].to_close};

			(void)tap_case(prints(&start, expected), "the command gets exactly %s, %s, %s",
				table[i].expected, words[0], way_name(way));
		}
}

/* sd_listen_fds(3) of the command looks whether the variable names its own PID, and whoever activated the socket could
 * only know that of dumb-init (or, where that was started by a script, of its parent). */
static void socket_activation_arrives(const struct way *way)
{
	/* The shell becomes the init, so the variable names that. */
	const char *const named_itself[] = {
		"/bin/sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh", init_path(), "--", NULL};
	const char *const words[] = {"/bin/sh", "-c", "echo $$; echo \"$LISTEN_PID\"", NULL};
	const char *const stranger[] = {"LISTEN_PID=4194305", NULL};
	const char *const ask[] = {child_path(), "environment", "LISTEN_PID", NULL};
	char parent[32];
	const char *const named_parent[] = {parent, NULL};

	(void)snprintf(parent, sizeof(parent), "LISTEN_PID=%d", (int)getpid());
	for (int by_parent = 0; by_parent < (way->pid_1 ? 1 : 2); by_parent++) {
		struct start start = {.way = *way, .words = words};
		char command[32] = "";
		const char *line;
		struct init init;
		bool passed = false;

		if (by_parent)
			start.environment = named_parent;
		else
			start.init_words = named_itself;
		if (init_start(&init, &start)) {
			if ((line = init_read_line(&init)) != NULL)
				(void)snprintf(command, sizeof(command), "%s", line);
			line = init_read_line(&init);
			passed = line != NULL && strcmp(line, command) == 0;
			init_end(&init);
		}
		(void)tap_case(passed, "LISTEN_PID of %s becomes the command's, %s",
			by_parent ? "dumb-init's parent" : "dumb-init", way_name(way));
	}
	(void)tap_case(prints(&(struct start){.way = *way, .words = ask, .environment = stranger}, stranger),
		"LISTEN_PID of somebody else stays, %s", way_name(way));
}

/* A process is named after its file (comm, proc(5)). Fails on: an init that writes that name as it is. */
static void name_is_one_line(const struct way *way)
{
	const char *const words[] = {"./a\n[dumb-init] b", "die", "9", NULL};
	struct start start = {.way = *way, .words = words};
	char *errors, expected[128];
	int pid = 0, status = run(&start, NULL, &errors);

	if (errors != NULL)
		(void)sscanf(errors, "[dumb-init] a?[dumb-init] b (PID %d)", &pid);
	(void)snprintf(
		expected, sizeof(expected), "[dumb-init] a?[dumb-init] b (PID %d) was killed by SIGKILL (9)\n", pid);
	if (!tap_case(status == 137 && strcmp(errors, expected) == 0,
		    "a process whose name has a line break is reported in one line, %s", way_name(way)))
		tap_note("status %d: %s", status, errors != NULL ? errors : "");
	free(errors);
}

int main(void)
{
	/* Before the working directory changes: these may be relative. */
	(void)init_path();
	(void)child_path();
	make_all();
	for_each_way(cannot_be_started);
	for_each_way(path_is_too_long);
	for_each_way(mount_is_noexec);
	for_each_way(arguments_are_too_long);
	for_each_way(is_searched_as_execvp_does);
	for_each_way(words_arrive);
	for_each_way(environment_arrives);
	for_each_way(directory_arrives);
	for_each_way(descriptors_arrive);
	for_each_way(socket_activation_arrives);
	for_each_way(name_is_one_line);
	remove_all();
	return tap_end();
}
