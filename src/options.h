/* The command line and the environment: one table, from which --help is printed too. */
#ifndef DUMB_INIT_OPTIONS_H
#define DUMB_INIT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "log.h"
#include "rules.h"
#include "text.h"

/* Whom a signal is for. Each is the letter of its option. */
enum target {
	TARGET_COMMAND = 'c', /* --single-child: the command, which starts in no new session */
	TARGET_GROUP = 'g',   /* --group: the process group that the command leads */
	TARGET_ALL = 'a',     /* --all: everything below dumb-init */
};

enum { OPTIONS = 16 }; /* in the table */

struct options {
	char **command; /* its words, the first being its name; ends with NULL */
	enum target target;
	struct rules rules;	  /* --rewrite, --delay, --exit-map */
	int64_t kill_after;	  /* --kill-after: nanoseconds, DURATION_INFINITE, or 0 for never */
	bool timed;		  /* --kill-after or --delay: there may be times to wait for */
	bool wait;		  /* --wait; see options_wait() */
	int parent_death_signal;  /* --parent-death-signal, or 0 */
	bool insist_on_orphans;	  /* --subreaper */
	bool pause;		  /* --pause: there is no command */
	bool warn_on_reap;	  /* --warn-on-reap */
	enum log_level log_level; /* --verbose, --quiet */
	struct {
		enum place place;
		const char *value; /* NULL where the option has none */
	} origins[OPTIONS];	   /* by place in the table; not for rules, which have their own */
};

enum options_outcome {
	OPTIONS_RUN,	 /* run options->command, or pause */
	OPTIONS_HELP,	 /* --help was asked for */
	OPTIONS_VERSION, /* --version was asked for */
	OPTIONS_WRONG,	 /* the message says what is wrong and where it stood; also that there is no command */
};

/*
 * Fills *options from the environment and then from the words of the command line, which therefore wins.
 * `words` is argv without the program's name. `message` is empty, and stays so but for a mistake.
 * Mistakes on the command line, and --help, come before those in the environment.
 */
enum options_outcome options_parse(struct options *options, char **words, struct text *message);

/* Gives back whether to wait for what the command leaves behind: --wait, or --kill-after. */
bool options_wait(const struct options *options);

/* Writes the options in force, and where each came from, to the log. */
void options_log(const struct options *options);

/* Appends the help. */
void options_help(struct text *text);

#endif
