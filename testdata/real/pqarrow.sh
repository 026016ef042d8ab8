# Readers of other makes agree on what stands in the Parquet files that we encode
# ourselves: arrow-go prints their rows, DuckDB compares them with its own. Part of
# run.sh, after duckdb.sh.

pqarrow=$root/bin/pqarrow
(cd "$root/testdata/real/pqarrow" && go build -o "$pqarrow" .) >"$work/stderr" 2>&1
verdict "arrow-go's pqarrow" "$([ $? = 0 ] || echo "it cannot be built: the Go module proxy must be in reach")"

snapshot=$work/snapshot others=$work/others
"$flagfill" generate --out "$snapshot" --meter-points 200000 --seed 3 --errors 0.001 >/dev/null 2>"$work/stderr"
"$flagfill" generate --out "$others" --meter-points 200000 --seed 4 --errors 0.001 --extracts >/dev/null 2>>"$work/stderr"
publish "$snapshot" "$work/p-pages"
verdict "a publication of several pages" "$([ $? = 0 ] || echo "it failed")"
# Extracts of other meter points: all is missing, unknown or unreadable.
"$flagfill" reconcile --devices "$snapshot/devices.parquet" --meter-points "$snapshot/meter_points.parquet" --extract "$others/extracts" \
  --out "$work/r-pages" --progress none --as-of 2026-11-21T02:00:00Z --max-exceptions 1% >"$work/stdout" 2>"$work/stderr"
verdict "a reconciliation where nothing agrees" "$([ $? = 3 ] && grep -Eq '^ *unreadable +yes +[1-9]' "$work/stdout" || echo "it failed")"
for file in p-pages/changes.parquet r-pages/differences.parquet; do
  "$pqarrow" "$work/$file" >"$work/rows.csv" 2>"$work/stderr" && duckdb equal "$work/$file" "$work/rows.csv"
  verdict "arrow-go and DuckDB read the same of $(basename "$file")" "$([ $? = 0 ] || echo "they do not")"
done
