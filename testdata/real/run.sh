#!/usr/bin/env bash
# The real program against the real machine: what the properties of assurance/
# do with disks, limits, signals and rivals, at a few seeds; then sha256sum, the
# runbook with minisign, DuckDB as the other side – it writes what is read here,
# and reads what is written here, as arrow-go does –, other programs as those who
# write and pack extracts, and a Chromium that looks at the report. Needs root
# (for mounts), util-linux, minisign, gzip, zstd, node, npm and chromium, and
# fails where one is missing. `make test-real` builds and runs it.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

need() { # COMMAND HOW-TO-GET-IT
  command -v "$1" >/dev/null || { echo "test-real needs $1: $2" >&2; exit 1; }
}
need sha256sum "apt-get install coreutils"
need gzip "apt-get install gzip"
need zstd "apt-get install zstd"
need node "apt-get install nodejs"
need npm "apt-get install npm"
need chromium "apt-get install chromium"
[ -x bin/flagfill ] || { echo "bin/flagfill is missing: make build" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM
flagfill=$root/bin/flagfill

passed=0 failed=0
verdict() { # WHAT PROBLEM, where an empty problem is none; shows what the program said last
  if [ -z "$2" ]; then
    passed=$((passed + 1))
    echo "ok    $1"
    return
  fi
  failed=$((failed + 1))
  echo "FAIL  $1: $2"
  sed 's/^/      | /' "$work/stderr" | head -5
}

options="--as-of 2026-11-21T02:00:00Z --baseline go-live --max-exceptions 1% --progress none"
publish() { # SNAPSHOT OUT FLAG…
  local snapshot=$1 out=$2
  shift 2
  "$flagfill" run --devices "$snapshot/devices.parquet" --meter-points "$snapshot/meter_points.parquet" --out "$out" $options "$@" >"$work/stdout" 2>"$work/stderr"
}

ASSURANCE=ci ASSURANCE_SEEDS=0-1 go test -count=1 -run '^TestProperty(Kill|Signals|Operators|Standstill|FullDisk|Limits|Targets)$' ./assurance 2>&1 | tee "$work/stderr"
verdict "disks, limits, signals and rivals" "$([ "${PIPESTATUS[0]}" = 0 ] || echo "a property does not hold")"

large=$work/large small=$work/small
"$flagfill" generate --out "$large" --meter-points 3000000 --seed 1 >/dev/null &&
  "$flagfill" generate --out "$small" --meter-points 3000 --seed 2 --errors 0.001 >/dev/null ||
  { echo "cannot generate" >&2; exit 1; }

publish "$small" "$work/p" --warnings
verdict "a publication" "$([ $? = 0 ] || echo "it failed")"
(cd "$work/p" && sha256sum -c --strict --quiet SHA256SUMS) >"$work/stderr" 2>&1
verdict "sha256sum -c agrees" "$([ $? = 0 ] || echo "it does not")"
listed=$(wc -l <"$work/p/SHA256SUMS") files=$(find "$work/p" -type f | wc -l)
verdict "SHA256SUMS lists every other file" "$([ $((listed + 1)) = "$files" ] || echo "$listed lines, $files files")"
(cd "$small" && sha256sum devices.parquet meter_points.parquet >SHA256SUMS)
publish "$small" "$work/expected" --expect-inputs "$small/SHA256SUMS"
verdict "inputs are what sha256sum listed" "$([ $? = 0 ] || echo "they are refused")"
sed -i 's/devices/other/; s/meter_points/devices/; s/other/meter_points/' "$small/SHA256SUMS"
publish "$small" "$work/refused" --expect-inputs "$small/SHA256SUMS"
verdict "and are refused where it lists others" "$([ $? = 5 ] && [ ! -e "$work/refused" ] || echo "they are not")"
. "$root/testdata/real/packed.sh"
. "$root/testdata/real/runbook.sh"
. "$root/testdata/real/duckdb.sh"
. "$root/testdata/real/pqarrow.sh"
. "$root/testdata/real/arrowrs.sh"
. "$root/testdata/real/arrow.sh"

go test -tags browser -count=1 -run '^TestBrowser$' ./cmd/flagfill >"$work/stderr" 2>&1
verdict "both reports in a browser: numbers, keyboard, contrast, 360 pixels, no request" "$([ $? = 0 ] || echo "it is not as it should be")"

go run ./bench/peers -points 100000 -turns 1 -snapshots "$work/snapshots" -results "$work/results" job >"$work/stdout" 2>"$work/stderr"
verdict "DuckDB, maps and sort come to the same flow records" "$([ $? = 0 ] || echo "they do not")"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
