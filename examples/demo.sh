#!/usr/bin/env bash
# The guided tour of `./run demo`: makes a registry in a temporary folder, brings in the example
# data, and asks it questions. Usage: demo.sh DAFTAR GENERATE
set -euo pipefail
daftar=$1
generate=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db="$work/registry.db"

# Shows a command as one would type it, then runs it.
show() {
  local shown="$*"
  shown=${shown//$db/registry.db}
  shown=${shown//$here\//examples/}
  shown=${shown//$daftar/daftar}
  printf '\n$ %s\n' "$shown"
  "$@"
}
title() { printf '\n== %s\n' "$*"; }

title "A registry with the schema that comes with Daftar"
show "$daftar" init "$db"

title "Real zones, crossings, authorities and decisions of Iran and Pakistan (examples/data)"
for table in authority zone crossing corridor session decision document code; do
  case $table in
    authority) file=authorities ;;
    corridor) file=corridor_legs ;;
    *) file=${table}s ;;
  esac
  show "$daftar" import "$db" "$table" "$here/data/$file.csv" --map "$here/maps/examples.json"
done

title "20,000 synthetic firms, projects and permits (seeded, plainly labelled)"
for kind in firm project permit; do
  printf '\n$ daftar_generate %s 20000 --seed 1 | daftar import registry.db %s - --format jsonl\n' "$kind" "$kind"
  "$generate" "$kind" 20000 --seed 1 | "$daftar" import "$db" "$kind" - --format jsonl
done

title "Which zones are active? (names in the script they are written in)"
show "$daftar" query "$db" zone --where "status = active" --select code,country,regime,names.text --limit 8

title "Which permits of the Chabahar zone end in April 2025? Read from an index, in its order"
show "$daftar" query "$db" permit --where "zone = IR-CHABAHAR" --where "state = active" \
  --where "validTo >= 2025-04-01" --where "validTo < 2025-05-01" --order-by validTo \
  --select no,firm,validTo --limit 5
show "$daftar" explain "$db" permit --where "zone = IR-CHABAHAR" --where "state = active" \
  --where "validTo >= 2025-04-01" --where "validTo < 2025-05-01" --order-by validTo \
  --select no,firm,validTo --limit 5

title "Find a firm by a number on the paper in my hand, and by the beginning of a name"
show "$daftar" query "$db" firm --where "names.text ^= پارس سیمان" --select registryNo,names.text --limit 3

title "A wrong value is refused, with what was expected; nothing is written"
printf '\n$ daftar put registry.db permit '"'"'{"no":"X-1","validTo":"2025-02-30"}'"'"'\n'
"$daftar" put "$db" permit '{"no":"X-1","validTo":"2025-02-30"}' 2>&1 || echo "(exit code $?)"

title "Does every index say what the records say?"
show "$daftar" verify "$db"
