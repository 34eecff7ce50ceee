#include "number.h"

#include <stdbool.h>

#include "word.h"

/* In seconds; two or three of them have a day more. */
#define TEN_YEARS (INT64_C(3653) * 24 * 3600)

int64_t number_parse(const char **word, int64_t largest)
{
	int64_t number = 0;
	const char *digit = *word;

	for (; *digit >= '0' && *digit <= '9'; digit++) {
		number = number * 10 + (*digit - '0');
		if (number > largest)
			return -1;
	}
	if (digit == *word)
		return -1;
	*word = digit;
	return number;
}

int number_parse_word(const char *word, int largest)
{
	int64_t number = number_parse(&word, largest);

	return *word == '\0' ? (int)number : -1;
}

/* Reads what follows the point: ".5" is 500000000. What is past the nanosecond makes one more: only 0 is 0. */
static int64_t fraction_parse(const char **word)
{
	int64_t nanoseconds = 0;
	int64_t worth = NANOSECONDS / 10;
	bool more = false;

	for (; **word >= '0' && **word <= '9'; ++*word, worth /= 10) {
		nanoseconds += worth * (**word - '0');
		more |= worth == 0 && **word != '0';
	}
	return nanoseconds + more;
}

/* Gives back how many thousandths of a second the unit is, or 0 if it is none. */
static int64_t unit_parse(const char *word)
{
	static const struct {
		char name[3];
		int milliseconds;
	} units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60 * 1000}, {"h", 3600 * 1000}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (word_equals(word, units[i].name))
			return units[i].milliseconds;
	return 0;
}

int64_t duration_parse(const char *word)
{
	int64_t whole, fraction = 0, milliseconds;

	if (word_equals(word, "infinity"))
		return DURATION_INFINITE;
	whole = number_parse(&word, TEN_YEARS * 1000);
	if (whole < 0)
		return -1;
	if (word[0] == '.' && word[1] >= '0' && word[1] <= '9') {
		word++;
		fraction = fraction_parse(&word);
	}
	milliseconds = unit_parse(word);
	if (milliseconds == 0 || whole > TEN_YEARS * 1000 / milliseconds)
		return -1;
	/* A fraction of an hour has nine digits and a factor of 3 600 000: less than 2^52. */
	whole = whole * milliseconds * (NANOSECONDS / 1000) + (fraction * milliseconds + 999) / 1000;
	return whole <= TEN_YEARS * NANOSECONDS ? whole : -1;
}

int64_t duration_add(int64_t one, int64_t other)
{
	return one < DURATION_INFINITE - other ? one + other : DURATION_INFINITE;
}
