#!/bin/sh
# The release: what keeps one from being made, the same bytes wherever and whenever it is built, checksums and signature.
#
# Everything is done on copies of this source with a history of one commit, with a key that is made here and thrown away.
# As root. Needs git, autoconf, automake, make, a C compiler for musl, faketime, gnupg, python3 and, to show what differs where
# something does, diffoscope; for the release itself what packaging/release needs (root folders are taken from DUMB_INIT_ROOTS, or
# build/roots). TAP; a case that cannot run is a skip, or fails with DUMB_INIT_TESTS_MUST_RUN=1.
# Usage: tests/package/release.sh [--quick]    --quick leaves out the release itself
# What it has been seen to fail on is said at each group.
# shellcheck disable=SC2016 # the dollar signs are for sed and other shells
set -u
subject="the release"
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/lib.sh"

take_quick "$@"
need_root "$@"
need git:git autoreconf:autoconf automake:automake gpg:gnupg gpgv:gpgv python3:python3 faketime:faketime setpriv:util-linux
git -C "$top" rev-parse HEAD >/dev/null 2>&1 || skip_all "this source is no git work tree"
export DUMB_INIT_ROOTS="${DUMB_INIT_ROOTS:-$top/build/roots}"

commit() { # FOLDER
	git -C "$1" add -A >>"$log" 2>&1
	git -C "$1" -c user.name=test -c user.email=test@example.org commit -qm test >>"$log" 2>&1
}

# A copy that could be released: the files as they are here, and CHANGELOG.md with a date.
copy=$work/copy
mkdir "$copy"
git -C "$top" ls-files -z -co --exclude-standard >"$work/names"
# Some may have been removed and not yet been committed.
tar -C "$top" --ignore-failed-read --null -T "$work/names" -cf - 2>/dev/null | tar -C "$copy" -xf -
# What is changed below would be changed in this source.
[ -z "$(find "$copy" -type l)" ] || bail_out "there are symbolic links in the source, which lead out of the copy"
version=$(sed -n 's/^AC_INIT(\[dumb-init\], \[\([^]]*\)\].*/\1/p' "$copy/configure.ac")
day=$(date -u -d "$(sed -n '/^ -- /{s/^ -- .*>  //p;q;}' "$copy/debian/changelog")" +%F)
sed -i "0,/^## /s/^## .*/## $version, $day/" "$copy/CHANGELOG.md"
git -C "$copy" init -q . 2>>"$log"
commit "$copy"
git -C "$copy" rev-parse -q --verify HEAD >>"$log" 2>&1 || bail_out "no copy could be made"
: >"$log"

### packaging/check-versions
# Seen to fail with its comparisons taken out.
"$copy/packaging/check-versions" >>"$log" 2>&1 && [ ! -s "$log" ]
result $? "check-versions says nothing of a tree that is in order"

# refuses DESCRIPTION SENTENCE SCRIPT FILE: with a change by that sed script, committed, it says this sentence and no other.
refuses() {
	sed -i "$3" "$copy/$4"
	if git -C "$copy" diff --quiet; then
		echo "the script changed nothing in $4" >>"$log"
		result 1 "check-versions refuses: $1"
		return
	fi
	commit "$copy"
	! "$copy/packaging/check-versions" >"$log" 2>&1 && grep -q -- "$2" "$log" && [ "$(wc -l <"$log")" = 1 ]
	result $? "check-versions refuses: $1"
	git -C "$copy" reset -q --hard HEAD~1
}
refuses "another version in CHANGELOG.md" "version in CHANGELOG.md is '9.9.9', but configure.ac's is '$version'" \
	'0,/^## [0-9.]*/s//## 9.9.9/' CHANGELOG.md
refuses "another date in CHANGELOG.md" "date in CHANGELOG.md is '2001-02-03'" '0,/^\(## [^,]*\), .*/s//\1, 2001-02-03/' CHANGELOG.md
refuses "a release that CHANGELOG.md calls not yet released" "not yet released" \
	'0,/^\(## [^,]*\), .*/s//\1, not yet released/' CHANGELOG.md
refuses "another version in debian/changelog" "version in debian/changelog is '9.9.9'" '1s/([^)]*)/(9.9.9-1)/' debian/changelog
refuses "an UNRELEASED entry in debian/changelog" "UNRELEASED" '1s/) [a-z]*;/) UNRELEASED;/' debian/changelog
refuses "another Version in the spec" "Version in rpm/dumb-init.spec is '9.9.9'" \
	"s/^Version:.*/Version: 9.9.9/; /^%changelog/,\$s/ - $version-/ - 9.9.9-/" rpm/dumb-init.spec
refuses "another version in the spec's changelog" "newest version in the changelog of rpm/dumb-init.spec is '9.9.9-1'" \
	'/^%changelog/,$s/ - [0-9.]*-1$/ - 9.9.9-1/' rpm/dumb-init.spec
refuses "another release in the spec's changelog" "but its Version-Release is '$version-7'" 's/^\(Release: *\)[0-9]*/\17/' rpm/dumb-init.spec
refuses "another date in the spec's changelog" "newest date in the changelog of rpm/dumb-init.spec is '2001-02-03'" \
	'/^%changelog/,$s/^\* .* 20[0-9][0-9] /* Sat Feb 03 2001 /' rpm/dumb-init.spec
refuses "another maintainer in debian/changelog" "maintainer in debian/changelog is 'Someone <someone@example.org>'" \
	's/^ -- .*>  / -- Someone <someone@example.org>  /' debian/changelog
refuses "another address in the spec" "maintainer in the changelog of rpm/dumb-init.spec is '.*<someone@example.org>'" \
	'/^%changelog/,$s/<.*>/<someone@example.org>/' rpm/dumb-init.spec
refuses "a manual of after the release" "2199-01-01, is after the release" 's/^\.Dd .*/.Dd January 1, 2199/' man/dumb-init.1
refuses "a manual without a date" "has no date" '/^\.Dd /d' man/dumb-init.1

sed -i 's/^Maintainer: .*/Maintainer: Someone <someone@example.org>/' "$copy/debian/control"
commit "$copy"
! "$copy/packaging/check-versions" >"$log" 2>&1 &&
	grep -q "debian/changelog is .*, but debian/control's is 'Someone <someone@example.org>'" "$log" &&
	grep -q "rpm/dumb-init.spec is .*, but debian/control's is 'Someone <someone@example.org>'" "$log"
result $? "check-versions refuses: another maintainer in debian/control"
git -C "$copy" reset -q --hard HEAD~1

# program VERSION: something that says it.
program() {
	printf '#!/bin/sh\necho "dumb-init v%s"\n' "$1" >"$work/program"
	chmod 755 "$work/program"
}
program "$version"
"$copy/packaging/check-versions" "$work/program" >>"$log" 2>&1
result $? "check-versions takes a program that says this version"
program 9.9.9
! "$copy/packaging/check-versions" "$work/program" >>"$log" 2>&1 && grep -q "prints is 'dumb-init v9.9.9'" "$log"
result $? "check-versions refuses: a program that says another version"
echo >>"$copy/README.md"
! "$copy/packaging/check-versions" >>"$log" 2>&1 && grep -q 'differs from the last commit.*README.md' "$log"
result $? "check-versions refuses: a changed file"
git -C "$copy" checkout -q README.md
: >"$copy/new-file"
! "$copy/packaging/check-versions" >>"$log" 2>&1 && grep -q 'differs from the last commit.*new-file' "$log"
result $? "check-versions refuses: a new file"
rm "$copy/new-file"
mv "$copy/.git" "$work/history"
! "$copy/packaging/check-versions" >>"$log" 2>&1 && grep -q 'no git work tree' "$log"
result $? "check-versions refuses: a source without history"
mv "$work/history" "$copy/.git"
"$copy/packaging/set-maintainer" 'Some & One <someone@example.org>' >>"$log" 2>&1
commit "$copy"
"$copy/packaging/check-versions" >>"$log" 2>&1 && [ "$(git -C "$copy" diff --name-only HEAD~1 | wc -l)" = 3 ]
result $? "set-maintainer changes name and address in all places"
git -C "$copy" reset -q --hard HEAD~1

### packaging/release, where it refuses
# Seen to fail with the trap taken out of packaging/release.
make_keys ed25519 ours other
key=$(gpg --batch --with-colons --list-secret-keys ours@example.org 2>/dev/null | sed -n '/^fpr:/{s/^fpr:*\([^:]*\):*/\1/p;q;}')
: >"$log"

# no_release DESCRIPTION SENTENCE WORD...
no_release() {
	description=$1 sentence=$2
	shift 2
	! timeout -s KILL 600 "$copy/packaging/release" "$@" >"$log" 2>&1 && grep -q -- "$sentence" "$log" &&
		[ -z "$(find "$work" -maxdepth 1 -name 'dist*')" ]
	result $? "no release, and nothing is left: $description"
}
no_release "no words" "usage: packaging/release KEY OUTDIR" "$key"
no_release "no key" "no key to sign with was given" "" "$work/dist"
no_release "a key that is not there" "no secret key 'nobody@example.org'" nobody@example.org "$work/dist"
echo >>"$copy/README.md"
no_release "a dirty tree" "differs from the last commit" "$key" "$work/dist"
git -C "$copy" checkout -q README.md
if have mmdebstrap; then
	# Stands for any step that fails, and for what it has made by then.
	printf '#!/bin/sh\necho half >"$2/half"\necho "the disk is full" >&2\nexit 1\n' >"$copy/packaging/machines"
	commit "$copy"
	no_release "a step that fails" "the disk is full" "$key" "$work/dist"
	git -C "$copy" reset -q --hard HEAD~1
else
	skip "no release: a step that fails" "mmdebstrap was not found: install the package mmdebstrap"
fi
mkdir "$work/full"
: >"$work/full/file"
! "$copy/packaging/release" "$key" "$work/full" >>"$log" 2>&1 && grep -q 'is not empty' "$log" && [ "$(ls -A "$work/full")" = file ]
result $? "no release into a folder that is not empty, and it is left as it was"

### The same bytes
# Seen to fail without --mtime in am__tar (tarball) and without -ffile-prefix-map (binary, wheel).

# build FOLDER COPY: in that copy, tarball, wheel and sdist; the binary from the wheel. FOLDER has them at the end.
cat >"$work/build" <<'END'
set -eu
out=$1
cd "$2"
./autogen.sh
mkdir build-here
cd build-here
../configure --with-libc=musl
make dist
mkdir "$out"
cp dumb-init-*.tar.xz "$out"
sh ../packaging/wheel "$out"/dumb-init-*.tar.xz "$out"
python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, open(sys.argv[2], "wb") as file:
    file.write(wheel.read([name for name in wheel.namelist() if name.endswith("scripts/dumb-init")][0]))' "$out"/*.whl "$out/dumb-init"
END
other="$work/at another place, and deeper/in"
mkdir -p "$work/one" "$other"
cp -a "$copy" "$work/one/source"
cp -a "$copy" "$work/other"
mv "$work/other" "${other%/in}/source-of-it"
# automake refuses folders with blanks in their names.
mkdir -p "$work/a/much/longer/path/than/that"
mv "${other%/in}/source-of-it" "$work/a/much/longer/path/than/that/source-of-it"
other=$work/a/much/longer/path/than/that
chown -R 65534:65534 "$work/a"
locale=$(locale -a 2>/dev/null | grep -v -i -e '^C' -e '^POSIX' | head -n 1)
(umask 022 && TZ=UTC0 sh "$work/build" "$work/one/out" "$work/one/source") >"$log" 2>&1 || bail_out "the first build failed"
# NO_FAKE_STAT: else make would see file times that are not there.
(umask 077 && cd / && TZ=Pacific/Kiritimati LC_ALL=${locale:-C} LANG=${locale:-C} HOME=$other NO_FAKE_STAT=1 \
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	faketime '2031-05-06 07:08:09' sh "$work/build" "$other/out" "$other/source-of-it") >"$log" 2>&1 || bail_out "the second build failed"
: >"$log"
for file in "$work"/one/out/*; do
	name=${file##*/}
	if cmp "$file" "$other/out/$name" >>"$log" 2>&1; then
		result 0 "the same bytes in another path, year, umask, locale, time zone, by another user: $name"
	else
		! have diffoscope || diffoscope --max-report-size 4000 "$file" "$other/out/$name" >>"$log" 2>&1
		result 1 "the same bytes in another path, year, umask, locale, time zone, by another user: $name"
	fi
done
[ "$(find "$work/one/out" -type f | wc -l)" = 4 ]
result $? "these were the tarball, the wheel, the sdist and the binary"

### A release
if [ $quick = yes ]; then
	left_out "a release for this machine, its checksums, signature and SBOM"
elif ! have mmdebstrap; then
	skip "a release" "mmdebstrap was not found: install the package mmdebstrap"
else
	own=$(dpkg --print-architecture)
	dist=$work/dist
	timeout -s KILL 1500 "$copy/packaging/release" "$key" "$dist" "$own" >"$log" 2>&1
	result $? "a release for this machine"
	ls -l "$dist" >"$log" 2>&1
	[ -z "$(find "$work" -maxdepth 1 -name 'dist?*')" ]
	result $? "nothing is left beside it"
	for pattern in "dumb-init-$version.tar.xz" "dumb-init-$version-$own" "dumb-init_*_$own.deb" 'dumb-init-*.src.rpm' \
		'dumb-init-*[!c].rpm' '*.whl' "dumb_init-$version.tar.gz" "dumb-init-$version.spdx.json" SHA256SUMS SHA256SUMS.asc; do
		ls -l "$dist" >"$log" 2>&1
		[ -n "$(find "$dist" -maxdepth 1 -name "$pattern" 2>/dev/null)" ]
		result $? "it has $pattern"
	done
	cd "$dist" 2>/dev/null || bail_out "there is no release"
	sha256sum -c --strict SHA256SUMS >>"$log" 2>&1
	result $? "SHA256SUMS is right"
	# The repositories are signed themselves.
	find . \( -path ./apt -o -path ./dnf \) -prune -o -type f -print | sed 's,^\./,,' | grep -v '^SHA256SUMS' | sort >"$work/there"
	sed 's/^[0-9a-f]* [ *]//' SHA256SUMS | sort | diff "$work/there" - >>"$log" 2>&1
	result $? "SHA256SUMS has every file"
	gpg --batch --export "$key" >"$work/public"
	gpgv --keyring "$work/public" SHA256SUMS.asc SHA256SUMS >>"$log" 2>&1
	result $? "the signature is the key's"
	gpgv --keyring "$work/public" apt/dists/stable/InRelease >>"$log" 2>&1
	result $? "the repository for apt is signed with the key"
	gpgv --keyring "$work/public" dnf/repodata/repomd.xml.asc dnf/repodata/repomd.xml >>"$log" 2>&1
	result $? "the repository for dnf is signed with the key"
	cp SHA256SUMS "$work/changed"
	sed -i '1s/^./x/' "$work/changed"
	! gpgv --keyring "$work/public" SHA256SUMS.asc "$work/changed" >>"$log" 2>&1
	result $? "the signature does not fit changed sums"
	gpg --batch --export other@example.org >"$work/somebody"
	! gpgv --keyring "$work/somebody" SHA256SUMS.asc SHA256SUMS >>"$log" 2>&1
	result $? "the signature is nobody else's"
	cp -a "$dist" "$work/tampered"
	flip_byte "$work/tampered/dumb-init-$version-$own"
	! (cd "$work/tampered" && sha256sum -c --strict SHA256SUMS) >"$log" 2>&1 && grep -q "^dumb-init-$version-$own: FAILED" "$log"
	result $? "SHA256SUMS finds a changed file"
	[ "$(stat -c %a "dumb-init-$version-$own")" = 755 ] && [ "$("./dumb-init-$version-$own" --version)" = "dumb-init v$version" ]
	result $? "the plain binary runs"
	# What SPDX 2.3 asks for and what we promise: see its chapters 6 to 11.
	python3 - "$version" "$("$copy/packaging/release-time" "$copy")" >>"$log" 2>&1 <<'END'
import hashlib, json, re, sys, time
version, seconds = sys.argv[1:]
document = json.load(open(f'dumb-init-{version}.spdx.json'))
assert document['spdxVersion'] == 'SPDX-2.3' and document['dataLicense'] == 'CC0-1.0'
assert document['creationInfo']['created'] == time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(seconds)))
assert re.match('https://[^ #]+$', document['documentNamespace'])
elements = [element['SPDXID'] for element in document['packages'] + document['files']] + ['SPDXRef-DOCUMENT']
assert len(set(elements)) == len(elements) and all(re.match(r'SPDXRef-[A-Za-z0-9.-]+$', element) for element in elements)
for relation in document['relationships']:
    assert relation['spdxElementId'] in elements and relation['relatedSpdxElement'] in elements, relation
names = {line.split(maxsplit=1)[1].strip() for line in open('SHA256SUMS')}
assert {file['fileName'][2:] for file in document['files']} == names - {f'dumb-init-{version}.spdx.json'}
packages = {package['SPDXID']: package for package in document['packages']}
for file in document['files']:
    content = open(file['fileName'], 'rb').read()
    assert {'algorithm': 'SHA256', 'checksumValue': hashlib.sha256(content).hexdigest()} in file['checksums'], file
    linked = {packages[relation['relatedSpdxElement']]['name'] for relation in document['relationships']
              if relation['spdxElementId'] == file['SPDXID'] and relation['relationshipType'] == 'STATIC_LINK'}
    binary = re.search(r'-[a-z0-9]+$|\.whl$|\.deb$|[^c]\.rpm$', file['fileName'])
    assert linked == ({'musl', 'gcc'} if binary else set()), (file['fileName'], linked)
assert all(re.match('[0-9]', package['versionInfo']) for package in document['packages'])
assert packages['SPDXRef-Package-dumb-init']['licenseDeclared'] == 'MIT'
END
	result $? "the SBOM has every file, its licence, and what is linked into it, with versions and the time of the release"
	root=$("$copy/packaging/clean-root" spdx-sid sid python3-spdx-tools 2>"$log") &&
		"$copy/packaging/in-root" "$root" --bind "$dist" pyspdxtools -i "$dist/dumb-init-$version.spdx.json" >>"$log" 2>&1
	result $? "the SBOM is what another program takes for SPDX"

	# Told to end when it is building: seen to fail where it goes on, and where its folder stays.
	cd "$work" || bail_out "there is no $work"
	find "$work" -maxdepth 1 | sort >"$work/before"
	"$copy/packaging/release" "$key" "$work/ended" "$own" >"$log" 2>&1 &
	release=$!
	until grep -q 'plain binary' "$log" || ! kill -0 "$release" 2>/dev/null; do sleep 0.1; done
	kill -TERM "$release"
	! wait "$release"
	find "$work" -maxdepth 1 ! -path "$work/before" | sort | diff "$work/before" - >>"$log" 2>&1
	result $? "a release that is told to end leaves nothing"
fi

finish
