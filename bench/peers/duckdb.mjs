// The job of `flagfill run` in DuckDB.
//
//   node duckdb.mjs --data DIR --out DIR [--checks all|count|none] [--threads 2] [--as-of 2026-11-21T02:00:00Z]
//   node duckdb.mjs --data DIR --describe
//
// Writes flows.txt and changes.parquet into --out, and prints counts as JSON.
// `seconds` is from the first statement to the last, without start-up.

import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { statements } from './statements.mjs';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    checks: { type: 'string', default: 'all' },
    threads: { type: 'string', default: '2' },
    'as-of': { type: 'string', default: '2026-11-21T02:00:00Z' },
    describe: { type: 'boolean', default: false },
  },
});
if (!flags.data || !(flags.out || flags.describe) || !['all', 'count', 'none'].includes(flags.checks)) {
  console.error('usage: node duckdb.mjs --data DIR (--out DIR [--checks all|count|none] [--threads N] [--as-of TIME] | --describe)');
  process.exit(2);
}

const quoted = (path) => path.replaceAll("'", "''");
const devices = quoted(`${flags.data}/devices.parquet`);
const meterPoints = quoted(`${flags.data}/meter_points.parquet`);

const instance = await DuckDBInstance.create(':memory:', { threads: flags.threads });
const connection = await instance.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
const number = (row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, k === 'count' ? Number(v) : v]));

if (flags.describe) {
  console.log(JSON.stringify(await describe(), null, 2));
} else {
  console.log(JSON.stringify(await run(), null, 2));
}

async function run() {
  mkdirSync(flags.out, { recursive: true });
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date(flags['as-of']));
  const job = statements(flags.checks, { devices, meterPoints, out: quoted(flags.out), day });
  await connection.run('SET preserve_insertion_order = false');
  const began = performance.now();
  const result = {};
  for (const sql of job.run) await connection.run(sql);
  for (const [name, sql] of Object.entries(job.counts)) result[name] = (await rows(sql)).map(number);
  return { checks: flags.checks, seconds: (performance.now() - began) / 1000, ...result };
}

// What a figure must be read with: versions, rows, codec, seed, order, page
// size, and the share of device rows with an export MPAN.
async function describe() {
  const tables = {};
  for (const [name, path] of Object.entries({ devices, meter_points: meterPoints })) {
    const [file] = await rows(`SELECT sum(num_rows)::BIGINT AS rows, sum(num_row_groups)::BIGINT AS row_groups FROM parquet_file_metadata('${path}')`);
    const [chunk] = await rows(`SELECT string_agg(DISTINCT compression, ', ') AS codec, sum(total_compressed_size)::BIGINT AS bytes FROM parquet_metadata('${path}')`);
    const notes = await rows(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`);
    tables[name] = { rows: Number(file.rows), row_groups: Number(file.row_groups), codec: chunk.codec, bytes: Number(chunk.bytes),
      notes: Object.fromEntries(notes.map(({ key, value }) => [key, value])) };
  }
  const [{ share }] = await rows(`SELECT count(export_mpan) / count(*) AS share FROM read_parquet('${devices}')`);
  const [{ version }] = await rows('SELECT version() AS version');
  return { duckdb: version, node: process.version, export_mpan_share: share, tables };
}
