#!/bin/sh
# The signed repository for apt: made, and used by the apt of several Debian releases, each in a clean root. dumb-init is
# installed from it by file: and by HTTP, tried, upgraded from Debian's own, removed and purged; what the key did not sign
# is refused.
# Usage: tests/package/apt.sh [--quick]
#   --quick    only bookworm; else bullseye (the oldest that the mirrors still have), bookworm, trixie and sid
#   PACKAGES   a folder with the packages to be tested, and maybe a .dsc; without it they are built as packaging/deb does,
#              from TARBALL (make dist), which is made if it is not given
# As root. Needs what packaging/apt-repo and packaging/clean-root need, binutils and python3. The keys are made here and thrown
# away. What says that something is refused is the version that is installed: after an update that failed apt goes on to
# install Debian's own dumb-init.
# It was seen to fail: with `Trusted: yes` in the .sources file, and without the changes (refusals); with a lower version
# (preference, upgrade); with another program, no man page, no completions (what is tried); with a file that a script of the
# package makes (remove, purge); with the time of day as the date, packages in any order, the caller's umask, other names for
# the sums, the secret key exported, every package in every index, no tidying up (the repository).
set -u
subject="the repository for apt"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- what is tested ----

prepare() {
	need apt-ftparchive:apt-utils dpkg-deb:dpkg gpg:gpg mmdebstrap:mmdebstrap python3:python3 readelf:binutils xz:xz-utils
	if [ -z "${PACKAGES:-}" ]; then
		make_tarball
		PACKAGES=$work/packages
		# The whole test suite of the sources is for another time.
		DEB_BUILD_OPTIONS=nocheck "$top/packaging/deb" "$TARBALL" "$PACKAGES" >"$log" 2>&1 || bail_out "the packages cannot be built"
	fi
	architecture=$(dpkg --print-architecture)
	deb=$(one "$PACKAGES"/dumb-init_*_"$architecture".deb) || exit 1
	version=$(dpkg-deb -f "$deb" Version)
	dsc=$(echo "$PACKAGES"/dumb-init_*.dsc)
	[ -f "$dsc" ] || dsc=

	# apt takes no repository that comes from the future.
	SOURCE_DATE_EPOCH=$("$top/packaging/release-time" "$top")
	now=$(date +%s)
	[ "$SOURCE_DATE_EPOCH" -le "$now" ] || SOURCE_DATE_EPOCH=$now
	export SOURCE_DATE_EPOCH

	# Ours, and one that nobody has a reason to trust.
	make_keys rsa3072 ours other
	mkdir "$work/repo"
}

make_repo() { # NAME KEY FILE...
	name=$1 key=$2
	shift 2
	"$top/packaging/apt-repo" "$key@example.org" "$work/repo/$name" "$@" >"$log" 2>&1
}

# A package of the same name and version with one file more, which shows that it was taken.
make_evil() { # OUTPUT [ARCHITECTURE]
	rm -rf "$work/evil"
	dpkg-deb -R "$deb" "$work/evil"
	: >"$work/evil/usr/share/doc/dumb-init/evil"
	sed -i "s/^Architecture: .*/Architecture: ${2:-$architecture}/" "$work/evil/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$work/evil" "$1" >"$log"
}

# ---- making a repository ----

test_input() {
	! "$top/packaging/apt-repo" '' "$work/repo/none" "$deb" 2>"$log" && grep -q 'no key was given' "$log" &&
		grep -q 'gpg --list-secret-keys' "$log" && [ -z "$(ls -A "$work/repo")" ]
	result $? "without a key there is no repository, but a word on how to give one"
	! make_repo none nobody "$deb" && grep -q "no secret key 'nobody@example.org'" "$log" && [ -z "$(ls -A "$work/repo")" ]
	result $? "a key that is not there is named, and there is no repository"
	! "$top/packaging/apt-repo" example.org "$work/repo/none" "$deb" 2>"$log" && grep -q 'more than one' "$log"
	result $? "a word that stands for two keys is refused"
	cp "$deb" "$work/broken.deb" && truncate -s -1000 "$work/broken.deb"
	! make_repo none ours "$deb" "$work/broken.deb" && grep -q 'broken.deb is broken' "$log" && [ -z "$(ls -A "$work/repo")" ]
	result $? "a package that is not whole is refused, and nothing is left behind"
	! make_repo none ours "$work/missing.deb" && grep -q 'missing.deb was not found' "$log" &&
		! make_repo none ours "$top/README.md" && grep -q 'neither a .deb nor a .dsc' "$log" && [ -z "$(ls -A "$work/repo")" ]
	result $? "what is missing and what is no package is refused"
	mkdir "$work/precious" && : >"$work/precious/file"
	! "$top/packaging/apt-repo" ours@example.org "$work/precious" "$deb" 2>"$log" && [ -f "$work/precious/file" ]
	result $? "a folder that is no repository is not replaced"
	make_evil "$work/evil.deb"
	! make_repo none ours "$deb" "$work/evil.deb" && grep -q 'another file' "$log" && [ -z "$(ls -A "$work/repo")" ]
	result $? "two packages of one name, version and architecture are refused"
	mkdir "$work/path"
	for command in dpkg-deb gpg gzip xz dirname; do
		ln -s "$(command -v "$command")" "$work/path/$command"
	done
	! PATH=$work/path "$top/packaging/apt-repo" ours@example.org "$work/repo/none" "$deb" 2>"$log" &&
		grep -q 'apt-ftparchive was not found: install the package apt-utils' "$log"
	result $? "a tool that is missing is named, and its package"
}

test_repository() {
	# shellcheck disable=SC2086 # the .dsc may be missing
	make_repo good ours "$PACKAGES"/*.deb $dsc
	result $? "a repository is made of what is in the folder"
	good=$work/repo/good
	[ -d "$good" ] || bail_out "there is nothing to be tried"
	gpg --batch --dearmor <"$good/dumb-init.asc" >"$work/ours.gpg"
	gpgv --keyring "$work/ours.gpg" "$good/dists/stable/InRelease" >"$log" 2>&1 &&
		gpgv --keyring "$work/ours.gpg" "$good/dists/stable/Release.gpg" "$good/dists/stable/Release" >>"$log" 2>&1
	result $? "both signatures are good with the public key that is beside them"
	[ "$(gpg --batch --list-packets "$good/dumb-init.asc" 2>/dev/null | grep -c 'key packet:')" -eq 1 ] &&
		! grep -rl 'PRIVATE KEY' "$good" >"$log"
	result $? "there is one public key in it, and no secret one"
	grep -qx "Date: $(LC_ALL=C date -u -d "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S UTC')" "$good/dists/stable/Release"
	result $? "its time is the release's"
	(
		cd "$good/dists/stable" && sed -n '/^SHA256:/,$s/^ \([0-9a-f]*\) *[0-9]* \(.*\)/\1 \2/p' Release >"$work/sums" &&
			[ "$(wc -l <"$work/sums")" -ge 3 ] && while read -r sum name; do
			echo "$sum  $name"
			echo "$sum  ${name%/*}/by-hash/SHA256/$sum"
		done <"$work/sums" | sha256sum --quiet -c
	) >"$log" 2>&1
	result $? "every index is there by its name and by its sum"
	# shellcheck disable=SC2046,SC2086 # names without spaces, the last one first
	(
		umask 077
		cd / && env TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 "$top/packaging/apt-repo" ours@example.org "$work/repo/again" \
			$(printf '%s\n' "$PACKAGES"/*.deb $dsc | sort -r)
	) >"$log" 2>&1 && diff -r -x InRelease -x Release.gpg "$good" "$work/repo/again" >>"$log" 2>&1
	result $? "another folder, time zone, umask and order: the same bytes but for the signatures"
	[ -z "$(find "$work/repo/again" -type l)" ] && [ -z "$(find "$work/repo/again" ! -perm -o=r)" ] && [ -z "$(find "$work/repo/again" -type d ! -perm -o=x)" ]
	result $? "whatever the umask, a web server can read all of it"
	make_evil "$work/foreign.deb" s390x
	make_repo again ours "$deb" "$work/foreign.deb" &&
		[ "$(sed -n 's/^Architectures: //p' "$work/repo/again/dists/stable/Release")" = "$(printf '%s\n' "$architecture" s390x | sort | paste -sd' ')" ] &&
		[ "$(xz -dc "$work/repo/again/dists/stable/main/binary-s390x/Packages.xz" | grep '^Architecture')" = 'Architecture: s390x' ] &&
		[ "$(gzip -dc "$work/repo/again/dists/stable/main/binary-$architecture/Packages.gz" | grep '^Architecture')" = "Architecture: $architecture" ]
	result $? "an earlier repository is replaced; each architecture has the index of its own packages"
	rm -rf "$work/repo/again"
	[ "$(ls "$work/repo")" = good ]
	result $? "nothing is left beside it"
	dpkg-deb -x "$deb" "$work/unpacked"
	check_program "$work/unpacked/usr/bin/dumb-init" "the program in the package: "
}

# ---- repositories that are not to be trusted ----

make_bad_repositories() {
	for bad in package packages release unsigned; do
		cp -a "$good" "$work/repo/$bad"
	done
	pool=pool/main/d/dumb-init/${deb##*/}
	flip_byte "$work/repo/package/$pool"

	# The rest have a package in them that is whole, and an index that fits.
	make_repo other other "$work/evil.deb" || bail_out "the other key's repository cannot be made"
	index=dists/stable/main/binary-$architecture
	for bad in packages release unsigned; do
		cp "$work/repo/other/$pool" "$work/repo/$bad/$pool"
		rm -rf "${work:?}/repo/$bad/$index"
		cp -a "$work/repo/other/$index" "$work/repo/$bad/$index"
	done
	# apt asks by the sum that the signed index has: what it gets there is the wrong thing.
	for compressed in Packages Packages.gz Packages.xz; do
		sum=$(sed -n "/^SHA256:/,\$s|^ \([0-9a-f]*\) *[0-9]* main/binary-$architecture/$compressed\$|\1|p" "$good/dists/stable/Release")
		cp "$work/repo/other/$index/$compressed" "$work/repo/packages/$index/by-hash/SHA256/$sum"
	done
	# An index that fits, under a signature that does not.
	{
		sed '/^$/q' "$good/dists/stable/InRelease"
		cat "$work/repo/other/dists/stable/Release"
		sed -n '/^-----BEGIN PGP SIGNATURE/,$p' "$good/dists/stable/InRelease"
	} >"$work/repo/release/dists/stable/InRelease"
	for bad in release unsigned; do
		cp "$work/repo/other/dists/stable/Release" "$work/repo/$bad/dists/stable/Release"
	done
	rm "$work/repo/unsigned/dists/stable/InRelease" "$work/repo/unsigned/dists/stable/Release.gpg"
}

# ---- in a clean root ----

# What runs there, on a throw-away copy: sh inside FOLDER URL VERSION [DSC]. It prints results without numbers.
write_inside() {
	cp "$top/debian/tests/smoke" "$work/smoke"
	functions_inside >"$work/inside"
	cat >>"$work/inside" <<'INSIDE'
set -u
work=$1 url=$2 version=$3 dsc=${4:-}
log=/tmp/log
: >"$log"
# Translations of descriptions are some megabytes.
echo 'Acquire::Languages "none";' >/etc/apt/apt.conf.d/no-translations

result() { # STATUS DESCRIPTION
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		tail -n 25 "$log" | sed 's/^/# /'
		echo "not ok - $2"
	fi
	: >"$log"
}

# As the user would: the two files are copied.
use_repository() { # URI
	mkdir -p /etc/apt/keyrings
	cp "$work/repo/good/dumb-init.asc" /etc/apt/keyrings/dumb-init.asc
	sed "s|^URIs: .*|URIs: $1|" "$work/repo/good/dumb-init.sources" >/etc/apt/sources.list.d/dumb-init.sources
}

installed() {
	dpkg-query -W -f '${db:Status-Status} ${Version}' dumb-init 2>/dev/null | sed -n 's/^installed //p'
}

# All files but logs, caches and apt's lists, dpkg's list of packages with the rest.
files() {
	find / -xdev \( -path /proc -o -path /tmp -o -path "$work" -o -path /var/log -o -path /var/cache/man -o -path /var/cache/apt \
		-o -path /var/lib/apt \) -prune -o -printf '%y %m %u %p\n' | sort
	dpkg-query -W
}

debians_is_there() {
	apt-cache policy dumb-init >"$log" 2>&1 && grep -q '^ *1\.2\.5-.* 500$' "$log"
}

ours_is_candidate() {
	apt-cache policy dumb-init >"$log" 2>&1 && grep -qx " *Candidate: $version" "$log"
}

try_program() {
	sh "$work/smoke" >"$log" 2>&1
	result $? "the program has the package's version, and its options and exit statuses work"
	try_manual >"$log" 2>&1
	result $? "there is a man page, which man has nothing to say about"
	try_bash >"$log" 2>&1
	result $? "bash completes its options"
	try_zsh >"$log" 2>&1
	result $? "zsh finds its completion"
	try_fish >"$log" 2>&1
	result $? "fish completes its options"
	status=0
	# shellcheck disable=SC2016 # for the inner shell
	timeout -s KILL 60 unshare --pid --fork --kill-child dumb-init sh -c \
		'[ $PPID -eq 1 ] || exit 1; trap "exit 5" TERM; sleep 1000 & kill -TERM 1; wait' >"$log" 2>&1 || status=$?
	[ "$status" -eq 5 ]
	result $? "as PID 1 it passes a signal on and exits as the command did"
	status=0
	timeout -s KILL 60 unshare --pid --fork --kill-child dumb-init --warn-on-reap --wait -- sh -c '(sleep 0.1 &); exit 3' >"$log" 2>&1 ||
		status=$?
	[ "$status" -eq 3 ] && grep -q 'reaped: .*(PID ' "$log"
	result $? "as PID 1 it waits for an orphan and reaps it"
}

life() {
	use_repository "file:$work/repo/good"
	apt-get update >"$log" 2>&1
	result $? "apt update takes the repository, by file:"
	debians_is_there && ours_is_candidate
	result $? "ours is preferred over Debian's own"
	files >/tmp/before
	packages=$(dpkg-query -W | wc -l)
	apt -y install dumb-init >"$log" 2>&1 && [ "$(installed)" = "$version" ]
	result $? "apt install dumb-init"
	[ "$(dpkg-query -W | wc -l)" -eq $((packages + 1)) ] && dpkg -V dumb-init >"$log" && ! [ -s "$log" ]
	result $? "no other package is needed, and the files are those of the package"
	try_program
	for action in remove purge; do
		[ -n "$(installed)" ] || apt -y install dumb-init >"$log" 2>&1
		apt -y "$action" dumb-init >>"$log" 2>&1 && [ -z "$(installed)" ] && files >/tmp/after && diff /tmp/before /tmp/after >>"$log" 2>&1
		result $? "apt $action dumb-init leaves nothing"
	done
	if [ -n "$dsc" ]; then
		mkdir /tmp/source && cd /tmp/source && apt-get source --download-only dumb-init="$version" >"$log" 2>&1 &&
			cmp "$dsc" "$(echo dumb-init_*.dsc)" >>"$log" 2>&1
		result $? "apt-get source gets our source"
		cd /
	fi
}

upgrade() {
	rm -f /etc/apt/sources.list.d/dumb-init.sources
	apt-get update >"$log" 2>&1 && apt -y install dumb-init >>"$log" 2>&1
	old=$(installed)
	case $old in
	1.2.5-*) true ;;
	*) false ;;
	esac
	result $? "Debian's own is installed: $old"
	dpkg -L dumb-init | while read -r file; do [ -d "$file" ] || echo "$file"; done >/tmp/old
	use_repository "$url/good"
	apt-get update >"$log" 2>&1
	result $? "apt update takes the repository, by HTTP"
	ours_is_candidate && apt -y upgrade >"$log" 2>&1 && [ "$(installed)" = "$version" ]
	result $? "apt upgrade brings ours"
	dpkg -L dumb-init >/tmp/new
	while read -r file; do
		! [ -e "$file" ] || grep -qx "$file" /tmp/new || echo "left: $file"
	done </tmp/old >"$log"
	! [ -s "$log" ] && [ "$(dumb-init --version 2>&1)" = "dumb-init v${version%-*}" ]
	result $? "and leaves nothing of Debian's"
	apt -y purge dumb-init >"$log" 2>&1 && apt -y install dumb-init >>"$log" 2>&1 && [ "$(installed)" = "$version" ]
	result $? "apt install dumb-init, by HTTP"
	apt -y purge dumb-init >"$log" 2>&1
}

# Not ours may be installed, and apt must say why.
refused() { # DESCRIPTION URI REASON
	use_repository "$2"
	apt-get clean
	apt-get update >"$log" 2>&1
	apt-get -y install dumb-init >>"$log" 2>&1
	got=$(installed)
	[ "$got" != "$version" ] && ! [ -e /usr/share/doc/dumb-init/evil ] && grep -qiE "$3" "$log"
	result $? "$1 is refused (installed: ${got:-nothing})"
	apt-get -y purge dumb-init >"$log" 2>&1
}

refusals() {
	mismatch='Hash Sum mismatch|has unexpected size'
	refused "a package that was changed" "$url/package" "$mismatch"
	refused "a package that was changed, by file:" "file:$work/repo/package" "$mismatch"
	refused "Packages that was changed" "$url/packages" "$mismatch"
	refused "Release that was changed" "$url/release" 'BADSIG|Message has been manipulated'
	refused "Release without a signature" "$url/unsigned" 'is not signed'
	refused "another key" "$url/other" 'NO_PUBKEY|missing key'
}

life
upgrade
refusals
INSIDE
}

test_suite() { # SUITE
	root=$(apt_root "$1" 2>"$log") || {
		tail -n 3 "$log" | sed 's/^/# /'
		skip "$1" "a clean root of $1 cannot be made"
		return
	}
	timeout -s KILL 600 "$top/packaging/in-root" "$root" --bind "$work" \
		sh "$work/inside" "$work" "$url" "$version" "$dsc_in_repo" >"$work/results" 2>"$work/errors"
	status=$?
	relay "$work/results" "$1: "
	cp "$work/errors" "$log"
	result "$status" "$1: all that was to be tried was"
}

take_quick "$@"
need_root "$@"
prepare
test_input
test_repository
make_bad_repositories
start_server "$work/repo"
write_inside
dsc_in_repo=
[ -z "$dsc" ] || dsc_in_repo=$good/pool/main/d/dumb-init/${dsc##*/}
if [ $quick = yes ]; then
	left_out "bullseye, trixie and sid"
	test_suite bookworm
else
	for suite in bullseye bookworm trixie sid; do
		test_suite "$suite"
	done
fi
finish
