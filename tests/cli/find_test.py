"""`daftar find`: what it prints, and what the other commands say of search indexes."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Firm @0xb000000000000001 $Daftar.table(name = "firm", key = ["zone", "no"])
    $Daftar.index(name = "bySeal", on = ["seal"])
    $Daftar.search(name = "names", fields = ["names.text"], from = "names.from", to = "names.to") {
  zone @0 :Text;
  no @1 :UInt32;
  names @2 :List(Name);
  seal @3 :Text;
}
struct Name @0xb000000000000002 {
  text @0 :Text;
  from :union { none @1 :Void; day @2 :Int32 $Daftar.date; }
  to :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
}
"""

RECORDS = [
    '{"zone":"QFZ","no":1,"names":[{"text":"پارس خودرو","from":"2019-03-21"},'
    '{"text":"Iran Kaveh","to":"2019-03-21"}],"seal":"10380284790"}',
    '{"zone":"QFZ","no":2,"names":[{"text":"پارسیان"}]}',
    '{"zone":"GWD","no":7,"names":[{"text":"Gwadar Fisheries (Pvt) Ltd"}]}',
]


def make(folder):
    return make_database(folder, SCHEMA, "firm", RECORDS)


def test_names(folder):
    db = make(folder)
    equal(run("find", db, "پارس").out,
          "table | key    | text       | from       | to | reason | similarity | field\n"
          "------+--------+------------+------------+----+--------+------------+-----------\n"
          "firm  | QFZ, 1 | پارس خودرو | 2019-03-21 |    | words  |       0.76 | names.text\n"
          "firm  | QFZ, 2 | پارسیان    |            |    | prefix |       0.00 | names.text\n")
    rows = json.loads(run("find", db, "gavadar fisheries", "--format", "json").out)
    equal([(row["key"], row["reason"]) for row in rows], [(["GWD", 7], "spelling")])
    former = json.loads(run("find", db, "ایران کاوه", "--format", "jsonl").out)
    equal(former["text"], "Iran Kaveh")
    equal(former["to"], "2019-03-21")
    equal(former["reason"], "transliteration")
    equal(run("find", db, "پارس", "--word", "--format", "csv").out.count("\n"), 2)
    equal(run("find", db, "ارس", "--substring", "--format", "csv").out.count("\n"), 3)


def test_numbers(folder):
    db = make(folder)
    for number in ("10380284790", "۱۰۳۸۰۲۸۴۷۹۰", "10380-284790"):
        equal(run("find", db, number, "--format", "tsv").out.splitlines()[1:],
              ["firm\tQFZ, 1\t10380284790\t\t\tnumber\t1.00\tseal"])


def test_earlier(folder):
    db = make(folder)
    run("delete", db, "firm", "QFZ", "2")
    equal(run("find", db, "پارسیان", "--word", "--format", "jsonl").out, "")
    contains(run("find", db, "پارسیان", "--word", "--format", "jsonl", "--as-of", "3").out,
             '"key":["QFZ",2]', '"reason":"exact"')


def test_limits_and_nothing(folder):
    db = make(folder)
    answer = run("find", db, "پارس", "--limit", "1", "--format", "csv")
    equal(answer.out.count("\n"), 2)
    contains(answer.err, "there is more: say more of the name, or raise --limit")
    nothing = run("find", db, "zzzz")
    equal(nothing.out, "")
    contains(nothing.err, "nothing found")
    equal(run("find", db, "zzzz", "--format", "json").out.strip(), "[]")


def test_refusals(folder):
    db = make(folder)
    contains(run("find", db, "x", "--table", "ship", code=3).err, "no such table")
    contains(run("find", db, "!!", code=4).err, "there is nothing to search for")
    run("find", db, "x", "--word", "--substring", code=2)
    run("find", db, "x", "--limit", "0", code=2)
    contains(run("find", "--help").out, "TEXT", "--word", "--substring", "--as-of", "--limit")
    contains(run("query", db, "firm", "--index", "names", code=4).err, "the index is for search")


def test_the_other_commands(folder):
    db = make(folder)
    contains(run("schema", "show", db).out,
             "index names search in names.text, from names.from, to names.to\n")
    contains(run("verify", db).out, "clean: 3 records")
    contains(run("stats", db).out, "names")
    contains(run("explain", db, "firm", "--where", "seal = 10380284790", "--plan-only").out,
             "by index bySeal")
    run("analyze", db)
    without = SCHEMA.replace(SCHEMA[SCHEMA.index("    $Daftar.search"):SCHEMA.index(" {\n  zone")], "")
    (folder / "without.capnp").write_text(without)
    contains(run("schema", "apply", db, folder / "without.capnp").out, "safe  rule 9  index names")
    contains(run("find", db, "پارس", code=4).err, "no names are declared to be searched")
    contains(run("schema", "apply", db, folder / "firm.capnp").out,
             "rebuild  rule 20  index names: new on table firm", "built index names of table firm")
    equal(run("find", db, "پارس", "--format", "csv").out.count("\n"), 3)
    contains(run("verify", db).out, "clean: 3 records")


if __name__ == "__main__":
    main([test_names, test_numbers, test_earlier, test_limits_and_nothing, test_refusals,
          test_the_other_commands])
