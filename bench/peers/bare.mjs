// The SQL of the join and the decision table alone. Every row is believed, so
// it is right only of a snapshot without faults.

import { bareTables, bit, mpxnColumns, rdpName } from './tables.mjs';

export function bare(format, folder) {
  const tables = bareTables[format](folder);
  return [...tables.load, `
  CREATE TEMP TABLE changed AS
  SELECT n, CASE WHEN n >= 1000000000000 THEN 'electricity' ELSE 'gas' END AS fuel, ${rdpName} AS rdp_id,
    old AS old_status, new AS new_status, rule, CASE rule WHEN 'mixed' THEN 'held' ELSE 'emitted' END AS disposition
  FROM (SELECT n, old, CASE rule WHEN 'commissioned' THEN 'A' WHEN 'mixed' THEN old WHEN 'installed' THEN 'I' WHEN 'not-active' THEN 'N' END AS new, rule
        FROM (SELECT n, old, CASE
                WHEN bits & ${bit.commissioned} <> 0 THEN 'commissioned'
                WHEN bits & ${bit.installed} <> 0 AND bits & ${bit.other} <> 0 THEN 'mixed'
                WHEN bits & ${bit.installed} <> 0 THEN 'installed'
                WHEN old IS NOT NULL OR reported IS NOT NULL OR ever OR bits & ${bit.other + bit.past} <> 0 THEN 'not-active'
                ELSE 'never' END AS rule
              FROM (SELECT mpxn AS n, service_status AS old, reported_status AS reported, ever FROM (${tables.points}))
              LEFT JOIN (SELECT n, bit_or(1 << status) AS bits FROM (${mpxnColumns.map((column) => `
                  SELECT ${column} AS n, status FROM (${tables.devices}) WHERE type < 3 AND ${column} IS NOT NULL`).join(' UNION ALL ')})
                GROUP BY n) USING (n)))
  WHERE new IS DISTINCT FROM old OR rule = 'mixed'`];
}
