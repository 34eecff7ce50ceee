#!/bin/sh
# Read by the scripts here whose work is done by one child in the background, $child: at a signal it is ended before they are. The
# shell sees a signal only while it waits for something in the background.
child=
stop() {
	trap '' HUP INT TERM
	if [ -n "$child" ]; then
		kill "$child" 2>/dev/null || :
		wait "$child" || :
	fi
	exit 1
}
trap stop HUP INT TERM
