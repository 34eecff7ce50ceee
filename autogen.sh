#!/bin/sh
# Makes ./configure out of configure.ac: needed once in a checkout, not in a released tarball.
set -eu
cd "$(dirname "$0")"
command -v autoreconf >/dev/null || {
	echo 'autogen.sh: autoreconf was not found; install the packages autoconf and automake' >&2
	exit 1
}
exec autoreconf --install --force --verbose --warnings=all "$@"
