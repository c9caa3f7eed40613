"""Runs the CLI and compares what it prints. Used by the *_test.py files beside it."""

import pathlib
import subprocess
import sys
import tempfile
import traceback

DAFTAR = sys.argv[1]
SOURCE = pathlib.Path(sys.argv[2])
DATA = SOURCE.parent / "shared" / "data"
TESTDATA = SOURCE.parent / "shared" / "testdata"


class Result:
    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()


def run(*arguments, stdin=b"", code=0):
    """Runs `daftar`; fails unless it exits with `code`, which None leaves open."""
    process = subprocess.run([DAFTAR, *map(str, arguments)], input=stdin, capture_output=True)
    result = Result(process)
    if code is not None and result.code != code:
        raise AssertionError(
            f"daftar {arguments} exited with {result.code} instead of {code}:\n{result.err}")
    return result


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"got:\n{actual!r}\ninstead of:\n{expected!r}")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in:\n{text}")


def make_database(folder, schema, table, records):
    """A database of a schema file beside it, with records put one by one."""
    (folder / f"{table}.capnp").write_text(schema)
    db = folder / "db"
    run("init", db, "--schema", folder / f"{table}.capnp")
    for record in records:
        run("put", db, table, record)
    return db


def main(tests):
    """Runs every test with a temporary folder of its own and says how many passed."""
    failed = skipped = 0
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                reason = test(pathlib.Path(folder))
                if reason:
                    skipped += 1
                print(f"{'skipped: ' + reason if reason else 'passed'}: {test.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED: {test.__name__}")
                traceback.print_exc()
    print(f"{len(tests) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)
