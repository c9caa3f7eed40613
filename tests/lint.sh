#!/usr/bin/env bash
# Formatting and the rules of the tree that need no compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t sources < <(git ls-files -- '*.h' '*.cc')
clang-format-14 --dry-run --Werror "${sources[@]}"
echo "formatting: ${#sources[@]} files"
python3 tests/layering/check_includes.py
