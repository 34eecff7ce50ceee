/* What errno says, in the words of strerror(3) but without its weight: for the errors that a user can meet here. */
#ifndef DUMB_INIT_ERRORTEXT_H
#define DUMB_INIT_ERRORTEXT_H

#include "text.h"

/* Appends "Permission denied", or "error 71" for an error that has no words here. */
void errortext_add(struct text *text, int error);

#endif
