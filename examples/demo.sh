#!/usr/bin/env bash
# The guided tour of `./run demo`: makes a registry in a temporary folder, brings in the example
# data, and asks it questions. Usage: demo.sh DAFTAR GENERATE
set -euo pipefail
daftar=$(realpath "$1")
generate=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)" "$work/examples"
cd "$work"

# Prints a command as one would type it.
type_out() {
  printf '\n$ daftar'
  local word
  for word in "$@"; do
    case $word in
      *\'*) printf ' "%s"' "$word" ;;
      *[\ \"\{]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
}
# Shows a command and runs it.
show() {
  type_out "$@"
  "$daftar" "$@"
}
# The same for one that must be refused.
refuse() {
  type_out "$@"
  if "$daftar" "$@" 2>&1; then
    echo "this should have been refused" >&2
    exit 1
  else
    echo "(exit code $?)"
  fi
}
title() { printf '\n== %s\n' "$*"; }

title "A registry with the schema that comes with Daftar"
show init registry.db

title "Real zones, crossings, authorities and decisions of Iran and Pakistan (examples/data)"
for table in authority zone crossing corridor session decision document code; do
  case $table in
    authority) file=authorities ;;
    corridor) file=corridor_legs ;;
    *) file=${table}s ;;
  esac
  show import registry.db "$table" "examples/data/$file.csv" --map examples/maps/examples.json
done

title "20,000 synthetic firms, projects and permits (seeded, plainly labelled)"
for kind in firm project permit; do
  printf '\n$ daftar_generate %s 20000 --seed 1 | daftar import registry.db %s - --format jsonl\n' "$kind" "$kind"
  "$generate" "$kind" 20000 --seed 1 | "$daftar" import registry.db "$kind" - --format jsonl
done

title "Which zones are active? (names in the script they are written in)"
show query registry.db zone --where "status = active" --select code,regime,names.text --limit 8

title "Which permits of the Chabahar zone end in April 2025? Read from an index, in its order"
show query registry.db permit --where "zone = IR-CHABAHAR" --where "state = active" \
  --where "validTo >= 2025-04-01" --where "validTo < 2025-05-01" --order-by validTo \
  --select no,firm,validTo --limit 5
show explain registry.db permit --where "zone = IR-CHABAHAR" --where "state = active" \
  --where "validTo >= 2025-04-01" --where "validTo < 2025-05-01" --order-by validTo \
  --select no,firm,validTo --limit 5

title "The same table in SQL, and a total that every commit keeps"
show sql registry.db "SELECT state, count(*) AS permits, max(validTo) AS last FROM permit WHERE zone = 'IR-CHABAHAR' GROUP BY state ORDER BY permits DESC LIMIT 3"
show aggregate registry.db permit byState IR-CHABAHAR active

title "Find firms by the beginning of a name"
show query registry.db firm --where "names.text ^= پارس سیمان" --select registryNo,names.text --limit 3

title "A wrong value is refused, with what was expected; nothing is written"
refuse put registry.db permit '{"no":"X-1","validTo":"2025-02-30"}'

title "A permit is renewed: by whom, why, and on which decision"
renewed='{"no":"SYN-L00005954","authority":"SYN","kind":"operation","year":1403,"serial":5954,"firm":"SYN-F0015039","zone":"IR-CHABAHAR","state":"active","stateSince":"2023-06-10","validFrom":"2021-08-09","validTo":"2026-04-02","source":"synthetic"}'
show put registry.db permit "$renewed" --actor licensing --reason renewed --decision CFZ-BOARD/31/4

title "What the book said before, what it says now, and what changed in between"
show query registry.db permit --where "no = SYN-L00005954" --select no,validTo --as-of 11
show query registry.db permit --where "no = SYN-L00005954" --select no,validTo
show diff registry.db 11
show history registry.db permit SYN-L00005954

title "Do records, indexes, history and journal say the same?"
show verify registry.db
