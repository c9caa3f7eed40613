"""Statistics: what analyze prints, how plans change, what explain --analyze shows."""

import json
import re

from harness import contains, equal, main, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Visit $Daftar.table(name = "visit", key = ["id"])
    $Daftar.index(name = "byGate", on = ["gate"])
    $Daftar.index(name = "byDay", on = ["day", "gate"]) {
  id @0 :UInt32; gate @1 :Text; day @2 :UInt16;
}
"""


def make(folder):
    (folder / "visits.capnp").write_text(SCHEMA)
    db = folder / "db"
    run("init", db, "--schema", folder / "visits.capnp")
    rows = "".join(json.dumps({"id": n, "gate": "south" if n % 50 == 0 else "north", "day": n % 40})
                   + "\n" for n in range(1000))
    run("import", db, "visit", "-", "--format", "jsonl", stdin=rows.encode())
    return db


def test_plans_by_cost(folder):
    db = make(folder)
    north = ("explain", db, "visit", "--where", "gate = north")
    contains(run(*north).out, "by index byGate", "ran: 980 entries read, 980 records fetched")
    equal(run("analyze", db).out,
          "visit: 1000 records\n"
          "  byGate: 1000 entries; distinct by terms: 2\n"
          "  byDay: 1000 entries; distinct by terms: 40, 44\n"
          "commit 2 keeps them\n")
    contains(run(*north).out, "by primary key", "expected: 1000 entries, 500 rows")
    contains(run("explain", db, "visit", "--where", "gate = north", "--where", "day = 3").out,
             "by index byDay where day = 3 and gate = north")
    contains(run("verify", db).out, "clean: 1000 records")
    report = json.loads(run("analyze", db, "--table", "visit", "--format", "json").out)
    equal(report["tables"][0]["indexes"][0], {"index": "byGate", "entries": 1000, "distinct": [2]})
    contains(run("changes", db, "--after", "1").out, "statistics")
    run("analyze", db, "--table", "nothing", code=3)


def test_explain_shows_what_steps_take(folder):
    db = make(folder)
    out = run("explain", db, "visit", "--analyze", "--where", "gate = south", "--order-by", "day").out
    if not re.search(r"read 20 entries: \d+\.\d{3} ms\n"
                     r"fetched 20 records in 2 batches: \d+\.\d{3} ms\n"
                     r"found 20 rows that match: \d+\.\d{3} ms\n"
                     r"sorted: \d+\.\d{3} ms\n"
                     r"gave 20 rows: \d+\.\d{3} ms in all\n$", out):
        raise AssertionError(out)
    run("explain", db, "visit", "--analyze", "--plan-only", code=2)


def test_limit_after_an_equality_reads_little(folder):
    db = make(folder)
    for order in ("id", "id:desc"):
        contains(run("explain", db, "visit", "--where", "gate = north", "--order-by", order,
                     "--limit", "50").out, "ran: 50 entries read, 50 records fetched, 50 rows")


def test_distinct(folder):
    db = make(folder)
    equal(run("query", db, "visit", "--select", "gate", "--distinct", "--order-by", "gate:desc",
              "--format", "csv").out.splitlines(), ["gate", "south", "north"])
    contains(run("query", db, "visit", "--distinct", "--format", "jsonl", code=4).err,
             "distinct rows need columns")


if __name__ == "__main__":
    main([test_plans_by_cost, test_explain_shows_what_steps_take,
          test_limit_after_an_equality_reads_little, test_distinct])
