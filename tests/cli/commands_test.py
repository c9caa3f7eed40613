"""The commands on a small database: what they print and how they end."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Permit $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byState", on = ["state", "validTo"], covering = ["firm"]) {
  no @0 :Text;
  state @1 :State;
  validTo :union { none @2 :Void; day @3 :Int32 $Daftar.date; }
  firm @4 :Text;
  amount @5 :Int64;
  tags @6 :List(Text);
}
enum State { draft @0; active @1; }
"""

RECORDS = [
    '{"no":"P1","state":"active","validTo":"2025-03-20","firm":"پارس","amount":9007199254740993,"tags":["a","b"]}',
    '{"no":"P2","state":"active","validTo":"2024-01-01","firm":"Indus, Ltd","amount":-1}',
    '{"no":"P3","state":"draft","amount":0}',
]


def make(folder):
    return make_database(folder, SCHEMA, "permit", RECORDS)


def test_records(folder):
    db = make(folder)
    equal(run("get", db, "permit", "P1").out, RECORDS[0] + "\n")
    run("put", db, "permit", "-", stdin=b'{"no":"P4","state":"draft","amount":5}', code=0)
    run("put", db, "permit", '{"no":"P4"}', "--mode", "insert", code=4)
    run("put", db, "permit", '{"no":"P5"}', "--mode", "update", code=3)
    run("delete", db, "permit", "P4")
    run("get", db, "permit", "P4", code=3)
    run("delete", db, "permit", "P4", code=3)


def test_query_formats(folder):
    db = make(folder)
    base = ["query", db, "permit", "--where", "state = active", "--order-by", "validTo",
            "--select", "no,firm,validTo,tags"]
    equal(run(*base, "--format", "csv").out,
          'no,firm,validTo,tags\nP2,"Indus, Ltd",2024-01-01,\nP1,پارس,2025-03-20,"[""a"",""b""]"\n')
    rows = [json.loads(line) for line in run(*base, "--format", "jsonl").out.splitlines()]
    equal(rows, [{"no": "P2", "firm": "Indus, Ltd", "validTo": "2024-01-01", "tags": None},
                 {"no": "P1", "firm": "پارس", "validTo": "2025-03-20", "tags": ["a", "b"]}])
    equal(json.loads(run(*base, "--format", "json").out), rows)
    table = run(*base, "--format", "table").out
    contains(table, "no", "Indus, Ltd", "پارس")
    whole = [json.loads(l) for l in run("query", db, "permit", "--format", "jsonl").out.splitlines()]
    equal(whole, [json.loads(r) for r in RECORDS])
    equal(whole[0]["amount"], 9007199254740993)
    equal(run("query", db, "permit", "--where", "no = none", "--format", "json").out, "[]\n")


def test_explain(folder):
    db = make(folder)
    text = run("explain", db, "permit", "--where", "state = active", "--where",
               "validTo < 2025-01-01", "--select", "no,firm").out
    contains(text, "by index byState", "read no record: covered",
             "ran: 1 entries read, 0 records fetched, 1 rows")
    plan = run("explain", db, "permit", "--where", "firm = x", "--plan-only").out
    contains(plan, "by primary key", "keep where firm = x")


def test_export_import_round_trip(folder):
    db = make(folder)
    for form in ("jsonl", "json"):
        out = folder / f"permits.{form}"
        run("export", db, "permit", "--format", form, "-o", out)
        copy = folder / f"copy-{form}"
        run("init", copy, "--schema", folder / "permit.capnp")
        run("import", copy, "permit", out)
        equal(run("export", copy, "permit").out, run("export", db, "permit").out)


def test_stats_and_verify(folder):
    db = make(folder)
    stats = json.loads(run("stats", db, "--format", "json").out)
    equal(stats["tables"][0]["records"], 3)
    equal(stats["tables"][0]["indexes"], [{"name": "byState", "entries": 3}])
    contains(run("stats", db).out, "permit", "3 records")
    equal(run("verify", db).out, "clean: 3 records, 3 index entries, 0 groups, 0 old versions, 3 journal entries, 0 problems\n")
    report = json.loads(run("verify", db, "--format", "json").out)
    equal((report["clean"], report["problems"]), (True, []))
    equal((report["oldVersions"], report["journalEntries"]), (0, 3))
    run("verify", db, "--repair")


def test_schema_show(folder):
    db = make(folder)
    contains(run("schema", "show", db).out, "table permit (Permit), key no",
             "validTo: optional date", "index byState on state, validTo, covering firm")
    equal(run("schema", "show", folder / "permit.capnp").out, run("schema", "show", db).out)
    shown = json.loads(run("schema", "show", db, "--format", "json", "--table", "permit").out)
    equal(shown["key"], ["no"])
    run("schema", "show", db, "--table", "nothing", code=3)


def test_schema_show_of_requirements(folder):
    db = make(folder)
    shown = json.loads(run("schema", "show", db, "--format", "json").out)
    equal((shown["requires"], shown["historyDays"]), ([], 0))
    strict = folder / "strict.capnp"
    strict.write_text(SCHEMA.replace(
        'key = ["no"])', 'key = ["no"], requires = [decision, actor], historyDays = 365)'))
    contains(run("schema", "show", strict).out,
             "key no\n  commits state actor, decision\n  history is kept 365 days\n  no: text")
    copy = folder / "strict"
    run("init", copy, "--schema", strict)
    equal(run("schema", "show", copy).out, run("schema", "show", strict).out)
    shown = json.loads(run("schema", "show", copy, "--format", "json").out)
    equal((shown["requires"], shown["historyDays"]), (["actor", "decision"], 365))


def test_schema_check(folder):
    make(folder)
    new = folder / "new.capnp"
    new.write_text(SCHEMA.replace("tags @6 :List(Text);", "tags @6 :List(Text);\n  note @7 :Text;"))
    contains(run("schema", "check", folder / "permit.capnp", new).out, "verdict: safe")
    new.write_text(SCHEMA.replace("amount @5 :Int64;", "amount @5 :Text;"))
    result = run("schema", "check", folder / "permit.capnp", new, code=1)
    contains(result.out, "forbidden", "Permit.amount", "verdict: forbidden")
    report = json.loads(
        run("schema", "check", folder / "permit.capnp", new, "--format", "json", code=1).out)
    equal(report["verdict"], "forbidden")


def test_help(folder):
    for command in ("init", "put", "get", "delete", "query", "explain", "import", "export",
                    "schema", "stats", "verify"):
        contains(run(command, "--help").out, "Usage")
    contains(run("--help").out, "Exit codes")
    contains(run("--version").out, "daftar 0.")


if __name__ == "__main__":
    main([test_records, test_query_formats, test_explain, test_export_import_round_trip,
          test_stats_and_verify, test_schema_show,
          test_schema_show_of_requirements, test_schema_check, test_help])
