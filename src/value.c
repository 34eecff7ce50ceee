#include "value.h"

#include "number.h"
#include "signame.h"
#include "word.h"

enum { LARGEST_STATUS = 255 };

/* By kind, in the enum's order. */
static const char kind_names[][12] = {"signal", "signal", "time", "exit status"};

int64_t value_parse(enum value_kind kind, const char *word, struct text *complaint)
{
	const char *why = "";
	int64_t value;

	if (kind == VALUE_TIME) {
		value = duration_parse(word);
	} else if (kind == VALUE_STATUS) {
		value = number_parse_word(word, LARGEST_STATUS);
	} else {
		value = signame_parse(word);
		if (value < 0)
			why = ", which the C library keeps for its threads,";
		if (value == 0 && (kind == VALUE_SIGNAL || !word_equals(word, "0")))
			value = -1;
	}
	if (value < 0)
		text_add(complaint, "invalid %s '%s'%s", kind_names[kind], word, why);
	return value;
}
