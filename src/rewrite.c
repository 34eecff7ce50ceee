#include "rewrite.h"

#include <string.h>

#include "signame.h"
#include "word.h"

/* More than any valid word needs. */
enum { WORD_SIZE = 64 };

/* How "drop it" is kept, 0 being "no rule": options that are all zero then have no rules. */
enum { DROP = 255 };

bool is_terminal_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

int rewrite_apply(const struct rewrite *rules, int signal, bool stop_for_certain)
{
	int to = rules->to[signal];

	if (to != 0)
		return to == DROP ? 0 : to;
	return stop_for_certain && is_terminal_stop(signal) ? SIGSTOP : signal;
}

/* Cuts *rest at the next one of `ends`: puts what stands before it into `word`, and leaves *rest at it. */
static void take_word(char word[WORD_SIZE], const char **rest, const char *ends)
{
	size_t length = word_length(*rest, ends);
	size_t copied = length < WORD_SIZE ? length : WORD_SIZE - 1;

	memcpy(word, *rest, copied);
	word[copied] = '\0';
	*rest += length;
}

/* Gives back the signal; or 0, and appends what is wrong with it. */
static int parse_signal(const char *word, struct text *complaint)
{
	int signal = word_size(word) < WORD_SIZE ? signame_parse(word) : 0; /* a full word may have been cut */

	if (signal > 0)
		return signal;
	text_add(complaint, "invalid signal '%s'%s", word,
		signal < 0 ? ", which the C library keeps for its threads," : "");
	return 0;
}

bool rewrite_parse(struct rewrite *rules, const char *list, struct text *complaint)
{
	char word[WORD_SIZE];
	int from, to;

	for (;; list++) {
		take_word(word, &list, ":,");
		if (*list != ':') {
			text_add(complaint, "'%s' is not of the form SIGNAL:REPLACEMENT", word);
			return false;
		}
		list++;
		if ((from = parse_signal(word, complaint)) == 0)
			return false;
		take_word(word, &list, ",");
		to = word[0] == '0' && word[1] == '\0' ? DROP : parse_signal(word, complaint);
		if (to == 0)
			return false;
		rules->to[from] = (unsigned char)to;
		if (*list == '\0')
			return true;
	}
}
