#!/usr/bin/env bash
# Runs every fuzz target of the module for a while each: fuzz.sh [TIME]. Targets
# are found, not listed here.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
targets=0
for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
  found=$(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true)
  for target in $found; do
    echo "$package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package"
    targets=$((targets + 1))
  done
done
echo "$targets fuzz targets, $time each, no failure"
[ "$targets" -gt 0 ]
