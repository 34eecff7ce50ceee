# Flags that are probed: by compiling and linking a program with them, all of ours and all of the user's. A flag that
# the compiler accepts and the linker does not, or that draws a warning, is not used.

# DI_WITH_OUR_FLAGS(TESTS)
# Runs the tests with the flags found so far before the user's own, as automake orders them.
AC_DEFUN([DI_WITH_OUR_FLAGS], [
	di_user_CPPFLAGS=$CPPFLAGS di_user_CFLAGS=$CFLAGS di_user_LDFLAGS=$LDFLAGS di_user_LIBS=$LIBS
	CPPFLAGS="$DI_CPPFLAGS $CPPFLAGS"
	CFLAGS="$DI_CFLAGS $CFLAGS"
	LDFLAGS="$DI_LDFLAGS $LDFLAGS"
	LIBS="$DI_LIBS $LIBS"
	$1
	CPPFLAGS=$di_user_CPPFLAGS CFLAGS=$di_user_CFLAGS LDFLAGS=$di_user_LDFLAGS LIBS=$di_user_LIBS
])

# DI_TRY(FLAGS, [IF-ACCEPTED], [IF-NOT])
# The program has an array for the stack protector, and calls what the fortified headers wrap.
AC_DEFUN([DI_TRY], [
	DI_WITH_OUR_FLAGS([
		di_accepted=no
		CFLAGS="$1 $CFLAGS -Werror"
		AC_LINK_IFELSE([AC_LANG_SOURCE([[
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char line[64] = "";

	strncpy(line, argv[argc - 1], sizeof(line) - 1);
	return write(1, line, strlen(line)) < 0;
}
]])], [di_accepted=yes])
	])
	AS_IF([test $di_accepted = yes], [$2], [$3])
])

# DI_PROBE(VARIABLE, FLAG, [LIST], [IF-ACCEPTED])
# Appends the flag to the variable if it is accepted, and to the LIST that the summary shows.
AC_DEFUN([DI_PROBE], [
	AC_MSG_CHECKING([whether $2 is accepted])
	DI_TRY([$2], [
		$1="$$1 $2"
		m4_ifval([$3], [$3="$$3 $2"])
		AC_MSG_RESULT([yes])
		$4
	], [AC_MSG_RESULT([no])])
])
