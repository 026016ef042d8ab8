// What a figure must be read with: versions, and of each table of a Parquet
// snapshot its rows, codec, bytes and what the generator noted, and the share of
// device rows with an export MPAN.
//
//   node describe.mjs DIR

import { open, quoted } from './database.mjs';

const folder = quoted(process.argv[2]);
const { rows } = await open('2');
const tables = {};
for (const name of ['devices', 'meter_points']) {
  const path = `${folder}/${name}.parquet`;
  const [file] = await rows(`SELECT sum(num_rows)::BIGINT AS rows, sum(num_row_groups)::BIGINT AS row_groups FROM parquet_file_metadata('${path}')`);
  const [chunk] = await rows(`SELECT string_agg(DISTINCT compression, ', ' ORDER BY compression) AS codec FROM parquet_metadata('${path}')`);
  const notes = await rows(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`);
  tables[name] = { rows: Number(file.rows), row_groups: Number(file.row_groups), codec: chunk.codec,
    notes: Object.fromEntries(notes.map(({ key, value }) => [key, value])) };
}
const [{ share }] = await rows(`SELECT count(export_mpan) / count(*) AS share FROM read_parquet('${folder}/devices.parquet')`);
const [{ version }] = await rows('SELECT version() AS version');
console.log(JSON.stringify({ duckdb: version, node: process.version, export_mpan_share: share, tables }, null, 2));
