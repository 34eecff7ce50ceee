# The tests are built for the C library of the machine and not for the one that dumb-init is linked with: libcheck and the
# kernel's headers are there for the first alone.

# DI_TEST_COMPILER
# Sets TEST_CC, and TESTS_NOT_BUILT to the reason where there is none: tests/not-built.sh tells it.
AC_DEFUN([DI_TEST_COMPILER], [
	AC_ARG_VAR([TEST_CC], [compiler for the tests, for the C library of this machine])
	AC_ARG_VAR([TEST_CFLAGS], [its flags @<:@-g@:>@])
	: ${TEST_CFLAGS=-g}
	TESTS_NOT_BUILT=
	di_CC=$CC di_CFLAGS=$CFLAGS di_CPPFLAGS=$CPPFLAGS di_LDFLAGS=$LDFLAGS di_LIBS=$LIBS
	CFLAGS=$TEST_CFLAGS CPPFLAGS= LDFLAGS= LIBS=
	AC_MSG_CHECKING([for a compiler for the tests])
	di_found=no
	for di_candidate in "$TEST_CC" "$di_CC" "${host_alias:+$host_alias-}gcc" gcc cc clang; do
		AS_IF([test -z "$di_candidate"], [continue])
		CC=$di_candidate
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <linux/seccomp.h>
#include <stdlib.h>
]], [[return getenv("PATH") == NULL ? SECCOMP_MODE_FILTER : 0;]])], [di_found=yes])
		AS_IF([test $di_found = yes || test "$di_candidate" = "$TEST_CC"], [break])
	done
	AS_IF([test $di_found = yes], [
		TEST_CC=$CC
		AC_MSG_RESULT([$TEST_CC])
		DI_LIBCHECK
	], [
		AC_MSG_RESULT([none])
		AS_IF([test -n "$TEST_CC"], [AC_MSG_ERROR([TEST_CC=$TEST_CC cannot build the tests; see config.log])])
		TESTS_NOT_BUILT="no compiler for this machine's C library and the kernel's headers"
		di_libcheck=no
	])
	CC=$di_CC CFLAGS=$di_CFLAGS CPPFLAGS=$di_CPPFLAGS LDFLAGS=$di_LDFLAGS LIBS=$di_LIBS
	AM_CONDITIONAL([BUILD_TESTS], [test $di_found = yes])
	AM_CONDITIONAL([BUILD_UNIT_TESTS], [test $di_libcheck = yes])
	AC_SUBST([TESTS_NOT_BUILT])
	AC_SUBST([LIBCHECK_CFLAGS])
	AC_SUBST([LIBCHECK_LIBS])
])

# pkg-config's word is not enough: it says yes for a compiler that cannot include check.h.
AC_DEFUN([DI_LIBCHECK], [
	AC_CHECK_TOOLS([PKG_CONFIG], [pkg-config pkgconf], [:])
	LIBCHECK_CFLAGS=`$PKG_CONFIG --cflags check 2>/dev/null`
	LIBCHECK_LIBS=`$PKG_CONFIG --libs check 2>/dev/null`
	AC_MSG_CHECKING([for libcheck])
	CFLAGS="$TEST_CFLAGS $LIBCHECK_CFLAGS" LIBS=${LIBCHECK_LIBS:--lcheck}
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <check.h>]], [[return suite_create("x") == NULL;]])],
		[di_libcheck=yes], [di_libcheck=no])
	AC_MSG_RESULT([$di_libcheck])
	LIBCHECK_LIBS=$LIBS
	AS_IF([test $di_libcheck = no],
		[TESTS_NOT_BUILT="no libcheck: install the package check (Debian, Ubuntu) or check-devel (Fedora)"])
])
