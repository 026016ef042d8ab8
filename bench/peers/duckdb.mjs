// The job of `flagfill run` in DuckDB.
//
//   node duckdb.mjs --data DIR [--format parquet|csv|csv.gz|csv.zst] --out DIR [--checks all|count|none] [--threads 2] [--as-of 2026-11-21T02:00:00Z]
//
// Writes flows.txt, changes.parquet and, with --checks all, exceptions.parquet
// into --out, and prints counts as JSON. `seconds` is from the first statement
// to the last, without start-up.

import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { open, quoted } from './database.mjs';
import { statements } from './statements.mjs';
import { tables } from './tables.mjs';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    format: { type: 'string', default: 'parquet' },
    out: { type: 'string' },
    checks: { type: 'string', default: 'all' },
    threads: { type: 'string', default: '2' },
    'as-of': { type: 'string', default: '2026-11-21T02:00:00Z' },
  },
});
if (!flags.data || !flags.out || !(flags.format in tables) || !['all', 'count', 'none'].includes(flags.checks)) {
  console.error('usage: node duckdb.mjs --data DIR --out DIR [--format parquet|csv|csv.gz|csv.zst] [--checks all|count|none] [--threads N] [--as-of TIME]');
  process.exit(2);
}

mkdirSync(flags.out, { recursive: true });
const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date(flags['as-of']));
const job = statements(flags.checks, flags.format, { folder: quoted(flags.data), out: quoted(flags.out), day });
const { run, rows } = await open(flags.threads);
const began = performance.now();
const result = {};
for (const sql of job.run) await run(sql);
for (const [name, sql] of Object.entries(job.counts)) {
  result[name] = (await rows(sql)).map((row) => ({ ...row, count: Number(row.count) }));
}
console.log(JSON.stringify({ checks: flags.checks, seconds: (performance.now() - began) / 1000, ...result }, null, 2));
