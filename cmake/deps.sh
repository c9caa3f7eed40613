#!/usr/bin/env bash
# Builds the pinned dependencies from Debian's source packages into the cache, once.
#
#   cmake/deps.sh [release|asan|tsan]     builds what is missing, prints the install prefixes last,
#                                         as CMAKE_PREFIX_PATH takes them
#
# Every package gets a stamp named after its recipe (version, checksum, flags, compiler), so that a
# repeated call is instant, an interrupted one resumes with the package it was in, and a changed
# recipe builds into a new place. A lock makes two calls at once wait for each other.
# DAFTAR_CACHE moves the cache folder (default ~/.cache/daftar).
set -euo pipefail
{  # The whole script is read before it runs, so that replacing it meanwhile does no harm.

flavour=${1:-release}
cache=${DAFTAR_CACHE:-$HOME/.cache/daftar}
jobs=$(nproc)
started=$SECONDS

# name, version, SHA-256 of the source archive.
packages=(
  "abseil 20240722.0 df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a"
  "capnproto 1.1.0 07167580e563f5e821e3b2af1c238c16ec7181612650c5901330fa9a0da50939"
  "catch2 3.7.1 c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c"
  "rocksdb 9.10.0 fdccab16133c9d927a183c2648bcea8d956fb41eb1df2aacaa73eb0b95e43724"
)

say() { printf '[deps %4ds] %s\n' "$((SECONDS - started))" "$*" >&2; }
die() { say "error: $*"; exit 1; }

cc=gcc cxx=g++
case $flavour in
  release) sanitize="" ;;
  # Clang: g++ 12 with -fsanitize=undefined refuses constant expressions in abseil's headers.
  asan) sanitize="-fsanitize=address -fno-omit-frame-pointer" cc=clang-14 cxx=clang++-14 ;;
  tsan) sanitize="-fsanitize=thread -fno-omit-frame-pointer" ;;
  *) die "unknown flavour '$flavour'; use release, asan or tsan" ;;
esac

# Under the address sanitizer RocksDB is the plain one of the release flavour: our code never shares a
# container with it that the sanitizer annotates, and building it again would take minutes.
plain_prefix=""
if [ "$flavour" = asan ]; then
  plain_prefix=$("${BASH_SOURCE[0]}" release)
  unset "packages[3]"
fi

# The CMake arguments of one package.
recipe() {
  # kj compiles with Clang's address sanitizer only with its fibers, which nothing here uses.
  local fibers=OFF
  [ "$flavour" = asan ] && fibers=ON
  local common="-DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF"
  case $1 in
    abseil) echo "$common -DCMAKE_CXX_STANDARD=20 -DABSL_PROPAGATE_CXX_STD=ON -DABSL_ENABLE_INSTALL=ON -DBUILD_TESTING=OFF -DABSL_BUILD_TESTING=OFF" ;;
    capnproto) echo "$common -DBUILD_TESTING=OFF -DWITH_OPENSSL=OFF -DWITH_ZLIB=OFF -DWITH_FIBERS=$fibers" ;;
    catch2) echo "$common -DCMAKE_CXX_STANDARD=20 -DCATCH_INSTALL_DOCS=OFF -DBUILD_TESTING=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=16" ;;
    rocksdb) echo "$common -DCMAKE_CXX_STANDARD=20 -DROCKSDB_BUILD_SHARED=OFF -DUSE_RTTI=ON -DPORTABLE=1 -DFAIL_ON_WARNINGS=OFF -DWITH_TESTS=OFF -DWITH_TOOLS=OFF -DWITH_CORE_TOOLS=OFF -DWITH_BENCHMARK_TOOLS=OFF -DWITH_GFLAGS=OFF -DWITH_SNAPPY=OFF -DWITH_ZLIB=OFF -DWITH_BZ2=OFF -DWITH_LIBURING=OFF -DWITH_LZ4=ON -DWITH_ZSTD=ON -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=24" ;;
  esac
}
cxx_flags() { echo "-O2 -DNDEBUG -g0 -w $sanitize"; }

compiler=$("$cxx" --version | head -n 1)
key() { printf '%s\n' "$1" "$(recipe "$2")" "$(cxx_flags)" "$compiler" | sha256sum | cut -c1-16; }
everything=$(for p in "${packages[@]}"; do set -- $p; key "$p" "$1"; done | sha256sum | cut -c1-16)
prefix=$cache/$flavour-$everything
result="$prefix${plain_prefix:+;$plain_prefix}"
if [ -f "$prefix/.complete" ]; then
  echo "$result"
  exit 0
fi

mkdir -p "$cache"
exec 9>"$cache/lock"
if ! flock --nonblock 9; then
  say "another call is building the dependencies; waiting for it"
  flock 9
fi

# Writes the private apt configuration: the machine's own mirror, suite trixie, source packages only.
# It has its own lists, so the machine's apt state is neither read nor changed.
configure_apt() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
           awk '$2 == "bookworm" && $1 ~ /\/debian\/?$/ { print $1; exit }')
  [ -n "$mirror" ] || mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list \
      /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ')
  [ -n "$mirror" ] || die "found no Debian mirror in this machine's apt sources; add one and repeat"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$apt/sources.list"
  cat > "$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
APT::Sandbox::User "root";
CONF
}

# Downloads the source archive of package $1, version $2, and checks it against SHA-256 $3.
download() {
  local archive="$cache/source/$1_$2.orig.tar.gz"
  if [ -f "$archive" ] && echo "$3  $archive" | sha256sum --check --status; then return; fi
  rm -f "$archive"
  mkdir -p "$cache/source"
  if [ ! -f "$apt/ready" ]; then
    say "reading the list of source packages"
    configure_apt
    APT_CONFIG="$apt/apt.conf" apt-get -qq update >&2
    touch "$apt/ready"
  fi
  local version
  version=$(APT_CONFIG="$apt/apt.conf" apt-cache showsrc "$1" 2>/dev/null |
            awk -v upstream="$2" '$1 == "Version:" && index($2, upstream) { print $2; exit }')
  [ -n "$version" ] || { rm -f "$apt/ready"; die "the mirror has no source package $1 $2"; }
  say "downloading $1 $version"
  (cd "$cache/source" && APT_CONFIG="$apt/apt.conf" \
      apt-get -qq source --download-only --tar-only "$1=$version" >&2)
  echo "$3  $archive" | sha256sum --check --status ||
    { rm -f "$archive"; die "the checksum of $archive is wrong; it was removed, repeat the call"; }
}

# Builds and installs one package, showing a line of progress with the elapsed time.
build() {
  local name=$1 version=$2 work="$cache/build/$flavour/$1"
  local source="$work/source" tree="$work/tree" log="$work/log"
  local stamp="$prefix/.built-$name-$(key "$*" "$name")"
  [ -f "$stamp" ] && return
  download "$@"
  # A half-built tree of the same recipe is continued, any other is thrown away.
  if [ "$(cat "$work/key" 2>/dev/null)" != "$(key "$*" "$name")" ]; then
    rm -rf "$work"
    mkdir -p "$source"
    tar --extract --file "$cache/source/${name}_$version.orig.tar.gz" --directory "$source" --strip-components 1
    key "$*" "$name" > "$work/key"
  fi
  local top=$source
  [ -f "$top/CMakeLists.txt" ] || top="$source/c++"
  say "configuring $name $version ($flavour)"
  # shellcheck disable=SC2046  # the recipe is a list of words
  cmake -S "$top" -B "$tree" -G Ninja $(recipe "$name") -DCMAKE_CXX_FLAGS_RELEASE="$(cxx_flags)" \
    -DCMAKE_C_FLAGS_RELEASE="$(cxx_flags)" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" > "$log" 2>&1 || { tail -n 30 "$log" >&2; die "configuring $name failed; see $log"; }
  ( while sleep 10; do
      say "building $name $version: $(grep -oE '^\[[0-9]+/[0-9]+\]' "$log" | tail -n 1)"
    done ) &
  local ticker=$!
  # shellcheck disable=SC2064
  trap "kill $ticker 2>/dev/null || true" EXIT
  cmake --build "$tree" -j "$jobs" >> "$log" 2>&1 && cmake --install "$tree" >> "$log" 2>&1 ||
    { kill $ticker; tail -n 40 "$log" >&2; die "building $name failed; see $log"; }
  kill $ticker 2>/dev/null || true
  wait $ticker 2>/dev/null || true
  trap - EXIT
  touch "$stamp"
  rm -rf "$work"
  say "built $name $version"
}

apt="$cache/apt"
mkdir -p "$prefix"
if [ ! -f "$prefix/.complete" ]; then
  [ "$flavour" = release ] && say "building the dependencies, once, about 6 minutes on 2 cores"
  for p in "${packages[@]}"; do
    # shellcheck disable=SC2086
    build $p
  done
  touch "$prefix/.complete"
  say "dependencies ready in $prefix"
fi
echo "$result"
exit 0
}
