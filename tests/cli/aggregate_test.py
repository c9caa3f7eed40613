"""`daftar aggregate`, and what the other commands say of aggregates."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Claim $Daftar.table(name = "claim", key = ["no"])
    $Daftar.index(name = "byDay", on = ["desk", "currency", "day"])
    $Daftar.aggregate(name = "byDesk", by = ["desk", "currency"], sum = ["amount", "fee"],
                      min = ["day"])
    $Daftar.aggregate(name = "all") {
  no @0 :Text;
  desk @1 :Text;
  currency @2 :Text;
  amount @3 :Int64 $Daftar.money("currency");
  fee :union { none @4 :Void; value @5 :Int32 $Daftar.decimal(2); }
  day :union { none @6 :Void; date @7 :Int32 $Daftar.date; }
}
"""

RECORDS = [
    '{"no":"1","desk":"north","currency":"IRR","amount":9223372036854775807,"day":"2025-03-20"}',
    '{"no":"2","desk":"north","currency":"IRR","amount":9223372036854775807,"day":"2024-01-01"}',
    '{"no":"3","desk":"north","currency":"PKR","amount":5,"fee":12.5}',
    '{"no":"4","desk":"south","currency":"PKR","amount":-7,"fee":0.25}',
]


def make(folder):
    return make_database(folder, SCHEMA, "claim", RECORDS)


def test_groups(folder):
    db = make(folder)
    equal(run("aggregate", db, "claim", "byDesk").out,
          "desk  | currency | count | sum(amount)          | sum(fee) | min(day)\n"
          "------+----------+-------+----------------------+----------+-----------\n"
          "north | IRR      |     2 | 18446744073709551614 |          | 2024-01-01\n"
          "north | PKR      |     1 | 5                    |    12.50 |\n"
          "south | PKR      |     1 | -7                   |     0.25 |\n")
    equal(run("aggregate", db, "claim", "byDesk", "north", "PKR", "--format", "csv").out,
          "desk,currency,count,sum(amount),sum(fee),min(day)\nnorth,PKR,1,5,12.50,\n")
    rows = [json.loads(line)
            for line in run("aggregate", db, "claim", "byDesk", "north", "--format", "jsonl").out.splitlines()]
    equal([row["sum(amount)"] for row in rows], [18446744073709551614, 5])
    equal([row["count"] for row in rows], [2, 1])
    equal(json.loads(run("aggregate", db, "claim", "all", "--format", "json").out), [{"count": 4}])
    equal(json.loads(run("aggregate", db, "claim", "byDesk", "west", "--format", "json").out), [])


def test_earlier(folder):
    db = make(folder)
    run("delete", db, "claim", "4")
    args = ["aggregate", db, "claim", "byDesk", "south", "--format", "jsonl"]
    equal(run(*args).out, "")
    contains(run(*args, "--as-of", "4").out, '"count":1', '"sum(amount)":-7')


def test_explain(folder):
    db = make(folder)
    equal(run("aggregate", db, "claim", "byDesk", "north", "--explain").out,
          "read groups of aggregate byDesk of claim where desk = north\n"
          "least day of each from index byDay\n"
          "ran: 2 groups read, 1 index entries read\n")


def test_refusals(folder):
    db = make(folder)
    contains(run("aggregate", db, "claim", "byDay", code=3).err,
             "no such aggregate; aggregate=byDay; table=claim; aggregates=byDesk, all")
    contains(run("aggregate", db, "claim", "all", "x", code=4).err,
             "more values than the aggregate has paths")
    run("aggregate", db, "claim", code=2)
    contains(run("aggregate", "--help").out, "GROUP", "--as-of", "--explain")


def test_the_other_commands(folder):
    db = make(folder)
    contains(run("schema", "show", db).out,
             "aggregate byDesk by desk, currency, count, sum amount, fee, min day\n",
             "aggregate all of all, count\n")
    equal(json.loads(run("schema", "show", db, "--format", "json").out)["aggregates"][1],
          {"name": "all", "definition": "of all, count"})
    contains(run("stats", db).out, "byDesk", "3 groups")
    equal(json.loads(run("stats", db, "--format", "json").out)["tables"][0]["aggregates"],
          [{"name": "byDesk", "groups": 3}, {"name": "all", "groups": 1}])
    contains(run("verify", db).out, "clean: 4 records, 4 index entries, 4 groups")
    equal(json.loads(run("verify", db, "--format", "json").out)["groups"], 4)


def test_changes_of_schema(folder):
    make(folder)
    without = SCHEMA.replace('    $Daftar.aggregate(name = "all") {', " {")
    (folder / "without.capnp").write_text(without)
    out = run("schema", "check", folder / "without.capnp", folder / "claim.capnp").out
    equal(out, "rebuild  rule 26  aggregate all: new on table claim\nverdict: rebuild\n")
    contains(run("schema", "check", folder / "claim.capnp", folder / "without.capnp").out,
             "safe  rule 16  aggregate all: dropped from table claim")
    (folder / "mixed.capnp").write_text(SCHEMA.replace('by = ["desk", "currency"]', 'by = ["desk"]'))
    contains(run("init", folder / "mixed", "--schema", folder / "mixed.capnp", code=4).err,
             "amounts of several currencies would come together; add the currency to `by`")


if __name__ == "__main__":
    main([test_groups, test_earlier, test_explain, test_refusals, test_the_other_commands,
          test_changes_of_schema])
