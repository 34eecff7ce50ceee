#include "options.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MAX_WORDS = 6, MAX_VARIABLES = 3, HELP_WIDTH = 80 };

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
	ck_assert_int_eq(rewrite_apply(&options.rewrite, signal, false), to);
}

START_TEST(without_options_all_is_default)
{
	ck_assert_int_eq(PARSE("ls", "-l"), OPTIONS_RUN);
	ck_assert_str_eq(options.command[0], "ls");
	ck_assert_str_eq(options.command[1], "-l");
	ck_assert_ptr_null(options.command[2]);
	ck_assert(!options.single_child);
	ck_assert_int_eq(options.log_level, LOG_REPORT);
	for (int signal = 1; signal <= LAST_SIGNAL; signal++)
		assert_rewrites(signal, signal);
	assert_text(&message, "");
}
END_TEST

/* What stands on the command line and in the environment, and what comes of it. The command is always "x". */
static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	bool single_child;
	enum log_level log_level;
	int term_becomes;
} settings[] = {
	/* Each option, short and long. */
	{{"-c", "x"}, {NULL}, true, LOG_REPORT, SIGTERM},
	{{"--single-child", "x"}, {NULL}, true, LOG_REPORT, SIGTERM},
	{{"-g", "x"}, {NULL}, false, LOG_REPORT, SIGTERM},
	{{"--group", "x"}, {NULL}, false, LOG_REPORT, SIGTERM},
	{{"-v", "x"}, {NULL}, false, LOG_DETAIL, SIGTERM},
	{{"--verbose", "x"}, {NULL}, false, LOG_DETAIL, SIGTERM},
	{{"-q", "x"}, {NULL}, false, LOG_ERROR, SIGTERM},
	{{"--quiet", "x"}, {NULL}, false, LOG_ERROR, SIGTERM},
	{{"-r", "TERM:QUIT", "x"}, {NULL}, false, LOG_REPORT, SIGQUIT},
	{{"-rTERM:QUIT", "x"}, {NULL}, false, LOG_REPORT, SIGQUIT},
	{{"--rewrite", "TERM:QUIT", "x"}, {NULL}, false, LOG_REPORT, SIGQUIT},
	{{"--rewrite=TERM:QUIT", "x"}, {NULL}, false, LOG_REPORT, SIGQUIT},
	{{"-r", "15:3", "x"}, {NULL}, false, LOG_REPORT, SIGQUIT},
	/* Bundles. */
	{{"-cv", "x"}, {NULL}, true, LOG_DETAIL, SIGTERM},
	{{"-vcr", "TERM:0", "x"}, {NULL}, true, LOG_DETAIL, 0},
	{{"-cqrTERM:INT", "x"}, {NULL}, true, LOG_ERROR, SIGINT},
	/* Abbreviations. */
	{{"--s", "--verb", "--re=TERM:HUP", "x"}, {NULL}, true, LOG_DETAIL, SIGHUP},
	{{"--single", "--qui", "--r", "TERM:HUP", "x"}, {NULL}, true, LOG_ERROR, SIGHUP},
	/* The last one wins. */
	{{"-c", "-g", "x"}, {NULL}, false, LOG_REPORT, SIGTERM},
	{{"-gc", "x"}, {NULL}, true, LOG_REPORT, SIGTERM},
	{{"-vq", "x"}, {NULL}, false, LOG_ERROR, SIGTERM},
	{{"-qv", "x"}, {NULL}, false, LOG_DETAIL, SIGTERM},
	{{"-rTERM:INT", "-rTERM:HUP", "x"}, {NULL}, false, LOG_REPORT, SIGHUP},
	/* The end of the options. */
	{{"--", "x"}, {NULL}, false, LOG_REPORT, SIGTERM},
	{{"-c", "--", "x", "-v"}, {NULL}, true, LOG_REPORT, SIGTERM},
	{{"x", "-c", "--", "-v"}, {NULL}, false, LOG_REPORT, SIGTERM},
	/* The environment; 0 and nothing are off. */
	{{"x"}, {"DUMB_INIT_SETSID=0"}, true, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_SETSID=1"}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_SETSID="}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG=1"}, false, LOG_DETAIL, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG=0"}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_DEBUG="}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_QUIET=1"}, false, LOG_ERROR, SIGTERM},
	{{"x"}, {"DUMB_INIT_QUIET=0"}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_REWRITE=TERM:QUIT,HUP:0"}, false, LOG_REPORT, SIGQUIT},
	{{"x"}, {"DUMB_INIT_REWRITE="}, false, LOG_REPORT, SIGTERM},
	{{"x"}, {"DUMB_INIT_=1", "DUMB_INIT_SETSIDX=0", "DUMB_INIT=0"}, false, LOG_REPORT, SIGTERM},
	/* The command line wins. */
	{{"-g", "x"}, {"DUMB_INIT_SETSID=0"}, false, LOG_REPORT, SIGTERM},
	{{"-c", "x"}, {"DUMB_INIT_SETSID=1"}, true, LOG_REPORT, SIGTERM},
	{{"-q", "x"}, {"DUMB_INIT_DEBUG=1"}, false, LOG_ERROR, SIGTERM},
	{{"-v", "x"}, {"DUMB_INIT_QUIET=1"}, false, LOG_DETAIL, SIGTERM},
	{{"-r", "TERM:INT", "x"}, {"DUMB_INIT_REWRITE=TERM:QUIT"}, false, LOG_REPORT, SIGINT},
	{{"-r", "HUP:INT", "x"}, {"DUMB_INIT_REWRITE=TERM:QUIT"}, false, LOG_REPORT, SIGQUIT},
};

START_TEST(settings_take_effect)
{
	set_variables(settings[_i].variables);
	ck_assert_int_eq(parse(settings[_i].words), OPTIONS_RUN);
	assert_text(&message, "");
	ck_assert_str_eq(options.command[0], "x");
	ck_assert_int_eq(options.single_child, settings[_i].single_child);
	ck_assert_int_eq(options.log_level, settings[_i].log_level);
	assert_rewrites(SIGTERM, settings[_i].term_becomes);
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
	{{NULL}, OPTIONS_MISSING},
	{{"--"}, OPTIONS_MISSING},
	{{"-c"}, OPTIONS_MISSING},
	{{"-r", "TERM:QUIT"}, OPTIONS_MISSING},
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

static const struct {
	const char *words[MAX_WORDS + 1];
	const char *variables[MAX_VARIABLES + 1];
	const char *message;
} mistakes[] = {
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
	{{"--rewrite=", "x"}, {NULL}, "'' is not of the form SIGNAL:REPLACEMENT in --rewrite ''"},
	{{"-r", "", "x"}, {NULL}, "'' is not of the form SIGNAL:REPLACEMENT in --rewrite ''"},
	{{"-r", "32:9", "x"}, {NULL},
		"invalid signal '32', which the C library keeps for its threads, in --rewrite '32:9'"},
	{{"x"}, {"DUMB_INIT_REWRITE=TERM"}, "'TERM' is not of the form SIGNAL:REPLACEMENT in DUMB_INIT_REWRITE 'TERM'"},
	{{"x"}, {"DUMB_INIT_REWRITE=A:B"}, "invalid signal 'A' in DUMB_INIT_REWRITE 'A:B'"},
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
	struct text expected;

	set_variables(mistakes[_i].variables);
	ck_assert_int_eq(parse(mistakes[_i].words), OPTIONS_WRONG);
	text_clear(&expected);
	text_add(&expected, "dumb-init: %s (try 'dumb-init --help')", mistakes[_i].message);
	assert_text(&message, text_string(&expected));
}
END_TEST

START_TEST(the_usage_is_the_first_line_of_the_help)
{
	struct text usage, help;

	text_clear(&usage);
	options_usage(&usage);
	assert_text(&usage, "Usage: dumb-init [option]... [--] command [argument]...\n");
	text_clear(&help);
	options_help(&help);
	ck_assert_mem_eq(help.bytes, usage.bytes, usage.length);
}
END_TEST

START_TEST(the_help_names_all_and_fits_on_a_terminal)
{
	static const char *const named[] = {"-c, --single-child ", "-g, --group ", "-r, --rewrite S:R ",
		"-v, --verbose ", "-q, --quiet ", "-h, --help", "-V, --version", " DUMB_INIT_SETSID=0\n",
		" DUMB_INIT_SETSID=1\n", " DUMB_INIT_REWRITE\n", " DUMB_INIT_DEBUG=1\n", " DUMB_INIT_QUIET=1\n"};
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
	tcase_add_test(tests, rules_of_all_places_add_up);
	tcase_add_test(tests, what_follows_the_options_is_the_command);
	tcase_add_loop_test(tests, there_are_other_outcomes_than_running, 0, LENGTH(others));
	tcase_add_loop_test(tests, mistakes_are_told_with_their_place, 0, LENGTH(mistakes));
	tcase_add_test(tests, the_usage_is_the_first_line_of_the_help);
	tcase_add_test(tests, the_help_names_all_and_fits_on_a_terminal);
	return suite;
}
