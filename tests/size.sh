#!/bin/sh
# How large the program is, stripped. The limits are for what we ship: a hardened static PIE with musl, built by gcc and linked
# by lld, or by GNU ld where Debian's lld cannot, as packaging/machines does it. glibc alone is forty times as large, so there
# the size is only told.
# Takes DUMB_INIT, LIBC, LINKED, LINKER, COMPILER, OWN_CFLAGS (no: the user gave CFLAGS, and so decided about the size).
set -eu
LC_ALL=C
export LC_ALL
file=${DUMB_INIT:-./dumb-init}
: "${READELF:=readelf}"

header=$("$READELF" -hW "$file")
field() {
	echo "$header" | sed -n "s/^ *$1: *//p"
}
# What it was at 2.0.0, rounded up to the next 1,024. For another machine the size is only told.
linker=lld
case "$(field Class) $(field Machine) $(field Flags)" in
"ELF64 "*X86-64*) limit=28672 ;;
"ELF64 AArch64"*) limit=37888 ;;
"ELF32 ARM"*hard-float*) limit=28672 ;; # in Thumb
"ELF32 ARM"*) limit=38912 ;;
"ELF32 Intel 80386"*) limit=33792 ;;
"ELF64 PowerPC64"*) limit=39936 ;;
"ELF64 IBM S/390"*) limit=37888 linker=default ;;
"ELF64 MIPS"*) limit=46080 linker=default ;;
"ELF32 MIPS"*) limit=52224 linker=default ;;
"ELF64 RISC-V"*) limit=31744 ;;
"ELF64 LoongArch"*) limit=41984 ;;
*) limit=none ;;
esac
if [ "$limit" != none ]; then
	# clang needs a little more for the same, and is not what we ship with.
	[ "${COMPILER:-gcc}" = gcc ] || limit=$((limit + 1536))
	# GNU ld pads the file by up to a page of the machine that has the largest: see configure.ac. The segments tell how large.
	if [ "${LINKER:-lld}" != lld ] && [ $linker = lld ]; then
		limit=$((limit + $("$READELF" -lW "$file" | sed -n 's/^ *LOAD .* \(0x[0-9a-f]*\)$/\1/p' | head -n 1)))
	fi
fi

echo 1..1
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
# As dh_strip does it.
"${STRIP:-strip}" --remove-section=.comment --remove-section=.note -o "$copy" "$file"
size=$(wc -c <"$copy")
case $limit-${LIBC:-musl}-${LINKED:-static-pie}-${OWN_CFLAGS:-yes} in
[0-9]*-musl-static*-yes)
	if [ "$size" -ge "$limit" ]; then
		echo "not ok 1 - stripped, $size bytes are less than $limit"
		exit 1
	fi
	echo "ok 1 - stripped, $size bytes are less than $limit"
	;;
*)
	# Still a check: a file that cannot be stripped, or is nearly empty, is no program.
	[ "$size" -gt 4096 ] || printf 'not '
	echo "ok 1 - stripped, $size bytes (no limit for $(field Machine), ${LIBC:-musl}, ${LINKED:-static-pie}, our own CFLAGS: ${OWN_CFLAGS:-yes})"
	;;
esac
