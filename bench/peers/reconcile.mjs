// The job of `flagfill reconcile` in DuckDB, by flag and against the recorded
// statuses: a full outer join, with the same classes.
//
//   node reconcile.mjs --points FILE --held FILE --out DIR [--threads 2]
//
// Writes differences.parquet into --out, and prints counts as JSON. It believes
// the meter_points: no duplicate or conflict is looked for there.

import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkOK, valid } from './checked.mjs';
import { open, quoted } from './database.mjs';
import { rdpName } from './tables.mjs';

const { values: flags } = parseArgs({
  options: { points: { type: 'string' }, held: { type: 'string' }, out: { type: 'string' }, threads: { type: 'string', default: '2' } },
});
if (!flags.points || !flags.held || !flags.out) {
  console.error('usage: node reconcile.mjs --points FILE --held FILE --out DIR [--threads N]');
  process.exit(2);
}
const names = ['A', 'I', 'N', 'S', 'W'];
const code = (column) => `CASE WHEN ${column} IS NULL THEN 0
  ELSE coalesce(list_position(['', 'a', 'i', 'n', 's', 'w'], replace(lower(trim(${column})), 'null', '')), 9) - 1 END`;
const text = (flag) => `['A', 'I', 'N', 'S', 'W'][${flag}]`;
const held = `concat_ws(',', ${names.map((name, i) => `CASE WHEN flags & ${1 << i} <> 0 THEN '${name}' END`).join(', ')})`;
const usable = (n) => `n IS NOT NULL AND (n < 1000000000000 OR ${checkOK(n)})`;

const job = [
  `CREATE TEMP TABLE points AS SELECT n, ${code('service_status')} AS expected, coalesce(rdp_id, ${rdpName}) AS rdp
    FROM (SELECT ${valid('mpxn', 'try_cast(mpxn AS BIGINT)')} AS n, service_status, rdp_id FROM read_parquet('${quoted(flags.points)}')) WHERE ${usable('n')}`,
  `CREATE TEMP VIEW parsed AS SELECT mpxn, dcc_service_flag, n, flag, coalesce(rdp_id, ${rdpName}) AS rdp, day, flag < 8 AND (${usable('n')}) AS ok
    FROM (SELECT mpxn, dcc_service_flag, ${valid('mpxn', 'try_cast(mpxn AS BIGINT)')} AS n, ${code('dcc_service_flag')} AS flag, rdp_id, dcc_service_flag_efd AS day
          FROM read_parquet('${quoted(flags.held)}'))`,
  // A word is flag and day: of most groups it is one, and no second look is needed.
  `CREATE TEMP TABLE held AS SELECT n, rdp, bit_or(CASE WHEN flag > 0 THEN 1 << (flag - 1) ELSE 0 END) AS flags, count(*) AS rows, min(word) AS low, max(word) AS high
    FROM (SELECT *, flag + 8 * coalesce(day - DATE '1900-01-01', -1)::BIGINT AS word FROM parsed WHERE ok) GROUP BY n, rdp`,
  `CREATE TEMP TABLE different AS SELECT n, rdp, count(*) AS words
    FROM (SELECT DISTINCT n, rdp, flag, day FROM parsed SEMI JOIN (SELECT n, rdp FROM held WHERE low <> high) USING (n, rdp) WHERE ok) GROUP BY n, rdp`,
  `CREATE TEMP TABLE classed AS SELECT n, rdp, expected, coalesce(flags, 0) AS flags, rows, low, high, CASE
      WHEN expected IS NULL THEN 'row'
      WHEN rdp IS NULL OR rdp NOT IN (SELECT DISTINCT rdp FROM held) THEN 'not_covered'
      WHEN bit_count(coalesce(flags, 0)) > 1 THEN 'duplicate'
      WHEN coalesce(flags, 0) = CASE WHEN expected > 0 THEN 1 << (expected - 1) ELSE 0 END THEN 'match'
      WHEN coalesce(flags, 0) = 0 THEN 'missing'
      WHEN expected = 0 THEN 'unexpected'
      WHEN flags & 24 <> 0 THEN 'legacy'
      ELSE 'stale' END AS class
    FROM points FULL OUTER JOIN held USING (n, rdp)`,
  `CREATE TEMP TABLE astray AS SELECT c.n, c.rdp, c.flags, c.rows, p.n IS NOT NULL AS known, p.rdp AS responsible
    FROM (SELECT * FROM classed WHERE class = 'row') c LEFT JOIN points p ON p.n = c.n`,
  `COPY (SELECT mpxn, rdp_id, expected, held, class, held_by FROM (
      SELECT n, n::VARCHAR AS mpxn, rdp AS rdp_id, ${text('expected')} AS expected, nullif(${held}, '') AS held, class, CASE WHEN flags <> 0 THEN rdp END AS held_by
        FROM classed WHERE class NOT IN ('row', 'match', 'not_covered')
      UNION ALL SELECT n, n::VARCHAR, responsible, NULL, nullif(${held}, ''), CASE WHEN known THEN 'misrouted' ELSE 'unknown_point' END, rdp
        FROM (SELECT *, unnest(range(rows)) FROM astray)
      UNION ALL SELECT 99999999999999, mpxn, NULL, NULL, dcc_service_flag, 'unreadable', rdp
        FROM parsed WHERE NOT ok) ORDER BY n)
    TO '${quoted(flags.out)}/differences.parquet' (FORMAT parquet, COMPRESSION snappy)`,
];
const counts = {
  classes: `SELECT class, count(*) AS count FROM classed WHERE class <> 'row' GROUP BY class`,
  rows: `SELECT 'unreadable' AS class, count(*) AS count FROM parsed WHERE NOT ok
    UNION ALL SELECT CASE WHEN known THEN 'misrouted' ELSE 'unknown_point' END, sum(rows) FROM astray GROUP BY 1
    UNION ALL SELECT 'repeat', coalesce(sum(rows - coalesce(words, 1)), 0) FROM (SELECT * FROM classed WHERE class <> 'row' AND rows > 1) LEFT JOIN different USING (n, rdp)`,
};

mkdirSync(flags.out, { recursive: true });
const { run, rows } = await open(flags.threads);
const began = performance.now();
for (const sql of job) await run(sql);
const result = {};
for (const [name, sql] of Object.entries(counts)) {
  result[name] = Object.fromEntries((await rows(sql)).map((row) => [row.class, Number(row.count)]));
}
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, ...result }, null, 2));
