#!/usr/bin/env python3
"""Checks who includes whom, and the limits of the house style.

    check_includes.py [ROOT]       checks engine/, cli/, examples/ and tests/ of this or another tree
    check_includes.py --self-test  plants a violation of each kind and must see every one

Layers, lower ones first; a folder includes itself and lower layers, never one beside or above it:

    base <- geography, identifier, names, codec, storage, record <- catalog <- index, journal, history <- columns, rules <- txn <- audit, query, search <- io, sql <- api

Files that break a limit and may go on doing so stand in exceptions.txt, which only ever shrinks.
"""

import pathlib
import re
import sys
import tempfile

LAYERS = {"base": 0, "geography": 1, "identifier": 1, "names": 1, "codec": 1, "storage": 1, "record": 1, "catalog": 2,
          "index": 3, "journal": 3, "history": 3, "columns": 4, "rules": 4, "txn": 5, "audit": 6, "query": 6, "search": 6, "io": 7, "sql": 7,
          "api": 8}

# The one sideways include: a record's fields are what keys are made of, and one table of types and
# checksums serves both. codec/ knows nothing of records.
SIDEWAYS = {("record", "codec")}

# Tests that reach up: plans are compared through the database that users open.
TESTS_UPWARD = {("query", "api"), ("search", "api"), ("sql", "api"), ("rules", "api")}

# Third-party headers that belong to some places only: pattern of the include, what it is, whether
# the place (folder, path) may have it.
CONFINED = [
    (r"rocksdb/", "RocksDB belongs to storage/", lambda folder, path: folder == "storage"),
    (r"nlohmann/", "nlohmann belongs to record/json_parser.cc",
     lambda folder, path: path == "engine/record/json_parser.cc"),
    (r"csv\.h$", "libcsv belongs to io/", lambda folder, path: folder == "io"),
    (r"GeographicLib/", "GeographicLib belongs to geography/",
     lambda folder, path: folder == "geography"),
    (r"sodium(\.h$|/)", "libsodium belongs to journal/",
     lambda folder, path: folder == "journal"),
    (r"sqlite3\.h$", "SQLite belongs to sql/ and tests/slt/",
     lambda folder, path: folder in ("sql", "slt")),
    (r"(capnp|kj)/", "Cap'n Proto starts at record/",
     lambda folder, path: folder not in ("base", "geography", "identifier", "names", "codec", "storage")),
    (r"CLI/", "CLI11 belongs to cli/, examples/ and tests/torture/",
     lambda folder, path: path.startswith(("cli/", "examples/", "tests/torture/"))),
    (r"catch2/", "Catch2 belongs to tests/", lambda folder, path: path.startswith("tests/")),
]

FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
EXCEPTIONS_MAX = 0  # lines of exceptions.txt; lower it whenever one goes

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_STRING = re.compile(
    r'R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'", re.S)
CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def sources(root):
    """Every C++ file of ours, as (path below root, text)."""
    for top in ("engine", "cli", "examples", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc") and path.is_file():
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def layer_violation(path, folder, target):
    """Why a file of `folder` may not include `target`/…, or None."""
    if target == folder or folder not in LAYERS or target not in LAYERS:
        return None
    if LAYERS[target] < LAYERS[folder] or (folder, target) in SIDEWAYS:
        return None
    if path.startswith("tests/") and (folder, target) in TESTS_UPWARD:
        return None
    direction = "sideways" if LAYERS[target] == LAYERS[folder] else "upward"
    return f"{direction} include of {target}/"


def public_violation(path, bracket, name):
    """Public headers stand on the standard library, abseil and each other."""
    if name.startswith(("daftar/", "absl/")) and not name.endswith(".capnp.h"):
        return None
    if bracket == "<" and re.fullmatch(r"[a-z_]+", name):
        return None
    if path.endswith("/typed.h") and name.startswith("capnp/"):
        return None
    return f"public header includes {name}"


def cli_violation(path, bracket, name):
    """The command line stands on what every user has."""
    if bracket == "<" and re.fullmatch(r"[a-z_]+(\.h)?", name):
        return None
    if name.startswith(("daftar/", "absl/", "CLI/", "sys/", "cli/")):
        return None
    if path.startswith("cli/") and bracket == '"' and "/" not in name:
        return None
    return f"cli includes {name}"


def include_violations(path, text):
    parts = path.split("/")
    public = path.startswith("engine/include/")
    folder = parts[1] if len(parts) > 2 and not public else ""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match is None:
            continue
        bracket, name = match.groups()
        causes = []
        if public:
            causes.append(public_violation(path, bracket, name))
        elif parts[0] == "cli":
            causes.append(cli_violation(path, bracket, name))
        elif parts[0] in ("engine", "tests"):
            causes.append(layer_violation(path, folder, name.split("/")[0]))
        if not (public and path.endswith("/typed.h")):
            for pattern, cause, allowed in CONFINED:
                if re.match(pattern, name) and not allowed(folder, path):
                    causes.append(cause)
        for cause in filter(None, causes):
            yield number, "include", cause


def without_comments(text):
    """The text with comments, strings and characters blanked, line breaks kept."""
    return COMMENT_OR_STRING.sub(
        lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def function_lengths(text):
    """(first line, lines) of every function, by counting braces."""
    stack = []  # for each open brace: the line its function began on, or None
    head_start = 0
    separators = r"[{};]|\b(?:public|protected|private):|\n[ \t]*#[^\n]*(?:\\\n[^\n]*)*"
    for match in re.finditer(separators, text):
        if match.group() not in "{};":
            head_start = match.end()
            continue
        if match.group() == "{":
            head = text[head_start:match.start()]
            inside = any(line is not None for line in stack)
            is_function = (not inside and ")" in head and not head.rstrip().endswith("=")
                           and not CONTAINER.search(head.split("(")[0]))
            first = text.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
            stack.append(first if is_function else None)
        elif match.group() == "}" and stack:
            first = stack.pop()
            if first is not None:
                yield first, text.count("\n", 0, match.start()) + 2 - first
        head_start = match.end()


def limit_violations(path, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield 1, "file", f"{len(lines)} lines, limit {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, "columns", f"{len(line)} columns, limit {COLUMNS_MAX}"
        if re.search(r"\bFIXME\b", line):
            yield number, "todo", "FIXME never lands"
        if re.search(r"\bTODO\b(?!\(#\d+\))", line):
            yield number, "todo", "TODO without its issue: TODO(#12)"
    code = without_comments(text)
    if re.search(r"catch\s*\([^)]*\bkj::", code) and not path.startswith("engine/record/"):
        number = code[:re.search(r"catch\s*\([^)]*\bkj::", code).start()].count("\n") + 1
        yield number, "catch", "kj exceptions are caught in record/ only"
    for first, count in function_lengths(code):
        # A test case that is one table is data.
        if count > FUNCTION_LINES_MAX and not lines[first - 1].startswith("TEST_CASE("):
            yield first, "function", f"{count} lines, limit {FUNCTION_LINES_MAX}"


def read_exceptions(root):
    """Lines "kind path" that are let through."""
    path = root / "tests/layering/exceptions.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line for line in lines if line and not line.startswith("#")]


def check(root):
    """All violations below `root`, as lines of text."""
    exceptions = read_exceptions(root)
    used = set()
    found = []
    for path, text in sources(root):
        for violations in (include_violations, limit_violations):
            for number, kind, cause in violations(path, text):
                if f"{kind} {path}" in exceptions:
                    used.add(f"{kind} {path}")
                else:
                    found.append(f"{path}:{number}: {kind}: {cause}")
    for line in exceptions:
        if line not in used:
            found.append(f"tests/layering/exceptions.txt: '{line}' is needed no longer; remove it")
    if len(exceptions) > EXCEPTIONS_MAX:
        found.append(f"tests/layering/exceptions.txt: {len(exceptions)} lines, limit "
                     f"{EXCEPTIONS_MAX}; the list only shrinks")
    return found


LONG_FUNCTION = "int F(int a) {\n" + "  ++a;\n" * FUNCTION_LINES_MAX + "  return a;\n}\n"

# File, text, what must be said of it (None: nothing).
PLANTED = [
    ("engine/codec/a.cc", '#include "base/status.h"\n#include <string>\n', None),
    ("engine/record/a.cc", '#include "codec/key.h"\n', None),
    ("engine/txn/a.cc", '#include "storage/store.h"\n#include "daftar/query.h"\n', None),
    ("engine/include/daftar/typed.h", "#include <capnp/schema.h>\n", None),
    ("tests/txn/a_test.cc", '#include "storage/backend.h"\n#include "support/x.h"\n', None),
    ("cli/a.cc", '#include <CLI/CLI.hpp>\n#include "cli/b.h"\n#include "daftar/query.h"\n', None),
    ("engine/txn/short.cc", "namespace a {\nstruct B {\n" + "  int a;\n" * 90 + "};\n}\n", None),
    ("tests/txn/table_test.cc", "TEST_CASE(\"a\") {\n" + "  f();\n" * 90 + "}\n", None),
    ("engine/base/ok.cc", "// TODO(#12): later\nchar a = '\"'; // {\n", None),
    ("engine/names/side.cc", '#include "codec/key.h"\n', "include: sideways include of codec/"),
    ("engine/base/up.cc", '#include "codec/key.h"\n', "include: upward include of codec/"),
    ("engine/journal/side.cc", '#include "index/entries.h"\n',
     "include: sideways include of index/"),
    ("engine/journal/hash.h", "#include <sodium/core.h>\n", None),
    ("engine/txn/hash.cc", "#include <sodium.h>\n", "include: libsodium belongs"),
    ("engine/codec/side.cc", '#include "storage/store.h"\n',
     "include: sideways include of storage/"),
    ("engine/codec/side2.cc", '#include "record/message.h"\n',
     "include: sideways include of record/"),
    ("engine/index/up.h", '#include "txn/core.h"\n', "include: upward include of txn/"),
    ("engine/identifier/side.cc", '#include "codec/key.h"\n',
     "include: sideways include of codec/"),
    ("tests/codec/up_test.cc", '#include "record/message.h"\n',
     "include: sideways include of record/"),
    ("engine/txn/rocks.cc", "#include <rocksdb/db.h>\n", "include: RocksDB belongs"),
    ("engine/record/json.cc", "#include <nlohmann/json.hpp>\n", "include: nlohmann belongs"),
    ("engine/record/csv.cc", "#include <csv.h>\n", "include: libcsv belongs"),
    ("engine/storage/capnp.cc", "#include <capnp/schema.h>\n", "include: Cap'n Proto starts"),
    ("tests/slt/lite.cc", "#include <sqlite3.h>\n", None),
    ("engine/query/lite.cc", "#include <sqlite3.h>\n", "include: SQLite belongs"),
    ("engine/base/cli.cc", "#include <CLI/CLI.hpp>\n", "include: CLI11 belongs"),
    ("engine/base/catch.cc", "#include <catch2/catch_test_macros.hpp>\n",
     "include: Catch2 belongs"),
    ("engine/include/daftar/a.h", '#include "base/status.h"\n',
     "include: public header includes base/status.h"),
    ("engine/include/daftar/b.h", "#include <capnp/schema.h>\n",
     "include: public header includes capnp/schema.h"),
    ("cli/engine.cc", '#include "txn/core.h"\n', "include: cli includes txn/core.h"),
    ("engine/txn/catch.cc", "void F() {\n  try {\n  } catch (const kj::Exception& e) {\n  }\n}\n",
     ":3: catch: kj exceptions"),
    ("engine/base/long.cc", LONG_FUNCTION, ":1: function: 73 lines, limit 70"),
    ("engine/base/member.h", "namespace a {\nclass B {\n public:\n" + LONG_FUNCTION + "};\n}\n",
     ":4: function: 73 lines"),
    ("engine/base/lines.cc", "int a;\n" * (FILE_LINES_MAX + 1), ":1: file: 801 lines"),
    ("engine/base/wide.cc", "// " + "ی" * 98 + "\n", ":1: columns: 101 columns"),
    ("engine/base/fixme.cc", "// FIX" + "ME\n", "todo: FIXME never lands"),
    ("engine/base/todo.cc", "// TO" + "DO: later\n", "todo: TODO without its issue"),
]


def plant(root, files):
    for path, text in files:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        plant(root, [(path, text) for path, text, _ in PLANTED])
        found = check(root)
        for path, _, expected in PLANTED:
            said = [line for line in found if line.startswith(path + ":")]
            if expected is None and said:
                failures.append(f"wrongly refused: {said}")
            if expected is not None and (len(said) != 1 or expected not in said[0]):
                failures.append(f"{path}: expected '{expected}', found {said}")
        # An exception lets one kind of one file through, and counts.
        plant(root, [("tests/layering/exceptions.txt",
                      "# kind path\nfunction engine/base/long.cc\nfile engine/base/ok.cc\n")])
        found = check(root)
        if any(line.startswith("engine/base/long.cc:") for line in found):
            failures.append("an exception is not let through")
        for part in ("'file engine/base/ok.cc' is needed no longer", "the list only shrinks"):
            if not any(part in line for line in found):
                failures.append(f"exceptions: not said: {part}")
    return failures


def main(arguments):
    if len(arguments) > 1:
        print(__doc__)
        return 2
    if arguments == ["--self-test"]:
        problems = self_test()
    else:
        own_root = pathlib.Path(__file__).resolve().parents[2]
        root = pathlib.Path(arguments[0]) if arguments else own_root
        if not (root / "engine/base").is_dir():
            problems = [f"{root}: no engine/base below it"]
        else:
            problems = check(root)
    print("\n".join(problems))
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
