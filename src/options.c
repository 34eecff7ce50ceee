#include "options.h"

#include "word.h"

/*
 * Letter, long name, argument, environment variable after DUMB_INIT_, its value for which an on/off variable means this
 * option, help. Strings end to end and not pointers to strings: in a static PIE each pointer costs eight bytes for
 * itself and 24 for its relocation, and the work of relocating at every start.
 */
#define OPTION(letter, name, argument, variable, on, help)                                                             \
	letter "\0" name "\0" argument "\0" variable "\0" on "\0" help "\0"
/* clang-format off */
static const char table[] =
	OPTION("c", "single-child", "", "SETSID", "0", "send signals to the command only; start no new session")
	OPTION("g", "group", "", "SETSID", "1", "the default: new session, signals go to its process group")
	OPTION("r", "rewrite", "S:R", "REWRITE", "", "send R where S was received; 0 drops it: TERM:QUIT,HUP:0")
	OPTION("v", "verbose", "", "DEBUG", "1", "a line for everything that dumb-init does")
	OPTION("q", "quiet", "", "QUIET", "1", "nothing but errors: no death report")
	OPTION("h", "help", "", "", "", "print this and exit")
	OPTION("V", "version", "", "", "", "print the version and exit");
/* clang-format on */

struct entry {
	const char *letter, *name, *argument, *variable, *on, *help;
};

/* Reads the entry at *cursor, moves *cursor behind it, and gives back false at the end of the table. */
static bool next_entry(const char **cursor, struct entry *entry)
{
	const char **fields[] = {
		&entry->letter, &entry->name, &entry->argument, &entry->variable, &entry->on, &entry->help};

	if (**cursor == '\0')
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = *cursor;
		*cursor += word_size(*cursor);
	}
	return true;
}

static bool find_letter(char letter, struct entry *entry)
{
	const char *cursor = table;

	while (next_entry(&cursor, entry))
		if (*entry->letter == letter)
			return true;
	return false;
}

/* Finds the option of which `word`, up to `length`, is the name or an unambiguous beginning of it. */
static bool find_name(const char *word, size_t length, struct entry *entry, struct text *message)
{
	const char *cursor = table;
	struct entry candidate;
	int found = 0;

	while (next_entry(&cursor, &candidate)) {
		size_t same = 0;

		while (same < length && candidate.name[same] == word[same])
			same++;
		if (same < length)
			continue;
		*entry = candidate;
		found++;
		if (candidate.name[length] == '\0') {
			found = 1;
			break;
		}
	}
	if (found == 1 && length > 0)
		return true;
	text_add(message, found > 1 ? "ambiguous option '--%s'" : "unknown option '--%s'", word);
	return false;
}

/* Where a value comes from, for the message about it. */
static const char on_command_line[] = "--", in_environment[] = "DUMB_INIT_";

/* Puts one option into effect. If its value is wrong it says so, and where it stood. */
static enum options_outcome apply(
	struct options *options, const struct entry *entry, const char *place, const char *value, struct text *message)
{
	switch (*entry->letter) {
	case 'c':
	case 'g':
		options->single_child = *entry->letter == 'c';
		break;
	case 'v':
		options->log_level = LOG_DETAIL;
		break;
	case 'q':
		options->log_level = LOG_ERROR;
		break;
	case 'h':
		return OPTIONS_HELP;
	case 'V':
		return OPTIONS_VERSION;
	case 'r':
		if (rewrite_parse(&options->rewrite, value, message))
			break;
		text_add(message, " in %s%s '%s'", place, place == in_environment ? entry->variable : entry->name,
			value);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

/* Reads `--name`, `--name=VALUE` or `--name VALUE`; *words is at it, and is left at its last word. */
static enum options_outcome read_long(struct options *options, char ***words, struct text *message)
{
	const char *word = **words + 2;
	size_t length = word_length(word, "=");
	const char *value = word[length] == '=' ? word + length + 1 : NULL;
	struct entry entry;

	if (!find_name(word, length, &entry, message))
		return OPTIONS_WRONG;
	if (*entry.argument == '\0' ? value != NULL : value == NULL && (value = *++*words) == NULL) {
		text_add(message, "option '--%s' takes %s value", entry.name, value != NULL ? "no" : "a");
		return OPTIONS_WRONG;
	}
	return apply(options, &entry, on_command_line, value, message);
}

/* Reads `-c`, `-cv`, `-rS:R` or `-r S:R`; *words is at it, and is left at its last word. */
static enum options_outcome read_short(struct options *options, char ***words, struct text *message)
{
	enum options_outcome outcome = OPTIONS_RUN;
	const char *letter = **words + 1;
	struct entry entry;

	for (; *letter != '\0' && outcome == OPTIONS_RUN; letter++) {
		const char *value = NULL;

		if (!find_letter(*letter, &entry)) {
			text_add(message, "unknown option '-%s' in '%s'", (char[]){*letter, '\0'}, **words);
			return OPTIONS_WRONG;
		}
		if (*entry.argument != '\0') {
			/* It takes the rest of this word, or the next one. */
			value = letter[1] != '\0' ? letter + 1 : *++*words;
			if (value == NULL) {
				text_add(message, "option '-%s' takes a value", entry.letter);
				return OPTIONS_WRONG;
			}
			return apply(options, &entry, on_command_line, value, message);
		}
		outcome = apply(options, &entry, on_command_line, value, message);
	}
	return outcome;
}

static enum options_outcome read_words(struct options *options, char **words, struct text *message)
{
	enum options_outcome outcome = OPTIONS_RUN;

	for (; *words != NULL && (*words)[0] == '-' && (*words)[1] != '\0'; words++) {
		if ((*words)[1] == '-' && (*words)[2] == '\0') {
			words++;
			break;
		}
		outcome = ((*words)[1] == '-' ? read_long : read_short)(options, &words, message);
		if (outcome != OPTIONS_RUN)
			return outcome;
	}
	options->command = words;
	return *words != NULL ? OPTIONS_RUN : OPTIONS_MISSING;
}

/* Takes what the environment says: one pass over the table, a variable an entry. An empty variable is none. */
static enum options_outcome read_environment(struct options *options, struct text *message)
{
	const char *cursor = table;
	struct entry entry;

	while (next_entry(&cursor, &entry)) {
		struct text variable;
		const char *value;

		text_clear(&variable);
		text_add(&variable, "%s%s", in_environment, entry.variable);
		value = word_from_environment(text_string(&variable));
		if (*entry.variable == '\0' || value == NULL || *value == '\0')
			continue;
		if (*entry.on != '\0') {
			if ((*value != '0' && *value != '1') || value[1] != '\0') {
				text_add(message, "invalid value '%s' in %s, which is 1 or 0", value,
					text_string(&variable));
				return OPTIONS_WRONG;
			}
			if (*value != *entry.on)
				continue;
		}
		if (apply(options, &entry, in_environment, value, message) == OPTIONS_WRONG)
			return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

static const struct options defaults = {.log_level = LOG_REPORT};

enum options_outcome options_parse(struct options *options, char **words, struct text *message)
{
	enum options_outcome outcome;

	text_clear(message);
	text_add(message, "dumb-init: ");
	/* Once for --help and for mistakes; then over again on top of the environment. */
	*options = defaults;
	outcome = read_words(options, words, message);
	if (outcome == OPTIONS_RUN) {
		*options = defaults;
		outcome = read_environment(options, message);
		if (outcome == OPTIONS_RUN)
			outcome = read_words(options, words, message);
	}
	if (outcome == OPTIONS_WRONG)
		text_add(message, " (try 'dumb-init --help')");
	else
		text_clear(message);
	return outcome;
}

void options_usage(struct text *text)
{
	text_add(text, "Usage: dumb-init [option]... [--] command [argument]...\n");
}

static void pad_to(struct text *text, size_t column)
{
	do
		text_add(text, " ");
	while (text->length < column);
}

void options_help(struct text *text)
{
	const char *cursor = table;
	struct entry entry;

	options_usage(text);
	text_add(text, "Run the command as PID 1 should run it: pass every signal on, reap every orphan,\n"
		       "and exit as the command did. What stands on the right does the same from the\n"
		       "environment; the command line wins.\n\n");
	while (next_entry(&cursor, &entry)) {
		size_t start = text->length;

		text_add(text, "  -%s, --%s", entry.letter, entry.name);
		if (*entry.argument != '\0')
			text_add(text, " %s", entry.argument);
		if (*entry.variable != '\0') {
			pad_to(text, start + 40);
			text_add(text, "%s%s%s%s", in_environment, entry.variable, *entry.on != '\0' ? "=" : "",
				entry.on);
		}
		text_add(text, "\n        %s\n", entry.help);
	}
	text_add(text, "\nSignals: TERM, SIGTERM, RTMIN+3 or 15. Exit status: the command's own; 128+n if\n"
		       "signal n killed it; 127 if it was not found, 126 if it could not be run; 1 for a\n"
		       "usage error.\n");
}
