#!/usr/bin/env bash
# Brings DuckDB's shared library into the cache, once, out of its npm package, and prints where it is.
# Without npm, or when the package cannot be had or is another one, prints why to stderr and fails.
# DAFTAR_CACHE moves the cache folder (default ~/.cache/daftar).
set -euo pipefail

package=@duckdb/node-bindings-linux-x64
version=1.5.6-r.1
sha256=1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff

die() { printf '%s\n' "$*" >&2; exit 1; }

folder=${DAFTAR_CACHE:-$HOME/.cache/daftar}/duckdb-$version-${sha256:0:16}
library=$folder/libduckdb.so
if [ ! -f "$library" ]; then
  [ "$(uname -sm)" = "Linux x86_64" ] || die "the package is for Linux on x86-64"
  command -v npm > /dev/null || die "npm is not installed"
  mkdir -p "$folder"
  work=$(mktemp -d "$folder/XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && timeout 120 npm pack --silent "$package@$version" > /dev/null 2>&1) ||
    die "npm gives no $package $version"
  archive=$(echo "$work"/*.tgz)
  echo "$sha256  $archive" | sha256sum --check --status || die "the checksum of $package is wrong"
  tar --extract --file "$archive" --directory "$work" package/libduckdb.so
  mv "$work/package/libduckdb.so" "$library"
fi
echo "$library"
