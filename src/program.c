/*
 * The whole program as one translation unit, which is what the Makefile compiles. The compiler then sees which
 * functions are called once and inlines them: 1 KB of 20, with any compiler and any linker, where -flto needs a pair
 * that know each other. Every file stands on its own all the same, and the unit tests compile them one by one; but
 * two files may not use the same name, not even for something static.
 */
#include "below.c"
#include "decide.c"
#include "errortext.c"
#include "failure.c"
#include "file.c"
#include "log.c"
#include "main.c"
#include "memory.c"
#include "number.c"
#include "options.c"
#include "process.c"
#include "reap.c"
#include "release.c"
#include "report.c"
#include "rules.c"
#include "search.c"
#include "signals.c"
#include "signame.c"
#include "spawn.c"
#include "supervise.c"
#include "terminal.c"
#include "text.c"
#include "value.c"
#include "word.c"
