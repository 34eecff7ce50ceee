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
# the times of the release (bytes), without `AutoReq: no` (all installs), without debuginfo (rpmlint, size), with a byte that is not
# flipped (tampered), and with a stand-in that only executes the command (version, upgrade, as PID 1: signals and orphans).
set -u
subject="the rpms and their repository"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

suite=${DUMB_INIT_SUITE:-bookworm}

# ---- what is tested ----

prepare() {
	need rpmbuild:rpm createrepo_c:createrepo-c gpg:gpg python3:python3 mmdebstrap:mmdebstrap cpio:cpio readelf:binutils
	make_tarball
	make_child
	if [ -z "${PACKAGES:-}" ]; then
		PACKAGES=$work/packages
		# The whole test suite of the sources is for another time.
		"$top/packaging/rpm" "$TARBALL" "$PACKAGES" --nocheck >"$log" 2>&1
		result $? "the rpms are built from the tarball"
	fi
	machine=$(rpm --eval '%{_arch}')
	rpm=$(one "$PACKAGES/dumb-init-$version-"*".$machine.rpm") || exit 1
	release=$(rpm -qp --qf '%{VERSION}-%{RELEASE}' "$rpm" 2>"$log") || bail_out "there is no $rpm"
	# Ours, and one that nobody has a reason to trust.
	make_keys rsa3072 ours other
	root=$("$top/packaging/clean-root" "dnf-$suite" "$suite" dnf,rpm 2>"$log") || bail_out "the clean root cannot be made"
}

# ---- the same bytes ----

test_reproducible() {
	date='+400 days'
	clock=faketime
	have faketime || clock=
	"$top/packaging/rpm" "$TARBALL" "$work/one" --nocheck >"$log" 2>&1
	mkdir -p "$work/two/in"
	cp "$top/packaging/rpm" "$TARBALL" "$work/two"
	chown -R nobody "$work/two"
	# faketime would change the times of files too. Another user, who may not see where the script lies; another folder, time
	# zone, mask, host and number of processors.
	(
		umask 077
		unshare --uts sh -euc 'hostname elsewhere; exec setpriv --reuid=nobody --clear-groups "$@"' sh \
			env TZ=Pacific/Kiritimati LC_ALL=C NO_FAKE_STAT=1 RPM_BUILD_NCPUS=1 HOME="$work/two" ${clock:+"$clock" "$date"} \
			"$work/two/rpm" "$work/two/${TARBALL##*/}" "$work/two/in/a-folder-with-a-longer-name" --nocheck
	) >>"$log" 2>&1
	[ "$(find "$work/one" -name '*.rpm' | wc -l)" -eq 3 ] && diff -r "$work/one" "$work/two/in/a-folder-with-a-longer-name" >>"$log" 2>&1
	result $? "another user, folder, time, time zone, umask, host and number of processors: the same source rpm, rpm and debuginfo"
}

# ---- the files ----

test_files() {
	if have rpmlint; then
		# It takes itself for at home in the folder that it is started in.
		(cd / && rpmlint -c "$top/rpm/rpmlint.toml" "$PACKAGES"/dumb-init-*"$version"*.rpm "$top/rpm/dumb-init.spec") >"$log" 2>&1 &&
			grep -q ' 0 errors, 0 warnings' "$log"
		result $? "rpmlint has nothing to say"
	else
		skip "rpmlint has nothing to say" "rpmlint is not installed: install the package rpmlint"
	fi
	rpm -qp --requires "$rpm" >"$log" 2>&1 && ! grep -v '^rpmlib(' "$log"
	result $? "it needs no other package"
	[ "$(rpm -qp --licensefiles "$rpm")" = /usr/share/licenses/dumb-init/COPYING ]
	result $? "the licence is marked as such"
	rpm -qp --changelog "$rpm" | head -n 1 >"$log" && grep -q -- "- $version-" "$log"
	result $? "the change log begins with this version"
	mkdir "$work/unpacked"
	(
		cd "$work/unpacked" && for file in "$rpm" "$PACKAGES/dumb-init-debuginfo-$version-"*".$machine.rpm"; do
			rpm2cpio "$file" | cpio --quiet -id || exit 1
		done
	) >"$log" 2>&1
	program=$work/unpacked/usr/bin/dumb-init
	check_program "$program" ""
	id=$(build_id "$program")
	[ -n "$id" ] && [ "$(build_id "$(echo "$work"/unpacked/usr/lib/debug/usr/bin/dumb-init*.debug)")" = "$id" ] &&
		[ -f "$(echo "$work"/unpacked/usr/src/debug/dumb-init-"$version"-*/src/main.c)" ]
	result $? "debuginfo is for this program, and brings its source"
	[ -z "$(nm "$program" 2>/dev/null)" ] && [ "$(wc -c <"$program")" -le 40960 ]
	result $? "stripped"
}

# ---- repositories ----

# Makes $work/repo/NAME of rpms, signed with a key.
make_repo() { # NAME KEY RPM...
	name=$1 key=$2
	shift 2
	"$top/packaging/dnf-repo" "$key@example.org" "$work/repo/$name" "$@" >>"$log" 2>&1
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
		--installroot="$work/root/$name" --releasever=40 "$@" >>"$log" 2>&1
	rm -rf "$work/root/$name/var/cache"
}

# What rpm says is installed: VERSION-RELEASE, or "none". Not what dnf's exit status says.
installed() { # NAME
	"$top/packaging/in-root" "$root" --bind "$work" rpm --root "$work/root/$1" -q --qf '%{VERSION}-%{RELEASE}' dumb-init \
		2>>"$log" | sed 's/.*not installed.*/none/'
}

# The installed program's own word, in its install root.
says() { # NAME
	chroot "$work/root/$1" /usr/bin/dumb-init --version 2>&1
}

ours() {
	echo "file://$work/repo/good/dumb-init.asc"
}

test_repository_input() {
	! "$top/packaging/dnf-repo" '' "$work/repo/none" "$rpm" 2>"$log" && grep -q 'no key was given' "$log" &&
		grep -q 'gpg --list-secret-keys' "$log" && ! [ -e "$work/repo/none" ]
	result $? "without a key there is no repository, but a word on how to give one"
	! "$top/packaging/dnf-repo" nobody@example.org "$work/repo/none" "$rpm" 2>"$log" &&
		grep -q "no secret key 'nobody@example.org'" "$log" && ! [ -e "$work/repo/none" ]
	result $? "a key that is not there is named, and there is no repository"
	cp "$rpm" "$work/broken.rpm" && truncate -s -100 "$work/broken.rpm"
	! make_repo none ours "$rpm" "$work/broken.rpm" && [ -z "$(ls -A "$work/repo")" ]
	result $? "an rpm that is not whole is refused, and nothing is left behind"
	mkdir "$work/precious" && : >"$work/precious/file"
	! "$top/packaging/dnf-repo" ours@example.org "$work/precious" "$rpm" 2>"$log" && [ -f "$work/precious/file" ]
	result $? "a folder that is no repository is not replaced"
	make_repo good ours "$PACKAGES"/dumb-init-*"$version"*.rpm
	result $? "the repository is made of all rpms and signed"
	! grep -rl 'PRIVATE KEY' "$work/repo/good" && gpg --batch --show-keys "$work/repo/good/dumb-init.asc" >"$log" 2>&1 &&
		grep -q ours@example.org "$log" && ! grep -q '^sec' "$log"
	result $? "the public key lies beside it, and no secret one"
	make_repo good ours "$PACKAGES"/dumb-init-*"$version"*.rpm && [ "$(ls "$work/repo")" = good ]
	result $? "it can be made again in the same place"
}

test_install() {
	run_dnf file "file://$work/repo/good" "$(ours)" install dumb-init
	[ "$(installed file)" = "$release" ]
	result $? "dnf install dumb-init, by file:"
	start_server "$work/repo"
	run_dnf http "$url/good" "$url/good/dumb-init.asc" install dumb-init
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
	(make_older) >"$log" 2>&1
	run_dnf upgrade "file://$work/repo/older" "$(ours)" install dumb-init
	[ "$(installed upgrade)" = 1.2.5-1 ] && [ "$(says upgrade)" = "dumb-init v1.2.5" ]
	result $? "an older rpm, 1.2.5, is installed"
	run_dnf upgrade "file://$work/repo/good" "$(ours)" upgrade
	[ "$(installed upgrade)" = "$release" ] && [ "$(says upgrade)" = "dumb-init v$version" ]
	result $? "dnf upgrade replaces it by this one"
	before=$(installed upgrade)
	run_dnf upgrade "file://$work/repo/good" "$(ours)" remove dumb-init
	[ "$before" = "$release" ] && [ "$(installed upgrade)" = none ] &&
		find "$work/root/upgrade" -path "$work/root/upgrade/var" -prune -o -name '*dumb-init*' -print >"$log" && [ ! -s "$log" ]
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
	flip_byte "$work/repo/tampered/${rpm##*/}"
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
	rpmsign --delsign "$work/repo/unsigned/${rpm##*/}" >"$log" 2>&1
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
	if have mandoc; then
		render="mandoc -T ascii"
	elif have man; then
		render="man -l -"
	else
		skip "the manual page" "neither mandoc nor man is installed: install the package mandoc"
		return
	fi
	# Bold letters are written twice.
	gzip -dc "$work/root/file/usr/share/man/man1/dumb-init.1.gz" | $render 2>"$log" | sed "s/.$(printf '\b')//g" >"$work/page"
	grep -q -- --single-child "$work/page"
	result $? "the manual page"
}

test_completions() {
	share=$work/root/file/usr/share
	# shellcheck disable=SC2016 # for bash
	bash --norc -c '. "$1" && complete -p dumb-init' bash "$share/bash-completion/completions/dumb-init" >"$log" 2>&1 &&
		grep -q '^#compdef dumb-init$' "$share/zsh/site-functions/_dumb-init" &&
		grep -q '^complete -c dumb-init ' "$share/fish/vendor_completions.d/dumb-init.fish"
	result $? "completions for bash, zsh and fish, where each looks for them"
}

# In the install root there is no /proc, no /dev and no shell: just dumb-init and the helper.
test_as_pid_1() {
	root=$work/root/file
	cp "$DUMB_INIT_CHILD" "$root/child"
	run_alone "$root" /usr/bin/dumb-init /child ids && grep -q '^pid 2 ppid 1 ' "$log"
	result $? "as PID 1: starts a command"
	start_alone "$root" /usr/bin/dumb-init /child signals 15
	ready=$line
	kill -HUP "$init"
	next_line
	first=$line
	kill -TERM "$init"
	end_alone
	[ "$status" -eq 0 ] && [ "${ready%% *}" = ready ] && [ "${first%% code *}" = "1 from 1" ] && grep -q '^15 from 1 ' "$log"
	result $? "as PID 1: passes on signals, and ends with the command's status"
	# The line about the orphan comes from dumb-init once it has been reaped.
	run_alone "$root" /usr/bin/dumb-init -w --wait -- /child orphans 1 7 -- exit 9
	[ $? -eq 9 ] && grep -q 'reaped: .*(PID ' "$log"
	result $? "as PID 1: reaps an orphan"
}

# ---- all of it ----

need_root "$@"
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
finish
