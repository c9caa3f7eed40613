"""Removing history: what is said, what is refused afterwards, what is answered as before."""

import json

from harness import contains, equal, main, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Visit $Daftar.table(name = "visit", key = ["gate"], historyDays = 30)
    $Daftar.index(name = "byCount", on = ["count"]) { gate @0 :Text; count @1 :UInt32; }
struct Note $Daftar.table(name = "note", key = ["id"], requires = [decision]) {
  id @0 :UInt32; text @1 :Text;
}
"""


def make(folder):
    (folder / "visits.capnp").write_text(SCHEMA)
    db = folder / "db"
    run("init", db, "--schema", folder / "visits.capnp")
    for count in range(1, 5):
        run("put", db, "visit", f'{{"gate":"north","count":{count}}}')
    run("put", db, "note", '{"id":1,"text":"x"}', "--decision", "1")
    run("put", db, "note", '{"id":1,"text":"y"}', "--decision", "2")
    return db


def ask(db, moment, code=0):
    return run("query", db, "visit", "--format", "jsonl", "--as-of", moment, code=code)


def test_before_a_moment(folder):
    db = make(folder)
    before = run("verify", db).out
    removed = ("visit: history begins with commit 3; 2 old versions, 2 old index entries and 0 old groups ")
    equal(run("prune", db, "--dry-run", "--table", "visit", "--before", "3").out,
          removed + "would be removed\n")
    equal(run("verify", db).out, before)
    answers = [ask(db, moment).out for moment in (3, 4, 5)]
    equal(ask(db, 2).out, '{"gate":"north","count":2}\n')
    equal(run("prune", db, "--table", "visit", "--before", "3", "--actor", "registrar",
              "--reason", "law of 1402").out, removed + "removed\ncommit 7 says so\n")
    equal([ask(db, moment).out for moment in (3, 4, 5)], answers)
    contains(ask(db, 2, code=4).err, "the history of the table does not reach back that far",
             "table=visit; as of commit=2; first commit kept=3")
    equal(run("query", db, "note", "--format", "jsonl", "--as-of", "5").out, '{"id":1,"text":"x"}\n')
    contains(run("verify", db).out, "clean: 2 records", " 2 old versions, 7 journal entries")
    contains(run("changes", db, "--after", "6").out,
             ", by registrar: history removed of visit before commit 3; law of 1402")


def test_by_days(folder):
    db = make(folder)
    equal(run("prune", db).out, "all history of all tables is kept\n")
    equal(json.loads(run("prune", db, "--format", "json").out), {"commit": 0, "tables": []})
    # What was said earlier is gone through again.
    run("prune", db, "--table", "visit", "--before", "2")
    equal(json.loads(run("prune", db, "--format", "json").out),
          {"commit": 0, "tables": [{"table": "visit", "start": 2, "versions": 0, "entries": 0, "groups": 0}]})


def test_refusals(folder):
    db = make(folder)
    run("prune", db, "--table", "visit", code=2)
    run("prune", db, "--before", "3", code=2)
    run("prune", db, "--table", "nothing", "--before", "3", code=3)
    contains(run("prune", db, "--table", "visit", "--before", "soon", code=4).err,
             "this is no moment; value='soon'")
    contains(run("prune", db, "--table", "visit", "--before", "99", code=4).err,
             "there is no such commit yet; commit=99; newest=6")
    contains(run("prune", db, "--table", "note", "--before", "6", code=4).err,
             "table=note; missing=decision")
    contains(run("prune", db, "--table", "note", "--before", "6", "--decision", "3").out,
             "1 old versions, 0 old index entries and 0 old groups removed")


if __name__ == "__main__":
    main([test_before_a_moment, test_by_days, test_refusals])
