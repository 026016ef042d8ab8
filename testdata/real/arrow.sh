# Arrow's own JavaScript library as another program that writes extracts. Part
# of run.sh, after duckdb.sh: the rows are those that DuckDB wrote.

arrow_version=21.1.0
arrow_modules=$root/bin/apache-arrow-$arrow_version
if [ ! -d "$arrow_modules/node_modules/apache-arrow" ]; then
  timeout 90 npm install --prefix "$arrow_modules" --no-audit --no-fund --silent "apache-arrow@$arrow_version" >"$work/stderr" 2>&1 ||
    verdict "Arrow for JavaScript" "npm cannot install apache-arrow@$arrow_version: its registry must be in reach"
fi
mkdir "$work/arrow"
NODE_PATH=$arrow_modules/node_modules node "$root/testdata/real/arrow.mjs" testdata/duckdb "$work/arrow" >"$work/stdout" 2>"$work/stderr"
verdict "Arrow for JavaScript writes files and streams" "$([ $? = 0 ] || echo "arrow.mjs fails")"
for devices in "$work"/arrow/devices-*; do
  form=${devices##*/devices-}
  rm -rf "$work/read"
  "$flagfill" run --devices "$devices" --meter-points "$work/arrow/meter_points-$form" --out "$work/read" $options $lenient >"$work/stdout" 2>"$work/stderr"
  verdict "read $form" "$([ $? = 0 ] || echo "it failed")"
  digests+="$(sed -n 's/^content digest //p' "$work/stdout")"$'\n'
done
verdict "Arrow and DuckDB's Parquet give one content digest" "$([ "$(printf %s "$digests" | sort -u | wc -l)" = 1 ] || echo "$digests")"
