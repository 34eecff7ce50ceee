#!/bin/sh
# How large the program is, stripped. The limit is for what we ship: a hardened static PIE with musl. glibc alone is forty
# times as large, so there the size is only told.
# Takes DUMB_INIT, LIBC, LINKED, LINKER, COMPILER, OWN_CFLAGS (no: the user gave CFLAGS, and so decided about the size).
set -eu
limit=28672
# clang needs a little more for the same, and is not what we ship with.
[ "${COMPILER:-gcc}" = gcc ] || limit=$((limit + 1024))
# GNU ld pads the file by up to a page: see configure.ac.
[ "${LINKER:-lld}" = lld ] || limit=$((limit + 4096))
file=${DUMB_INIT:-./dumb-init}

echo 1..1
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
# As dh_strip does it.
"${STRIP:-strip}" --remove-section=.comment --remove-section=.note -o "$copy" "$file"
size=$(wc -c <"$copy")
case ${LIBC:-musl}-${LINKED:-static-pie}-${OWN_CFLAGS:-yes} in
musl-static*-yes)
	if [ "$size" -ge "$limit" ]; then
		echo "not ok 1 - stripped, $size bytes are less than $limit"
		exit 1
	fi
	echo "ok 1 - stripped, $size bytes are less than $limit"
	;;
*)
	# Still a check: a file that cannot be stripped, or is nearly empty, is no program.
	[ "$size" -gt 4096 ] || printf 'not '
	echo "ok 1 - stripped, $size bytes (no limit for ${LIBC:-musl}, ${LINKED:-static-pie}, our own CFLAGS: ${OWN_CFLAGS:-yes})"
	;;
esac
