#include "signame.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

/* As `kill -l` has them. */
static const struct {
	int signal;
	const char *name;
} names[] = {
	{SIGHUP, "HUP"},
	{SIGINT, "INT"},
	{SIGQUIT, "QUIT"},
	{SIGILL, "ILL"},
	{SIGTRAP, "TRAP"},
	{SIGABRT, "ABRT"},
	{SIGBUS, "BUS"},
	{SIGFPE, "FPE"},
	{SIGKILL, "KILL"},
	{SIGUSR1, "USR1"},
	{SIGSEGV, "SEGV"},
	{SIGUSR2, "USR2"},
	{SIGPIPE, "PIPE"},
	{SIGALRM, "ALRM"},
	{SIGTERM, "TERM"},
	{SIGCHLD, "CHLD"},
	{SIGCONT, "CONT"},
	{SIGSTOP, "STOP"},
	{SIGTSTP, "TSTP"},
	{SIGTTIN, "TTIN"},
	{SIGTTOU, "TTOU"},
	{SIGURG, "URG"},
	{SIGXCPU, "XCPU"},
	{SIGXFSZ, "XFSZ"},
	{SIGVTALRM, "VTALRM"},
	{SIGPROF, "PROF"},
	{SIGWINCH, "WINCH"},
	{SIGIO, "IO"},
	{SIGPWR, "PWR"},
	{SIGSYS, "SYS"},
#ifdef SIGSTKFLT
	{SIGSTKFLT, "STKFLT"},
#endif
#ifdef SIGEMT
	{SIGEMT, "EMT"},
#endif
	{34, "RTMIN"},
	{35, "RTMIN+1"},
	{36, "RTMIN+2"},
	{37, "RTMIN+3"},
	{38, "RTMIN+4"},
	{39, "RTMIN+5"},
	{40, "RTMIN+6"},
	{41, "RTMIN+7"},
	{42, "RTMIN+8"},
	{43, "RTMIN+9"},
	{44, "RTMIN+10"},
	{45, "RTMIN+11"},
	{46, "RTMIN+12"},
	{47, "RTMIN+13"},
	{48, "RTMIN+14"},
	{49, "RTMIN+15"},
	{50, "RTMAX-14"},
	{51, "RTMAX-13"},
	{52, "RTMAX-12"},
	{53, "RTMAX-11"},
	{54, "RTMAX-10"},
	{55, "RTMAX-9"},
	{56, "RTMAX-8"},
	{57, "RTMAX-7"},
	{58, "RTMAX-6"},
	{59, "RTMAX-5"},
	{60, "RTMAX-4"},
	{61, "RTMAX-3"},
	{62, "RTMAX-2"},
	{63, "RTMAX-1"},
	{64, "RTMAX"},
};

START_TEST(every_signal_has_its_name)
{
	struct text text, expected;

	text_clear(&text);
	text_clear(&expected);
	signame_add(&text, names[_i].signal);
	text_add(&expected, "SIG%s (%d)", names[_i].name, names[_i].signal);
	assert_text(&text, text_string(&expected));
}
END_TEST

/* Those of the C library's threads can be sent all the same. */
START_TEST(numbers_without_a_name_are_written_too)
{
	static const struct {
		int signal;
		const char *text;
	} cases[] = {
		{32, "SIG32 (32)"},
		{33, "SIG33 (33)"},
		{0, "SIG0 (0)"},
		{65, "SIG65 (65)"},
		{127, "SIG127 (127)"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct text text;

		text_clear(&text);
		signame_add(&text, cases[i].signal);
		assert_text(&text, cases[i].text);
	}
}
END_TEST

/* dumb-init 1.2.5 knew numbers only. */
START_TEST(every_name_is_read_in_any_case_with_and_without_sig)
{
	static const char *const prefixes[] = {"", "SIG", "sig", "Sig"};

	for (size_t prefix = 0; prefix < LENGTH(prefixes); prefix++) {
		for (int lower = 0; lower <= 1; lower++) {
			char word[32];

			(void)snprintf(word, sizeof(word), "%s%s", prefixes[prefix], names[_i].name);
			for (char *letter = word + strlen(prefixes[prefix]); lower == 1 && *letter != '\0'; letter++)
				*letter = (char)tolower((unsigned char)*letter);
			ck_assert_msg(signame_parse(word) == names[_i].signal, "'%s' was read as %d", word,
				signame_parse(word));
		}
	}
}
END_TEST

START_TEST(every_number_is_read)
{
	struct text text;

	text_clear(&text);
	text_add(&text, "%d", _i);
	ck_assert_int_eq(signame_parse(text_string(&text)), _i == 32 || _i == 33 ? -1 : _i);
}
END_TEST

/* With musl SIGRTMIN is 35, and SIGRTMIN+3 would not be systemd's. */
START_TEST(real_time_signals_are_counted_from_both_ends)
{
	for (int offset = 0; offset <= 30; offset++) {
		struct text text;

		text_clear(&text);
		text_add(&text, "RTMIN+%d", offset);
		ck_assert_int_eq(signame_parse(text_string(&text)), 34 + offset);
		text_clear(&text);
		text_add(&text, "sigrtmax-%d", offset);
		ck_assert_int_eq(signame_parse(text_string(&text)), 64 - offset);
	}
}
END_TEST

START_TEST(second_names_are_read)
{
	ck_assert_int_eq(signame_parse("SIGPOLL"), SIGIO);
	ck_assert_int_eq(signame_parse("iot"), SIGABRT);
	ck_assert_int_eq(signame_parse("CLD"), SIGCHLD);
}
END_TEST

static const char *const junk[] = {
	"",
	"SIG",
	"sig",
	"TREM",
	"TERMX",
	"TER",
	"SIGTERM ",
	" TERM",
	"SIG15",
	"SIGSIGTERM",
	"S",
	"65",
	"128",
	"-1",
	"+15",
	"15x",
	"0x0f",
	"1.0",
	"4294967311",
	"RT",
	"RTMINX",
	"RTMIN+",
	"RTMIN-1",
	"RTMIN+31",
	"RTMIN+-1",
	"RTMIN+1x",
	"RTMIN+ 1",
	"RTMAX-",
	"RTMAX+1",
	"RTMAX-31",
	"EXIT",
	"NULL",
};

START_TEST(junk_is_no_signal)
{
	ck_assert_msg(signame_parse(junk[_i]) == 0, "'%s' was read as %d", junk[_i], signame_parse(junk[_i]));
}
END_TEST

Suite *signame_suite(void)
{
	TCase *tests;
	Suite *suite = suite_of("signame", &tests);

	tcase_add_loop_test(tests, every_signal_has_its_name, 0, LENGTH(names));
	tcase_add_test(tests, numbers_without_a_name_are_written_too);
	tcase_add_loop_test(tests, every_name_is_read_in_any_case_with_and_without_sig, 0, LENGTH(names));
	tcase_add_loop_test(tests, every_number_is_read, 0, LAST_SIGNAL + 1);
	tcase_add_test(tests, real_time_signals_are_counted_from_both_ends);
	tcase_add_test(tests, second_names_are_read);
	tcase_add_loop_test(tests, junk_is_no_signal, 0, LENGTH(junk));
	return suite;
}
