"""Bad input gets a clear error and its exit code, and changes nothing."""

import os
import subprocess
import signal
import time

from commands_test import make
from harness import DAFTAR, contains, equal, main, run


def test_usage(folder):
    for arguments in ([], ["nonsense"], ["get"], ["query", "db"],
                      ["query", "db", "t", "--limit", "many"],
                      ["put", "db", "t", "{}", "--mode", "maybe"],
                      ["import", "db", "t", "f", "--format", "xml"]):
        run(*arguments, code=2)


def test_absent(folder):
    db = make(folder)
    contains(run("get", folder / "none", "permit", "P1", code=3).err, "daftar: ")
    contains(run("get", db, "permits", "P1", code=3).err, "tables=permit")
    contains(run("query", db, "permit", "--index", "byFirm", code=3).err, "indexes=byState")
    run("import", db, "permit", folder / "none.csv", code=3)
    run("init", folder / "x", "--schema", folder / "none.capnp", code=3)
    assert not (folder / "x").exists()


def test_refused(folder):
    db = make(folder)
    before = run("export", db, "permit").out
    cases = [
        (["put", db, "permit", '{"no":"P9","state":"gone"}'], ["one of=draft, active", "field=state"]),
        (["put", db, "permit", '{"no":"P9","validTo":"2025-02-30"}'], ["write it as=2025-08-03, or 1404/05/12"]),
        (["put", db, "permit", '{"no":"P9","amount":9223372036854775808}'], ["field=amount"]),
        (["put", db, "permit", '{"no":"P9","other":1}'], ["no such field", "fields=no, state"]),
        (["put", db, "permit", '{"no":"P9",}'], ["JSON does not parse", "line=1", "column="]),
        (["put", db, "permit", '{"state":"draft"}'], ["field=no"]),
        (["query", db, "permit", "--where", "state ~ active"], ["operator"]),
        (["query", db, "permit", "--where", "amount > ten"], ["value='ten'"]),
        (["query", db, "permit", "--order-by", "no:up"], ["path:desc"]),
        (["query", db, "permit", "--format", "xml"], ["table"]),
        (["init", db], ["already holds a database"]),
    ]
    for arguments, parts in cases:
        contains(run(*arguments, code=4).err, *parts)
    equal(run("export", db, "permit").out, before)


def test_malformed_schema(folder):
    path = folder / "bad.capnp"
    path.write_text('@0xbf5147cbbecf40c1;\nusing Daftar = import "/daftar/daftar.capnp";\n'
                    'struct P $Daftar.table(name = "p", key = ["nix"]) { no @0 :Text; }\n')
    contains(run("init", folder / "db", "--schema", path, code=4).err, "struct=P", "field=nix")
    path.write_text("@0xbf5147cbbecf40c1;\nstruct P {\n  no @0 Text;\n}\n")
    contains(run("init", folder / "db", "--schema", path, code=4).err, "bad.capnp:3")
    assert not (folder / "db").exists()


def test_in_use(folder):
    db = make(folder)
    # An import that waits for its input holds the database.
    def hold():
        return subprocess.Popen([DAFTAR, "import", str(db), "permit", "-", "--format", "jsonl"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    holder = hold()
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if holder.poll() is not None:
                holder = hold()  # it came while a put had the database
            process = subprocess.run([DAFTAR, "put", str(db), "permit", '{"no":"P7"}'],
                                     capture_output=True)
            if process.returncode == 4:
                break
            time.sleep(0.05)
        contains(process.stderr.decode(), "in use by another process", f"pid={holder.pid}")
    finally:
        # Interrupted by Ctrl-C: nothing of it is there, and the database is consistent.
        holder.stdin.write(b'{"no":"P8"}\n')
        holder.stdin.flush()
        holder.send_signal(signal.SIGINT)
        holder.wait()
    run("get", db, "permit", "P8", code=3)
    contains(run("verify", db).out, "clean")


def test_damage(folder):
    db = make(folder)
    current = db / "CURRENT"
    current.write_bytes(b"nonsense\n")
    run("query", db, "permit", code=5)


def test_closed_pipe(folder):
    db = make(folder)
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run([DAFTAR, "query", str(db), "permit"], stdout=write,
                             stderr=subprocess.PIPE)
    os.close(write)
    equal(process.returncode, 6)


if __name__ == "__main__":
    main([test_usage, test_absent, test_refused, test_malformed_schema, test_in_use, test_damage,
          test_closed_pipe])
