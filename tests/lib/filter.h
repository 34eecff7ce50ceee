/* Old kernels and strict containers, simulated: a seccomp filter under which chosen system calls fail. */
#ifndef TESTS_FILTER_H
#define TESTS_FILTER_H

enum { REFUSED_CALLS = 4 };

/* Which system calls fail, and how. */
struct refusal {
	long calls[REFUSED_CALLS]; /* numbers (SYS_...) and then REFUSED_END, where there are fewer */
	int error;		   /* the errno that they fail with */
};

#define REFUSED_END (-1L)

/*
 * Installs the filter in the calling process, for good; for struct start's `prepare`, with a struct refusal as
 * argument. The init's command inherits it (seccomp(2)), so it should be one that gets by without these calls. Ends the
 * process with exit status 99 where the kernel takes no filter.
 */
void filter_install(void *refusal);

#endif
