#include "options.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "number.h"
#include "unit.h"

enum { MAX_WORDS = 8, MAX_VARIABLES = 3, HELP_WIDTH = 80 };

static struct options options;
static struct text message;

static void begin(void)
{
	clear_environment();
	memset(&options, 0xff, sizeof(options)); /* nothing may be left as it was */
}

static enum options_outcome parse(const char *const *words)
{
	static char *copy[MAX_WORDS + 1];

	for (size_t i = 0; i <= MAX_WORDS && (copy[i] = (char *)words[i]) != NULL;)
		i++;
	text_clear(&message);
	return options_parse(&options, copy, &message);
}

#define PARSE(...) parse((const char *const[MAX_WORDS + 1]){__VA_ARGS__})

static void set_variables(const char *const *variables)
{
	for (; *variables != NULL; variables++) {
		const char *value = strchr(*variables, '=') + 1;
		char name[64] = "";

		memcpy(name, *variables, (size_t)(value - 1 - *variables));
		ck_assert_int_eq(setenv(name, value, 1), 0);
	}
}

static void assert_rewrites(int signal, int to)
{
	ck_assert_int_eq(rules_apply(&options.rules, RULE_REWRITE, signal, signal), to);
}

START_TEST(without_options_all_is_default)
{
	ck_assert_int_eq(PARSE("ls", "-l"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "ls");
	ck_assert_str_eq(options.command[1], "-l");
	ck_assert_ptr_null(options.command[2]);
	ck_assert_int_eq(options.target, TARGET_GROUP);
	ck_assert_int_eq(options.log_level, LOG_REPORT);
	ck_assert_int_eq(options.kill_after, 0);
	ck_assert_int_eq(options.parent_death_signal, 0);
	ck_assert(!options.wait && !options_wait(&options));
	ck_assert(!options.insist_on_orphans && !options.pause && !options.warn_on_reap);
	for (int rule = 0; rule < RULES; rule++)
		ck_assert_int_eq(options.rules.place[rule], PLACE_NONE);
	for (int option = 0; option < OPTIONS; option++)
		ck_assert_int_eq(options.origins[option].place, PLACE_NONE);
	assert_text(&message, "");
}
END_TEST

/* What stands on the command line and in the environment, and what comes of it. The command is always "x". */
static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	enum target target;
	enum log_level log_level;
	int term_becomes;
} settings[] = {
	/* Each option, short and long. */
	{{"-c", "x"}, {NULL}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"--single-child", "x"}, {NULL}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"-g", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"--group", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-a", "x"}, {NULL}, TARGET_ALL, LOG_REPORT, SIGTERM},
	{{"--all", "x"}, {NULL}, TARGET_ALL, LOG_REPORT, SIGTERM},
	{{"-v", "x"}, {NULL}, TARGET_GROUP, LOG_DETAIL, SIGTERM},
	{{"--verbose", "x"}, {NULL}, TARGET_GROUP, LOG_DETAIL, SIGTERM},
	{{"-q", "x"}, {NULL}, TARGET_GROUP, LOG_ERROR, SIGTERM},
	{{"--quiet", "x"}, {NULL}, TARGET_GROUP, LOG_ERROR, SIGTERM},
	{{"-r", "TERM:QUIT", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	{{"-rTERM:QUIT", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	{{"--rewrite", "TERM:QUIT", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	{{"--rewrite=TERM:QUIT", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	{{"-r", "15:3", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	/* Bundles. */
	{{"-cv", "x"}, {NULL}, TARGET_COMMAND, LOG_DETAIL, SIGTERM},
	{{"-vcr", "TERM:0", "x"}, {NULL}, TARGET_COMMAND, LOG_DETAIL, 0},
	{{"-cqrTERM:INT", "x"}, {NULL}, TARGET_COMMAND, LOG_ERROR, SIGINT},
	/* Abbreviations. */
	{{"--si", "--verb", "--re=TERM:HUP", "x"}, {NULL}, TARGET_COMMAND, LOG_DETAIL, SIGHUP},
	{{"--single", "--qui", "--r", "TERM:HUP", "x"}, {NULL}, TARGET_COMMAND, LOG_ERROR, SIGHUP},
	/* The last one wins. */
	{{"-c", "-g", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-a", "-g", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-ca", "x"}, {NULL}, TARGET_ALL, LOG_REPORT, SIGTERM},
	{{"-ac", "x"}, {NULL}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"-gc", "x"}, {NULL}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"-vq", "x"}, {NULL}, TARGET_GROUP, LOG_ERROR, SIGTERM},
	{{"-qv", "x"}, {NULL}, TARGET_GROUP, LOG_DETAIL, SIGTERM},
	{{"-rTERM:INT", "-rTERM:HUP", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGHUP},
	/* The end of the options. */
	{{"--", "x"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-c", "--", "x", "-v"}, {NULL}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"x", "-c", "--", "-v"}, {NULL}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	/* The environment; 0 and nothing are off. */
	{{"x"}, {"DUMB_INIT_SETSID=0"}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_SETSID=1"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_SETSID="}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_ALL=1"}, TARGET_ALL, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_ALL=0"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_ALL="}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_ALL=0", "DUMB_INIT_SETSID=0"}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG=1"}, TARGET_GROUP, LOG_DETAIL, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG=0"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG="}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_QUIET=1"}, TARGET_GROUP, LOG_ERROR, SIGTERM},
	{{"x"}, {"DUMB_INIT_QUIET=0"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_REWRITE=TERM:QUIT,HUP:0"}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
	{{"x"}, {"DUMB_INIT_REWRITE="}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_=1", "DUMB_INIT_SETSIDX=0", "DUMB_INIT=0"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	/* The command line wins. */
	{{"-g", "x"}, {"DUMB_INIT_SETSID=0"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-g", "x"}, {"DUMB_INIT_ALL=1"}, TARGET_GROUP, LOG_REPORT, SIGTERM},
	{{"-c", "x"}, {"DUMB_INIT_ALL=1"}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"-a", "x"}, {"DUMB_INIT_SETSID=0"}, TARGET_ALL, LOG_REPORT, SIGTERM},
	{{"-c", "x"}, {"DUMB_INIT_SETSID=1"}, TARGET_COMMAND, LOG_REPORT, SIGTERM},
	{{"-q", "x"}, {"DUMB_INIT_DEBUG=1"}, TARGET_GROUP, LOG_ERROR, SIGTERM},
	{{"-v", "x"}, {"DUMB_INIT_QUIET=1"}, TARGET_GROUP, LOG_DETAIL, SIGTERM},
	{{"-r", "TERM:INT", "x"}, {"DUMB_INIT_REWRITE=TERM:QUIT"}, TARGET_GROUP, LOG_REPORT, SIGINT},
	{{"-r", "HUP:INT", "x"}, {"DUMB_INIT_REWRITE=TERM:QUIT"}, TARGET_GROUP, LOG_REPORT, SIGQUIT},
};

START_TEST(settings_take_effect)
{
	set_variables(settings[_i].variables);
	ck_assert_int_eq(parse(settings[_i].words), OPTIONS_RUN);
	assert_text(&message, "");
	ck_assert_str_eq(options.command[0], "x");
	ck_assert_int_eq(options.target, settings[_i].target);
	ck_assert_int_eq(options.log_level, settings[_i].log_level);
	assert_rewrites(SIGTERM, settings[_i].term_becomes);
}
END_TEST

#define MS(number) ((number)*NANOSECONDS_PER_MS)

enum { TO_0 = -1 };

/* Those that concern the stop and the rest: how long until SIGKILL, how long SIGTERM is held back, what becomes of exit
 * status 143 (nothing where none is given). As above. */
static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	int64_t kill_after, term_delay;
	int parent_death_signal, becomes_of_143;
	bool wait, insist_on_orphans, pause, warn_on_reap;
} more_settings[] = {
	{.words = {"x"}},
	/* Each option, short and long. */
	{.words = {"-k", "10", "x"}, .kill_after = MS(10000), .wait = true},
	{.words = {"-k0.3", "x"}, .kill_after = MS(300), .wait = true},
	{.words = {"--kill-after", "500ms", "x"}, .kill_after = MS(500), .wait = true},
	{.words = {"--kill-after=2m", "x"}, .kill_after = MS(120000), .wait = true},
	{.words = {"--k=infinity", "x"}, .kill_after = DURATION_INFINITE, .wait = true},
	{.words = {"-k", "0", "x"}},
	{.words = {"--wait", "x"}, .wait = true},
	{.words = {"--wai", "x"}, .wait = true},
	{.words = {"--wait", "-k", "0", "x"}, .wait = true},
	{.words = {"-d", "TERM:10s", "x"}, .term_delay = MS(10000)},
	{.words = {"--delay=HUP:1,15:infinity", "x"}, .term_delay = DURATION_INFINITE},
	{.words = {"--d", "TERM:5", "-dTERM:0", "x"}},
	{.words = {"-e", "143", "x"}, .becomes_of_143 = TO_0},
	{.words = {"-e143:7", "x"}, .becomes_of_143 = 7},
	{.words = {"--exit-map", "1:2,143:1", "x"}, .becomes_of_143 = 1},
	{.words = {"--exit=143:0", "-e", "143:9", "x"}, .becomes_of_143 = 9},
	{.words = {"-p", "TERM", "x"}, .parent_death_signal = SIGTERM},
	{.words = {"-pSIGKILL", "x"}, .parent_death_signal = SIGKILL},
	{.words = {"--parent-death-signal=rtmax", "x"}, .parent_death_signal = 64},
	{.words = {"-s", "x"}, .insist_on_orphans = true},
	{.words = {"--subreaper", "x"}, .insist_on_orphans = true},
	{.words = {"-P", "x"}, .pause = true},
	{.words = {"--pause", "x"}, .pause = true},
	{.words = {"-w", "x"}, .warn_on_reap = true},
	{.words = {"--warn-on-reap", "x"}, .warn_on_reap = true},
	/* tini's and catatonit's command lines. */
	{.words = {"-sgwvp", "KILL", "-e", "143", "--", "x"},
		.parent_death_signal = SIGKILL,
		.becomes_of_143 = TO_0,
		.insist_on_orphans = true,
		.warn_on_reap = true},
	{.words = {"-P", "--", "x"}, .pause = true},
	/* The environment; 0 and nothing are off. */
	{.words = {"x"}, .variables = {"DUMB_INIT_KILL_AFTER=1.5"}, .kill_after = MS(1500), .wait = true},
	{.words = {"x"}, .variables = {"DUMB_INIT_KILL_AFTER=0"}},
	{.words = {"x"}, .variables = {"DUMB_INIT_KILL_AFTER="}},
	{.words = {"x"}, .variables = {"DUMB_INIT_WAIT=1"}, .wait = true},
	{.words = {"x"}, .variables = {"DUMB_INIT_WAIT=0"}},
	{.words = {"x"}, .variables = {"DUMB_INIT_DELAY=TERM:1"}, .term_delay = MS(1000)},
	{.words = {"x"}, .variables = {"DUMB_INIT_EXIT_MAP=143"}, .becomes_of_143 = TO_0},
	{.words = {"x"}, .variables = {"DUMB_INIT_PARENT_DEATH_SIGNAL=hup"}, .parent_death_signal = SIGHUP},
	{.words = {"x"}, .variables = {"DUMB_INIT_SUBREAPER=1"}, .insist_on_orphans = true},
	{.words = {"x"}, .variables = {"DUMB_INIT_SUBREAPER=0"}},
	{.words = {"x"}, .variables = {"DUMB_INIT_PAUSE=1"}, .pause = true},
	{.words = {"x"}, .variables = {"DUMB_INIT_PAUSE=0"}},
	{.words = {"x"}, .variables = {"DUMB_INIT_WARN_ON_REAP=1"}, .warn_on_reap = true},
	{.words = {"x"}, .variables = {"DUMB_INIT_WARN_ON_REAP=0"}},
	/* The command line wins. */
	{.words = {"-k0", "x"}, .variables = {"DUMB_INIT_KILL_AFTER=10"}},
	{.words = {"-k2", "x"}, .variables = {"DUMB_INIT_KILL_AFTER=infinity"}, .kill_after = MS(2000), .wait = true},
	{.words = {"-dTERM:0", "x"}, .variables = {"DUMB_INIT_DELAY=TERM:1"}},
	{.words = {"-e", "143:3", "x"}, .variables = {"DUMB_INIT_EXIT_MAP=143:1"}, .becomes_of_143 = 3},
	{.words = {"-e", "1:3", "x"}, .variables = {"DUMB_INIT_EXIT_MAP=143:1"}, .becomes_of_143 = 1},
	{.words = {"-pINT", "x"}, .variables = {"DUMB_INIT_PARENT_DEATH_SIGNAL=hup"}, .parent_death_signal = SIGINT},
};

START_TEST(more_settings_take_effect)
{
	int status = more_settings[_i].becomes_of_143;

	set_variables(more_settings[_i].variables);
	ck_assert_int_eq(parse(more_settings[_i].words), OPTIONS_RUN);
	assert_text(&message, "");
	ck_assert_str_eq(options.command[0], "x");
	ck_assert_int_eq(options.target, TARGET_GROUP);
	ck_assert_int_eq(options.kill_after, more_settings[_i].kill_after);
	ck_assert_int_eq(options_wait(&options), more_settings[_i].wait);
	ck_assert_int_eq(options.parent_death_signal, more_settings[_i].parent_death_signal);
	ck_assert_int_eq(options.insist_on_orphans, more_settings[_i].insist_on_orphans);
	ck_assert_int_eq(options.pause, more_settings[_i].pause);
	ck_assert_int_eq(options.warn_on_reap, more_settings[_i].warn_on_reap);
	ck_assert_int_eq(rules_apply(&options.rules, RULE_DELAY, SIGTERM, 0), more_settings[_i].term_delay);
	ck_assert_int_eq(rules_apply(&options.rules, RULE_EXIT_MAP, 143, 143), status == 0	? 143
									       : status == TO_0 ? 0
												: status);
}
END_TEST

/* Each way to wait, and none. */
START_TEST(a_clock_implies_waiting)
{
	for (int i = 0; i < 2 * 3; i++) {
		const int64_t clocks[] = {0, 1, DURATION_INFINITE};

		options.wait = i % 2 == 1;
		options.kill_after = clocks[i / 2];
		ck_assert_int_eq(options_wait(&options), options.wait || options.kill_after != 0);
	}
}
END_TEST

/* Given in the environment and twice on the command line, rules add up. */
START_TEST(rules_of_all_places_add_up)
{
	set_variables((const char *const[]){"DUMB_INIT_REWRITE=TERM:QUIT,HUP:0", NULL});
	ck_assert_int_eq(PARSE("-r", "HUP:USR1", "-rUSR2:0", "x"), OPTIONS_RUN);
	assert_rewrites(SIGTERM, SIGQUIT);
	assert_rewrites(SIGHUP, SIGUSR1);
	assert_rewrites(SIGUSR2, 0);
}
END_TEST

/* What options_log() writes, line by line. It goes to standard error, which is a pipe meanwhile. */
static void assert_log(const char *expected)
{
	static char lines[TEXT_MAX];
	int ends[2], standard_error = dup(STDERR_FILENO);
	ssize_t length;

	ck_assert_int_ge(standard_error, 0);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	ck_assert_int_eq(close(ends[1]), 0);
	log_set_level(LOG_DETAIL);
	options_log(&options);
	log_set_level(LOG_REPORT);
	ck_assert_int_eq(dup2(standard_error, STDERR_FILENO), STDERR_FILENO);
	ck_assert_int_eq(close(standard_error), 0);
	length = read(ends[0], lines, sizeof(lines) - 1); /* it fits into the pipe, whose other end is closed */
	ck_assert_int_eq(close(ends[0]), 0);
	ck_assert_int_ge(length, 0);
	lines[length] = '\0';
	ck_assert_str_eq(lines, expected);
}

static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	const char *lines;
} logs[] = {
	{{"x"}, {NULL}, ""},
	{{"-v", "-a", "x"}, {NULL}, "[dumb-init] in force: --all\n[dumb-init] in force: --verbose\n"},
	{{"x"}, {"DUMB_INIT_DEBUG=1"}, "[dumb-init] in force: DUMB_INIT_DEBUG\n"},
	{{"-v", "x"}, {"DUMB_INIT_DEBUG=1"}, "[dumb-init] in force: --verbose\n"},
	/* Of those that exclude each other only the last one is. */
	{{"-c", "-a", "-g", "x"}, {NULL}, "[dumb-init] in force: --group\n"},
	{{"-a", "x"}, {"DUMB_INIT_SETSID=0"}, "[dumb-init] in force: --all\n"},
	{{"x"}, {"DUMB_INIT_SETSID=0"}, "[dumb-init] in force: DUMB_INIT_SETSID\n"},
	{{"-k1.5", "-p", "term", "x"}, {NULL},
		"[dumb-init] in force: --kill-after 1.5\n[dumb-init] in force: --parent-death-signal term\n"},
	{{"x"}, {"DUMB_INIT_KILL_AFTER=2m", "DUMB_INIT_WAIT=1"},
		"[dumb-init] in force: DUMB_INIT_KILL_AFTER 2m\n[dumb-init] in force: DUMB_INIT_WAIT\n"},
	{{"-k0", "x"}, {"DUMB_INIT_KILL_AFTER=2m"}, "[dumb-init] in force: --kill-after 0\n"},
	{{"-swP", "x"}, {NULL},
		"[dumb-init] in force: --subreaper\n[dumb-init] in force: --pause\n"
		"[dumb-init] in force: --warn-on-reap\n"},
	{{"-r", "HUP:0", "x"}, {"DUMB_INIT_REWRITE=HUP:INT,TERM:QUIT"},
		"[dumb-init] in force: --rewrite SIGHUP (1) to nothing\n"
		"[dumb-init] in force: DUMB_INIT_REWRITE SIGTERM (15) to SIGQUIT (3)\n"},
	{{"-d", "INT:infinity,RTMAX:1.5", "x"}, {"DUMB_INIT_DELAY=TERM:2ms"},
		"[dumb-init] in force: --delay SIGINT (2) until it comes again\n"
		"[dumb-init] in force: DUMB_INIT_DELAY SIGTERM (15) for 2 ms\n"
		"[dumb-init] in force: --delay SIGRTMAX (64) for 1500 ms\n"},
	{{"-e0:255,255", "x"}, {"DUMB_INIT_EXIT_MAP=143"},
		"[dumb-init] in force: --exit-map 0 to 255\n[dumb-init] in force: DUMB_INIT_EXIT_MAP 143 to 0\n"
		"[dumb-init] in force: --exit-map 255 to 0\n"},
};

START_TEST(the_log_says_what_is_in_force_and_where_it_stood)
{
	set_variables(logs[_i].variables);
	ck_assert_int_eq(parse(logs[_i].words), OPTIONS_RUN);
	assert_log(logs[_i].lines);
}
END_TEST

START_TEST(what_follows_the_options_is_the_command)
{
	ck_assert_int_eq(PARSE("--", "-c"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "-c");
	ck_assert_int_eq(PARSE("--", "--", "x"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "--");
	ck_assert_int_eq(PARSE("-", "x"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "-");
	ck_assert_int_eq(PARSE("", "x"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "");
}
END_TEST

static const struct {
	const char *words[MAX_WORDS + 1];
	enum options_outcome outcome;
} others[] = {
	{{"-h"}, OPTIONS_HELP},
	{{"--help"}, OPTIONS_HELP},
	{{"--he"}, OPTIONS_HELP},
	{{"-ch", "x"}, OPTIONS_HELP},
	{{"-h", "--mistake"}, OPTIONS_HELP},
	{{"-V"}, OPTIONS_VERSION},
	{{"--version"}, OPTIONS_VERSION},
	{{"--vers"}, OPTIONS_VERSION},
	{{"-Vh"}, OPTIONS_VERSION},
};

/* Whatever the environment says: help is asked for above all where that is wrong. */
START_TEST(there_are_other_outcomes_than_running)
{
	ck_assert_int_eq(parse(others[_i].words), others[_i].outcome);
	assert_text(&message, "");
	set_variables((const char *const[]){"DUMB_INIT_DEBUG=wrong", NULL});
	ck_assert_int_eq(parse(others[_i].words), others[_i].outcome);
	assert_text(&message, "");
}
END_TEST

/* There is no command then that could be missing. */
START_TEST(a_pause_needs_no_command)
{
	ck_assert_int_eq(PARSE("-P"), OPTIONS_RUN);
	ck_assert(options.pause);
	ck_assert_ptr_null(options.command[0]);
	ck_assert_int_eq(PARSE("--pause", "--"), OPTIONS_RUN);
	set_variables((const char *const[]){"DUMB_INIT_PAUSE=1", NULL});
	ck_assert_int_eq(PARSE(NULL), OPTIONS_RUN);
	ck_assert(options.pause);
}
END_TEST

#define NO_COMMAND "no command is given"

static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	const char *message;
} mistakes[] = {
	{{NULL}, {NULL}, NO_COMMAND},
	{{"--"}, {NULL}, NO_COMMAND},
	{{"-c"}, {NULL}, NO_COMMAND},
	{{"-r", "TERM:QUIT"}, {NULL}, NO_COMMAND},
	{{"-k", "10"}, {NULL}, NO_COMMAND},
	{{"--kill-after=10", "--"}, {NULL}, NO_COMMAND},
	{{"--wait", "-swavq", "-d", "TERM:1", "-e", "1", "-pHUP"}, {NULL}, NO_COMMAND},
	{{NULL}, {"DUMB_INIT_WAIT=1"}, NO_COMMAND},
	{{NULL}, {"DUMB_INIT_DEBUG=wrong"}, "invalid value 'wrong' in DUMB_INIT_DEBUG, which is 1 or 0"},
	{{"-x", "x"}, {NULL}, "unknown option '-x' in '-x'"},
	{{"-cx", "x"}, {NULL}, "unknown option '-x' in '-cx'"},
	{{"-c-", "x"}, {NULL}, "unknown option '--' in '-c-'"},
	{{"-v=1", "x"}, {NULL}, "unknown option '-=' in '-v=1'"},
	{{"--unknown", "x"}, {NULL}, "unknown option '--unknown'"},
	{{"--groups", "x"}, {NULL}, "unknown option '--groups'"},
	{{"--GROUP", "x"}, {NULL}, "unknown option '--GROUP'"},
	{{"---", "x"}, {NULL}, "unknown option '---'"},
	{{"--ver", "x"}, {NULL}, "ambiguous option '--ver'"},
	{{"--v", "x"}, {NULL}, "ambiguous option '--v'"},
	{{"--=x", "x"}, {NULL}, "ambiguous option '--=x'"},
	{{"--verbose=1", "x"}, {NULL}, "option '--verbose' takes no value"},
	{{"--quiet=", "x"}, {NULL}, "option '--quiet' takes no value"},
	{{"--help=x", "x"}, {NULL}, "option '--help' takes no value"},
	{{"--rewrite"}, {NULL}, "option '--rewrite' takes a value"},
	{{"--re"}, {NULL}, "option '--rewrite' takes a value"},
	{{"-r"}, {NULL}, "option '-r' takes a value"},
	{{"-cr"}, {NULL}, "option '-r' takes a value"},
	{{"-r", "TREM:QUIT", "x"}, {NULL}, "invalid signal 'TREM' in --rewrite 'TREM:QUIT'"},
	{{"-rTERM:Q", "x"}, {NULL}, "invalid signal 'Q' in --rewrite 'TERM:Q'"},
	{{"--re=TERM:0,HUP:Q", "x"}, {NULL}, "invalid signal 'Q' in --rewrite 'TERM:0,HUP:Q'"},
	{{"--rewrite=", "x"}, {NULL}, "invalid signal '' in --rewrite ''"},
	{{"-r", "", "x"}, {NULL}, "invalid signal '' in --rewrite ''"},
	{{"-r", "32:9", "x"}, {NULL},
		"invalid signal '32', which the C library keeps for its threads, in --rewrite '32:9'"},
	{{"x"}, {"DUMB_INIT_REWRITE=TERM"},
		"':' and a value are missing after SIGTERM (15) in DUMB_INIT_REWRITE 'TERM'"},
	{{"x"}, {"DUMB_INIT_REWRITE=A:B"}, "invalid signal 'A' in DUMB_INIT_REWRITE 'A:B'"},
	{{"--s", "x"}, {NULL}, "ambiguous option '--s'"},
	{{"--p", "x"}, {NULL}, "ambiguous option '--p'"},
	{{"--wa", "x"}, {NULL}, "ambiguous option '--wa'"},
	{{"--waits", "x"}, {NULL}, "unknown option '--waits'"},
	{{"--wait=1", "x"}, {NULL}, "option '--wait' takes no value"},
	{{"-k"}, {NULL}, "option '-k' takes a value"},
	{{"--kill-after"}, {NULL}, "option '--kill-after' takes a value"},
	{{"-k", "-1", "x"}, {NULL}, "invalid time '-1' in --kill-after '-1'"},
	{{"-k=1", "x"}, {NULL}, "invalid time '=1' in --kill-after '=1'"},
	{{"--kill-after=", "x"}, {NULL}, "invalid time '' in --kill-after ''"},
	{{"-k", "5x", "x"}, {NULL}, "invalid time '5x' in --kill-after '5x'"},
	{{"-k", "87841h", "x"}, {NULL}, "invalid time '87841h' in --kill-after '87841h'"},
	{{"x"}, {"DUMB_INIT_KILL_AFTER=soon"}, "invalid time 'soon' in DUMB_INIT_KILL_AFTER 'soon'"},
	{{"-p"}, {NULL}, "option '-p' takes a value"},
	{{"-p", "0", "x"}, {NULL}, "invalid signal '0' in --parent-death-signal '0'"},
	{{"-pTREM", "x"}, {NULL}, "invalid signal 'TREM' in --parent-death-signal 'TREM'"},
	{{"-p33", "x"}, {NULL},
		"invalid signal '33', which the C library keeps for its threads, in --parent-death-signal '33'"},
	{{"x"}, {"DUMB_INIT_PARENT_DEATH_SIGNAL=TERM,HUP"},
		"invalid signal 'TERM,HUP' in DUMB_INIT_PARENT_DEATH_SIGNAL 'TERM,HUP'"},
	{{"-d", "TERM", "x"}, {NULL}, "':' and a value are missing after SIGTERM (15) in --delay 'TERM'"},
	{{"-d", "TERM:1,HUP:x", "x"}, {NULL}, "invalid time 'x' in --delay 'TERM:1,HUP:x'"},
	{{"x"}, {"DUMB_INIT_DELAY=TREM:1"}, "invalid signal 'TREM' in DUMB_INIT_DELAY 'TREM:1'"},
	{{"-e", "256", "x"}, {NULL}, "invalid exit status '256' in --exit-map '256'"},
	{{"-e1:x", "x"}, {NULL}, "invalid exit status 'x' in --exit-map '1:x'"},
	{{"x"}, {"DUMB_INIT_EXIT_MAP=x"}, "invalid exit status 'x' in DUMB_INIT_EXIT_MAP 'x'"},
	{{"x"}, {"DUMB_INIT_ALL=all"}, "invalid value 'all' in DUMB_INIT_ALL, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_WAIT=5"}, "invalid value '5' in DUMB_INIT_WAIT, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_SUBREAPER=-"}, "invalid value '-' in DUMB_INIT_SUBREAPER, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_PAUSE=11"}, "invalid value '11' in DUMB_INIT_PAUSE, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_WARN_ON_REAP=x"}, "invalid value 'x' in DUMB_INIT_WARN_ON_REAP, which is 1 or 0"},
	/* What is overruled is told all the same here too. */
	{{"-k", "1", "x"}, {"DUMB_INIT_KILL_AFTER=x"}, "invalid time 'x' in DUMB_INIT_KILL_AFTER 'x'"},
	{{"x"}, {"DUMB_INIT_SETSID=no"}, "invalid value 'no' in DUMB_INIT_SETSID, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_DEBUG=2"}, "invalid value '2' in DUMB_INIT_DEBUG, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_QUIET=10"}, "invalid value '10' in DUMB_INIT_QUIET, which is 1 or 0"},
	{{"x"}, {"DUMB_INIT_QUIET= 1"}, "invalid value ' 1' in DUMB_INIT_QUIET, which is 1 or 0"},
	/* One that the command line would have overruled is told all the same. */
	{{"-v", "x"}, {"DUMB_INIT_DEBUG=yes"}, "invalid value 'yes' in DUMB_INIT_DEBUG, which is 1 or 0"},
	/* Those on the command line come first. */
	{{"-x", "x"}, {"DUMB_INIT_DEBUG=yes"}, "unknown option '-x' in '-x'"},
	/* A mistake cannot write a line of its own. */
	{{"--a\nb", "x"}, {NULL}, "unknown option '--a?b'"},
	{{"-\n", "x"}, {NULL}, "unknown option '-?' in '-?'"},
};

START_TEST(mistakes_are_told_with_their_place)
{
	set_variables(mistakes[_i].variables);
	ck_assert_int_eq(parse(mistakes[_i].words), OPTIONS_WRONG);
	assert_text(&message, mistakes[_i].message);
}
END_TEST

START_TEST(the_help_names_all_and_fits_on_a_terminal)
{
	static const char *const named[] = {"-c, --single-child ", "-g, --group ", "-a, --all ", "-r, --rewrite S:R ",
		"-d, --delay S:T ", "-k, --kill-after T ", "      --wait ", "-e, --exit-map C[:N] ",
		"-p, --parent-death-signal S ", "-s, --subreaper ", "-P, --pause ", "-w, --warn-on-reap ",
		"-v, --verbose ", "-q, --quiet ", "-h, --help", "-V, --version", " DUMB_INIT_SETSID=0\n",
		" DUMB_INIT_SETSID=1\n", " DUMB_INIT_REWRITE\n", " DUMB_INIT_DEBUG=1\n", " DUMB_INIT_QUIET=1\n",
		" DUMB_INIT_ALL=1\n", " DUMB_INIT_DELAY\n", " DUMB_INIT_KILL_AFTER\n", " DUMB_INIT_WAIT=1\n",
		" DUMB_INIT_EXIT_MAP\n", " DUMB_INIT_PARENT_DEATH_SIGNAL\n", " DUMB_INIT_SUBREAPER=1\n",
		" DUMB_INIT_PAUSE=1\n", " DUMB_INIT_WARN_ON_REAP=1\n"};
	struct text help;

	text_clear(&help);
	options_help(&help);
	for (size_t i = 0; i < LENGTH(named); i++)
		ck_assert_msg(strstr(text_string(&help), named[i]) != NULL, "'%s' is not in it", named[i]);
	ck_assert_uint_lt(help.length, TEXT_MAX - 1); /* or it was cut */
	ck_assert_int_eq(help.bytes[help.length - 1], '\n');
	for (const char *line = text_string(&help), *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_msg(end - line <= HELP_WIDTH, "too wide: %.*s", (int)(end - line), line);
}
END_TEST

Suite *options_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("options", &tests);

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, without_options_all_is_default);
	tcase_add_loop_test(tests, settings_take_effect, 0, LENGTH(settings));
	tcase_add_loop_test(tests, more_settings_take_effect, 0, LENGTH(more_settings));
	tcase_add_test(tests, a_clock_implies_waiting);
	tcase_add_loop_test(tests, the_log_says_what_is_in_force_and_where_it_stood, 0, LENGTH(logs));
	tcase_add_test(tests, rules_of_all_places_add_up);
	tcase_add_test(tests, what_follows_the_options_is_the_command);
	tcase_add_loop_test(tests, there_are_other_outcomes_than_running, 0, LENGTH(others));
	tcase_add_test(tests, a_pause_needs_no_command);
	tcase_add_loop_test(tests, mistakes_are_told_with_their_place, 0, LENGTH(mistakes));
	tcase_add_test(tests, the_help_names_all_and_fits_on_a_terminal);
	return suite;
}
