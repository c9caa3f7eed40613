"""A database as an older format has left it: refused with the remedy, upgraded, then as any other."""

import subprocess
import sys

from harness import SOURCE, contains, equal, main, run

STORE_FROM_HEX = sys.argv[3]


def old_database(folder, version):
    db = folder / "db"
    subprocess.run([STORE_FROM_HEX, SOURCE / "tests" / "format" / f"database_v{version}.hex", db],
                   check=True)
    return db


def test_upgrade(folder):
    db = old_database(folder, 1)
    for command in (["verify", db], ["query", db, "permit"], ["stats", db]):
        contains(run(*command, code=None).err,
                 "database is of an older format; run `daftar upgrade`")
    equal(run("upgrade", db, "--actor", "registrar", "--reason", "new format").out,
          "the database was of format 1 and opens; newest commit 2\n")
    contains(run("verify", db).out, "clean: 2 records")
    equal(run("query", db, "permit", "--select", "zone,serial", "--order-by", "serial",
              "--format", "jsonl").out,
          '{"zone":"QFZ","serial":12}\n{"zone":"QFZ","serial":13}\n')
    contains(run("changes", db).out, "by registrar", "new format")
    contains(run("query", db, "permit", "--as-of", "1", code=None).err,
             "the history of the table does not reach back that far")


def test_twice(folder):
    db = old_database(folder, 1)
    run("upgrade", db)
    before = run("verify", db).out
    equal(run("upgrade", db).out, "the database was of format 2 and opens; newest commit 2\n")
    equal(run("verify", db).out, before)


def test_refusals(folder):
    contains(run("upgrade", folder / "missing", code=None).err, "there is no database")
    run("init", folder / "new")
    contains(run("upgrade", folder / "new").out, "the database was of format 5 and opens")


main([test_upgrade, test_twice, test_refusals])
