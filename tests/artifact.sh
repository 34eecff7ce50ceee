#!/bin/sh
# What the linked file is, whatever flags it was asked for with. Flags lie: Debian 12's `musl-gcc -static-pie` links a
# dynamic program that needs a loader of its own, without a word.
# Takes DUMB_INIT (not stripped), LIBC (musl or glibc), LINKED (static-pie, static or dynamic-pie). Any machine's readelf
# reads the files of all others, so this runs after a cross build too.
set -eu
LC_ALL=C
export LC_ALL
file=${DUMB_INIT:-./dumb-init}
: "${LIBC:=musl}" "${LINKED:=static-pie}" "${HARDENING=}" "${READELF:=readelf}" "${NM:=nm}"
number=0 failed=0

# test_that DESCRIPTION WRONG: a case that passes if WRONG, the lines that say what is wrong, is empty.
test_that()
{
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "$2" | sed 's/^/# /'
		echo "not ok $number - $1"
		failed=1
	fi
}

# missing LINES PATTERN: says so if no line matches.
missing()
{
	echo "$1" | grep -q -e "$2" || echo "no line matches '$2'"
}

# found LINES PATTERN: the lines that match.
found()
{
	echo "$1" | grep -E -e "$2" || :
}

header=$("$READELF" -hW "$file")
segments=$("$READELF" -lW "$file")
sections=$("$READELF" -SW "$file")
dynamic=$("$READELF" -dW "$file")
notes=$("$READELF" -nW "$file")
# Without the dot and the suffixes of local copies that LTO and IPA make (printf.isra.0, printf.lto_priv.0).
symbols=$("$NM" "$file" | sed 's/.* //; s/\..*//')

case $LINKED in
*-pie) test_that 'position independent' "$(missing "$header" 'Type: *DYN')" ;;
*) test_that 'at a fixed address, since there is no static PIE here' "$(missing "$header" 'Type: *EXEC')" ;;
esac
case $LINKED in
dynamic-pie)
	test_that 'needs no library but the C library' \
		"$(found "$dynamic" NEEDED | grep -v -E '\[(libc\.so.*|ld-.*)\]$' || :)"
	;;
*)
	test_that 'needs no loader (no PT_INTERP)' "$(found "$segments" INTERP)"
	test_that 'needs no library (no NEEDED)' "$(found "$dynamic" NEEDED)"
	;;
esac
test_that 'no relocations in the code (no TEXTREL)' "$(found "$dynamic" TEXTREL)"
# On mips the linker has nothing to make GNU_RELRO of: its script there (`mipsel-linux-gnu-ld --verbose`) has .dynamic among
# what is read-only anyway, and .got after DATA_SEGMENT_RELRO_END, since the MIPS ABI leaves its entries to the dynamic linker's
# lazy binding. What else GNU_RELRO is for must not be there without it.
case $header in
*Machine:*MIPS*)
	wrong=$(found "$sections" ' \.(data\.rel\.ro|(pre)?init_array|fini_array|ctors|dtors)')
	case $segments in
	*GNU_RELRO*) wrong= ;;
	esac
	test_that 'no relocated data that could become read-only does not (GNU_RELRO)' "$wrong"
	;;
*) test_that 'relocated data becomes read-only (GNU_RELRO)' "$(missing "$segments" GNU_RELRO)" ;;
esac
test_that 'the stack is not executable (GNU_STACK)' \
	"$(missing "$segments" GNU_STACK; found "$segments" 'GNU_STACK.*E +0')"
test_that 'no segment is writable and executable' "$(found "$segments" 'LOAD.* RWE ')"
case $LINKED in
*-pie) test_that 'all symbols are bound at the start (NOW)' "$(missing "$dynamic" 'NOW')" ;;
esac
test_that 'has a build ID' "$(missing "$notes" 'Build ID')"
case $HARDENING in
*stack-protector*) test_that 'has the stack protector' "$(missing "$symbols" '__stack_chk_fail')" ;;
esac

# glibc's own start-up has malloc, stdio and locales in it, whatever the program calls. There only undefined symbols of
# the dynamic program tell what we call ourselves; the static musl program has what we call and nothing else.
case $LIBC-$LINKED in
glibc-static*) ;;
*)
	test_that 'no malloc in it' \
		"$(found "$symbols" '^_*(libc_)?(malloc|calloc|realloc|free|aligned_alloc|posix_memalign)(_impl|@|$)')"
	test_that 'no stdio in it' \
		"$(found "$symbols" '^_*(v?[fsd]?n?printf(_chk)?|v?[fs]?scanf|f?puts|fputc|putchar|fopen|fdopen|fwrite|fread|fflush|getline|perror|printf_core|std(in|out|err))(@|$)')"
	test_that 'no locale in it' "$(found "$symbols" '^_*(setlocale|newlocale|uselocale|strerror(_r|_l)?|strsignal)(@|$)')"
	;;
esac

echo "1..$number"
exit "$failed"
