#!/usr/bin/env bash
# The real program against the real machine: full and read-only disks, limits,
# signals, kills, races, coreutils and DuckDB. Needs root (for mount), node and
# npm, and fails where one is missing. `make test-real` builds and runs it.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

need() { # COMMAND HOW-TO-GET-IT
  command -v "$1" >/dev/null || { echo "test-real needs $1: $2" >&2; exit 1; }
}
need mount "apt-get install mount"
need setpriv "apt-get install util-linux"
need sha256sum "apt-get install coreutils"
need node "apt-get install nodejs"
need npm "apt-get install npm"
[ "$(id -u)" = 0 ] || { echo "test-real mounts file systems: run it as root" >&2; exit 1; }
[ -x bin/flagfill ] || { echo "bin/flagfill is missing: make build" >&2; exit 1; }

work=$(mktemp -d)
chmod 755 "$work" # other users run the program in it too
cleanup() {
  for m in "$work"/mount-*; do mountpoint -q "$m" && umount -l "$m"; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 143' INT TERM
mkdir "$work/mount-trial"
mount -t tmpfs none "$work/mount-trial" || { echo "test-real cannot mount here: in a container it must be privileged" >&2; exit 1; }
flagfill=$work/flagfill
install -m 755 bin/flagfill "$flagfill"

passed=0 failed=0
ok() { passed=$((passed + 1)); echo "ok    $1"; }
fail() { # WHAT WHY: shows what the program said last
  failed=$((failed + 1))
  echo "FAIL  $1: $2"
  sed 's/^/      | /' "$work/stderr" | head -5
}
verdict() { # WHAT PROBLEM, where an empty problem is none
  if [ -z "$2" ]; then ok "$1"; else fail "$1" "$2"; fi
}

large=$work/large small=$work/small
tables() { echo "--devices $1/devices.parquet --meter-points $1/meter_points.parquet"; }
options="--as-of 2026-11-21T02:00:00Z --baseline go-live --max-exceptions 1% --progress none"

run() { # SNAPSHOT OUT FLAG…: leaves the exit code in $code
  local snapshot=$1 out=$2
  shift 2
  "$flagfill" run $(tables "$snapshot") --out "$out" $options "$@" >"$work/stdout" 2>"$work/stderr"
  code=$?
}

# left OUT prints what stands at OUT or is staged beside it.
left() { find "$(dirname "$1")" -mindepth 1 -maxdepth 1 \( -name "$(basename "$1")" -o -name ".$(basename "$1").partial-*" \) -printf '%f '; }

# refused OUT CODE TEXT prints what is wrong with a run that had to fail so.
refused() {
  [ "$code" = "$2" ] || { echo "exit code $code, want $2"; return; }
  grep -q -- "$3" "$work/stderr" || { echo "the text does not say '$3'"; return; }
  [ -z "$(left "$1")" ] || echo "left $(left "$1")"
}

# whole OUT prints what is wrong with a publication that had to come out.
whole() {
  [ "$code" = 0 ] || { echo "exit code $code"; return; }
  [ "$(left "$1")" = "$(basename "$1") " ] || { echo "there are $(left "$1")"; return; }
  "$flagfill" verify "$1" >"$work/stdout" 2>"$work/stderr" || echo "does not verify"
}

"$flagfill" generate --out "$large" --meter-points 3000000 --seed 1 >/dev/null &&
  "$flagfill" generate --out "$small" --meter-points 3000 --seed 2 --errors 0.001 >/dev/null ||
  { echo "cannot generate" >&2; exit 1; }

for part in disk signals duckdb; do
  SECONDS=0
  . "$root/testdata/real/$part.sh"
  echo "      $part: ${SECONDS} s"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
