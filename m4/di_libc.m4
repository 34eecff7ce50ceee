# The C library: musl or glibc, and how this compiler is brought to use it.

# DI_CHOOSE_COMPILER
# Before AC_PROG_CC. Where the user named no compiler and musl is wanted or welcome, musl's own becomes CC.
AC_DEFUN([DI_CHOOSE_COMPILER], [
	AC_ARG_WITH([libc],
		[AS_HELP_STRING([--with-libc=LIBC], [C library: musl, glibc, or auto, which is the library of the compiler
			named in CC, else musl where its compiler is found, else glibc @<:@auto@:>@])],
		[], [with_libc=auto])
	AS_CASE([$with_libc], [auto|musl|glibc], [],
		[AC_MSG_ERROR([--with-libc takes musl, glibc or auto, not '$with_libc'])])
	# What distributions call it: x86_64-linux-musl, arm-linux-musleabihf; i386 for every 32-bit x86.
	di_cpu=`AS_ECHO(["$host_cpu"]) | sed 's/^i.86$/i386/'`
	di_musl_triplet=$di_cpu-`AS_ECHO(["$host_os"]) | sed 's/gnu/musl/'`
	di_musl_names="$di_musl_triplet-gcc $di_cpu-linux-musl-gcc"
	# The plain name is for the machine that we build on.
	AS_IF([test "$build" = "$host"], [di_musl_names="$di_musl_names musl-gcc"])
	AC_CHECK_PROGS([MUSL_GCC], [$di_musl_names])
	AS_IF([test "$with_libc" != glibc && test -z "$CC" && test -n "$MUSL_GCC"], [CC=$MUSL_GCC])
])

# The C library that CC uses of its own accord. musl deliberately has no macro that names it.
AC_DEFUN([DI_LIBC_OF_CC], [
	AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
#include <features.h>
#ifndef __GLIBC__
#error "not glibc"
#endif
]])], [di_libc=glibc], [di_libc=musl])
])

# Finds musl's headers, objects and dynamic loader for a compiler that was not made for it: by asking musl's compiler
# wrapper, or where distributions put them.
AC_DEFUN([DI_FIND_MUSL], [
	di_musl_include= di_musl_lib= di_musl_loader=
	AS_IF([test -n "$MUSL_GCC"], [
		AS_ECHO(['int main(void) { return 0; }']) >conftest.c
		di_musl_include=`$MUSL_GCC -E -v conftest.c 2>&1 >/dev/null |
			sed -n '/^#include </,/^End/s/^ \(.*\)/\1/p' | head -n 1`
		di_musl_lib=`$MUSL_GCC -static conftest.c -o conftest$EXEEXT -Wl,--trace 2>/dev/null |
			sed -n 's,/S*crt1\.o$,,p' | head -n 1`
		di_musl_loader=`$MUSL_GCC conftest.c -o conftest$EXEEXT 2>&AS_MESSAGE_LOG_FD &&
			LC_ALL=C $READELF -lW conftest$EXEEXT | sed -n 's/.*interpreter: \(.*\)@:>@/\1/p'`
		rm -f conftest.c conftest$EXEEXT
	])
	for di_prefix in "/usr/include/$di_musl_triplet /usr/lib/$di_musl_triplet" \
		"/usr/$di_musl_triplet/include /usr/$di_musl_triplet/lib" \
		"/usr/local/musl/include /usr/local/musl/lib"; do
		AS_IF([test -f "$di_musl_lib/libc.a" && test -f "$di_musl_include/features.h"], [break])
		di_musl_include=${di_prefix% *} di_musl_lib=${di_prefix#* }
	done
	AS_IF([test -z "$di_musl_loader"], [di_musl_loader=/lib/ld-musl-$di_cpu.so.1])
	AS_IF([test -f "$di_musl_lib/libc.a" && test -f "$di_musl_include/features.h"], [], [
		AC_MSG_ERROR([--with-libc=musl: musl was not found;
install the package musl-tools (Debian, Ubuntu) or musl-gcc and musl-libc-static (Fedora), or set CC to a compiler for musl])])
])

# DI_LIBC
# After AC_PROG_CC. Sets LIBC, and what a compiler that was not made for that library needs: DI_CPPFLAGS for its headers,
# and the variables from which DI_STATIC makes a link line.
AC_DEFUN([DI_LIBC], [
	AC_MSG_CHECKING([which C library $CC uses])
	DI_LIBC_OF_CC
	AC_MSG_RESULT([$di_libc])
	di_by_hand=no
	AS_CASE([$with_libc:$di_libc],
		[musl:glibc], [
			DI_FIND_MUSL
			di_by_hand=yes
			# clang finds its own headers behind musl's; gcc without its folders of the system has to be told.
			AS_IF([$CC -nostdlibinc -E - </dev/null >/dev/null 2>&1],
				[DI_CPPFLAGS="-nostdlibinc -isystem $di_musl_include"],
				[DI_CPPFLAGS="-nostdinc -isystem $di_musl_include -isystem `$CC -print-file-name=include`"])
			LIBC=musl
		],
		[glibc:musl], [AC_MSG_ERROR([--with-libc=glibc: $CC is a compiler for musl;
install the packages gcc and libc6-dev (Debian, Ubuntu) or gcc and glibc-devel (Fedora), or set CC])],
		[LIBC=$di_libc])
])
