# Signals, kills and races. Part of run.sh.

# How long a whole run takes here, in milliseconds: the moments below are
# tenths of it, so they fall into the run on any machine.
started=$(date +%s%3N)
run "$large" "$work/whole" --workers 1
whole_ms=$(($(date +%s%3N) - started))
verdict "three million meter points ($whole_ms ms)" "$(whole "$work/whole")"

# stopped SIGNAL TENTHS: a run that is sent a signal after some tenths of it.
stopped() {
  "$flagfill" run $(tables "$large") --out "$work/out" $options --workers 1 >"$work/stdout" 2>"$work/stderr" &
  local pid=$!
  sleep "$(printf '%d.%03d' $((whole_ms * $2 / 10000)) $((whole_ms * $2 / 10 % 1000)))"
  kill "-$1" $pid 2>/dev/null
  wait $pid 2>/dev/null
  code=$?
}

for signal in INT TERM; do
  want=$([ $signal = INT ] && echo 130 || echo 143)
  hits=0
  for tenths in 1 3 5 6 7 8 9 10; do
    rm -rf "$work/out"
    stopped $signal $tenths
    if [ $code = 0 ]; then # it was too late
      verdict "SIG$signal after $tenths tenths, done" "$(whole "$work/out")"
    else
      hits=$((hits + 1))
      verdict "SIG$signal after $tenths tenths" "$(refused "$work/out" $want "nothing was published")"
    fi
  done
  verdict "SIG$signal stopped runs" "$([ $hits -gt 1 ] || echo "stopped $hits of 8")"
done

# SIGKILL leaves a staging folder at most, which the next run sweeps.
partial=0
for tenths in 2 4 5 6 7 8 9 10; do
  rm -rf "$work/out"
  stopped KILL $tenths
  if [ -e "$work/out" ]; then
    code=0
    verdict "SIGKILL after $tenths tenths, published" "$("$flagfill" verify "$work/out" >/dev/null 2>"$work/stderr" || echo "does not verify")"
  else
    staged=$(left "$work/out" | wc -w)
    partial=$((partial + staged))
    verdict "SIGKILL after $tenths tenths" "$([ "$staged" -le 1 ] || echo "left $(left "$work/out")")"
  fi
done
verdict "SIGKILL hit runs on the way" "$([ $partial -gt 1 ] || echo "$partial of 8 staged")"
rm -rf "$work/out"
stopped KILL 5
run "$small" "$work/out"
verdict "the run after a kill sweeps and succeeds" "$(whole "$work/out")"

# Two runs for one folder, begun at the same moment: one publishes.
wrong=""
for round in $(seq 20); do
  for side in a b; do
    "$flagfill" run $(tables "$small") --out "$work/race" $options >/dev/null 2>"$work/stderr-$side" &
    pids[$([ $side = a ] && echo 0 || echo 1)]=$!
  done
  codes=()
  for pid in "${pids[@]}"; do wait "$pid"; codes+=($?); done
  case "${codes[*]}" in
    "0 2") cp "$work/stderr-b" "$work/stderr" ;;
    "2 0") cp "$work/stderr-a" "$work/stderr" ;;
    *) wrong="round $round ended in ${codes[*]}"; break ;;
  esac
  grep -q "cannot publish to" "$work/stderr" || { wrong="round $round: the loser does not say why"; break; }
  code=0
  wrong=$(whole "$work/race")
  [ -z "$wrong" ] || break
  rm -rf "$work/race"
done
verdict "20 races for one folder" "$wrong"
