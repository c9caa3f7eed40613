"""History, differences, the change feed, as-of reads, statements, recovery."""

import json
import subprocess
import time

from harness import DAFTAR, contains, equal, main, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Permit $Daftar.table(name = "permit", key = ["no"], requires = [actor, reason])
    $Daftar.index(name = "byState", on = ["state", "validTo"]) {
  no @0 :Text;
  state @1 :State;
  validTo :union { none @2 :Void; day @3 :Int32 $Daftar.date; }
  tags @4 :List(Text);
}
struct Note $Daftar.table(name = "note", key = ["id"]) { id @0 :UInt32; text @1 :Text; }
enum State { draft @0; active @1; }
"""
WHO = ("--actor", "registrar", "--reason")


def make(folder):
    (folder / "permit.capnp").write_text(SCHEMA)
    db = folder / "db"
    run("init", db, "--schema", folder / "permit.capnp")
    run("put", db, "permit", '{"no":"P1","state":"draft","tags":["a","b"]}', *WHO, "applied")
    run("put", db, "permit",
        '{"no":"P1","state":"active","validTo":"2025-03-20","tags":["a","c","d"]}', *WHO, "issued",
        "--decision", "IR-PK-JEC/22/14")
    run("put", db, "note", '{"id":1,"text":"x"}')
    run("delete", db, "permit", "P1", *WHO, "entered twice")
    return db


def without_time(text):
    """Commit lines without what differs from run to run."""
    return [line.split(",")[0] + line[line.index("Z") + 1:] if line.startswith("commit") else line
            for line in text.splitlines()]


def test_history(folder):
    db = make(folder)
    lines = without_time(run("history", db, "permit", "P1").out)
    equal(lines, [
        "commit 1, by registrar: applied", '  no: - -> "P1"', '  state: - -> "draft"',
        '  tags: - -> ["a","b"]',
        "commit 2, by registrar: issued (decision IR-PK-JEC/22/14)", '  state: "draft" -> "active"',
        '  validTo: - -> "2025-03-20"', '  tags[1]: "b" -> "c"', '  tags[2]: - -> "d"',
        "commit 4, by registrar: entered twice - deleted", '  no: "P1" -> -',
        '  state: "active" -> -', '  validTo: "2025-03-20" -> -', '  tags: ["a","c","d"] -> -'])
    rows = [json.loads(line) for line in
            run("history", db, "permit", "P1", "--format", "jsonl", "--as-of", "2").out.splitlines()]
    equal([row["commit"] for row in rows], [1, 2])
    equal(rows[1]["record"]["tags"], ["a", "c", "d"])
    equal(rows[1]["decision"], "IR-PK-JEC/22/14")
    equal(rows[1]["changes"][0], {"path": "state", "before": "draft", "after": "active"})
    contains(run("history", db, "permit", "P2", code=3).err, "there never was a record")


def test_as_of(folder):
    db = make(folder)
    run("get", db, "permit", "P1", code=3)
    equal(json.loads(run("get", db, "permit", "P1", "--as-of", "1").out)["state"], "draft")
    query = ("query", db, "permit", "--where", "state = active", "--select", "no", "--format", "csv")
    equal(run(*query, "--as-of", "3").out, "no\nP1\n")
    equal(run(*query).out, "no\n")
    equal(run(*query, "--as-of", "1").out, "no\n")
    contains(run("explain", db, "permit", "--where", "state = active", "--as-of", "3").out,
             "by index byState", "1 entries read, 1 records fetched, 1 rows")
    contains(run("stats", db, "--as-of", "2").out, "1 records", "commit 2,")
    exported = run("export", db, "permit", "--as-of", "1").out
    equal(json.loads(exported)["tags"], ["a", "b"])
    # Moments: long before the first commit, the day of today in either calendar, and wrong ones.
    for moment in ("2000-01-01", "1380-01-01", "2000-01-01T00:00:00Z", "0"):
        equal(run(*query, "--as-of", moment).out, "no\n")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    equal(run("query", db, "note", "--as-of", today, "--select", "text", "--format", "csv").out,
          "text\nx\n")
    contains(run(*query, "--as-of", "5", code=4).err, "there is no such commit yet; commit=5")
    for moment in ("yesterday", "1403-13-01", "2024-02-30", "1404-12-30", "-1", ""):
        if moment:
            contains(run(*query, f"--as-of={moment}", code=4).err, "this is no moment", moment)


def test_diff(folder):
    db = make(folder)
    equal(run("diff", db, "1", "2").out.splitlines(),
          ["changed permit P1", '  state: "draft" -> "active"', '  validTo: - -> "2025-03-20"',
           '  tags[1]: "b" -> "c"', '  tags[2]: - -> "d"'])
    equal(run("diff", db, "0", "3", "--table", "note").out.splitlines(),
          ["added note 1", "  id: - -> 1", '  text: - -> "x"'])
    equal(run("diff", db, "4", "1", "--table", "permit").out.splitlines()[0], "added permit P1")
    equal(run("diff", db, "2", "2").out, "")
    # Deleted and never seen at either moment: no difference.
    equal(run("diff", db, "0", "--table", "permit").out, "")
    rows = [json.loads(line) for line in run("diff", db, "2", "--format", "jsonl").out.splitlines()]
    equal([(row["table"], row["key"], row["before"], row["after"]) for row in rows],
          [("permit", ["P1"], True, False), ("note", [1], False, True)])
    contains(run("diff", db, "0", "--table", "none", code=3).err, "no such table")


def test_changes(folder):
    db = make(folder)
    lines = without_time(run("changes", db).out)
    equal(lines, ["commit 1, by registrar: applied", "  put permit P1",
                  "commit 2, by registrar: issued (decision IR-PK-JEC/22/14)", "  put permit P1",
                  "commit 3", "  put note 1",
                  "commit 4, by registrar: entered twice", "  deleted permit P1"])
    rows = [json.loads(line) for line in
            run("changes", db, "--after", "1", "--limit", "2", "--format", "jsonl").out.splitlines()]
    equal([(row["commit"], row["table"], row["deleted"]) for row in rows],
          [(2, "permit", False), (3, "note", False)])
    equal(rows[0]["record"]["state"], "active")
    equal(len(rows[0]["digest"]), 64)


def test_changes_follow_another_process(folder):
    db = make(folder)
    with subprocess.Popen([DAFTAR, "changes", db, "--follow", "--after", "4", "--limit", "3"],
                          stdout=subprocess.PIPE) as process:
        for i in range(3):
            run("put", db, "note", f'{{"id":{10 + i},"text":"later"}}')
        out = process.communicate(timeout=60)[0].decode()
    equal(without_time(out),
          ["commit 5", "  put note 10", "commit 6", "  put note 11", "commit 7", "  put note 12"])


def test_required_statements(folder):
    db = make(folder)
    put = ("put", db, "permit", '{"no":"P9"}')
    contains(run(*put, code=4).err,
             "the table requires a statement that the commit lacks; give it; table=permit; "
             "missing=actor")
    contains(run(*put, "--actor", "a", code=4).err, "missing=reason")
    run(*put, *WHO, "applied")
    (folder / "rows.jsonl").write_text('{"no":"P10"}\n')
    contains(run("import", db, "permit", folder / "rows.jsonl", code=4).err, "missing=actor")
    run("import", db, "permit", folder / "rows.jsonl", *WHO, "moved over")
    contains(run("changes", db, "--after", "5").out, "by registrar: moved over")
    contains(run("put", db, "note", '{"id":2}', "--actor", "a\nb", code=4).err, "actor")
    contains(run("schema", "show", db, "--table", "permit").out, "commits state actor, reason")


def test_recover_when_the_log_is_gone(folder):
    db = make(folder)
    for log in db.glob("*.log"):
        log.unlink()
    # Each command opened and closed the database, so that only the last commit was in the log.
    error = run("query", db, "note", code=5).err
    contains(error, "commits that were acknowledged are missing; run `daftar recover --dry-run`",
             "newest commit found=3", "newest commit acknowledged=4")
    run("put", db, "note", '{"id":5}', code=5)
    dry = run("recover", db, "--dry-run", code=1).out
    contains(dry, "would keep: everything up to commit 3", "1 acknowledged commits, 4 to 4")
    run("query", db, "note", code=5)
    done = run("recover", db, "--actor", "operator").out
    contains(done, "kept: everything up to commit 3", "lost: 1 acknowledged commits, 4 to 4",
             "the damaged files are in")
    contains(run("verify", db).out, "clean")
    # The number of the lost commit is not given out again.
    contains(run("changes", db, "--after", "3").out, "commit 5", "by operator",
             "recovered: commits 4 to 4 are lost")
    equal(run("get", db, "permit", "P1", "--as-of", "4").out,
          run("get", db, "permit", "P1", "--as-of", "3").out)
    run("put", db, "note", '{"id":5}')
    contains(run("recover", db).out, "nothing to recover: the database opens; newest commit 6")


def test_recover_when_the_log_is_damaged(folder):
    db = make(folder)
    log = max(db.glob("*.log"), key=lambda path: path.stat().st_size)
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    contains(run("put", db, "note", '{"id":5}', code=5).err, "recover --dry-run")
    report = json.loads(run("recover", db, "--dry-run", "--format", "json", code=1).out)
    equal((report["kept"], report["acknowledged"], report["commitsLost"], report["recovered"]),
          (3, 4, 1, False))
    report = json.loads(run("recover", db, "--format", "json").out)
    equal(report["recovered"], True)
    contains(run("verify", db).out, "clean")


def test_recover_without_an_anchor(folder):
    db = make(folder)
    (db / "ANCHOR").unlink()
    contains(run("query", db, "note", code=5).err, "lost its anchor")
    contains(run("recover", db, "--dry-run", code=1).out, "there is no anchor to tell")
    run("recover", db)
    contains(run("changes", db, "--after", "4").out, "recovered without an anchor")
    contains(run("verify", db).out, "clean")


if __name__ == "__main__":
    main([test_history, test_as_of, test_diff, test_changes, test_changes_follow_another_process,
          test_required_statements, test_recover_when_the_log_is_gone,
          test_recover_when_the_log_is_damaged, test_recover_without_an_anchor])
