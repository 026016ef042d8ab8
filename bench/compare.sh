#!/usr/bin/env bash
# Runs the Go benchmarks of a commit and of the tree as it stands, in turns, and
# compares them with benchstat: compare.sh BASE BENCH COUNT PACKAGE…
#
# BENCH is a regular expression as go test takes it; each turn runs each
# benchmark for BENCHTIME (1s). The raw text stays in bin/compare.
set -euo pipefail
cd "$(dirname "$0")/.."
base=$(git rev-parse --verify "$1^{commit}") bench=$2 count=$3
shift 3
benchstat=golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
results=$PWD/bin/compare scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/tree/base" "$results"
git archive "$base" | tar -x -C "$scratch/tree/base"
ln -s "$PWD" "$scratch/tree/here"
rm -f "$results"/*.txt

packages=$(go list -f '{{if .TestGoFiles}}{{.Dir}}{{end}}' "$@" | sed "s|^$PWD|.|" | grep .)
compiled=0
for side in base here; do
  for package in $packages; do
    [ -d "$scratch/tree/$side/$package" ] || continue # newer than the base
    binary=$scratch/$side/$package/bench.test
    mkdir -p "$(dirname "$binary")"
    (cd "$scratch/tree/$side/" && go test -c -o "$binary" "./$package")
    if ! "$binary" -test.list "${bench%%/*}" | grep -q '^Benchmark'; then rm -f "$binary"; else compiled=$((compiled + 1)); fi
  done
done
[ "$compiled" -gt 0 ] || { echo "compare: no benchmark is named so: $bench" >&2; exit 1; }

run() { # SIDE: every benchmark once
  for package in $packages; do
    binary=$scratch/$1/$package/bench.test
    [ -x "$binary" ] || continue
    (cd "$scratch/tree/$1/$package" && "$binary" -test.run '^$' -test.bench "$bench" -test.benchmem -test.benchtime "${BENCHTIME:-1s}") >>"$results/$1.txt"
  done
}
for turn in $(seq "$count"); do
  echo "turn $turn of $count, load $(cut -d' ' -f1 /proc/loadavg)" >&2
  if [ $((turn % 2)) = 1 ]; then run base; run here; else run here; run base; fi
done
echo "base is $(git show -s --format='%h %s' "$base"); here is the tree as it stands; raw text in bin/compare"
cd "$results"
go run "$benchstat" base.txt here.txt
