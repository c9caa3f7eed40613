"""Dates in the calendars of papers: read everywhere, printed where asked."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Visit $Daftar.table(name = "visit", key = ["gate", "day"])
    $Daftar.index(name = "byDay", on = ["day"])
    $Daftar.aggregate(name = "byDay", by = ["day"]) {
  gate @0 :Text;
  day @1 :Int32 $Daftar.date;
  validTo :union { none @2 :Void; day @3 :Int32 $Daftar.date; }
  seenAt :union { none @4 :Void; at @5 :Int64 $Daftar.instant; }
  renewals @6 :List(Renewal);
}
struct Renewal { on @0 :Int32 $Daftar.date; }
"""

RECORDS = [
    '{"gate":"A","day":"2025-03-20","validTo":"2025-08-03","seenAt":"2025-03-20T06:00:00Z",'
    '"renewals":[{"on":"2024-03-20"}]}',
    '{"gate":"A","day":"1404/01/01","validTo":"۱۴۰۴/۵/۱۳"}',
    '{"gate":"B","day":"2025/3/22","seenAt":"1404/01/02T09:30:00+03:30"}',
]


def make(folder):
    return make_database(folder, SCHEMA, "visit", RECORDS)


def rows(*arguments):
    return [json.loads(line) for line in run(*arguments, "--format", "jsonl").out.splitlines()]


def test_conditions_and_keys(folder):
    db = make(folder)

    def days(condition):
        return [row["day"] for row in rows("query", db, "visit", "--where", condition)]

    equal(days("day >= 1404/01/01"), ["2025-03-21", "2025-03-22"])
    equal(days("day >= 1404-1-1"), ["2025-03-21", "2025-03-22"])
    equal(days("day < ۱۴۰۴/۱/۲"), ["2025-03-20", "2025-03-21"])
    equal(days("validTo in (1404/05/12, 2025-08-04)"), ["2025-03-20", "2025-03-21"])
    equal(days("day < '1404-01-01 AD'"), [])
    equal(days("seenAt >= 1404/01/01T00:00Z"), ["2025-03-22"])
    equal(run("get", db, "visit", "A", "1403/12/30").out, run("get", db, "visit", "A", "2025-03-20").out)
    equal(run("count", db, "visit", "--where", "day <= 1404/12/29").out, "3\n")
    contains(run("query", db, "visit", "--where", "day > 1403/12/31", code=4).err,
             "value='1403/12/31'; expected=date; write it as=2025-08-03, or 1404/05/12 for Solar Hijri",
             "cause=there is no such day in the Solar Hijri calendar")
    contains(run("query", db, "visit", "--where", "day > 1447/02/09 AH", code=4).err,
             "days of the lunar calendar cannot be read")
    contains(run("query", db, "visit", "--where", "day > 1700/02/09", code=4).err,
             "the year does not tell the calendar")


def test_moments(folder):
    db = make(folder)
    equal(run("count", db, "visit", "--as-of", "۲").out, "2\n")
    contains(run("count", db, "visit", "--as-of", "1404/13/01", code=4).err,
             "write it as=1024 (a commit), 2024-09-05, 1403/06/15")
    equal(run("count", db, "visit", "--as-of", "۱۴۰۳/۶/۱۵").out, "0\n")


def test_json_stays_iso(folder):
    db = make(folder)
    export = run("export", db, "visit").out
    equal([json.loads(line)["validTo"] for line in export.splitlines()[:2]],
          ["2025-08-03", "2025-08-04"])
    contains(export, '"seenAt":"2025-03-22T06:00:00Z"')
    # What looks like ISO 8601 is that, so that an export comes back as it was.
    run("put", db, "visit", '{"gate":"C","day":"1404-01-01"}')
    equal(rows("query", db, "visit", "--where", "gate = C")[0]["day"], "1404-01-01")
    file = folder / "visits.jsonl"
    file.write_text(run("export", db, "visit").out)
    other = folder / "other"
    run("init", other, "--schema", folder / "visit.capnp")
    run("import", other, "visit", file)
    equal(run("export", other, "visit").out, file.read_text())


def test_printing(folder):
    db = make(folder)
    table = run("query", db, "visit", "--where", "gate = A", "--calendar", "solar-hijri").out
    contains(table, "1403/12/30", "1404/05/12", "1403/12/30T06:00:00Z", '[{"on":"1403/01/01"}]')
    contains(run("query", db, "visit", "--calendar", "hijri", "--select", "day").out,
             "1446-09-20 AH")
    whole = rows("query", db, "visit", "--where", "gate = A", "--calendar", "solar-hijri")
    equal([row["validTo"] for row in whole], ["1404/05/12", "1404/05/13"])
    equal(whole[0]["renewals"], [{"on": "1403/01/01"}])
    got = json.loads(run("get", db, "visit", "A", "2025-03-20", "--calendar", "solar-hijri").out)
    equal(got["day"], "1403/12/30")
    equal(json.loads(run("get", db, "visit", "A", "2025-03-20").out)["day"], "2025-03-20")
    contains(run("history", db, "visit", "A", "2025-03-20", "--calendar", "solar-hijri").out,
             '  validTo: - -> "1404/05/12"')
    contains(run("diff", db, "1", "3", "--calendar", "solar-hijri").out,
             "added visit A, 1404/01/01")
    contains(run("changes", db, "--calendar", "solar-hijri").out, "put visit A, 1403/12/30")
    contains(run("aggregate", db, "visit", "byDay", "--calendar", "solar-hijri").out, "1404/01/02")
    contains(run("export", db, "visit", "--format", "csv", "--select", "gate,day",
                 "--calendar", "solar-hijri").out, "gate,day\nA,1403/12/30\n")
    # Asked for so, it is read back: slashes tell it from ISO 8601.
    file = folder / "visits.jsonl"
    file.write_text(run("export", db, "visit", "--calendar", "solar-hijri").out)
    other = folder / "other"
    run("init", other, "--schema", folder / "visit.capnp")
    run("import", other, "visit", file)
    equal(run("export", other, "visit").out, run("export", db, "visit").out)
    run("query", db, "visit", "--calendar", "julian", code=2)


def test_import_maps(folder):
    db = make(folder)
    file = folder / "visits.csv"
    file.write_text("gate,a,b,c\nM,1404/05/12,12/5/1404,۱۲/۰۵/۱۴۰۴\nN,2025-08-03,1/1/1403,01/01/1403\n")
    (folder / "map.json").write_text(json.dumps({"tables": {"visit": {"fields": {
        "gate": "gate",
        "day": {"column": "a", "date": "written"},
        "validTo": {"column": "b", "date": {"formats": "%d/%m/%Y", "calendar": "solar-hijri"}},
        "renewals[0].on": {"column": "c", "date": "%d/%m/%Y"}}}}}))
    run("import", db, "visit", file, "--map", folder / "map.json")
    found = rows("query", db, "visit", "--where", "gate in (M, N)")
    equal([(row["day"], row["validTo"], row["renewals"][0]["on"]) for row in found],
          [("2025-08-03", "2025-08-03", "2025-08-03"), ("2025-08-03", "2024-03-20", "2024-03-20")])
    (folder / "map.json").write_text(json.dumps({"tables": {"visit": {"fields": {
        "gate": "gate", "day": {"column": "a", "date": {"formats": "%Y", "calendar": "hijri"}}}}}}))
    contains(run("import", db, "visit", file, "--map", folder / "map.json", code=4).err,
             "known are gregorian, solar-hijri")


main([test_conditions_and_keys, test_moments, test_json_stays_iso, test_printing, test_import_maps])
