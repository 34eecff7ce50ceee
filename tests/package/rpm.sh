#!/bin/sh
# The rpms and their repository: built twice with the same bytes, checked by rpmlint, and installed by dnf from a signed
# repository, by file: and by HTTP, into empty install roots, where dumb-init is tried; upgraded, removed, and refused
# where anything is not what the key signed.
# Usage: tests/package/rpm.sh
#   PACKAGES         a folder with the rpms to be tested; without it they are built here, as packaging/rpm does
#   TARBALL          the source tarball (make dist), DUMB_INIT_CHILD the static helper (make tests/lib/child): they are
#                    made here where one is not given
#   DUMB_INIT_SUITE  the Debian release whose dnf is tried, in a clean root: bookworm
# As root. Needs what packaging/rpm and packaging/dnf-repo need, mmdebstrap, python3, and for some of it rpmlint, faketime.
# No Fedora can be had here, so that it is Debian's dnf that installs. The keys are made here and thrown away.
# It was seen to fail: with gpgcheck=0 or repo_gpgcheck=0 in the repository's file (refusals), without -ffile-prefix-map or
# the times of the release (bytes), without `AutoReq: no` (all installs), without debuginfo (rpmlint, size), and with
# catatonit in the place of dumb-init (version, as PID 1).
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
suite=${DUMB_INIT_SUITE:-bookworm}
number=0
server=
outer=
work=$(mktemp -d)

clean_up() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$outer" ] || kill -KILL "$outer" 2>/dev/null # --kill-child takes the namespace along
	gpgconf --homedir "$work/keys" --kill all 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

result() { # STATUS DESCRIPTION
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		[ ! -s "$work/log" ] || tail -n 15 "$work/log" | sed 's/^/# /'
		echo "not ok $number - $2"
	fi
	: >"$work/log"
}

skip() { # DESCRIPTION REASON
	number=$((number + 1))
	if [ "${DUMB_INIT_TESTS_MUST_RUN:-0}" = 1 ]; then
		echo "not ok $number - $1 # must run, but: $2"
	else
		echo "ok $number - $1 # SKIP $2"
	fi
}

bail_out() {
	tail -n 30 "$work/log" | sed 's/^/# /'
	echo "Bail out! $1"
	exit 1
}

# ---- what is tested ----

prepare() {
	# rpm and rpmlint leave things there.
	export HOME="$work/home"
	mkdir "$HOME"
	if [ -z "${TARBALL:-}" ] || [ -z "${DUMB_INIT_CHILD:-}" ]; then
		mkdir "$work/build"
		cd "$work/build" || exit 1
		# CFLAGS and the like are for what is tested.
		env -u CC -u CFLAGS -u LDFLAGS "$top/configure" --with-libc=musl >"$work/log" 2>&1 || bail_out "configure failed"
		make dist tests/lib/child >>"$work/log" 2>&1 || bail_out "the tarball and the helper cannot be made"
		: "${TARBALL:=$(echo "$work/build/dumb-init-"*.tar.xz)}" "${DUMB_INIT_CHILD:=$work/build/tests/lib/child}"
		cd "$work" || exit 1
	fi
	version=${TARBALL##*/dumb-init-}
	version=${version%.tar.xz}
	if [ -z "${PACKAGES:-}" ]; then
		PACKAGES=$work/packages
		# The whole test suite of the sources is for another time.
		"$top/packaging/rpm" "$TARBALL" "$PACKAGES" --nocheck >"$work/log" 2>&1
		result $? "the rpms are built from the tarball"
	fi
	PACKAGES=$(cd "$PACKAGES" && pwd)
	machine=$(rpm --eval '%{_arch}')
	rpm=$(echo "$PACKAGES/dumb-init-$version-"*".$machine.rpm")
	release=$(rpm -qp --qf '%{VERSION}-%{RELEASE}' "$rpm" 2>"$work/log") || bail_out "there is no $rpm"
	# Two signatures' worth of keys: ours, and one that nobody has a reason to trust.
	export GNUPGHOME="$work/keys"
	mkdir -m 700 "$GNUPGHOME"
	for name in ours other; do
		gpg --batch --quiet --passphrase '' --quick-generate-key "$name <$name@example.org>" rsa3072 sign never >"$work/log" 2>&1 ||
			bail_out "a key cannot be made"
	done
	root=$("$top/packaging/clean-root" "dnf-$suite" "$suite" dnf,rpm 2>"$work/log") || bail_out "the clean root cannot be made"
}

# ---- the same bytes ----

test_reproducible() {
	date='+400 days'
	clock=faketime
	command -v faketime >/dev/null || clock=
	"$top/packaging/rpm" "$TARBALL" "$work/one" --nocheck >"$work/log" 2>&1
	# faketime would change the times of files too. Another folder, time zone, mask, host and number of processors.
	(
		umask 077
		unshare --uts sh -euc 'hostname elsewhere; exec "$@"' sh \
			env TZ=Pacific/Kiritimati LC_ALL=C NO_FAKE_STAT=1 RPM_BUILD_NCPUS=1 ${clock:+"$clock" "$date"} \
			"$top/packaging/rpm" "$TARBALL" "$work/two/in/a-folder-with-a-longer-name" --nocheck
	) >>"$work/log" 2>&1
	[ "$(find "$work/one" -name '*.rpm' | wc -l)" -eq 3 ] && diff -r "$work/one" "$work/two/in/a-folder-with-a-longer-name" >>"$work/log" 2>&1
	result $? "another folder, time, time zone, umask, host and number of processors: the same source rpm, rpm and debuginfo"
}

# ---- the files ----

test_files() {
	if command -v rpmlint >/dev/null; then
		# It takes itself for at home in the folder that it is started in.
		(cd / && rpmlint -c "$top/rpm/rpmlint.toml" "$PACKAGES"/dumb-init-*"$version"*.rpm "$top/rpm/dumb-init.spec") >"$work/log" 2>&1 &&
			grep -q ' 0 errors, 0 warnings' "$work/log"
		result $? "rpmlint has nothing to say"
	else
		skip "rpmlint has nothing to say" "rpmlint is not installed: install the package rpmlint"
	fi
	rpm -qp --requires "$rpm" >"$work/log" 2>&1 && ! grep -v '^rpmlib(' "$work/log"
	result $? "it needs no other package"
	[ "$(rpm -qp --licensefiles "$rpm")" = /usr/share/licenses/dumb-init/COPYING ]
	result $? "the licence is marked as such"
	rpm -qp --changelog "$rpm" | head -n 1 >"$work/log" && grep -q -- "- $version-" "$work/log"
	result $? "the change log begins with this version"
	mkdir "$work/unpacked"
	(
		cd "$work/unpacked" && for file in "$rpm" "$PACKAGES/dumb-init-debuginfo-$version-"*".$machine.rpm"; do
			rpm2cpio "$file" | cpio --quiet -id || exit 1
		done
	) >"$work/log" 2>&1
	program=$work/unpacked/usr/bin/dumb-init
	id=$(build_id "$program")
	[ -n "$id" ] && [ "$(build_id "$(echo "$work"/unpacked/usr/lib/debug/usr/bin/dumb-init*.debug)")" = "$id" ] &&
		[ -f "$(echo "$work"/unpacked/usr/src/debug/dumb-init-"$version"-*/src/main.c)" ]
	result $? "debuginfo is for this program, and brings its source"
	readelf -lWd "$program" >"$work/segments"
	! grep -E 'INTERP|NEEDED|TEXTREL' "$work/segments"
	result $? "it needs no loader and no library"
	grep -q GNU_RELRO "$work/segments" && grep -q 'GNU_STACK .* RW ' "$work/segments" && ! grep ' RWE ' "$work/segments"
	result $? "RELRO, and no stack or other memory that can be written to and executed"
	[ -z "$(nm "$program" 2>/dev/null)" ] && [ "$(wc -c <"$program")" -le 40960 ] &&
		DUMB_INIT=$program LIBC=musl LINKED=static-pie LINKER=lld OWN_CFLAGS=yes "$top/tests/size.sh" >"$work/log" 2>&1
	result $? "stripped, and as small as it is to be"
}

build_id() {
	readelf -nW "$1" | sed -n 's/.*Build ID: //p'
}

# ---- repositories ----

# Makes $work/repo/NAME of rpms, signed with a key.
make_repo() { # NAME KEY RPM...
	name=$1 key=$2
	shift 2
	"$top/packaging/dnf-repo" "$key@example.org" "$work/repo/$name" "$@" >>"$work/log" 2>&1
}

copy_repo() { # FROM TO
	cp -a "$work/repo/$1" "$work/repo/$2"
}

sign_index() { # NAME KEY
	rm -f "$work/repo/$1/repodata/repomd.xml.asc"
	gpg --batch --local-user "$2@example.org" --armor --detach-sign "$work/repo/$1/repodata/repomd.xml"
}

index() { # NAME
	createrepo_c --quiet --no-database "$work/repo/$1"
}

# One byte of the payload, the last part of the file, becomes another.
tamper() { # FILE
	python3 - "$1" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(-1000, 2)
    byte = file.read(1)[0]
    file.seek(-1000, 2)
    file.write(bytes([byte ^ 1]))
PYTHON
}

# Runs dnf for the install root $work/root/NAME, with the file of the repository at URL, whose key is in KEYFILE.
run_dnf() { # NAME URL KEYFILE WORDS...
	name=$1 url=$2 keyfile=$3
	shift 3
	mkdir -p "$work/root/$name" "$work/client/$name"
	sed "s|^baseurl=.*|baseurl=$url|; s|^gpgkey=.*|gpgkey=$keyfile|" "$work/repo/good/dumb-init.repo" \
		>"$work/client/$name/dumb-init.repo"
	# The cache is where dnf has it by itself, in the install root: another folder would be made in there too, and with it
	# one that dnf then takes for reposdir.
	cat >"$work/client/$name/dnf.conf" <<CONF
[main]
plugins=0
reposdir=$work/client/$name
CONF
	"$top/packaging/in-root" "$root" --bind "$work" dnf -y -c "$work/client/$name/dnf.conf" \
		--installroot="$work/root/$name" --releasever=40 "$@" >>"$work/log" 2>&1
	rm -rf "$work/root/$name/var/cache"
}

# What rpm says is installed: VERSION-RELEASE, or "none". Not what dnf's exit status says.
installed() { # NAME
	"$top/packaging/in-root" "$root" --bind "$work" rpm --root "$work/root/$1" -q --qf '%{VERSION}-%{RELEASE}' dumb-init \
		2>>"$work/log" | sed 's/.*not installed.*/none/'
}

# The installed program's own word, in its install root.
says() { # NAME
	chroot "$work/root/$1" /usr/bin/dumb-init --version 2>&1
}

ours() {
	echo "file://$work/repo/good/dumb-init.asc"
}

test_repository_input() {
	! "$top/packaging/dnf-repo" '' "$work/repo/none" "$rpm" 2>"$work/log" && grep -q 'no key was given' "$work/log" &&
		grep -q 'gpg --list-secret-keys' "$work/log" && ! [ -e "$work/repo/none" ]
	result $? "without a key there is no repository, but a word on how to give one"
	! "$top/packaging/dnf-repo" nobody@example.org "$work/repo/none" "$rpm" 2>"$work/log" &&
		grep -q "no secret key 'nobody@example.org'" "$work/log" && ! [ -e "$work/repo/none" ]
	result $? "a key that is not there is named, and there is no repository"
	cp "$rpm" "$work/broken.rpm" && truncate -s -100 "$work/broken.rpm"
	! make_repo none ours "$rpm" "$work/broken.rpm" && [ -z "$(ls -A "$work/repo")" ]
	result $? "an rpm that is not whole is refused, and nothing is left behind"
	mkdir "$work/precious" && : >"$work/precious/file"
	! "$top/packaging/dnf-repo" ours@example.org "$work/precious" "$rpm" 2>"$work/log" && [ -f "$work/precious/file" ]
	result $? "a folder that is no repository is not replaced"
	make_repo good ours "$PACKAGES"/dumb-init-*"$version"*.rpm
	result $? "the repository is made of all rpms and signed"
	! grep -rl 'PRIVATE KEY' "$work/repo/good" && gpg --batch --show-keys "$work/repo/good/dumb-init.asc" >"$work/log" 2>&1 &&
		grep -q ours@example.org "$work/log" && ! grep -q '^sec' "$work/log"
	result $? "the public key lies beside it, and no secret one"
	make_repo good ours "$PACKAGES"/dumb-init-*"$version"*.rpm && [ "$(ls "$work/repo")" = good ]
	result $? "it can be made again in the same place"
}

test_install() {
	run_dnf file "file://$work/repo/good" "$(ours)" install dumb-init
	[ "$(installed file)" = "$release" ]
	result $? "dnf install dumb-init, by file:"
	mkfifo "$work/server"
	python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/repo" >"$work/server" 2>/dev/null &
	server=$!
	# "Serving HTTP on 127.0.0.1 port 12345 (http://...) ..."
	read -r line <"$work/server"
	port=${line#* port }
	port=${port%% *}
	run_dnf http "http://127.0.0.1:$port/good" "http://127.0.0.1:$port/good/dumb-init.asc" install dumb-init
	kill "$server"
	wait "$server" 2>/dev/null
	server=
	[ "$(installed http)" = "$release" ]
	result $? "dnf install dumb-init, by HTTP"
	[ "$(says file)" = "dumb-init v$version" ]
	result $? "it runs in the install root, which has nothing else, and says its version"
}

# The same sources and spec under another number, and not the real 1.2.5, of which there is no rpm.
make_older() {
	mkdir "$work/older" && cd "$work/older" || return
	tar -xf "$TARBALL" && mv "dumb-init-$version" dumb-init-1.2.5 || return
	sed -i "s/$version/1.2.5/g" dumb-init-1.2.5/configure &&
		sed -i "s/$version/1.2.5/g" dumb-init-1.2.5/rpm/dumb-init.spec &&
		touch -r dumb-init-1.2.5/Makefile.in dumb-init-1.2.5/configure &&
		tar -cJf dumb-init-1.2.5.tar.xz dumb-init-1.2.5 &&
		"$top/packaging/rpm" "$work/older/dumb-init-1.2.5.tar.xz" "$work/older/packages" --nocheck &&
		make_repo older ours "$work/older/packages/dumb-init-1.2.5-"*".$machine.rpm"
}

test_upgrade_and_remove() {
	(make_older) >"$work/log" 2>&1
	run_dnf upgrade "file://$work/repo/older" "$(ours)" install dumb-init
	[ "$(installed upgrade)" = 1.2.5-1 ] && [ "$(says upgrade)" = "dumb-init v1.2.5" ]
	result $? "an older rpm, 1.2.5, is installed"
	run_dnf upgrade "file://$work/repo/good" "$(ours)" upgrade
	[ "$(installed upgrade)" = "$release" ] && [ "$(says upgrade)" = "dumb-init v$version" ]
	result $? "dnf upgrade replaces it by this one"
	before=$(installed upgrade)
	run_dnf upgrade "file://$work/repo/good" "$(ours)" remove dumb-init
	[ "$before" = "$release" ] && [ "$(installed upgrade)" = none ] &&
		find "$work/root/upgrade" -path "$work/root/upgrade/var" -prune -o -name '*dumb-init*' -print >"$work/log" && [ ! -s "$work/log" ]
	result $? "dnf remove leaves nothing of it"
}

# Nothing may get into the install root, whatever the exit status was. With the checks of signatures switched off by the
# client the same is installed: so that it is they that refuse it, and not something else that is wrong with it.
refused() { # REPOSITORY DESCRIPTION [keyfile]
	run_dnf "$1" "file://$work/repo/$1" "${3:-$(ours)}" install dumb-init
	[ "$(installed "$1")" = none ] && ! [ -e "$work/root/$1/usr/bin/dumb-init" ]
	result $? "refused: $2"
}

accepted_unchecked() { # REPOSITORY DESCRIPTION
	run_dnf "$1-unchecked" "file://$work/repo/$1" "$(ours)" --setopt=*.gpgcheck=0 --setopt=*.repo_gpgcheck=0 install dumb-init
	[ "$(installed "$1-unchecked")" = "$release" ]
	result $? "and with the checks switched off it is installed: $2"
}

test_refusals() {
	copy_repo good tampered
	tamper "$work/repo/tampered/${rpm##*/}"
	refused tampered "an rpm of which a byte was changed"

	copy_repo tampered reindexed
	index reindexed
	sign_index reindexed ours
	refused reindexed "the same where the index, well signed, knows of it: what the rpm itself holds does not fit"

	copy_repo good metadata
	sed -i 's|<revision>|<revision>1|' "$work/repo/metadata/repodata/repomd.xml"
	refused metadata "metadata of which a byte was changed"
	accepted_unchecked metadata "metadata of which a byte was changed"

	copy_repo good bare
	rm "$work/repo/bare/repodata/repomd.xml.asc"
	refused bare "metadata without a signature"
	accepted_unchecked bare "metadata without a signature"

	copy_repo good unsigned
	rpmsign --delsign "$work/repo/unsigned/${rpm##*/}" >"$work/log" 2>&1
	index unsigned
	sign_index unsigned ours
	refused unsigned "an rpm without a signature, in metadata that is well signed"
	accepted_unchecked unsigned "an rpm without a signature"

	make_repo foreign other "$rpm"
	copy_repo foreign mixed
	sign_index mixed ours
	refused mixed "an rpm that another key signed, in metadata that is well signed"
	accepted_unchecked mixed "an rpm that another key signed"

	refused foreign "a repository that another key signed"
	accepted_unchecked foreign "a repository that another key signed"
}

# ---- what was installed ----

test_manual() {
	if command -v mandoc >/dev/null; then
		render="mandoc -T ascii"
	elif command -v man >/dev/null; then
		render="man -l -"
	else
		skip "the manual page" "neither mandoc nor man is installed: install the package mandoc"
		return
	fi
	# Bold letters are written twice.
	gzip -dc "$work/root/file/usr/share/man/man1/dumb-init.1.gz" | $render 2>"$work/log" | sed "s/.$(printf '\b')//g" >"$work/page"
	grep -q -- --single-child "$work/page"
	result $? "the manual page"
}

test_completions() {
	share=$work/root/file/usr/share
	# shellcheck disable=SC2016 # for bash
	bash --norc -c '. "$1" && complete -p dumb-init' bash "$share/bash-completion/completions/dumb-init" >"$work/log" 2>&1 &&
		grep -q '^#compdef dumb-init$' "$share/zsh/site-functions/_dumb-init" &&
		grep -q '^complete -c dumb-init ' "$share/fish/vendor_completions.d/dumb-init.fish"
	result $? "completions for bash, zsh and fish, where each looks for them"
}

# Starts dumb-init, in the install root, as PID 1 of a new namespace. There is no /proc, no /dev and no shell: just the
# helper. Its output is in the pipe that descriptor 9 reads.
start_init() { # WORDS...
	rm -f "$work/lines"
	mkfifo "$work/lines"
	unshare --pid --fork --kill-child chroot "$work/root/file" /usr/bin/dumb-init "$@" >"$work/lines" 2>&1 </dev/null &
	outer=$!
	exec 9<"$work/lines"
}

# Collects the lines up to the end and gives back the exit status.
end_init() {
	cat <&9 >>"$work/log"
	wait "$outer"
	status=$?
	outer=
	return "$status"
}

test_as_pid_1() {
	cp "$DUMB_INIT_CHILD" "$work/root/file/child"
	start_init /child ids
	end_init && grep -q '^pid 2 ppid 1 ' "$work/log"
	result $? "as PID 1: starts a command"
	start_init /child signals 15
	read -r line <&9
	read -r init _ <"/proc/$outer/task/$outer/children"
	kill -HUP "$init"
	read -r first <&9
	kill -TERM "$init"
	end_init
	status=$?
	[ "$status" -eq 0 ] && [ "${line%% *}" = ready ] && [ "${first%% code *}" = "1 from 1" ] && grep -q '^15 from 1 ' "$work/log"
	result $? "as PID 1: passes on signals, and ends with the command's status"
	# The line about the orphan comes from dumb-init once it has been reaped.
	start_init -w --wait -- /child orphans 1 7 -- exit 9
	end_init
	[ $? -eq 9 ] && grep -q 'reaped: .*(PID ' "$work/log"
	result $? "as PID 1: reaps an orphan"
}

# ---- all of it ----

: >"$work/log"
missing=
for need in rpmbuild:rpm createrepo_c:createrepo-c gpg:gpg python3:python3 mmdebstrap:mmdebstrap cpio:cpio; do
	command -v "${need%:*}" >/dev/null || missing="$missing ${need#*:}"
done
if [ "$(id -u)" -ne 0 ]; then
	skip "the rpms and their repository" "only root can make a clean root"
elif [ -n "$missing" ]; then
	skip "the rpms and their repository" "install the packages$missing"
else
	prepare
	test_reproducible
	test_files
	mkdir "$work/repo" "$work/root" "$work/client"
	test_repository_input
	test_install
	test_upgrade_and_remove
	test_refusals
	test_manual
	test_completions
	test_as_pid_1
fi
echo "1..$number"
