#!/usr/bin/env bash
# Generates a snapshot, looks at it, forgets a file, runs, verifies, shows the
# result, reconciles, and explains a meter point: demo.sh [POINTS]. The folder demo/ is made afresh each time.
# `make demo` builds and runs it.
set -euo pipefail
cd "$(dirname "$0")"
points=${1:-1000000}
as_of=2026-11-21T02:00:00Z

say() { printf '\n── %s\n' "$*"; }
show() { printf '\n$ %s\n' "$*"; "$@"; }

rm -rf demo
mkdir -p demo/snapshot/devices
PATH=$PWD/bin:$PATH

say "1. A snapshot of an estate that never was, as CSV. The devices come in two files."
show flagfill generate --out demo/snapshot --meter-points "$points" --format csv --extracts
all=demo/snapshot/devices.csv
cut=$(($(wc -l <"$all") * 2 / 3))
head -n "$cut" "$all" >demo/snapshot/devices/part-1.csv
{ head -n 1 "$all" && tail -n "+$((cut + 1))" "$all"; } >demo/snapshot/devices/part-2.csv
rm "$all"

say "2. Look before you run: what is in the files, and what is it taken for?"
show flagfill inspect demo/snapshot/devices demo/snapshot/meter_points.csv --top 5

say "3. Forget a file: a third of the devices is missing, and a wave of N would follow. It is refused."
code=0
show flagfill run --devices demo/snapshot/devices/part-1.csv --meter-points demo/snapshot/meter_points.csv \
  --out demo/publication --as-of "$as_of" --progress none || code=$?
printf '\nexit code %s: nothing stands at demo/publication' "$code"
[ "$code" = 4 ] && [ ! -e demo/publication ] || { printf ', it should have been 4\n'; exit 1; }
printf '.\nThe shares of points without a device say it: nothing that happens to meters in a day looks like this.\n'

say "4. Both files, as a dry run: the whole content of the manifest, and every limit with its margin."
run=(flagfill run --devices demo/snapshot/devices --meter-points demo/snapshot/meter_points.csv
  --out demo/publication --as-of "$as_of" --progress none)
printf '\n$ %s --dry-run > demo/dry-run.txt\n' "${run[*]}"
"${run[@]}" --dry-run >demo/dry-run.txt
printf '\nIt says, among much else:\n\n'
grep -E '^content digest|^ limit |^ max_.*(devices|meter_points|gas|electricity)  ' demo/dry-run.txt

say "5. The run itself."
show "${run[@]}"

say "6. The proof, from the bytes alone. The dry run announced the same content digest."
show flagfill verify demo/publication
digest=$(grep -o '^content digest [0-9a-f]*' demo/dry-run.txt)
flagfill verify demo/publication | grep -qx "$digest" || { echo "the digests differ"; exit 1; }

# The identifiers below belong to an estate that never was.
say "7. What the receivers get."
for fuel in electricity gas; do
  first=$(find demo/publication -path "*/flows/$fuel/*" -type f | sort | sed -n 1p)
  [ -z "$first" ] || show head -n 5 "$first"
done

say "8. Did it arrive? What the receivers held before, and the publication applied to it, against what they should hold."
held=(flagfill reconcile --devices demo/snapshot/devices --meter-points demo/snapshot/meter_points.csv --as-of "$as_of" --progress none)
code=0
printf '\n$ %s --extract publication:demo/publication …\n\n' "${held[*]}"
"${held[@]}" --extract demo/snapshot/extracts --extract publication:demo/publication --corrections --out demo/reconciliation || code=$?
printf '\nexit code %s: differences were planted in the extracts, and the corrections mend what sending can.\n' "$code"
[ "$code" = 3 ] || exit 1
show flagfill verify demo/reconciliation

say "9. One of them, from source row to flow line."
flow=$(find demo/publication -path "*/flows/electricity/*" -type f | sort | sed -n 1p)
mpan=$(sed -n 's/^902|\([0-9]*\)|.*/\1/p' "$flow" | sed -n 1p)
show flagfill explain "$mpan" --devices demo/snapshot/devices --meter-points demo/snapshot/meter_points.csv \
  --publication demo/publication

cat <<'TEXT'

Where to look next
  demo/publication/report.html         what came of the run, for people: open it in a browser
  demo/publication/manifest.json       what was published, under which rules, every total
  demo/publication/changes.parquet     every meter point that changed, is told, held or left
  demo/publication/exceptions.parquet  what could not be used, with file and row
  demo/reconciliation/report.html      what the receivers hold and should not, or the other way round, for people
  demo/reconciliation/corrections/     the publication that puts right what sending can
  demo/dry-run.txt                     the same before it was written
  docs/explain.md                      why a meter point has its status, and where it went
  docs/errors.md                       every exception and refusal, and what to do
  bin/flagfill rules                   the decision table in force
  bin/flagfill config                  every switch and policy, with its meaning
  bin/flagfill inspect YOUR-FILES      your own extract, before a first run
TEXT
