# DuckDB as the other side: it writes what is read here, and reads what is
# written here. Part of run.sh.

version=1.5.6-r.1
modules=$root/bin/duckdb-$version
# Node knows the certificates it was built with; the machine's own come on top.
certificates=/etc/ssl/certs/ca-certificates.crt
[ -n "${NODE_EXTRA_CA_CERTS:-}" ] || [ ! -r $certificates ] || export NODE_EXTRA_CA_CERTS=$certificates
if [ ! -d "$modules/node_modules/@duckdb/node-api" ]; then
  timeout 90 npm install --prefix "$modules" --no-audit --no-fund --silent "@duckdb/node-api@$version" >"$work/stderr" 2>&1 ||
    verdict "DuckDB" "npm cannot install @duckdb/node-api@$version: its registry must be in reach"
fi
export NODE_PATH=$modules/node_modules
duckdb() { node "$root/testdata/real/duckdb.mjs" "$@" >"$work/stdout" 2>"$work/stderr"; }

# The committed files are what DuckDB writes today.
mkdir "$work/fresh"
cp testdata/duckdb/make.mjs "$work/fresh/"
node "$work/fresh/make.mjs" >/dev/null 2>"$work/stderr"
verdict "DuckDB writes its files" "$([ $? = 0 ] || echo "make.mjs fails")"
duckdb same testdata/duckdb "$work/fresh"
verdict "they hold the rows of the committed ones" "$([ $? = 0 ] || echo "they differ")"

# What DuckDB wrote now, in its many ways, gives one publication. The statuses
# of these rows follow no estate, so no limit applies.
lenient="--max-exceptions 100% --max-demotions 100% --max-no-meter-left 100%"
digests=""
for devices in "$work"/fresh/devices-*.parquet; do
  case $devices in *none-plain*) points=zstd-bigint ;; *snappy*) points=snappy ;; *v2-small*) points=lz4-v2 ;; *gzip*) points=brotli-decimal ;; *) points=none-ubigint-v2 ;; esac
  rm -rf "$work/read"
  "$flagfill" run --devices "$devices" --meter-points "$work/fresh/meter_points-$points.parquet" --out "$work/read" $options $lenient >"$work/stdout" 2>"$work/stderr"
  verdict "read $(basename "$devices") and $points" "$([ $? = 0 ] || echo "it failed")"
  digests+="$(sed -n 's/^content digest //p' "$work/stdout")"$'\n'
done
verdict "they give one content digest" "$([ "$(printf %s "$digests" | sort -u | wc -l)" = 1 ] || echo "$digests")"

# DuckDB reads what we publish, and counts the same.
duckdb count "$work/p"
verdict "DuckDB counts what the manifest states" "$([ $? = 0 ] || echo "they differ")"
publish "$large" "$work/p-large" --warnings
duckdb count "$work/p-large"
verdict "and for three million meter points" "$([ $? = 0 ] || echo "they differ")"
