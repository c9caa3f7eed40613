"""Another schema for a database: built, counted, refused, listed, stopped anywhere and gone on with."""

import json
import os
import random
import re
import signal
import subprocess
import time

from harness import DAFTAR, contains, equal, main, make_database, run

HEAD = """@0xbf5147cbbecf40c2;
using Daftar = import "/daftar/daftar.capnp";
struct Visit @0xbf5147cbbecf40c3 $Daftar.table(name = "visit", key = ["id"])"""
FIELDS = """ {
  id @0 :UInt32; gate @1 :Text; day @2 :UInt16; pass @3 :UInt32;
}
"""
BY_GATE = '\n    $Daftar.index(name = "byGate", on = ["gate", "day"])'
BY_PASS = '\n    $Daftar.index(name = "byPass", on = ["pass"], unique = true)'

BY_DAY = '''
    $Daftar.aggregate(name = "ofGate", by = ["gate"], sum = ["day"])
    $Daftar.aggregate(name = "ofDay", by = ["day desc"], where = "pass > 4")'''


def schema(folder, name, *indexes, fields=FIELDS):
    path = folder / f"{name}.capnp"
    path.write_text(HEAD + "".join(indexes) + fields)
    return path


def visits(count):
    return "".join(json.dumps({"id": n, "gate": "south" if n % 5 == 0 else "north",
                               "day": n % 40, "pass": n}) + "\n" for n in range(count)).encode()


def make(folder, count):
    db = folder / "db"
    run("init", db, "--schema", schema(folder, "first"))
    run("import", db, "visit", "-", "--format", "jsonl", stdin=visits(count))
    return db


def test_builds_indexes(folder):
    db = make(folder, 1000)
    second = schema(folder, "second", BY_GATE, BY_PASS)
    dry = run("schema", "apply", db, second, "--dry-run").out
    contains(dry, "rebuild  rule 20  index byGate", "would build index byGate of table visit\n",
             "would build index byPass of table visit\n", "schema 1 is in force\n")
    applied = run("schema", "apply", db, second, "--actor", "registrar")
    contains(applied.out, "verdict: rebuild\nbuilt index byGate of table visit: 1000 entries\n"
             "built index byPass of table visit: 1000 entries\nschema 3 is in force\n")
    percents = [int(each) for each in re.findall(r"of visit: (\d+) %, ", applied.err)]
    assert percents and percents == sorted(set(percents)), applied.err
    contains(run("explain", db, "visit", "--where", "gate = south").out, "by index byGate")
    contains(run("query", db, "visit", "--where", "gate = south", "--as-of", "1", "--format",
                 "jsonl", "--limit", "1").out, '"id":0')
    contains(run("changes", db).out, "by registrar", "schema 2", "built byGate, byPass")
    contains(run("verify", db).out, "clean: 1000 records")
    # Once more there is nothing to do; without the indexes they go.
    equal(run("schema", "apply", db, second).out, "verdict: safe\nschema 3 is in force\n")
    contains(run("schema", "apply", db, folder / "first.capnp").out,
             "removed byGate of table visit\n", "schema 4 is in force\n")
    contains(run("verify", db).out, "clean: 1000 records")
    report = json.loads(run("schema", "apply", db, second, "--format", "json").out)
    equal([report["verdict"], report["schema"], report["complete"]], ["rebuild", 6, True])
    equal([each["entries"] for each in report["built"]], [1000, 1000])


def test_checks_texts(folder):
    fields = FIELDS.replace("gate @1 :Text;", "gate @1 :Text%s;")
    db = make_database(folder, HEAD + fields % "", "visit", [])
    run("import", db, "visit", "-", "--format", "jsonl",
        stdin="".join(json.dumps({"id": n, "gate": '{"n": 1}', "pass": n}) + "\n" for n in range(3000)).encode())
    second = schema(folder, "second", BY_PASS, fields=fields % " $Daftar.json")
    dry = run("schema", "apply", db, second, "--dry-run").out
    contains(dry, "migrate  rule 33  Visit.gate: now $json, and stored texts may be none; tables=visit\n",
             "verdict: migrate\nwould check the texts of table visit\nwould build index byPass of table visit\n",
             "schema 1 is in force\n")
    run("put", db, "visit", '{"id": 2000, "gate": "north"}')
    contains(run("schema", "apply", db, second, code=None).err,
             "a text is not JSON, which its field is to hold; change the record, or leave the field a text; "
             "table=visit; key=2000; field=gate; value=north; written by commit=2; cause=")
    contains(run("schema", "show", db).out, "gate: text\n")
    run("put", db, "visit", '{"id": 2000, "gate": "[]", "pass": 2000}')
    contains(run("schema", "apply", db, second, code=None).err, "an old version has a text that is not JSON")
    run("prune", db, "--table", "visit", "--before", "3")
    applied = run("schema", "apply", db, second).out
    contains(applied, "checked texts of table visit: 3000 records\nbuilt index byPass of table visit: 3000 entries\n")
    contains(run("schema", "show", db).out, "gate: json\n")
    equal(json.loads(run("get", db, "visit", "1").out)["gate"], {"n": 1})
    contains(run("verify", db).out, "clean: 3000 records")


def test_shared_values(folder):
    db = make_database(folder, HEAD + FIELDS, "visit",
                       ['{"id": 1, "pass": 7}', '{"id": 2, "pass": 8}', '{"id": 3, "pass": 7}'])
    second = schema(folder, "second", BY_PASS)
    listed = run("schema", "apply", db, second, code=1).out
    contains(listed, "index byPass of table visit is unique, but records 1 and 3 both have 7\n",
             "change these records and run this again")
    contains(run("query", db, "visit", "--index", "byPass", code=None).err,
             "records share values of the unique index")
    contains(run("put", db, "visit", '{"id": 4, "pass": 8}', code=4).err, "index=byPass")
    run("put", db, "visit", '{"id": 3, "pass": 9}')
    contains(run("schema", "apply", db, second).out,
             "built index byPass of table visit: 3 entries\n")


def test_refusals(folder):
    db = make(folder, 10)
    other = schema(folder, "other", fields=FIELDS.replace("day @2 :UInt16", "day @2 :UInt32"))
    contains(run("schema", "apply", db, other, code=1).out, "verdict: forbidden\n",
             "schema 1 is in force\n")
    contains(run("schema", "apply", db, folder / "missing.capnp", code=3).err, "missing.capnp")
    contains(run("schema", "apply", folder / "none", other, code=3).err, "there is no database")
    contains(run("verify", db).out, "clean: 10 records")


def groups(db):
    return [run("aggregate", db, "visit", name, "--format", "csv").out for name in ("ofGate", "ofDay")]


def anew(folder, db, second):
    """The database with the same records and its schema from the start."""
    other = folder / "anew"
    run("init", other, "--schema", second)
    run("import", other, "visit", "-", "--format", "jsonl", stdin=run("export", db, "visit").out.encode())
    return other


def test_counts_aggregates(folder):
    db = make(folder, 1000)
    second = schema(folder, "second", BY_DAY)
    dry = run("schema", "apply", db, second, "--dry-run").out
    contains(dry, "rebuild  rule 26  aggregate ofGate: new on table visit\n",
             "would count aggregate ofGate of table visit\n", "schema 1 is in force\n")
    applied = run("schema", "apply", db, second)
    contains(applied.out, "verdict: rebuild\ncounted aggregate ofGate of table visit: 2 groups\n"
             "counted aggregate ofDay of table visit: 40 groups\nschema 3 is in force\n")
    percents = [int(each) for each in
                re.findall(r"building ofGate, ofDay of visit: (\d+) %, ", applied.err)]
    assert percents and percents == sorted(set(percents)), applied.err
    contains(run("aggregate", db, "visit", "ofGate", "south", "--format", "csv").out, "south,200,")
    contains(run("changes", db).out, "built ofGate, ofDay")
    contains(run("aggregate", db, "visit", "ofGate", "--as-of", "1", code=None).err,
             "the aggregate has no totals of that time; ask as of a later commit", "totals=3")
    contains(run("sql", db, 'SELECT * FROM "visit.ofGate" WHERE as_of = 2', code=None).err,
             "the aggregate has no totals of that time")
    contains(run("count", db, "visit", "--where", "gate = south", "--as-of", "1").out, "200")
    contains(run("verify", db).out, "clean: 1000 records")
    equal(groups(db), groups(anew(folder, db, second)))
    contains(run("schema", "apply", db, folder / "first.capnp").out,
             "removed ofGate of table visit\n", "removed ofDay of table visit\n")
    contains(run("verify", db).out, "clean: 1000 records")
    report = json.loads(run("schema", "apply", db, second, "--format", "json").out)
    equal(report["counted"], [{"table": "visit", "name": "ofGate", "groups": 2},
                              {"table": "visit", "name": "ofDay", "groups": 40}])


def test_killed_anywhere(folder):
    count = int(os.environ.get("DAFTAR_VISITS", "30000"))
    kills = int(os.environ.get("DAFTAR_KILLS", "8"))
    db = make(folder, count)
    second = schema(folder, "second", BY_GATE, BY_PASS, BY_DAY)
    started = time.monotonic()
    shown = run("schema", "apply", db, second).err
    for percent in (10, 50, 90):
        contains(shown, f"building byGate, byPass of visit: {percent} %, ",
                 f"building ofGate, ofDay of visit: {percent} %, ")
    whole = time.monotonic() - started
    run("schema", "apply", db, folder / "first.capnp")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    moment = random.Random(seed)
    for _ in range(kills):
        process = subprocess.Popen([DAFTAR, "schema", "apply", db, second],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * moment.random() * 8 / kills)
        process.send_signal(moment.choice([signal.SIGKILL, signal.SIGINT, signal.SIGTERM]))
        process.wait()
        contains(run("verify", db).out, "clean: ")
        number = moment.randrange(count + count // 3)
        run("put", db, "visit", json.dumps({"id": number, "gate": "east", "pass": 10 * count + number}))
        equal(run("query", db, "visit", "--where", f"id = {number}", "--select", "gate",
                  "--format", "jsonl").out, '{"gate":"east"}\n')
    contains(run("schema", "apply", db, second).out, "is in force\n")
    contains(run("verify", db).out, "clean: ")
    contains(run("explain", db, "visit", "--where", "gate = east").out, "by index byGate")
    equal(groups(db), groups(anew(folder, db, second)))


main([test_builds_indexes, test_counts_aggregates, test_checks_texts, test_shared_values, test_refusals, test_killed_anywhere])
