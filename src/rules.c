#include "rules.h"

#include <string.h>

#include "value.h"
#include "word.h"

/* More than any valid word needs. */
enum { WORD_SIZE = 64 };

int64_t rules_apply(const struct rules *rules, enum rule_kind kind, int about, int64_t otherwise)
{
	int rule = (int)kind + about;

	if (rules->place[rule] == PLACE_NONE)
		return otherwise;
	return rule < RULE_REWRITE ? rules->delay[rule] : rules->other[rule];
}

void rules_add(struct rules *rules, int rule, int64_t value, enum place place)
{
	if (rule < RULE_REWRITE)
		rules->delay[rule] = value;
	else
		rules->other[rule] = (unsigned char)value;
	rules->place[rule] = (unsigned char)place;
}

/* Reads the word that ends at one of `ends`, and leaves *rest at its end. */
static int64_t take_value(enum value_kind kind, const char **rest, const char *ends, struct text *complaint)
{
	char word[WORD_SIZE];
	size_t length = word_length(*rest, ends);
	size_t copied = length < WORD_SIZE ? length : WORD_SIZE - 1;

	memcpy(word, *rest, copied);
	word[copied] = '\0';
	if (copied < length)
		word[copied - 1] = '?'; /* which is in no valid word: what is left of a cut one might be valid */
	*rest += length;
	return value_parse(kind, word, complaint);
}

bool rules_parse(struct rules *rules, enum rule_kind kind, const char *list, enum place place, struct text *complaint)
{
	enum value_kind about_kind = kind == RULE_EXIT_MAP ? VALUE_STATUS : VALUE_SIGNAL;
	enum value_kind value_kind = kind == RULE_EXIT_MAP ? VALUE_STATUS
				     : kind == RULE_DELAY  ? VALUE_TIME
							   : VALUE_SIGNAL_OR_NONE;

	for (;; list++) {
		int64_t about = take_value(about_kind, &list, ":,", complaint), value = 0;

		if (about < 0)
			return false;
		if (*list == ':') {
			list++;
			value = take_value(value_kind, &list, ",", complaint);
			if (value < 0)
				return false;
		} else if (kind != RULE_EXIT_MAP) {
			text_add(complaint, "':' and a value are missing after %i", (int)about);
			return false;
		}
		rules_add(rules, (int)kind + (int)about, value, place);
		if (*list == '\0')
			return true;
	}
}
