#!/bin/sh
# What tests/engine/run and tests/engine/examples do first. They read it with `. "$(dirname "$0")/prepare.sh" "$@"`. It starts them again
# in namespaces of their own (need_root), and sets DUMB_INIT_ENGINES, and $context: a folder there with what images are made of.
# What fails here says "Bail out!", and no test is run.
# shellcheck disable=SC2034 # for lib.sh

subject='container engines'
# shellcheck source=tests/package/lib.sh
. "$(dirname "$0")/../package/lib.sh"
need_root "$@"
need mmdebstrap:mmdebstrap apt-ftparchive:apt-utils dpkg-deb:dpkg gpg:gpg flock:util-linux

DUMB_INIT_ENGINES=${DUMB_INIT_ENGINES:-$top/build/engines}
mkdir -p "$DUMB_INIT_ENGINES"
DUMB_INIT_ENGINES=$(cd "$DUMB_INIT_ENGINES" && pwd)
export DUMB_INIT_ENGINES
context=$DUMB_INIT_ENGINES/context

say() {
	echo "# $*"
}

# The package, the binary out of it, and the command under test, in $context.
prepare_context() {
	make_child
	if [ -z "${PACKAGES:-}" ]; then
		say 'building the package'
		make_tarball
		PACKAGES=$work/packages
		DEB_BUILD_OPTIONS=nocheck DEB_BUILD_PROFILES=nocheck "$top/packaging/deb-clean" "$TARBALL" "$PACKAGES" >"$log" 2>&1 ||
			bail_out 'the package cannot be built'
	fi
	rm -rf "$context"
	mkdir "$context"
	# A file that is as it was keeps its time: builders then find the layer that they have made of it.
	cp -p "$(one "$PACKAGES"/dumb-init_*_"$(dpkg --print-architecture)".deb)" "$context"
	install -p -m 755 "$DUMB_INIT_CHILD" "$context/child"
	dpkg-deb --fsys-tarfile "$context"/dumb-init_*.deb | tar -xf - -C "$context" --strip-components=3 ./usr/bin/dumb-init
	# As a release names it.
	version=$(dpkg-deb -f "$context"/dumb-init_*.deb Version)
	cp -p "$context/dumb-init" "$context/dumb-init-${version%-*}-$(dpkg --print-architecture)"
}

# The signed repository with that package, in $context/apt, which images.py serves at port 8321 of the engines' loopback.
prepare_repository() {
	make_keys rsa3072 tester
	REPO_URL=http://127.0.0.1:8321 "$top/packaging/apt-repo" tester@example.org "$context/apt" "$context"/dumb-init_*.deb >"$log" 2>&1 ||
		bail_out 'the repository cannot be made'
	cp "$context/apt/dumb-init.asc" "$context/apt/dumb-init.sources" "$context"
}

# base.tar in DUMB_INIT_ENGINES: what the images call debian:bookworm-slim.
prepare_base() {
	say 'root folders of the engines and of the images'
	base=$("$top/packaging/clean-root" engine-base bookworm '' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' 2>"$log") ||
		bail_out 'the root folder of the images cannot be made'
	if [ -z "$(find "$DUMB_INIT_ENGINES" -maxdepth 1 -name base.tar -newer "$base.words")" ]; then
		tar -C "$base" --one-file-system --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' --exclude='./dev/*' \
			-cf "$DUMB_INIT_ENGINES/base.tar.new" .
		mv "$DUMB_INIT_ENGINES/base.tar.new" "$DUMB_INIT_ENGINES/base.tar"
	fi
}
