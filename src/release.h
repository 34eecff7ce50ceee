/* Letting go of all that belongs to the command. */
#ifndef DUMB_INIT_RELEASE_H
#define DUMB_INIT_RELEASE_H

/*
 * Once the command runs: working directory `/`, standard input and output on /dev/null (closed where there is none),
 * every descriptor from 3 on closed. What dumb-init kept open, nobody could unmount, and no reader of a pipe would ever
 * see its end. Standard error stays, for dumb-init's own lines. Every step may fail, and none is missed if it does.
 */
void release_inherited(void);

#endif
