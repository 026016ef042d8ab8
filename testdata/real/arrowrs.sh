# arrow-rs writes the rows of testdata/duckdb in every codec and page version, in
# many types and encodings; each gives the content digest of the same rows as CSV.
# Part of run.sh.

arrowrs=$root/bin/arrowrs-0.8.0-21.2.0
if [ ! -d "$arrowrs/node_modules/parquet-wasm" ]; then
  timeout 90 npm install --prefix "$arrowrs" --no-audit --no-fund --silent parquet-wasm@0.8.0 apache-arrow@21.2.0 >"$work/stderr" 2>&1 ||
    verdict "arrow-rs" "npm cannot install parquet-wasm and apache-arrow: its registry must be in reach"
fi
NODE_PATH=$arrowrs/node_modules node "$root/testdata/real/arrowrs.mjs" "$root/testdata/duckdb" "$work/arrowrs" >"$work/stdout" 2>"$work/stderr"
verdict "arrow-rs writes its files" "$([ $? = 0 ] || echo "arrowrs.mjs fails")"

digest_of() { # DEVICES METER-POINTS
  "$flagfill" run --devices "$1" --meter-points "$2" --out "$work/unwritten" --dry-run $options $lenient >"$work/stdout" 2>"$work/stderr"
  sed -n 's/^content digest //p' "$work/stdout"
}
expected=$(digest_of "$work/arrowrs/devices.csv" "$work/arrowrs/meter_points.csv")
verdict "their rows as CSV" "$([ -n "$expected" ] || echo "no digest")"
ways=0 others=""
for way in "$work"/arrowrs/*/; do
  ways=$((ways + 1))
  [ "$(digest_of "$way/devices.parquet" "$way/meter_points.parquet")" = "$expected" ] || others+="$(basename "$way") $(head -1 "$work/stderr") "
done
verdict "$ways ways of arrow-rs give that digest" "$([ "$ways" -ge 20 ] && [ -z "$others" ] || echo "but not: $others")"
