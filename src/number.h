/* Numbers as users write them: digits and nothing else. */
#ifndef DUMB_INIT_NUMBER_H
#define DUMB_INIT_NUMBER_H

#include <stdint.h>

/* Reads decimal digits from *word on, moves *word past them, and gives back the number, or -1 if there is no digit
 * there or the number is larger than `largest`, which is below INT64_MAX / 10. No sign, no space, no other base. */
int64_t number_parse(const char **word, int64_t largest);

/* Reads a whole word as number_parse() does: -1 also if anything follows the digits. */
int number_parse_word(const char *word, int largest);

#define NANOSECONDS INT64_C(1000000000) /* of a second */
#define NANOSECONDS_PER_MS INT64_C(1000000)

/* What duration_parse() gives back for "infinity". */
#define DURATION_INFINITE INT64_MAX

/*
 * Reads a time: 10, 1.5, 10s, 500ms, 2m, 1h, infinity. Seconds where no unit is given.
 * Gives back nanoseconds (rounded down), DURATION_INFINITE, or -1: not a time, or longer than ten years.
 */
int64_t duration_parse(const char *word);

/* Gives back the sum, or DURATION_INFINITE if one of the two is that. Neither is negative. */
int64_t duration_add(int64_t one, int64_t other);

#endif
