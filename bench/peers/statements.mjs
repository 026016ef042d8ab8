// The SQL of a run: what to read, the job, what to write.

import { bare } from './bare.mjs';
import { checked } from './checked.mjs';
import { exceptions } from './exceptions.mjs';
import { tables } from './tables.mjs';

const write = (out, day) => [
  `COPY (SELECT n::VARCHAR AS mpxn, fuel, rdp_id, old_status, new_status, rule,
      CASE WHEN disposition <> 'held' THEN DATE '${day}' END AS effective_on, disposition FROM changed ORDER BY n)
    TO '${out}/changes.parquet' (FORMAT parquet, COMPRESSION snappy)`,
  // One line per flow and record: the two of a D0350 flow follow one another.
  `COPY (SELECT unnest(CASE WHEN fuel = 'gas'
        THEN ['"E46",' || n || ',"' || new_status || '",${day.replaceAll('-', '')}']
        ELSE ['901|' || instruction || '|DC01|', '902|' || n || '|' || new_status || '|${day.replaceAll('-', '')}|'] END) AS line
      FROM (SELECT *, row_number() OVER (PARTITION BY rdp_id ORDER BY n) AS instruction FROM changed WHERE disposition = 'emitted')
      ORDER BY rdp_id, n, line)
    TO '${out}/flows.txt' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\t')`,
];

// statements of a run, in order, and the counts to print after it. With checks
// 'count' exceptions are counted and their rows not listed, with 'none' nothing
// is looked at but the join and the decision table.
export function statements(checks, format, { folder, out, day }) {
  if (checks === 'none') return { run: [...bare(format, folder), ...write(out, day)], counts: {} };
  const from = tables[format](folder);
  const job = checked(from);
  const list = checks === 'all' ? exceptions(from, out) : [];
  return { run: [...from.load, ...job.run, ...write(out, day), ...list], counts: job.counts };
}
