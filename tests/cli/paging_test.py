"""Pages: a process for each page, and other processes writing between them."""

import json
import random
import re

from harness import contains, equal, main, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Visit $Daftar.table(name = "visit", key = ["id"])
    $Daftar.index(name = "byGate", on = ["gate", "day desc"]) {
  id @0 :UInt32; gate @1 :Text; day @2 :UInt8;
}
"""
GATES = ("north", "south", "west")


def make(folder, rows):
    (folder / "visits.capnp").write_text(SCHEMA)
    db = folder / "db"
    run("init", db, "--schema", folder / "visits.capnp")
    write(db, rows)
    return db


def write(db, rows):
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    run("import", db, "visit", "-", "--format", "jsonl", "--mode", "upsert", stdin=lines.encode())


def row(generator, number):
    return {"id": number, "gate": generator.choice(GATES), "day": generator.randrange(4)}


def page(db, size, *arguments):
    """The rows of a page and what the next one begins with, or nothing."""
    result = run("query", db, "visit", "--format", "jsonl", "--page-size", size, *arguments)
    said = re.fullmatch(r"(?:next page: --continue ([\w-]+)\n)?", result.err)
    if not said:
        raise AssertionError(f"said {result.err!r}")
    return [json.loads(line) for line in result.out.splitlines()], said.group(1)


def test_every_page_in_a_process_of_its_own(folder):
    generator = random.Random(7)
    # Even ones stay as they are; odd ones are changed, deleted and added meanwhile.
    rows = {number: row(generator, number) for number in range(0, 60)}
    db = make(folder, rows.values())
    stay = {n: r for n, r in rows.items() if n % 2 == 0}
    for size in range(1, 8):
        order = [("--order-by", "gate,day:desc"), ("--order-by", "day"), ()][size % 3]
        where = ["--where", "gate in (north, west)"]
        given, more = [], ()
        while more is not None:
            got, said = page(db, size, *where, *order, *more)
            given += [r for r in got if r["id"] % 2 == 0]
            more = ("--continue", said) if said else None
            if generator.randrange(3) == 0:
                write(db, [row(generator, generator.randrange(1, 80, 2)) for _ in range(3)])
        expected = [r for r in stay.values() if r["gate"] != "south"]
        if order == ("--order-by", "day"):
            expected.sort(key=lambda r: (r["day"], r["id"]))
        elif order:
            expected.sort(key=lambda r: (r["gate"], -r["day"], r["id"]))
        equal(given, expected)


def test_one_state(folder):
    db = make(folder, [{"id": n, "gate": "north", "day": 1} for n in range(5)])
    first, said = page(db, 2, "--one-state", "--where", "gate = north")
    equal([r["id"] for r in first], [0, 1])
    write(db, [{"id": 2, "gate": "south", "day": 1}, {"id": 9, "gate": "north", "day": 1}])
    rest, _ = page(db, 9, "--where", "gate = north", "--continue", said)
    equal([r["id"] for r in rest], [2, 3, 4])
    contains(run("query", db, "visit", "--where", "gate = north", "--continue", said, "--as-of", "2",
                 code=4).err, "goes on in the state of its first page", "its commit=1; commit=2")


def test_what_is_refused(folder):
    db = make(folder, [{"id": n, "gate": "north", "day": 1} for n in range(5)])
    _, said = page(db, 2, "--order-by", "day")
    other = make(folder / "other", []) if (folder / "other").mkdir() is None else None
    for arguments, message in (
            ((db, "visit", "--order-by", "day:desc", "--continue", said), "another query"),
            ((db, "visit", "--order-by", "day", "--continue", said[:-1]), "damaged or cut short"),
            ((db, "visit", "--order-by", "day", "--continue", said[:50] + "A" + said[51:]),
             "damaged"),
            ((other, "visit", "--order-by", "day", "--continue", said), "another database")):
        contains(run("query", *arguments, code=4).err, message)
    run("query", db, "visit", "--page-size", "2", "--limit", "2", code=2)
    run("query", db, "visit", "--one-state", code=2)


def test_explain_shows_where_a_page_begins(folder):
    db = make(folder, [{"id": n, "gate": "north", "day": n % 4} for n in range(40)])
    where = ["--where", "gate = north", "--order-by", "day:desc"]
    _, said = page(db, 10, *where)
    equal(run("explain", db, "visit", *where, "--page-size", "10", "--continue", said).out,
          "scan visit by index byGate where gate = north\n"
          "read each record\n"
          "in order of day desc, as scanned\n"
          "start with rows after the place given\n"
          "stop after 10 rows\n"
          "ran: 10 entries read, 10 records fetched, 10 rows\n")


if __name__ == "__main__":
    main([test_every_page_in_a_process_of_its_own, test_one_state, test_what_is_refused,
          test_explain_shows_where_a_page_begins])
