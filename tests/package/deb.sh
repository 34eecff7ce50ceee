#!/bin/sh
# The Debian package: how it is built, what is in it, and what dpkg does with it on old and new releases of Debian.
# Usage: tests/package/deb.sh [--quick]
# Takes PACKAGES, a folder that packaging/deb or packaging/deb-clean filled, or else TARBALL, that of `make dist`, or makes one,
# and builds from it in a clean root. DUMB_INIT_TESTS_MUST_RUN=1 makes a failure of each skip.
# As root, with mmdebstrap, Debian's mirror for the root folders (packaging/clean-root keeps them), and about 400 MB in /tmp.
# lintian, blhc, debhelper, faketime and piuparts are used where they are installed. Leaves nothing but the root folders.
# --quick leaves out what it says.
# shellcheck disable=SC2317 # it does not see that check calls them
set -eu
subject="the Debian package"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

take_quick "$@"
need_root "$@"
need dpkg-deb:dpkg mmdebstrap:mmdebstrap readelf:binutils

# check DESCRIPTION COMMAND...: a case that passes if the command does. In a function, too, the first failure counts: it
# runs in the background, because `set -e` is off in whatever || or if looks at.
check() {
	description=$1
	shift
	(
		set -eu
		"$@"
	) >"$log" 2>&1 </dev/null &
	status=0
	wait $! || status=$?
	result "$status" "$description"
}

# inside ROOT SCRIPT [ARGUMENT]...: runs it there, the packages being $1, the folder with the source $2.
inside() {
	root=$1 script=$2
	shift 2
	"$top/packaging/in-root" "$root" --bind "$work/packages" --bind "$work/source" \
		sh -euxc "$(functions_inside)
$script" sh "$deb" "$work/source" "$@"
}

# ---- the build ----

mkdir "$work/packages" "$work/source"
if [ -n "${PACKAGES-}" ]; then
	cp "$PACKAGES"/dumb-init_* "$PACKAGES"/dumb-init-dbgsym_* "$work/packages"
else
	make_tarball
	[ $quick = no ] || export DEB_BUILD_OPTIONS=nocheck DEB_BUILD_PROFILES=nocheck
	check "builds in a clean root" "$top/packaging/deb-clean" "$TARBALL" "$work/packages"
	unset DEB_BUILD_OPTIONS DEB_BUILD_PROFILES
fi

architecture=$(dpkg --print-architecture)
deb=$(one "$work"/packages/dumb-init_*_"$architecture".deb)
dsc=$(one "$work"/packages/dumb-init_*.dsc)
changes=$(one "$work"/packages/dumb-init_*_"$architecture".changes)
build_log=${changes%.changes}.build
original=$(one "$work"/packages/dumb-init_*.orig.tar.xz)
debian_version=$(dpkg-deb -f "$deb" Version)
version=${debian_version%-*}
tarball=$work/dumb-init-$version.tar.xz
cp "$original" "$tarball"
tar -xf "$tarball" -C "$work/source" --strip-components=1
dpkg-deb -x "$deb" "$work/contents"

tests_were_run() {
	grep '^# FAIL:  0$' "$1"
	grep '^# PASS:  [1-9]' "$1"
}
if [ -z "${PACKAGES-}" ] && [ $quick = no ]; then
	check "the tests are run in the build, as an ordinary user" tests_were_run "$build_log"
fi

# The programs of the tests have none on purpose: they are not in the package.
hardened() {
	sed '/^ *dh_auto_test/,/^ *\(create-stamp\|dh_prep\|dh_auto_install\)/d' "$build_log" >"$work/program.build"
	grep -e '-o dumb-init ' "$work/program.build"
	blhc --all "$work/program.build"
}
if have blhc && [ -f "$build_log" ]; then
	check "blhc misses no hardening in the build's log" hardened
else
	skip "blhc misses no hardening in the build's log" "blhc or the log is not there"
fi

# silent COMMAND...: that lintian, called so, has no hint. Which of two tags a static PIE gets is a matter of lintian's
# version, so one of the two overrides is not used; and what a newer policy than bookworm's wants, bookworm could not have.
silent() {
	"$@" --allow-root -EvIL +pedantic "$changes" >"$work/lintian" 2>&1 || :
	cat "$work/lintian"
	# It came to its end.
	grep '^N: .* hint.* overridden' "$work/lintian"
	! grep -vE '^(N:.*|)$' "$work/lintian" |
		grep -vE ': unused-override (statically-linked-binary|shared-library-lacks-prerequisites) ' |
		grep -vE ": ($newer) "
}
newer='out-of-date-standards-version|redundant-priority-optional-field|redundant-rules-requires-root-no-field|package-uses-old-debhelper-compat-version|older-debian-watch-file-standard'

if have lintian; then
	check "lintian has nothing to say" silent lintian
else
	skip "lintian has nothing to say" "it is not installed"
fi

# spoil COMMAND: a tarball like ours, but for what the command does in its folder.
spoil() {
	rm -rf "$work/spoiled"
	mkdir -p "$work/spoiled/dumb-init-$version" "$work/spoiled/out"
	tar -xf "$tarball" -C "$work/spoiled"
	(cd "$work/spoiled/dumb-init-$version" && sh -euc "$1")
	tar -cJf "$work/spoiled/dumb-init-$version.tar.xz" -C "$work/spoiled" "dumb-init-$version"
	rm -r "$work/spoiled/dumb-init-$version"
	cp "$top/packaging/deb" "$work/spoiled"
}

# refused ROOT REASON: that packaging/deb refuses the spoiled tarball in that root, says why, and leaves nothing.
refused() {
	status=0
	said=$("$top/packaging/in-root" "$1" --bind "$work/spoiled" \
		sh "$work/spoiled/deb" "$work/spoiled/dumb-init-$version.tar.xz" "$work/spoiled/out" 2>&1) || status=$?
	echo "exit status $status: $said"
	[ "$status" -eq 1 ]
	echo "$said" | grep -q -e "$2"
	[ "$(ls -A "$work/spoiled")" = "deb
dumb-init-$version.tar.xz
out" ]
	[ -z "$(ls -A "$work/spoiled/out")" ]
}
no_tools() {
	spoil :
	refused "$(apt_root bookworm)" '^packaging/deb: dpkg-buildpackage was not found: install the package dpkg-dev$'
}
no_build_dependency() {
	spoil 'sed -i "s/^ musl-dev,/ musl-dev, this-is-not-there,/" debian/control'
	refused "$build_root" '^packaging/deb: these packages have to be installed: this-is-not-there$'
}
fails() {
	spoil 'printf "\\noverride_dh_auto_configure:\\n\\tfalse\\n" >>debian/rules'
	refused "$build_root" '^packaging/deb: the build failed$'
}
from_the_future() {
	spoil 'sed -i "s/^\\( -- .*\\) 20[0-9][0-9] /\\1 2999 /" debian/changelog'
	refused "$build_root" '^packaging/deb: the newest entry of debian/changelog is in the future: '
}
# The same one that packaging/deb-clean has.
build_root=$("$top/packaging/deb-clean" --root "$tarball")
check "without the tools, the build says which package to install" no_tools
check "without what it is built of, the build says which packages to install" no_build_dependency
check "a build that fails leaves nothing" fails
check "a changelog from the future is refused" from_the_future

# ---- what is in it ----

no_depends() {
	[ -z "$(dpkg-deb -f "$deb" Depends Pre-Depends Recommends)" ]
}
built_using() {
	dpkg-deb -f "$deb" Built-Using | tee /dev/stderr | grep -qxE 'musl \(= [0-9][^)]*\)'
}
files() {
	(cd "$work/contents" && find . ! -type d | sort) >"$work/files"
	diff - "$work/files" <<-LIST
		./usr/bin/dumb-init
		./usr/share/bash-completion/completions/dumb-init
		./usr/share/doc/dumb-init/DESIGN.md.gz
		./usr/share/doc/dumb-init/README.md.gz
		./usr/share/doc/dumb-init/changelog.Debian.gz
		./usr/share/doc/dumb-init/changelog.gz
		./usr/share/doc/dumb-init/copyright
		./usr/share/doc/dumb-init/peers.md
		./usr/share/fish/vendor_completions.d/dumb-init.fish
		./usr/share/lintian/overrides/dumb-init
		./usr/share/man/man1/dumb-init.1.gz
		./usr/share/zsh/vendor-completions/_dumb-init
	LIST
}
# Not only what check_program's copy is after stripping.
stripped() {
	readelf -SW "$program" >"$work/sections"
	if grep -F .symtab "$work/sections"; then return 1; fi
	id=$(build_id "$program")
	[ -n "$id" ]
	dpkg-deb -c "$(one "$work"/packages/dumb-init-dbgsym_*_"$architecture".deb)" | grep "$(echo "$id" | sed 's,^..,&/,').debug"
}
program=$work/contents/usr/bin/dumb-init
check "needs no other package" no_depends
check "Built-Using names the C library in it" built_using
check "has these files and no other" files
check_program "$program" ""
check "stripped, and its symbols beside it" stripped

# ---- dpkg, as in a Dockerfile ----

# What each installed copy has to do, with the package's own tests.
# shellcheck disable=SC2016 # for the shell inside
works='
	[ "$(dpkg-query -W -f "\${Version}" dumb-init)" = "$(dpkg-deb -f "$1" Version)" ]
	cd "$2"
	sh debian/tests/smoke
	sh debian/tests/pid1
'
# shellcheck disable=SC2016
documented='
	try_manual
	apropos -e dumb-init
	try_bash
	try_zsh
	try_fish
'
# What lies in the root, but for dpkg's copies of what was before, man's index, and the logs.
# shellcheck disable=SC2016
everything='
	everything() {
		find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /var/log -o \
			-path /var/cache/man \) -prune -o -print |
			grep -vE "^/var/lib/dpkg/((status|available|diversions|statoverride)(-old)?|lock.*|triggers/.*)$" | sort
	}
'
# shellcheck disable=SC2016
leaves_nothing='
	everything >/tmp/before
	dpkg -i "$1"
	everything >/tmp/with
	[ "$(diff /tmp/before /tmp/with | grep -c usr/)" -gt 8 ]
	dpkg "$3" dumb-init
	everything >/tmp/after
	diff /tmp/before /tmp/after
	! dpkg-query -W dumb-init
'
# Debian has another one of it in each release. It is downloaded by hand, so that nothing else decides which is installed.
# shellcheck disable=SC2016
upgrade='
	cd /tmp
	apt-get download "dumb-init=1.2.5-2"
	dpkg -i dumb-init_1.2.5-2_*.deb || apt-get -y -f install
	[ "$(dpkg-query -W -f "\${Version} \${Status}" dumb-init)" = "1.2.5-2 install ok installed" ]
	dpkg -L dumb-init | sort >/tmp/old
	dpkg -i "$1"
	dpkg -L dumb-init | sort >/tmp/new
	# What the old one had and the new one has not is gone.
	comm -23 /tmp/old /tmp/new | while read -r path; do
		[ ! -e "$path" ]
	done
	dpkg --verify dumb-init
	dpkg --audit
'

# The verbs are in one script each, so that a root that was changed is never used again.
bookworm=$(apt_root bookworm)
# shellcheck disable=SC2016
install='
	dpkg -i "$1"
'
check "dpkg -i on bookworm: runs, also as PID 1 with a signal and an orphan" inside "$bookworm" "$install$works"
check "its man page is found, and bash, zsh and fish complete its options" inside "$bookworm" "$install$documented"
check "dpkg -i over 1.2.5-2 upgrades it" inside "$bookworm" "$upgrade$works"
check "dpkg -r leaves nothing" inside "$bookworm" "$everything$leaves_nothing" -r
check "dpkg -P leaves nothing" inside "$bookworm" "$everything$leaves_nothing" -P

suites=bullseye
[ $quick = yes ] || suites='bullseye trixie sid'
for suite in $suites; do
	root=$(apt_root "$suite")
	check "dpkg -i on $suite: runs, also as PID 1" inside "$root" "$install$works"
done

# ---- what takes longer ----

if [ $quick = yes ]; then
	left_out "the tests within the build, dpkg -i on trixie and sid, lintian of trixie and sid, the same bytes from another"
	left_out "build, a second build in the same tree, autopkgtest, piuparts"
	finish
fi

lintian_of() { # SUITE
	root=$("$top/packaging/clean-root" "lintian-$1" "$1" lintian)
	silent "$top/packaging/in-root" "$root" --bind "$work/packages" lintian
}
for suite in trixie sid; do
	check "lintian of $suite has nothing to say" lintian_of "$suite"
done

# same_files A B: that the packages in both folders are the same bytes.
same_files() {
	(cd "$1" && sha256sum ./*.deb ./*.dsc ./*.debian.tar.xz) >"$work/sums"
	[ "$(wc -l <"$work/sums")" -eq 4 ]
	(cd "$2" && sha256sum -c "$work/sums") && return
	if have diffoscope; then
		for file in "$1"/*.deb "$1"/*.dsc "$1"/*.debian.tar.xz; do
			diffoscope --max-text-report-size 5000 "$file" "$2/${file##*/}" || :
		done
	fi
	return 1
}

# The clock is moved by faketime, but not the times of files, with which make and tar compare. The host's name and the
# number of processors are others, too, and so is the user, who may not see where the script lies.
elsewhere() {
	mkdir -p "$work/other/a folder"
	cp "$tarball" "$work/other/a folder"
	cp "$top/packaging/deb" "$work/other"
	chown -R nobody "$work/other"
	# shellcheck disable=SC2016 # for the shell inside
	env TZ=Pacific/Kiritimati LC_ALL=C LANG=fr_FR.UTF-8 NO_FAKE_STAT=1 DEB_BUILD_OPTIONS='nocheck parallel=1' \
		unshare --uts sh -euc 'hostname elsewhere; umask 077; exec setpriv --reuid=nobody --clear-groups faketime -f +400d "$@"' sh \
		"$work/other/deb" "$work/other/a folder/dumb-init-$version.tar.xz" "$work/other/out"
	grep -q 'parallel=1' "$work"/other/out/*.build "$work"/other/out/*.buildinfo
	same_files "$work/here" "$work/other/out"
}
here() {
	"$top/packaging/deb" "$tarball" "$work/here"
	! grep 'Testsuite summary' "$work"/here/*.build
}
twice() {
	mkdir "$work/twice"
	cp "$dsc" "$original" "$work"/packages/*.debian.tar.xz "$work/twice"
	cd "$work/twice"
	dpkg-source -x "${dsc##*/}" tree
	cd tree
	for _ in first second; do
		dpkg-buildpackage -us -uc
		same_files "$work/here" "$work/twice"
		rm ../*.deb ../*.dsc ../*.debian.tar.xz
	done
	debian/rules clean
	cd ..
	rm -r "$work/source"
	mkdir "$work/source"
	tar -xf "$tarball" -C "$work/source" --strip-components=1
	diff -r -x .pc "$work/source" tree # .pc is dpkg-source's
}
if have dh && have faketime; then
	export DEB_BUILD_OPTIONS=nocheck DEB_BUILD_PROFILES=nocheck
	check "builds with the tools of this machine, and without tests if nocheck says so" here
	check "another path, time, umask, time zone, locale, user and host give the same bytes" elsewhere
	check "a second build in the same tree gives the same bytes, and cleans up" twice
	unset DEB_BUILD_OPTIONS DEB_BUILD_PROFILES
else
	skip "the same bytes wherever and whenever it is built" "debhelper or faketime is not installed"
fi

tests_of_the_package() {
	root=$("$top/packaging/clean-root" autopkgtest bookworm autopkgtest,dpkg-dev)
	"$top/packaging/in-root" "$root" --bind "$work/packages" \
		autopkgtest --output-dir=/tmp/results "$deb" "$dsc" -- null >"$work/autopkgtest" 2>&1 ||
		{ cat "$work/autopkgtest" && return 1; }
	cat "$work/autopkgtest"
	grep -qE '^smoke +PASS' "$work/autopkgtest"
	grep -qE '^pid1 +PASS' "$work/autopkgtest"
}
check "autopkgtest: all its tests pass" tests_of_the_package

# piuparts makes its changes in a copy of the root. It is the mirror of that root that it uses.
all_of_piuparts() {
	mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p;q' "$bookworm/etc/apt/sources.list")
	TMPDIR=$work piuparts --no-eatmydata --existing-chroot "$bookworm" -d bookworm -m "$mirror main" "$deb"
}
if have piuparts; then
	check "piuparts has nothing to say" all_of_piuparts
else
	skip "piuparts has nothing to say" "it is not installed"
fi

finish
