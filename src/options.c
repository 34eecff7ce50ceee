#include "options.h"

#include <string.h>
#include <unistd.h>

#include "number.h"
#include "value.h"
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
	OPTION("a", "all", "", "ALL", "1", "new session, signals go to every process below dumb-init")
	OPTION("r", "rewrite", "S:R", "REWRITE", "", "send R where S was received; 0 drops it: TERM:QUIT,HUP:0")
	OPTION("d", "delay", "S:T", "DELAY", "", "hold S back for T, or until it comes again: TERM:10s")
	OPTION("k", "kill-after", "T", "KILL_AFTER", "", "SIGKILL what is left T after the first request to stop; --wait")
	OPTION("", "wait", "", "WAIT", "1", "ask what the command leaves behind to stop; wait for it")
	OPTION("e", "exit-map", "C[:N]", "EXIT_MAP", "", "exit with N (or 0) where the exit status would be C: 143,2:1")
	OPTION("p", "parent-death-signal", "S", "PARENT_DEATH_SIGNAL", "", "get S when dumb-init's parent dies")
	OPTION("s", "subreaper", "", "SUBREAPER", "1", "refuse to start where orphans cannot be adopted")
	OPTION("P", "pause", "", "PAUSE", "1", "run no command; reap orphans until SIGTERM or SIGINT")
	OPTION("w", "warn-on-reap", "", "WARN_ON_REAP", "1", "a line for each orphan reaped")
	OPTION("v", "verbose", "", "DEBUG", "1", "a line for all that dumb-init does")
	OPTION("q", "quiet", "", "QUIET", "1", "nothing but errors: no death report")
	OPTION("h", "help", "", "", "", "print this and exit")
	OPTION("V", "version", "", "", "", "print the version and exit");
/* clang-format on */

struct entry {
	int index;
	const char *letter, *name, *argument, *variable, *on, *help; /* the letter may be empty */
	const char *next;
};

/* From here next_entry() goes to the first one. */
static const struct entry before_first = {.index = -1, .next = table};

/* Goes on to the next entry of the table; gives back false at its end. */
static bool next_entry(struct entry *entry)
{
	const char **fields[] = {
		&entry->letter, &entry->name, &entry->argument, &entry->variable, &entry->on, &entry->help};

	if (entry->next == table + sizeof(table) - 1)
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = entry->next;
		entry->next += word_size(entry->next);
	}
	entry->index++;
	return true;
}

static bool find_letter(char letter, struct entry *entry)
{
	*entry = before_first;
	while (next_entry(entry))
		if (*entry->letter == letter)
			return true;
	return false;
}

/* Finds the option of which `word`, up to `length`, is the name or an unambiguous beginning of it. */
static bool find_name(const char *word, size_t length, struct entry *entry, struct text *message)
{
	struct entry candidate = before_first;
	int found = 0;

	while (next_entry(&candidate)) {
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
	text_add(message, "%s option '--%s'", found > 1 ? "ambiguous" : "unknown", word);
	return false;
}

/* What the names of all variables begin with. */
static const char variable_prefix[] = "DUMB_INIT_";

/* Puts one option into effect. If its value is wrong it says so, and where it stood. */
static enum options_outcome apply(
	struct options *options, const struct entry *entry, enum place place, const char *value, struct text *message)
{
	int64_t parsed = 0;

	options->origins[entry->index].place = place;
	options->origins[entry->index].value = value;
	switch (*entry->letter) {
	case TARGET_COMMAND:
	case TARGET_GROUP:
	case TARGET_ALL:
		options->target = (enum target) * entry->letter;
		break;
	case '\0':
		options->wait = true;
		break;
	case 's':
		options->insist_on_orphans = true;
		break;
	case 'P':
		options->pause = true;
		break;
	case 'w':
		options->warn_on_reap = true;
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
	case 'k':
		options->timed = true;
		parsed = options->kill_after = value_parse(VALUE_TIME, value, message);
		break;
	case 'p':
		parsed = options->parent_death_signal = (int)value_parse(VALUE_SIGNAL, value, message);
		break;
	default: /* r, d, e: the lists */
		options->timed |= *entry->letter == 'd';
		if (!rules_parse(&options->rules,
			    *entry->letter == 'r'   ? RULE_REWRITE
			    : *entry->letter == 'd' ? RULE_DELAY
						    : RULE_EXIT_MAP,
			    value, place, message))
			parsed = -1;
		break;
	}
	if (parsed >= 0)
		return OPTIONS_RUN;
	if (place == PLACE_ENVIRONMENT)
		text_add(message, " in %s%s '%s'", variable_prefix, entry->variable, value);
	else
		text_add(message, " in --%s '%s'", entry->name, value);
	return OPTIONS_WRONG;
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
	return apply(options, &entry, PLACE_COMMAND_LINE, value, message);
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
			return apply(options, &entry, PLACE_COMMAND_LINE, value, message);
		}
		outcome = apply(options, &entry, PLACE_COMMAND_LINE, value, message);
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
	return OPTIONS_RUN;
}

/* Most environments have none of our variables, and need no pass for each entry of the table. */
static bool environment_names_us(void)
{
	char **word = environ;

	while (*word != NULL && word_after(*word, variable_prefix) == NULL)
		word++;
	return *word != NULL;
}

/* Takes what the environment says: one pass over the table, a variable an entry. An empty variable is none. */
static enum options_outcome read_environment(struct options *options, struct text *message)
{
	struct entry entry = before_first;

	while (next_entry(&entry)) {
		const char *value = word_from_environment(variable_prefix, entry.variable);

		if (*entry.variable == '\0' || value == NULL || *value == '\0')
			continue;
		if (*entry.on != '\0') {
			if ((*value != '0' && *value != '1') || value[1] != '\0') {
				text_add(message, "invalid value '%s' in %s%s, which is 1 or 0", value, variable_prefix,
					entry.variable);
				return OPTIONS_WRONG;
			}
			if (*value != *entry.on)
				continue;
			value = NULL;
		}
		if (apply(options, &entry, PLACE_ENVIRONMENT, value, message) == OPTIONS_WRONG)
			return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

enum options_outcome options_parse(struct options *options, char **words, struct text *message)
{
	enum options_outcome outcome;

	/* Not by copying a constant: clang would put its 4 KB of zeros into the file. */
	memset(options, 0, sizeof(*options));
	options->target = TARGET_GROUP;
	/* Once for --help and for mistakes; then over again on top of the environment. */
	outcome = read_words(options, words, message);
	if (outcome == OPTIONS_RUN && environment_names_us()) {
		outcome = read_environment(options, message);
		if (outcome == OPTIONS_RUN)
			outcome = read_words(options, words, message);
	}
	if (outcome == OPTIONS_RUN && *options->command == NULL && !options->pause) {
		text_add(message, "no command is given");
		outcome = OPTIONS_WRONG;
	}
	return outcome;
}

bool options_wait(const struct options *options)
{
	return options->wait || options->kill_after != 0;
}

/* Says that an option is in force with that value, and by its name where it stood. */
static void log_one(const struct entry *entry, int place, const char *value)
{
	bool environment = place == PLACE_ENVIRONMENT;

	log_line(LOG_DETAIL, "in force: %s%s%s%s", environment ? variable_prefix : "--",
		environment ? entry->variable : entry->name, value != NULL ? " " : "", value != NULL ? value : "");
}

/* From the rule `begin` to before the rule `end`, which are all of one kind. */
static void log_rules(const struct rules *rules, const struct entry *entry, enum rule_kind begin, int end)
{
	for (int rule = (int)begin; rule < end; rule++) {
		int about = rule - (int)begin;
		int64_t value = rules_apply(rules, begin, about, 0);
		struct text text;

		if (rules->place[rule] == PLACE_NONE)
			continue;
		text_clear(&text);
		if (begin == RULE_EXIT_MAP)
			text_add(&text, "%d to %d", about, (int)value);
		else if (begin == RULE_DELAY && value == DURATION_INFINITE)
			text_add(&text, "%i until it comes again", about);
		else if (begin == RULE_DELAY)
			text_add(&text, "%i for %jd ms", about, value / NANOSECONDS_PER_MS);
		else if (value != 0)
			text_add(&text, "%i to %i", about, (int)value);
		else
			text_add(&text, "%i to nothing", about);
		log_one(entry, rules->place[rule], text_string(&text));
	}
}

void options_log(const struct options *options)
{
	struct entry entry = before_first;

	while (log_wants(LOG_DETAIL) && next_entry(&entry)) {
		enum place place = options->origins[entry.index].place;
		char letter = *entry.letter;

		if (place == PLACE_NONE)
			continue;
		if (letter == 'r')
			log_rules(&options->rules, &entry, RULE_REWRITE, RULE_EXIT_MAP);
		else if (letter == 'd')
			log_rules(&options->rules, &entry, RULE_DELAY, RULE_REWRITE);
		else if (letter == 'e')
			log_rules(&options->rules, &entry, RULE_EXIT_MAP, RULES);
		else if (letter == (char)options->target ||
			 (letter != TARGET_COMMAND && letter != TARGET_GROUP && letter != TARGET_ALL && letter != 'q'))
			log_one(&entry, (int)place, options->origins[entry.index].value);
	}
}

static void pad_to(struct text *text, size_t column)
{
	do
		text_add(text, " ");
	while (text->length < column);
}

void options_help(struct text *text)
{
	struct entry entry = before_first;

	text_add(text, "Usage: dumb-init [option]... [--] command [argument]...\n"
		       "Run the command as PID 1 should: pass every signal on, reap every orphan, exit\n"
		       "as it did. On the right: the same from the environment; the command line wins.\n\n");
	while (next_entry(&entry)) {
		size_t start = text->length;

		text_add(text, *entry.letter != '\0' ? "  -%s, --%s" : "  %s    --%s", entry.letter, entry.name);
		if (*entry.argument != '\0')
			text_add(text, " %s", entry.argument);
		if (*entry.variable != '\0') {
			pad_to(text, start + 40);
			text_add(text, "%s%s%s%s", variable_prefix, entry.variable, *entry.on != '\0' ? "=" : "",
				entry.on);
		}
		text_add(text, "\n        %s\n", entry.help);
	}
	text_add(text, "\nSignals: TERM, SIGTERM, RTMIN+3 or 15. Times: 10, 1.5, 500ms, 2m, 1h, infinity;\n"
		       "0 is off. Exit status: the command's own; 128+n if signal n killed it; 127 if it\n"
		       "was not found, 126 if it could not be run; 1 for a usage error.\n");
}
