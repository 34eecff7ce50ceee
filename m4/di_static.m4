# How to link: a static PIE where it can be had, else a static file at a fixed address, or a dynamic PIE if the user
# wants that. Flags prove nothing here: bookworm's `musl-gcc -static-pie` links a dynamic PIE, and `-static -pie` a
# fixed-address file, both without a word. So we link, and look at what came out.

# DI_LINKS_AS(KIND, CFLAGS, LDFLAGS, LIBS)
# If di_linked is still empty and these flags give a file of that kind (static-pie, static, dynamic-pie), keeps them.
AC_DEFUN([DI_LINKS_AS], [
	AS_IF([test -z "$di_linked"], [
		DI_WITH_OUR_FLAGS([
			CFLAGS="$2 $CFLAGS -Werror" LDFLAGS="$3 $LDFLAGS" LIBS="$4 $LIBS"
			AC_LINK_IFELSE([AC_LANG_SOURCE([[
#include <stdlib.h>
int main(void)
{
	return getenv("PATH") == NULL;
}
]])], [
				di_kind=static
				AS_IF([LC_ALL=C $READELF -lW conftest$EXEEXT | grep INTERP >/dev/null], [di_kind=dynamic])
				AS_IF([LC_ALL=C $READELF -hW conftest$EXEEXT | grep 'Type:.*DYN' >/dev/null],
					[di_kind=$di_kind-pie])
				AS_ECHO(["$as_me: $3 gives: $di_kind"]) >&AS_MESSAGE_LOG_FD
				AS_IF([test $di_kind = $1], [di_linked=$1 di_link_CFLAGS="$2" di_link_LDFLAGS="$3" di_link_LIBS="$4"])
			])
		])
	])
])

AC_DEFUN([DI_STATIC], [
	AC_ARG_ENABLE([static],
		[AS_HELP_STRING([--disable-static], [link with the shared C library @<:@static@:>@])],
		[], [enable_static=yes])
	AC_MSG_CHECKING([how to link])
	di_linked=
	AS_IF([test $di_by_hand = yes], [
		di_runtime=`$CC -print-libgcc-file-name`
		AS_IF([test -f "$di_runtime"], [], [di_runtime=])
		di_static_libs="-Wl,--start-group $di_musl_lib/libc.a $di_runtime -Wl,--end-group"
		AS_IF([test "$enable_static" = yes], [
			DI_LINKS_AS([static-pie], [-fPIE], [-pie -static-pie -nostdlib $di_musl_lib/rcrt1.o], [$di_static_libs])
			DI_LINKS_AS([static-pie], [-fPIE], [-static-pie -nostdlib $di_musl_lib/rcrt1.o], [$di_static_libs])
			DI_LINKS_AS([static], [-fno-pie], [-static -nostdlib $di_musl_lib/crt1.o], [$di_static_libs])
		], [
			DI_LINKS_AS([dynamic-pie], [-fPIE],
				[-pie -nostdlib $di_musl_lib/Scrt1.o $di_musl_lib/crti.o -Wl,-dynamic-linker,$di_musl_loader],
				[-L$di_musl_lib -lc $di_runtime $di_musl_lib/crtn.o])
		])
	], [
		AS_IF([test "$enable_static" = yes], [
			# In this order gcc makes a static PIE, in the other a dynamic one; clang complains about -pie here.
			DI_LINKS_AS([static-pie], [-fPIE], [-pie -static-pie])
			DI_LINKS_AS([static-pie], [-fPIE], [-static-pie])
			# $CC -print-file-name would answer with glibc's rcrt1.o: it has to be the one beside the crt1.o in use.
			AS_ECHO(['int main(void) { return 0; }']) >conftest.c
			di_crt=`$CC -static conftest.c -o conftest$EXEEXT -Wl,--trace 2>/dev/null |
				sed -n 's,/S*crt1\.o$,,p' | head -n 1`
			rm -f conftest.c conftest$EXEEXT
			DI_LINKS_AS([static-pie], [-fPIE],
				[-static -pie -nostartfiles $di_crt/rcrt1.o -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,text])
			DI_LINKS_AS([static], [-fno-pie], [-static])
		], [
			DI_LINKS_AS([dynamic-pie], [-fPIE], [-pie])
		])
	])
	AS_CASE([$enable_static:$di_linked:$LIBC],
		[yes::glibc], [AC_MSG_RESULT([not at all])
			AC_MSG_ERROR([no static program can be linked with glibc;
install the package libc6-dev (Debian, Ubuntu) or glibc-static (Fedora), or configure with --disable-static])],
		[yes::musl], [AC_MSG_RESULT([not at all])
			AC_MSG_ERROR([no static program can be linked with musl;
install the package musl-dev (Debian, Ubuntu) or musl-libc-static (Fedora), or configure with --disable-static])],
		[*::*], [AC_MSG_RESULT([not at all])
			AC_MSG_ERROR([$CC cannot link a program with $LIBC; see config.log])],
		[AC_MSG_RESULT([$di_linked])])
	DI_CFLAGS="$di_link_CFLAGS $DI_CFLAGS"
	DI_LDFLAGS="$di_link_LDFLAGS $DI_LDFLAGS"
	DI_LIBS="$di_link_LIBS"
	LINKED=$di_linked
])
