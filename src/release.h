/* Letting go of all that is not needed while waiting. */
#ifndef DUMB_INIT_RELEASE_H
#define DUMB_INIT_RELEASE_H

/*
 * Once the command runs: working directory `/`, standard input and output on /dev/null (closed where there is none),
 * every descriptor from 3 on closed. What dumb-init kept open, nobody could unmount, and no reader of a pipe would ever
 * see its end. Standard error stays, for dumb-init's own lines. Every step may fail, and none is missed if it does.
 */
void release_inherited(void);

/* Gives the pages back to the kernel that the stack below its caller has touched: the start goes deeper than what comes
 * after it, and would keep them for good. They read as zeros when they are touched again. */
void release_stack(void);

#endif
