// The SQL that lists exceptions, after that of checked.mjs. Their rows are found
// by reading both tables again: by far most have none, and the joins keep few.

import { checkOK, valid } from './checked.mjs';
import { mpxnColumns } from './tables.mjs';

const wrongDigit = (n) => `${n} >= 1000000000000 AND NOT (${checkOK(n)})`;

export const exceptions = (tables, out) => [`
  CREATE TEMP TABLE unmatched AS
  SELECT n, CASE WHEN ${wrongDigit('n')} THEN 'BAD_CHECK_DIGIT' WHEN usable > 0 THEN 'ORPHAN_MPXN' END AS code
  FROM gathered WHERE key IS NULL AND n > 0`, `
  CREATE TEMP TABLE flagged AS
  SELECT n, decided.conflict AS conflict, recorded IN (0, 5, 6) AS unknown, ever = 3 AS bad, problem
  FROM gathered JOIN decided USING (key)
  WHERE decided.conflict OR gathered.rows > 1 OR recorded IN (0, 5, 6) OR ever = 3 OR problem > 0`, `
  COPY (
    SELECT 'devices' AS "table", row, col AS "column", code, value
    FROM (SELECT row, col, value, CASE WHEN n IS NULL THEN 'BAD_MPXN' WHEN u.code = 'BAD_CHECK_DIGIT' THEN u.code
            WHEN type = 0 THEN 'UNKNOWN_DEVICE_TYPE' WHEN status = 0 THEN 'UNKNOWN_DEVICE_STATUS'
            WHEN status > 2 AND (type = 1) <> (n >= 1000000000000) THEN 'FUEL_MISMATCH'
            WHEN status > 2 THEN u.code END AS code
          FROM (${mpxnColumns.map((column) => `
            SELECT row, '${column}' AS col, t AS value, ${valid('t', 'n')} AS n, type, status
            FROM (SELECT row, ${column} AS t, try_cast(${column} AS BIGINT) AS n, type, status
                  FROM (${tables.devices}) WHERE type < 3 AND ${column} <> '')`).join(' UNION ALL ')})
          LEFT JOIN unmatched u USING (n))
    WHERE code IS NOT NULL
    UNION ALL
    SELECT 'meter_points', row, 'mpxn', unnest(codes), value
    FROM (SELECT row, value, CASE
            WHEN n IS NULL THEN ['BAD_MPXN']
            WHEN ${wrongDigit('n')} THEN ['BAD_CHECK_DIGIT']
            WHEN conflict THEN ['CONFLICTING_METER_POINT']
            WHEN nth > 1 THEN ['DUPLICATE_METER_POINT']
            ELSE list_filter([CASE WHEN unknown THEN 'UNKNOWN_SERVICE_STATUS' END, CASE WHEN bad THEN 'BAD_VALUE' END,
              CASE WHEN problem > 0 THEN ['NO_RDP', 'BAD_RDP', 'RDP_MISMATCH'][problem] END], lambda c: c IS NOT NULL) END AS codes
          FROM (SELECT *, row_number() OVER (PARTITION BY n ORDER BY row) AS nth
                FROM (SELECT row, t AS value, ${valid('t', 'n')} AS n
                      FROM (SELECT row, mpxn AS t, try_cast(mpxn AS BIGINT) AS n FROM (${tables.pointRows})))
                LEFT JOIN flagged USING (n)
                WHERE n IS NULL OR flagged.conflict IS NOT NULL OR ${wrongDigit('n')}))
    ORDER BY 1, 2, 3)
  TO '${out}/exceptions.parquet' (FORMAT parquet, COMPRESSION snappy)`];
