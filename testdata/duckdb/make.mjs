// Writes the Parquet files and the CSV files of this folder with DuckDB. Every
// Parquet file of a table holds the rows of the table's CSV file, in its order;
// they differ in codec, encoding, row groups, page version and types alone.
//
//   npm install --prefix /tmp/duckdb @duckdb/node-api@1.5.6-r.1
//   NODE_PATH=/tmp/duckdb/node_modules node make.mjs
//
// The same version writes the same bytes. All identifiers are made up; their
// check digits are right.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api')
const folder = dirname(fileURLToPath(import.meta.url))
const db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
const sql = text => db.run(text)

await sql(`SET preserve_insertion_order = true`)
await sql(`SET TimeZone = 'UTC'`)

// An MPAN's 13th digit is the sum of the first twelve, each times its prime,
// modulo 11, modulo 10.
await sql(`CREATE MACRO mpan(twelve) AS twelve || (list_sum(list_transform(range(1, 13), lambda i:
  CAST(substr(twelve, CAST(i AS INT), 1) AS INT) * [3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43][i])) % 11 % 10)`)

// An MPRN's last two digits are the sum of the others, each times its weight
// n to 1, modulo 11.
await sql(`CREATE MACRO mprn(eight) AS eight || lpad(CAST(list_sum(list_transform(range(1, 9), lambda i:
  CAST(substr(eight, CAST(i AS INT), 1) AS INT) * (9 - i))) % 11 AS VARCHAR), 2, '0')`)

await sql(`CREATE TYPE device_status AS ENUM ('Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned',
  'Suspended', 'Recovery', 'Recovered', 'Decommissioned', 'Withdrawn')`)

// Two electricity meter points out of three.
await sql(`CREATE TABLE points AS
  SELECT i,
         i % 3 <> 2 AS electricity,
         CASE WHEN i % 3 <> 2
              THEN mpan(CAST(10 + i % 14 AS VARCHAR) || lpad(CAST((i * 7919017) % 9999999967 AS VARCHAR), 10, '0'))
              ELSE mprn(CAST(10000000 + (i * 7919) % 89999999 AS VARCHAR)) END AS mpxn
  FROM range(2600) t(i)`)

await sql(`CREATE TABLE meter_points AS
  SELECT mpxn,
         CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN 'I' WHEN 2 THEN 'N' ELSE 'A' END AS service_status,
         CASE WHEN NOT electricity THEN 'XOSERVE' WHEN i % 5 = 0 THEN NULL
              ELSE ['EELC', 'EMEB', 'LOND', 'MANW', 'MIDE', 'NEEB', 'NORW', 'HYDE', 'SPOW', 'SEEB', 'SOUT', 'SWAE', 'SWEB', 'YELG'][1 + i % 14] END AS rdp_id,
         CASE WHEN i % 4 = 3 THEN NULL ELSE DATE '2019-11-28' + CAST(i % 2500 AS INT) END AS service_status_changed_on,
         CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END AS ever_installed
  FROM points ORDER BY i`)

await sql(`CREATE TABLE devices AS
  SELECT printf('88-73-84-57-%02X-%02X-%02X-%02X', (i * 31) % 256, (i * 17) % 256, i // 256, i % 256) AS device_id,
         CASE WHEN i % 11 = 10 THEN ['CHF', 'GPF', 'PPMID', 'IHD', 'CAD', 'HCALCS', 'IHD or CAD'][1 + i % 7]
              WHEN electricity THEN 'ESME' ELSE 'GSME' END AS device_type,
         CAST(CASE WHEN i < 900 THEN 'Commissioned' ELSE ['Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned', 'Suspended',
              'Recovery', 'Recovered', 'Decommissioned', 'Withdrawn'][1 + (i * i) % 9] END AS device_status) AS device_status,
         CASE WHEN i % 11 = 10 THEN NULL ELSE mpxn END AS import_mpxn,
         CASE WHEN electricity AND i % 40 = 0 THEN mpan('20' || lpad(CAST(i AS VARCHAR), 10, '0')) END AS secondary_import_mpan,
         CASE WHEN electricity AND i % 6 = 0 THEN mpan('12' || lpad(CAST(5000000 + i AS VARCHAR), 10, '0')) END AS export_mpan
  FROM points ORDER BY i`)

const copy = (query, name, options) => sql(`COPY (${query}) TO '${join(folder, name)}' (${options})`)

for (const table of ['devices', 'meter_points'])
  await copy(`FROM ${table}`, `${table}.csv`, `FORMAT csv, HEADER, NULLSTR '\\N'`)

const devicesAs = id => `SELECT device_id, device_type, device_status, CAST(import_mpxn AS ${id}) AS import_mpxn,
  CAST(secondary_import_mpan AS ${id}) AS secondary_import_mpan, CAST(export_mpan AS ${id}) AS export_mpan FROM devices`
const pointsAs = (id, day) => `SELECT CAST(mpxn AS ${id}) AS mpxn, service_status, rdp_id,
  CAST(service_status_changed_on AS ${day}) AS service_status_changed_on, ever_installed FROM meter_points`

// Dictionaries for the enumerations, plain pages for identifiers.
await copy(devicesAs('VARCHAR'), 'devices-snappy.parquet', 'FORMAT parquet, COMPRESSION snappy')
await copy(devicesAs('BIGINT'), 'devices-zstd-bigint-v2.parquet', 'FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2')
// No dictionary may have more than five entries: most chunks have none.
await copy(`SELECT * EXCLUDE (device_id) FROM (${devicesAs('VARCHAR')})`, 'devices-none-plain.parquet',
  'FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 5, ROW_GROUP_SIZE 2048')
await copy(devicesAs('VARCHAR'), 'devices-zstd-v2-small-groups.parquet',
  'FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 2048')
// Dictionaries for everything that repeats, identifiers too.
await copy(devicesAs('VARCHAR'), 'devices-gzip-dictionary.parquet',
  'FORMAT parquet, COMPRESSION gzip, DICTIONARY_SIZE_LIMIT 100000, ROW_GROUP_SIZE 2048')

await copy(pointsAs('VARCHAR', 'DATE'), 'meter_points-snappy.parquet', 'FORMAT parquet, COMPRESSION snappy')
await copy(pointsAs('BIGINT', 'TIMESTAMP'), 'meter_points-zstd-bigint.parquet', 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048')
await copy(pointsAs('UBIGINT', 'TIMESTAMP_MS'), 'meter_points-none-ubigint-v2.parquet', 'FORMAT parquet, COMPRESSION uncompressed, PARQUET_VERSION v2')
await copy(pointsAs('DECIMAL(13, 0)', 'TIMESTAMPTZ'), 'meter_points-brotli-decimal.parquet', 'FORMAT parquet, COMPRESSION brotli')
await copy(pointsAs('VARCHAR', 'TIMESTAMP_NS'), 'meter_points-lz4-v2.parquet', 'FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION v2')

for (const row of await (await db.runAndReadAll(`
  SELECT regexp_extract(file_name, '[^/]*$') AS file, row_group_id AS group_id, path_in_schema AS col, compression, encodings
  FROM parquet_metadata('${folder}/*.parquet') WHERE row_group_id = 0 ORDER BY ALL`)).getRowsJson())
  console.log(row.join('  '))
