"""`daftar sql`: rows in every format, parameters, moments, plans, errors and limits."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Permit $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byFirm", on = ["firm", "validTo"]) {
  no @0 :Text;
  firm @1 :Text;
  validTo :union { none @2 :Void; day @3 :Int32 $Daftar.date; }
  amount @4 :Int64;
  tags @5 :List(Text);
}
"""

RECORDS = [
    '{"no":"P1","firm":"پارس","validTo":"2025-03-20","amount":9007199254740993,"tags":["a","b"]}',
    '{"no":"P2","firm":"Indus, Ltd","validTo":"2024-01-01","amount":-1}',
    '{"no":"P3","firm":"پارس","amount":0}',
]


def make(folder):
    return make_database(folder, SCHEMA, "permit", RECORDS)


RATES = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Market $Daftar.table(name = "market", key = ["currency", "quote", "day"]) {
  currency @0 :Text;
  quote @1 :Text;
  day @2 :Int32 $Daftar.date;
  rate @3 :Int64 $Daftar.decimal(2);
}
"""


def test_rates(folder):
    db = make_database(folder, RATES, "market", [
        '{"currency":"USD","quote":"IRR","day":"2024-01-01","rate":"510000.50"}'])
    text = "SELECT converted(100, 'USD', 'IRR', '1403/01/01') AS rials"
    equal(run("sql", db, text, "--rates", "market", "--format", "csv").out, "rials\n51000050\n")
    contains(run("sql", db, text, code=4).err, "table=rate; remedy=name another one with --rates")


def test_formats(folder):
    db = make(folder)
    text = "SELECT no, amount, validTo, tags FROM permit ORDER BY no LIMIT 2"
    equal(run("sql", db, text, "--format", "csv").out,
          'no,amount,validTo,tags\nP1,9007199254740993,2025-03-20,"[""a"",""b""]"\n'
          "P2,-1,2024-01-01,\n")
    rows = json.loads(run("sql", db, text, "--format", "json").out)
    equal(rows[0], {"no": "P1", "amount": 9007199254740993, "validTo": "2025-03-20",
                    "tags": ["a", "b"]})
    equal(rows[1]["tags"], None)
    equal([json.loads(line) for line in run("sql", db, text, "--format", "jsonl").out.splitlines()],
          rows)
    run("sql", db, text, "--format", "xml", code=4)


def test_parameters_and_several_statements(folder):
    db = make(folder)
    text = ("CREATE TEMP TABLE f AS SELECT no FROM permit WHERE firm = :firm; "
            "SELECT count(*) AS n FROM f; SELECT no FROM permit WHERE amount > :least")
    result = run("sql", db, text, "--param", "firm=پارس", "--param", "least=0", "--format", "csv")
    equal(result.out, "n\n2\nno\nP1\n")
    equal(run("sql", db, "-", "--format", "csv", stdin=b"SELECT 1 AS a").out, "a\n1\n")
    contains(run("sql", db, "SELECT :a", "--param", "b=1", code=4).err, "name=b")
    contains(run("sql", db, "SELECT :a", "--param", "b", code=4).err, "'name=value'")


def test_moments(folder):
    db = make(folder)
    run("delete", db, "permit", "P1")
    text = "SELECT count(*) AS n FROM permit"
    equal(run("sql", db, text, "--format", "csv").out, "n\n2\n")
    equal(run("sql", db, text, "--as-of", "3", "--format", "csv").out, "n\n3\n")
    equal(run("sql", db, "SELECT count(*) AS n FROM permit('2')", "--format", "csv").out, "n\n2\n")
    run("sql", db, text, "--as-of", "99", code=4)


def test_explain(folder):
    db = make(folder)
    out = run("sql", db, "SELECT no FROM permit WHERE no = 'P1'", "--explain").out
    contains(out, "by primary key where no = literal", "ran: 1 entries read, 0 records fetched, 1 rows")


def test_writing(folder):
    db = make(folder)
    insert = "INSERT INTO permit(no, amount) VALUES ('P4', 4), ('P5', 5)"
    contains(run("sql", db, insert, code=4).err, "only reads")
    equal(run("sql", db, insert, "--write", "--actor", "clerk", "--reason", "new").out,
          "2 rows changed\n")
    contains(run("history", db, "permit", "P4").out, "by clerk: new")
    run("sql", db, "BEGIN; DELETE FROM permit; UPDATE permit SET amount = 1; ROLLBACK", "--write")
    count = "SELECT count(*) AS n FROM permit"
    equal(run("sql", db, count, "--format", "csv").out, "n\n5\n")
    run("sql", db, "BEGIN; DELETE FROM permit WHERE no > :no; COMMIT", "--write", "--param", "no=P3")
    equal(run("sql", db, count, "--format", "csv").out, "n\n3\n")
    contains(run("sql", db, "BEGIN; DELETE FROM permit", "--write", code=4).err, "COMMIT")
    equal(run("sql", db, count, "--format", "csv").out, "n\n3\n")
    contains(run("sql", db, insert.replace("P5", "P1"), "--write", code=4).err,
             "table=permit; key=P1; remedy=INSERT OR REPLACE")
    equal(run("sql", db, count, "--format", "csv").out, "n\n3\n")
    run("verify", db)


def test_errors(folder):
    db = make(folder)
    err = run("sql", db, "SELECT no,\n  aomunt FROM permit", code=4).err
    equal(err, "daftar: no such column: aomunt; did you mean=amount\n    aomunt FROM permit\n    ^\n")
    contains(run("sql", db, "SELECT * FROM permits", code=4).err, "did you mean=permit")
    contains(run("sql", db, "DROP TABLE permit", code=4).err, "daftar schema apply")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"
    contains(run("sql", db, endless, "--time-max", "50", code=6).err, "limit ms=50")


if __name__ == "__main__":
    main([test_rates, test_formats, test_parameters_and_several_statements, test_moments,
          test_explain, test_writing, test_errors])
