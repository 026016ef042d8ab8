#!/usr/bin/env bash
# Runs every fuzz target of the module for a while each: fuzz.sh [TIME]. Targets
# are found, not listed here.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
targets=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fuzz() { # TARGET PACKAGE TIME
  go test -run '^$' -fuzz "^$1\$" -fuzztime "$3" "$2" 2>&1 | tee "$log"
}

# Go before 1.27 may take the end of its own time for a failure of the target
# (go.dev/issue/75804): it prints this line and no failing input. A number of
# executions instead of a time has no such end, and what fails then has failed.
ended_by_its_clock() {
  grep -q '^ *context deadline exceeded$' "$log" && ! grep -q 'Failing input\|panic\|hung' "$log"
}

for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
  found=$(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
  for target in $found; do
    echo "$package $target"
    if ! fuzz "$target" "$package" "$time"; then
      ended_by_its_clock
      echo "$target: ended by Go's clock, not by a finding: again, by executions"
      fuzz "$target" "$package" 2000x
    fi
    targets=$((targets + 1))
  done
done
echo "$targets fuzz targets, $time each, no failure"
[ "$targets" -gt 0 ]
