/* The command line and the environment: one table, from which --help is printed too. */
#ifndef DUMB_INIT_OPTIONS_H
#define DUMB_INIT_OPTIONS_H

#include <stdbool.h>

#include "log.h"
#include "rewrite.h"
#include "text.h"

struct options {
	char **command;		  /* its words, the first being its name; ends with NULL */
	bool single_child;	  /* --single-child: signals go to the command only, and it starts in no new session */
	struct rewrite rewrite;	  /* --rewrite */
	enum log_level log_level; /* --verbose, --quiet */
};

enum options_outcome {
	OPTIONS_RUN,	 /* run options->command */
	OPTIONS_HELP,	 /* --help was asked for */
	OPTIONS_VERSION, /* --version was asked for */
	OPTIONS_MISSING, /* there is no command */
	OPTIONS_WRONG,	 /* the message is one line about what is wrong and where it stood */
};

/*
 * Fills *options from the environment and then from the words of the command line, which therefore wins.
 * `words` is argv without the program's name. `message` is empty, or a line without its newline.
 * Mistakes on the command line, and --help, come before those in the environment.
 */
enum options_outcome options_parse(struct options *options, char **words, struct text *message);

/* Appends the first line of the help, and all of it. */
void options_usage(struct text *text);
void options_help(struct text *text);

#endif
