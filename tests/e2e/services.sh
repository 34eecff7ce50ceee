#!/bin/sh
# Real services from packages under dumb-init as PID 1: they start, answer, reload, stop on SIGTERM with their own exit
# status, and leave neither a process nor a zombie. Fails where SIGTERM does not reach the service (as with a service
# that is PID 1 itself and has no handler: python3 -m http.server then never stops).
set -u

# A hang is a failure.
[ -n "${SERVICES_DEADLINE:-}" ] || exec env SERVICES_DEADLINE=set timeout 100 "$0"

dumb_init=${DUMB_INIT:-./dumb-init}
work=$(mktemp -d)
number=0
outer=

clean_up() {
	[ -z "$outer" ] || kill -KILL "$outer" 2>/dev/null # --kill-child takes the namespace along
	rm -rf "$work"
}
trap clean_up EXIT

result() { # STATUS DESCRIPTION
	number=$((number + 1))
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok $number - $2"
}

skip() { # DESCRIPTION REASON
	number=$((number + 1))
	if [ "${DUMB_INIT_TESTS_MUST_RUN:-0}" = 1 ]; then
		echo "not ok $number - $1 # must run, but: $2"
	else
		echo "ok $number - $1 # SKIP $2"
	fi
}

namespace="unshare --pid --fork --kill-child --mount-proc"
[ "$(id -u)" -eq 0 ] || namespace="unshare --user --map-root-user --pid --fork --kill-child --mount-proc"

# Starts the words as PID 1 of a new namespace, with standard error in the pipe that descriptor 9 reads.
# Sets $outer, the process to wait for, and, once the line that says so has come, $init, PID 1 as seen from here.
start_service() { # LINE-THAT-SAYS-READY WORDS...
	ready=$1
	shift
	rm -f "$work/lines"
	mkfifo "$work/lines"
	# shellcheck disable=SC2086 # a list of words
	$namespace "$dumb_init" "$@" >/dev/null 2>"$work/lines" </dev/null &
	outer=$!
	exec 9<"$work/lines"
	while read -r line <&9; do
		case $line in
		*"$ready"*) break ;;
		esac
	done
	init=
	read -r init _ <"/proc/$outer/task/$outer/children"
}

# Waits until standard error has ended, which is when every process that had it is gone. Gives back the exit status.
wait_for_end() {
	while read -r _ <&9; do :; done
	wait "$outer"
	status=$?
	outer=
	return "$status"
}

answers() { # PORT
	python3 - "$1" <<'PYTHON'
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://127.0.0.1:%s/" % sys.argv[1], timeout=30).read()
PYTHON
}

no_zombies_below() { # PID
	[ -n "$1" ] && ps -o stat= --ppid "$1" | awk '/Z/ { zombie = 1 } END { exit zombie }'
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

test_nginx() {
	port=$(free_port)
	cat >"$work/nginx.conf" <<CONF
daemon off;
user root root;
worker_processes 2;
pid $work/nginx.pid;
error_log stderr notice;
events { }
http {
	access_log off;
	client_body_temp_path $work/body;
	proxy_temp_path $work/proxy;
	fastcgi_temp_path $work/fastcgi;
	uwsgi_temp_path $work/uwsgi;
	scgi_temp_path $work/scgi;
	server { listen 127.0.0.1:$port; location / { return 200 "hello"; } }
}
CONF
	start_service "start worker process " "$nginx" -c "$work/nginx.conf" -e stderr
	answers "$port"
	result $? "nginx as the command of PID 1 answers"
	kill -HUP "$init"
	while read -r line <&9; do
		case $line in
		*exited\ with\ code\ 0*) break ;;
		esac
	done
	answers "$port"
	result $? "nginx reloads on SIGHUP to PID 1, and answers"
	no_zombies_below "$init"
	result $? "no zombie after nginx has replaced its workers"
	kill -TERM "$init"
	wait_for_end
	result $? "nginx stops on SIGTERM to PID 1, exit status 0, and leaves nothing"
}

test_http_server() {
	port=$(free_port)
	cat >"$work/serve.py" <<'PYTHON'
import http.server, sys
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler)
print("serving", file=sys.stderr, flush=True)
server.serve_forever()
PYTHON
	start_service "serving" python3 "$work/serve.py" "$port"
	answers "$port"
	result $? "Python's http.server as the command of PID 1 answers"
	kill -TERM "$init"
	wait_for_end
	[ $? -eq 143 ]
	result $? "Python's http.server stops on SIGTERM to PID 1, exit status 143, and leaves nothing"
}

# What the README recommends before a load balancer: SIGTERM is held back, and the service goes on answering meanwhile.
test_draining() {
	port=$(free_port)
	start_service "serving" -d TERM:1h -e 143 -- python3 "$work/serve.py" "$port"
	kill -TERM "$init"
	answers "$port" && answers "$port"
	result $? "with -d TERM:1h the service goes on answering after SIGTERM"
	kill -TERM "$init"
	wait_for_end
	result $? "a second SIGTERM stops it at once, exit status 0 by -e 143"
}

# Reads standard error until the line has come that many times.
await() { # TEXT COUNT
	left=$2
	while [ "$left" -gt 0 ] && read -r line <&9; do
		case $line in
		*"$1"*) left=$((left - 1)) ;;
		esac
	done
	[ "$left" -eq 0 ]
}

# What the README recommends for managers with workers of their own: signals to the manager only, and a staged stop.
# The answer to /slow comes once somebody has written to the pipe `go`.
test_worker_pool() {
	port=$(free_port)
	cat >"$work/pool.py" <<'PYTHON'
import os, sys
folder = os.path.dirname(os.path.abspath(__file__))
def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        print("slow request begun", file=sys.stderr, flush=True)
        open(folder + "/go").read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
PYTHON
	rm -f "$work/go"
	mkfifo "$work/go"
	pool="gunicorn --chdir $work --workers 2 --timeout 600 --graceful-timeout 600 --worker-tmp-dir $work"
	# shellcheck disable=SC2086 # a list of words
	start_service "Booting worker" -c -k 1h -- $pool --bind "127.0.0.1:$port" pool:application
	await "Booting worker" 1
	kill -HUP "$init"
	# Old workers go as new ones come, in any order: four lines in all.
	new=0 old=0
	while [ $((new + old)) -lt 4 ] && read -r line <&9; do
		case $line in
		*"Booting worker"*) new=$((new + 1)) ;;
		*"Worker exiting"*) old=$((old + 1)) ;;
		esac
	done
	answers "$port" && [ "$new" -eq 2 ] && [ "$old" -eq 2 ]
	result $? "with -c, SIGHUP lets gunicorn replace its workers one by one, and it answers"

	ask_slowly "$port" >"$work/answer" &
	client=$!
	await "slow request begun" 1
	kill -TERM "$init"
	await "Handling signal: term" 1
	echo >"$work/go"
	wait "$client"
	grep -qx "done" "$work/answer"
	result $? "with -c -k, a request that is under way at SIGTERM is answered"
	wait_for_end
	result $? "gunicorn ends by itself then, exit status 0, and leaves nothing"

	# shellcheck disable=SC2086 # a list of words
	start_service "Booting worker" -c -k 0.3 -- $pool --bind "127.0.0.1:$port" pool:application
	await "Booting worker" 1
	ask_slowly "$port" >"$work/answer" 2>/dev/null &
	client=$!
	await "slow request begun" 1
	kill -TERM "$init"
	wait_for_end
	[ $? -eq 137 ]
	result $? "with -c -k, a pool whose worker never finishes is killed in the end, exit status 137, and leaves nothing"
	wait "$client"
}

ask_slowly() { # PORT
	python3 - "$1" <<'PYTHON'
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(opener.open("http://127.0.0.1:%s/slow" % sys.argv[1], timeout=90).read().decode())
PYTHON
}

# In /usr/sbin, which is not in an ordinary user's PATH.
nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
if ! command -v python3 >/dev/null; then
	skip "services" "python3 is not installed"
elif ! $namespace true 2>/dev/null; then
	skip "services" "this user cannot make a PID namespace here"
else
	if [ -n "$nginx" ]; then
		test_nginx
	else
		skip "nginx" "nginx is not installed"
	fi
	test_http_server
	test_draining
	if command -v gunicorn >/dev/null; then
		test_worker_pool
	else
		skip "a pool of workers" "gunicorn is not installed"
	fi
fi
echo "1..$number"
