"""Documents are true: links lead somewhere, commands print what stands below them, and code that is
shown is the code that is built."""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))

from harness import DAFTAR, SOURCE, equal, main, run  # noqa: E402

GENERATE = sys.argv[3]
TRANSACT = sys.argv[4]
QUESTIONS = sys.argv[5]
EXAMPLES = [("authority", "authorities"), ("zone", "zones"), ("crossing", "crossings"),
            ("corridor", "corridor_legs"), ("session", "sessions"), ("decision", "decisions"),
            ("document", "documents"), ("code", "codes")]


def documents():
    tracked = subprocess.run(["git", "-C", SOURCE, "ls-files", "*.md"], capture_output=True)
    names = tracked.stdout.decode().split()
    return [SOURCE / name for name in names] or sorted(SOURCE.glob("**/*.md"))


def console_blocks(document):
    """(command, output) of each `$ daftar …` line in the console blocks of a document."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", document.read_text(encoding="utf-8"), re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output.strip("\n")))
    return found


def fill(folder):
    """The database of the tour: the example data and 20,000 synthetic records of each kind."""
    db = folder / "registry.db"
    run("init", db)
    for table, file in EXAMPLES:
        run("import", db, table, SOURCE / "examples" / "data" / f"{file}.csv", "--map",
            SOURCE / "examples" / "maps" / "examples.json")
    for kind in ("firm", "project", "permit"):
        rows = subprocess.run([GENERATE, kind, "20000", "--seed", "1"], capture_output=True)
        run("import", db, kind, "-", "--format", "jsonl", stdin=rows.stdout)


def check_console(document, folder, skipped=("init", "import")):
    """Runs the commands but for those skipped, which fill() has done."""
    commands = [c for c in console_blocks(document) if c[0].startswith("daftar ")]
    if not commands:
        raise AssertionError(f"{document} shows no command")
    for command, expected in commands:
        words = shlex.split(command)[1:]
        if words[0] in skipped:
            continue
        process = subprocess.run([DAFTAR, *words], cwd=folder, capture_output=True)
        actual = (process.stdout + process.stderr).decode().strip("\n")
        if process.returncode != 0:
            actual += f"\n(exit code {process.returncode})"
        if actual != expected:
            raise AssertionError(f"{document.name}: $ {command}\nprints\n{actual}\n"
                                 f"instead of\n{expected}")


def test_readme_and_queries_are_true(folder):
    fill(folder)
    check_console(SOURCE / "README.md", folder)
    check_console(SOURCE / "docs" / "queries.md", folder)
    check_console(SOURCE / "docs" / "sql.md", folder)


def test_evolution_is_true(folder):
    for schema in ("parks1.capnp", "parks2.capnp", "parks3.capnp"):
        shutil.copy(SOURCE / "examples" / "evolve" / schema, folder)
    check_console(SOURCE / "docs" / "evolution.md", folder, skipped=())


def test_questions_are_true(folder):
    (folder / "examples").symlink_to(SOURCE / "examples")
    check_console(SOURCE / "docs" / "questions.md", folder, skipped=())


def test_readme_shows_the_embedding_program(folder):
    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    for name, fence in (("main.cc", "cpp"), ("output.txt", "text")):
        text = (SOURCE / "examples" / "embed" / name).read_text(encoding="utf-8")
        if f"```{fence}\n{text}```" not in readme:
            raise AssertionError(f"README.md does not show examples/embed/{name} as it is")
    lines = (SOURCE / "examples" / "embed" / "main.cc").read_text(encoding="utf-8").count("\n")
    assert lines < 80, f"the embedding example has {lines} lines"


def test_transactions_page_shows_its_program(folder):
    page = (SOURCE / "docs" / "transactions.md").read_text(encoding="utf-8")
    for name, fence in (("main.cc", "cpp"), ("output.txt", "text")):
        text = (SOURCE / "examples" / "transact" / name).read_text(encoding="utf-8")
        if f"```{fence}\n{text}```" not in page:
            raise AssertionError(f"docs/transactions.md does not show examples/transact/{name}")
    printed = subprocess.run([TRANSACT, folder / "transact.db"], capture_output=True, check=True)
    equal(printed.stdout.decode(), text)


def test_questions_have_answers_in_cpp(folder):
    """Answers and plans of the program are as they were, and it asks all that the page asks."""
    printed = subprocess.run([QUESTIONS, folder / "book.db", SOURCE / "examples"],
                             capture_output=True)
    if printed.returncode != 0:
        raise AssertionError(printed.stderr.decode())
    expected = (SOURCE / "examples" / "questions" / "output.txt").read_text(encoding="utf-8")
    for actual_line, line in zip(printed.stdout.decode().splitlines(), expected.splitlines()):
        equal(actual_line, line)
    equal(printed.stdout.decode(), expected)
    page = (SOURCE / "docs" / "questions.md").read_text(encoding="utf-8")
    asked = re.findall(r"^### (\d+)\.", page, re.M)
    answered = re.findall(r"^(\d+)\. ", expected, re.M)
    equal(sorted(answered, key=int), sorted(asked, key=int))
    equal(sorted(answered, key=int), [str(n) for n in range(1, 26) if n != 24])


def test_links_lead_somewhere(folder):
    broken = []
    for document in documents():
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(SOURCE)}: {target}")
    equal(broken, [])


if __name__ == "__main__":
    main([test_readme_and_queries_are_true, test_evolution_is_true,
          test_questions_are_true, test_readme_shows_the_embedding_program,
          test_transactions_page_shows_its_program, test_questions_have_answers_in_cpp,
          test_links_lead_somewhere])
