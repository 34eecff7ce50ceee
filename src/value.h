/* What users write after an option: one word, one number. */
#ifndef DUMB_INIT_VALUE_H
#define DUMB_INIT_VALUE_H

#include <stdint.h>

#include "text.h"

enum value_kind {
	VALUE_SIGNAL,	      /* its kernel number */
	VALUE_SIGNAL_OR_NONE, /* the same, or 0 */
	VALUE_TIME,	      /* nanoseconds, or DURATION_INFINITE (number.h) */
	VALUE_STATUS,	      /* an exit status, 0..255 */
};

/* Reads a word of that kind. Gives back its value; or -1, and appends what is wrong ("invalid signal 'TREM'"). */
int64_t value_parse(enum value_kind kind, const char *word, struct text *complaint);

#endif
