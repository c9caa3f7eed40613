"""What is near a place."""

import json

from harness import contains, equal, main, make_database, run

SCHEMA = """@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct Gate $Daftar.table(name = "gate", key = ["country", "no desc"])
    $Daftar.point(name = "place", latitude = "latitude", longitude = "longitude") {
  country @0 :Text;
  no @1 :UInt32;
  latitude :union { none @2 :Void; degrees @3 :Int32 $Daftar.decimal(7); }
  longitude :union { none @4 :Void; degrees @5 :Int32 $Daftar.decimal(7); }
  names @6 :List(Text);
  openedOn @7 :Int32 $Daftar.date;
}
"""

RECORDS = [
    '{"country":"IR","no":1,"latitude":25.3,"longitude":60.6,"names":["چابهار"],"openedOn":"2025-03-21"}',
    '{"country":"IR","no":2,"latitude":25.4,"longitude":60.6}',
    '{"country":"PK","no":1,"latitude":25.1,"longitude":62.3}',
    '{"country":"PK","no":9}',
]


def make(folder):
    return make_database(folder, SCHEMA, "gate", RECORDS)


def test_table(folder):
    db = make(folder)
    equal(run("near", db, "gate", "--of", "25.3,60.6").out,
          "     km | country | no\n"
          "--------+---------+---\n"
          "  0.000 | IR      |  1\n"
          " 11.078 | IR      |  2\n"
          "172.712 | PK      |  1\n".replace("172.712", run_km(db)))
    equal(run("near", db, "gate", "--of-record", "gate", "IR", "1", "--within", "12km", "--select",
              "no,names,openedOn", "--calendar", "solar-hijri", "--format", "csv").out,
          'km,no,names,openedOn\n0.000,1,"[""چابهار""]",1404/01/01\n11.078,2,,1348/10/11\n')
    equal(run("near", db, "gate", "--of", "۲۵.۳,۶۰.۶", "--limit", "1", "--select", "no",
              "--format", "csv").out, "km,no\n0.000,1\n")


def test_conditions(folder):
    db = make(folder)

    def near(*arguments):
        rows = run("near", db, "gate", "--of", "25.3,60.6", "--format", "jsonl", "--select",
                   "country,no", *arguments).out
        return [(row["country"], row["no"]) for row in map(json.loads, rows.splitlines())]

    equal(near(), [("IR", 1), ("IR", 2), ("PK", 1)])
    equal(near("--where", "no = 2"), [("IR", 2)])
    # A limit counts what is left: the nearest one of the other country is in a farther circle.
    equal(near("--where", "country = PK", "--limit", "1"), [("PK", 1)])
    equal(near("--where", "country = PK", "--within", "100km"), [])
    equal(near("--where", "country = IR", "--where", "no > 1"), [("IR", 2)])
    equal(near("--where", "names = 'چابهار'"), [("IR", 1)])
    refused = run("near", db, "gate", "--of", "25.3,60.6", "--where", "town = x", code=4)
    contains(refused.err, "town")


def run_km(db):
    """As SQL measures it."""
    text = run("sql", db, "SELECT printf('%.3f', distance_km(25.3, 60.6, 25.1, 62.3)) AS km",
               "--format", "csv").out
    return text.splitlines()[1]


def test_json(folder):
    db = make(folder)
    rows = [json.loads(line) for line in
            run("near", db, "gate", "--of", "25.3,60.6", "--within", "12km", "--format", "jsonl")
            .out.splitlines()]
    equal([row["km"] for row in rows], [0, 11.078])
    equal(rows[0]["record"]["names"], ["چابهار"])


def test_moments(folder):
    db = make(folder)
    run("put", db, "gate", '{"country":"IR","no":1,"latitude":35.7,"longitude":51.4}')
    count = lambda *options: len(run("near", db, "gate", "--of", "25.3,60.6", "--within", "1km",
                                     "--format", "jsonl", *options).out.splitlines())
    equal(count(), 0)
    equal(count("--as-of", "4"), 1)
    contains(run("verify", db).out, " 0 problems")


def test_refusals(folder):
    db = make(folder)
    run("near", db, "gate", code=2)
    run("near", db, "gate", "--of", "1,1", "--of-record", "gate", "IR", "1", code=2)
    contains(run("near", db, "gate", "--of", "25.3", code=4).err, "this is no place on the Earth")
    contains(run("near", db, "gate", "--of", "1,1", "--within", "9 miles", code=4).err,
             "this is no distance; value=9 miles; remedy=write 100km or 2500m")
    contains(run("near", db, "gate", "--of-record", "gate", "PK", "9", code=4).err,
             "the record is nowhere")
    run("near", db, "gate", "--of-record", "gate", "PK", "8", code=3)


main([test_conditions, test_table, test_json, test_moments, test_refusals])
