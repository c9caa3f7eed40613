"""Records changed by SQL in batches: shown, refused, given up, interrupted, killed anywhere and gone on with."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

from harness import DAFTAR, contains, equal, main, run

SCHEMA = """@0xbf5147cbbecf40d2;
using Daftar = import "/daftar/daftar.capnp";
struct Claim @0xbf5147cbbecf40d3
    $Daftar.table(name = "claim", key = ["desk", "serial"], requires = [actor])
    $Daftar.index(name = "byFee", on = ["fee"])
    $Daftar.aggregate(name = "ofDesk", by = ["desk"], sum = ["fee"])
    $Daftar.check(name = "feeIsSmall", expression = "fee < 1000000000") {
  desk @0 :Text; serial @1 :UInt32; fee @2 :Int64; note @3 :Text;
}
"""
TENFOLD = ("--table", "claim", "--set", "fee = fee * 10", "--actor", "clerk")


def make(folder, count):
    (folder / "claim.capnp").write_text(SCHEMA)
    db = folder / "db"
    run("init", db, "--schema", folder / "claim.capnp")
    rows = "".join(json.dumps({"desk": f"d{n % 7}", "serial": n, "fee": n}) + "\n" for n in range(count))
    run("import", db, "claim", "-", "--format", "jsonl", "--actor", "clerk", stdin=rows.encode())
    return db


def fees(db):
    rows = run("query", db, "claim", "--select", "serial,fee", "--format", "jsonl").out.splitlines()
    return {row["serial"]: row["fee"] for row in map(json.loads, rows)}


def test_migrates(folder):
    db = make(folder, 1000)
    equal(run("migrate", db, "--list").out, "no migrations\n")
    done = run("migrate", db, "tenfold", *TENFOLD, "--set", "note = 'was ' || fee", "--where",
               "serial < 900", "--batch", "90", "--reason", "law of 1404")
    equal(done.out, "migration tenfold of table claim: finished; 1000 records, 900 changed\n")
    percents = [int(each) for each in re.findall(r"^migrating tenfold of claim: (\d+) %, ", done.err, re.M)]
    assert percents and percents == sorted(set(percents)), done.err
    contains(run("history", db, "claim", "d2", "2").out, "by clerk: migration tenfold; law of 1404",
             "  fee: 2 -> 20\n", '  note: - -> "was 2"\n')
    contains(run("get", db, "claim", "d2", "2", "--as-of", "1").out, '"fee":2}')
    equal(fees(db), {n: n * 10 if n < 900 else n for n in range(1000)})
    equal(run("aggregate", db, "claim", "ofDesk", "d6", "--format", "csv").out.splitlines()[1].split(",")[1],
          str(sum(n % 7 == 6 for n in range(1000))))
    listed = run("migrate", db, "--list").out
    contains(listed, "tenfold, finished; 1000 records, 900 changed\n  table claim\n  set fee = fee * 10\n"
             "  set note = 'was ' || fee\n  where serial < 900\n  begun after commit 1, ", "\n  last commit ")
    contains(run("verify", db).out, "clean: 1000 records")
    again = json.loads(run("migrate", db, "tenfold", *TENFOLD, "--set", "note = 'was ' || fee", "--where",
                           "serial < 900", "--format", "json").out)
    equal([again["finished"], again["wasFinished"], again["changed"], again["changedNow"]],
          [True, True, 900, 0])
    equal(again["sets"][0], {"field": "fee", "expression": "fee * 10"})
    equal([each["name"] for each in json.loads(run("migrate", db, "--list", "--format", "json").out)["migrations"]],
          ["tenfold"])
    equal(run("migrate", db, "tenfold", *TENFOLD, "--set", "note = 'was ' || fee", "--where", "serial < 900").out,
          "migration tenfold of table claim was finished before; 1000 records, 900 changed\n")


def test_refusals(folder):
    db = make(folder, 40)
    for missing in (("--table", "claim", "--set", "fee = 1"), ("tenfold", "--set", "fee = 1"),
                    ("tenfold", "--table", "claim"), ("tenfold", *TENFOLD, "--batch", "0")):
        run("migrate", db, *missing, code=2)
    contains(run("migrate", db, "tenfold", "--table", "claim", "--set", "fee", code=4).err,
             "a set is 'field = expression'; set=fee")
    contains(run("migrate", db, "tenfold", "--table", "claim", "--set", "fee = 1", code=4).err, "missing=actor")
    contains(run("migrate", db, "tenfold", "--table", "clams", "--set", "fee = 1", "--actor", "a", code=3).err, "clams")
    contains(run("migrate", db, "serials", "--table", "claim", "--set", "serial = 1", "--actor", "a", code=4).err,
             "a key is not set")
    run("put", db, "claim", '{"desk": "d3", "serial": 17, "fee": 100000000}', "--actor", "clerk")
    refused = run("migrate", db, "tenfold", *TENFOLD, "--batch", "10", code=4).err
    contains(refused, "the record does not meet fee < 1000000000", "table=claim; key=d3, 17",
             "migration=tenfold")
    contains(run("migrate", db, "--list").out, "tenfold, not finished; 20 records, 20 changed\n")
    contains(run("migrate", db, "tenfold", "--table", "claim", "--set", "fee = 1", "--actor", "a", code=4).err,
             "the migration of this name is another one")
    run("put", db, "claim", '{"desk": "d3", "serial": 17, "fee": 17}', "--actor", "clerk")
    equal(run("migrate", db, "tenfold", *TENFOLD, "--batch", "10").out,
          "migration tenfold of table claim: finished; 40 records, 40 changed\n")
    equal(fees(db), {n: 10 * n for n in range(40)})


def test_abandoned(folder):
    db = make(folder, 40)
    for more in (TENFOLD[:2], TENFOLD[2:4], ("--where", "1"), ("--batch", "3"), ("--list",)):
        run("migrate", db, "tenfold", "--abandon", "--actor", "clerk", *more, code=2)
    run("migrate", db, "--abandon", "--actor", "clerk", code=2)
    contains(run("migrate", db, "tenfold", "--abandon", "--actor", "clerk", code=3).err,
             "no migration of this name was begun; migration=tenfold")
    run("put", db, "claim", '{"desk": "d3", "serial": 17, "fee": 100000000}', "--actor", "clerk")
    contains(run("migrate", db, "tenfold", *TENFOLD, "--batch", "10", code=4).err, "the record does not meet")
    stopped = fees(db)
    contains(run("migrate", db, "tenfold", "--abandon", code=4).err, "table=claim; missing=actor")
    stated = ("--actor", "clerk", "--reason", "law of 1405", "--decision", "7/1")
    equal(run("migrate", db, "tenfold", "--abandon", *stated).out,
          "migration tenfold of table claim: abandoned; 20 records, 20 changed\n")
    contains(run("changes", db).out, "by clerk: migration tenfold is abandoned; law of 1405", "7/1")
    contains(run("migrate", db, "--list").out, "tenfold, abandoned; 20 records, 20 changed\n  table claim\n",
             "\n  abandoned by commit ")
    again = json.loads(run("migrate", db, "tenfold", "--abandon", "--format", "json").out)
    equal([again["finished"], again["abandoned"], again["wasAbandoned"], again["changed"]], [False, True, True, 20])
    equal(again["abandonedBy"], again["lastCommit"] + 1)
    assert again["abandonedTime"] >= again["lastTime"], again
    equal(run("migrate", db, "tenfold", "--abandon").out,
          "migration tenfold of table claim was abandoned before; 20 records, 20 changed\n")
    contains(run("migrate", db, "tenfold", *TENFOLD, code=4).err,
             f"the migration was abandoned; for another one, take another name; abandoned by commit={again['abandonedBy']}; "
             "migration=tenfold")
    equal(fees(db), stopped)
    contains(run("prune", db, "--table", "claim", "--before", again["abandonedBy"], "--actor", "clerk").out, "claim")
    contains(run("verify", db).out, "clean: 40 records")
    done = ("--table", "claim", "--set", "note = 'n'", "--actor", "clerk")
    run("migrate", db, "notes", *done)
    contains(run("migrate", db, "notes", "--abandon", "--actor", "clerk", code=4).err,
             "the migration is finished; it cannot be abandoned any more; migration=notes")


def test_abandoning_is_killed(folder):
    """It is abandoned or it is not, and goes on or not, wherever a process that abandons it ends."""
    kills = int(os.environ.get("DAFTAR_KILLS", "8"))
    made = make(folder, 40)
    run("put", made, "claim", '{"desk": "d3", "serial": 17, "fee": 100000000}', "--actor", "clerk")
    run("migrate", made, "tenfold", *TENFOLD, "--batch", "10", code=4)
    run("put", made, "claim", '{"desk": "d3", "serial": 17, "fee": 17}', "--actor", "clerk")
    stopped = fees(made)
    started = time.monotonic()
    shutil.copytree(made, folder / "whole")
    run("migrate", folder / "whole", "tenfold", "--abandon", "--actor", "clerk")
    whole = time.monotonic() - started
    seed = random.randrange(1 << 32)
    print("seed", seed)
    moment = random.Random(seed)
    for kill in range(kills):
        db = folder / f"db{kill}"
        shutil.copytree(made, db)
        process = subprocess.Popen([DAFTAR, "migrate", str(db), "tenfold", "--abandon", "--actor", "clerk"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        time.sleep(whole * moment.random())
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[0].decode()
        contains(run("verify", db).out, "clean: ")
        listed = run("migrate", db, "--list").out
        is_abandoned = "tenfold, abandoned; 20 records, 20 changed\n" in listed
        assert is_abandoned or "tenfold, not finished; 20 records, 20 changed\n" in listed, listed
        assert is_abandoned or not said, said
        run("migrate", db, "tenfold", *TENFOLD, code=4 if is_abandoned else 0)
        equal(fees(db), stopped if is_abandoned else {n: 10 * n for n in range(40)})


def test_interrupted(folder):
    db = make(folder, 3000)
    command = [DAFTAR, "migrate", str(db), "tenfold", *TENFOLD, "--batch", "50"]
    stops = 0
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # A first line of progress, or the end.
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        if process.returncode == 0:
            break
        # The answer of `daftar sql` that is interrupted, too.
        equal(process.returncode, 6)
        contains((first + err).decode(), "the migration was interrupted; the same command goes on; migration=tenfold")
        stops += 1
    contains(out.decode(), "finished; 3000 records, 3000 changed")
    assert stops > 0
    equal(fees(db), {n: 10 * n for n in range(3000)})


def test_killed_anywhere(folder):
    count = int(os.environ.get("DAFTAR_CLAIMS", "3000"))
    kills = int(os.environ.get("DAFTAR_KILLS", "8"))
    db = make(folder, count)
    command = [DAFTAR, "migrate", str(db), "tenfold", *TENFOLD, "--batch", "37"]
    shutil.copytree(db, folder / "other")
    started = time.monotonic()
    run("migrate", folder / "other", "tenfold", *TENFOLD, "--batch", "37")
    whole = time.monotonic() - started
    seed = random.randrange(1 << 32)
    print("seed", seed)
    moment = random.Random(seed)
    expected = {n: 10 * n for n in range(count)}
    for kill in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * moment.random() * 2 / kills)
        process.send_signal(signal.SIGKILL)
        process.wait()
        contains(run("verify", db).out, "clean: ")
        # Once it has begun, a record that comes stays as it is; one that goes and comes back is another.
        begun = "tenfold" in run("migrate", db, "--list").out
        for number in (count + kill, moment.randrange(count)) if begun else ():
            key = (f"d{number % 7}", number)
            if number < count and number in expected:
                run("delete", db, "claim", *key, "--actor", "clerk")
            run("put", db, "claim", json.dumps({"desk": key[0], "serial": number, "fee": 5}), "--actor", "clerk")
            expected[number] = 5
    contains(run("migrate", db, "tenfold", *TENFOLD, "--batch", "37").out, "finished")
    found = fees(db)
    equal({n: found.get(n) for n in found.keys() | expected.keys() if found.get(n) != expected.get(n)}, {})
    contains(run("verify", db).out, "clean: ")


main([test_migrates, test_refusals, test_abandoned, test_abandoning_is_killed, test_interrupted,
      test_killed_anywhere])
