# gzip and zstd as the programs that pack extracts: what they write is read, and
# what they refuse is refused. Part of run.sh.

csv=$work/csv
"$flagfill" generate --out "$csv" --meter-points 200000 --seed 3 --errors 0.001 --format csv >/dev/null 2>"$work/stderr"
verdict "a snapshot as CSV" "$([ $? = 0 ] || echo "it cannot be generated")"

# read_packed WHAT CODE DEVICES runs with these devices, which must end in CODE.
packed_digests=""
read_packed() {
  rm -rf "$work/read"
  "$flagfill" run --devices "$3" --meter-points "$csv/meter_points.csv" --out "$work/read" $options >"$work/stdout" 2>"$work/stderr"
  local code=$?
  verdict "$1" "$([ $code = "$2" ] || echo "exit code $code, not $2")"
  [ "$2" = 0 ] && packed_digests+="$(sed -n 's/^content digest //p' "$work/stdout")"$'\n'
  [ "$2" = 0 ] || verdict "$1: nothing is left" "$([ ! -e "$work/read" ] || echo "something is")"
}

text=$csv/devices.csv
half=$(($(wc -l <"$text") / 2))
read_packed "CSV" 0 "$text"
gzip -1 -c "$text" >"$work/1.gz" && read_packed "gzip -1" 0 "$work/1.gz"
gzip -9 -c "$text" >"$work/9.gz" && read_packed "gzip -9" 0 "$work/9.gz"
{ head -n "$half" "$text" | gzip; tail -n "+$((half + 1))" "$text" | gzip; } >"$work/members.gz" && read_packed "two members of gzip" 0 "$work/members.gz"
zstd -q -c "$text" >"$work/3.zst" && read_packed "zstd" 0 "$work/3.zst"
zstd -q -19 -c <"$text" >"$work/19.zst" && read_packed "zstd -19 of a pipe" 0 "$work/19.zst"
{ head -n "$half" "$text" | zstd -q; tail -n "+$((half + 1))" "$text" | zstd -q --no-check; } >"$work/frames.zst" && read_packed "two frames of zstd" 0 "$work/frames.zst"
zstd -q --long=27 -c <"$text" >"$work/long.zst" && read_packed "zstd --long=27 of a pipe" 5 "$work/long.zst"
head -c 100000 "$work/1.gz" >"$work/cut.gz" && read_packed "gzip, cut off" 5 "$work/cut.gz"
head -c 100000 "$work/3.zst" >"$work/cut.zst" && read_packed "zstd, cut off" 5 "$work/cut.zst"
{ head -n 100 "$text"; head -c 300000000 /dev/zero | tr '\0' '\n'; } | gzip >"$work/bomb.gz" && read_packed "a bomb of gzip" 5 "$work/bomb.gz"
verdict "they give one content digest" "$([ "$(printf %s "$packed_digests" | sort -u | wc -l)" = 1 ] && [ "$(printf %s "$packed_digests" | wc -l)" = 7 ] || echo "$packed_digests")"
