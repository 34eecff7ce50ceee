#include "text.h"

#include <errno.h>
#include <stdint.h>

#include "errortext.h"
#include "signame.h"

void text_clear(struct text *text)
{
	text->length = 0;
}

static void add_byte(struct text *text, char byte)
{
	if (text->length < TEXT_MAX - 1)
		text->bytes[text->length++] = byte;
}

static void add_string(struct text *text, const char *string)
{
	for (size_t count = 0; string[count] != '\0' && count < TEXT_STRING_MAX; count++) {
		unsigned char byte = (unsigned char)string[count];

		add_byte(text, byte < ' ' || byte == 0x7f ? '?' : string[count]);
	}
}

static void add_number(struct text *text, intmax_t number)
{
	char digits[sizeof(number) * 3];
	size_t count = 0;
	uintmax_t rest = number < 0 ? 0U - (uintmax_t)number : (uintmax_t)number;

	if (number < 0)
		add_byte(text, '-');
	do
		digits[count++] = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	while (count > 0)
		add_byte(text, digits[--count]);
}

void text_add_list(struct text *text, const char *format, va_list arguments)
{
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			add_byte(text, *format);
			continue;
		}
		format++;
		if (*format == 's')
			add_string(text, va_arg(arguments, const char *));
		else if (*format == 'd')
			add_number(text, va_arg(arguments, int));
		else if (*format == 'i')
			signame_add(text, va_arg(arguments, int));
		else if (*format == 'j' && *++format == 'd')
			add_number(text, va_arg(arguments, intmax_t));
		else if (*format == 'm')
			errortext_add(text, errno);
		else
			add_byte(text, *format);
	}
}

void text_add(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_add_list(text, format, arguments);
	va_end(arguments);
}

char *text_string(struct text *text)
{
	text->bytes[text->length] = '\0';
	return text->bytes;
}

void text_end_line(struct text *text)
{
	/* Every other byte leaves room for this one. */
	text->bytes[text->length++] = '\n';
}
