#include "signame.h"

#include <signal.h>
#include <stddef.h>

#include "number.h"

/* In one block without pointers, so that a static PIE needs no relocations for it. Where two names share a number,
 * the first one is the one that is written. */
static const struct {
	unsigned char number;
	char name[7];
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
	{SIGIO, "POLL"},
	{SIGABRT, "IOT"},
	{SIGCHLD, "CLD"},
};

enum { NAMES = sizeof(names) / sizeof(names[0]), THREADS_FIRST = 32, THREADS_LAST = 33 };

/* Names are ASCII, and so is this comparison: the same in every locale. */
static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter | 0x20) : letter;
}

/* If `word` begins with `name`, in any case, gives back what follows; else NULL. */
static const char *after(const char *word, const char *name)
{
	for (; *name != '\0'; word++, name++)
		if (lower(*word) != lower(*name))
			return NULL;
	return word;
}

/* Reads "+3" or "-3"; gives back the number, 0 for an empty word, -1 for anything else. */
static int offset_parse(const char *word, char sign)
{
	if (*word == '\0')
		return 0;
	return *word == sign ? number_parse_word(word + 1, SIGNAME_RTMAX - SIGNAME_RTMIN) : -1;
}

int signame_parse(const char *word)
{
	const char *rest;
	int number = number_parse_word(word, SIGNAME_RTMAX);

	if (number >= 0)
		return number >= THREADS_FIRST && number <= THREADS_LAST ? -1 : number;
	if ((rest = after(word, "SIG")) != NULL)
		word = rest;
	if ((rest = after(word, "RTMIN")) != NULL) {
		number = offset_parse(rest, '+');
		return number < 0 ? 0 : SIGNAME_RTMIN + number;
	}
	if ((rest = after(word, "RTMAX")) != NULL) {
		number = offset_parse(rest, '-');
		return number < 0 ? 0 : SIGNAME_RTMAX - number;
	}
	for (int i = 0; i < NAMES; i++)
		if ((rest = after(word, names[i].name)) != NULL && *rest == '\0')
			return names[i].number;
	return 0;
}

void signame_add(struct text *text, int signal)
{
	int i = 0;

	while (i < NAMES && names[i].number != signal)
		i++;
	if (i < NAMES)
		text_add(text, "SIG%s", names[i].name);
	else if (signal == SIGNAME_RTMIN)
		text_add(text, "SIGRTMIN");
	else if (signal == SIGNAME_RTMAX)
		text_add(text, "SIGRTMAX");
	else if (signal < SIGNAME_RTMIN || signal > SIGNAME_RTMAX)
		text_add(text, "SIG%d", signal);
	else if (signal <= (SIGNAME_RTMIN + SIGNAME_RTMAX) / 2) /* as kill -l has it */
		text_add(text, "SIGRTMIN+%d", signal - SIGNAME_RTMIN);
	else
		text_add(text, "SIGRTMAX-%d", SIGNAME_RTMAX - signal);
	text_add(text, " (%d)", signal);
}
