// The SQL of the job with everything that flagfill run checks under its
// defaults.
//
// Where the two differ in strictness, the SQL is the laxer and so the faster: it
// takes an exponent inside thirteen characters for a number.

import { bit, distributors, firstDistributor, mpxnColumns, rdpName, xoserve } from './tables.mjs';

// A check digit as Σ (n // 10^e) × c instead of digit by digit: with
// d = q(e) − 10 q(e+1), a weight w(e) becomes w(e) − 10 w(e−1), taken modulo 11.
const weighted = (n, weights) => {
  const exponents = Object.keys(weights).map(Number);
  const terms = [];
  for (let e = Math.min(...exponents); e <= Math.max(...exponents); e++) {
    const c = ((((weights[e] ?? 0) - 10 * (weights[e - 1] ?? 0)) % 11) + 11) % 11;
    if (c > 0) terms.push(`(${n} // 1${'0'.repeat(e)}) * ${c}`);
  }
  return terms.join(' + ');
};
const mpanWeights = Object.fromEntries([43, 41, 37, 31, 29, 23, 19, 17, 13, 7, 5, 3].map((prime, i) => [i + 1, prime]));
const mprnWeights = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((weight) => [weight + 1, weight]));
export const checkOK = (n) => `CASE WHEN ${n} >= 1000000000000 THEN (${weighted(n, mpanWeights)}) % 11 % 10 = ${n} % 10
  ELSE (${weighted(n, mprnWeights)}) % 11 = ${n} % 100 END`;

// The common lengths need no look at the characters.
export const valid = (t, n) => `CASE
  WHEN strlen(${t}) = 13 AND ${n} >= 1000000000000 OR strlen(${t}) = 10 AND ${n} >= 1000000000 THEN ${n}
  WHEN regexp_full_match(${t}, ' *[0-9]{1,16} *')
    AND (${n} BETWEEN 100000 AND 9999999999 OR ${n} BETWEEN 1000000000000 AND 9999999999999) THEN ${n} END`;

// associations: n is −1 where the MPxN is none; kind says why one is not used.
const associations = (tables, where = 'true') => mpxnColumns.map((column) => `
  SELECT n, status, kind, CASE
      WHEN n = -1 THEN 0
      WHEN kind <> 0 THEN ${bit.unusable}
      ELSE status END AS bits
  FROM (SELECT coalesce(n, -1) AS n, status, CASE
          WHEN type = 0 THEN 1
          WHEN status = ${bit.unknown} THEN 2
          WHEN status >= ${bit.installed} AND (type = 1) <> (n >= 1000000000000) THEN 3
          ELSE 0 END AS kind
        FROM (SELECT ${valid('t', 'n')} AS n, type, status
              FROM (SELECT ${column} AS t, try_cast(${column} AS BIGINT) AS n, type, 1 << ((status + 10) % 11) AS status
                    FROM (${tables.devices})
                    WHERE type < 3 AND ${column} <> '' AND (${where.replaceAll('COLUMN', column)}))))
`).join(' UNION ALL ');

// suspect keeps all rows that may be of an unknown type or status or of the
// other fuel, and few others, before anything is parsed.
const suspect = `type = 0 OR status = 0
  OR type = 1 AND try_cast(COLUMN AS BIGINT) < 1000000000000 OR type = 2 AND strlen(COLUMN) > 12`;

// points: one row per meter_points row, its attributes packed into a word so
// that equal rows have equal words. n is −2 where the MPxN is none, −3 where
// its check digit is wrong.
const points = (tables) => `
  CREATE TEMP TABLE points AS
  SELECT CASE WHEN n IS NULL THEN -2 WHEN n >= 1000000000000 AND NOT ok THEN -3 ELSE n END AS n,
    recorded + (reported << 3) + (ever << 6) + (ok::INT << 8) + (rdp << 9) + (day << 32) AS word
  FROM (SELECT n, ${checkOK('n')} AS ok, recorded, reported, ever, rdp, day
        FROM (SELECT ${valid('t', 'n')} AS n, recorded::BIGINT AS recorded, reported::BIGINT AS reported, ever::BIGINT AS ever, rdp, day
              FROM (SELECT *, mpxn AS t, try_cast(mpxn AS BIGINT) AS n FROM (${tables.points}))))`;

// problem: 1 NO_RDP, 2 BAD_RDP, 3 RDP_MISMATCH.
const problem = `CASE
  WHEN n < 1000000000000 THEN CASE WHEN rdp IN (0, ${xoserve}) THEN 0 ELSE 2 END
  WHEN rdp = 0 THEN CASE WHEN n // 100000000000 BETWEEN ${firstDistributor} AND ${firstDistributor + distributors.length - 1} THEN 0 ELSE 1 END
  WHEN rdp = ${xoserve} OR rdp >= 2000000 THEN 2
  WHEN rdp = n // 100000000000 - ${firstDistributor - 1} THEN 0
  ELSE 3 END`;

// Everything an outcome depends on, packed, so that the decision table is
// worked out once per combination and not once per meter point.
const gather = (tables) => `
  CREATE TEMP TABLE gathered AS
  SELECT n, meters, usable, rows, conflict, CASE WHEN rows > 0 AND n > 0 THEN
      coalesce(bits, 0) + ((CASE WHEN conflict THEN 1 ELSE recorded END) << 11) + (reported << 14) + (ever << 17)
      + (conflict::INT << 19) + ((${problem}) << 20) + ((n >= 1000000000000)::INT << 22) + (ok << 23) END AS key
  FROM (SELECT coalesce(p.n, d.n) AS n, bits, meters, usable, rows, low <> high AS conflict,
          low & 7 AS recorded, low >> 3 & 7 AS reported, low >> 6 & 3 AS ever, low >> 8 & 1 AS ok, low >> 9 & 8388607 AS rdp
        FROM (SELECT n, bit_or(bits) AS bits, count(*) AS meters,
                count(CASE WHEN kind = 0 AND status >= ${bit.installed} THEN 1 END) AS usable
              FROM (${associations(tables)}) GROUP BY n) d
        FULL JOIN (SELECT n, min(word) AS low, max(word) AS high, count(*) AS rows FROM points GROUP BY n) p ON d.n = p.n)`;

const decide = `
  CREATE TEMP TABLE decided AS
  SELECT key, fuel, problem, points, rows, meters, ok, conflict, recorded, reported, ever, old, rule,
    CASE rule WHEN 'commissioned' THEN 'A' WHEN 'installed' THEN 'I' WHEN 'not-active' THEN 'N' WHEN 'never' THEN 'Null'
      ELSE 'held' END AS new
  FROM (SELECT *, [NULL, 'Null', 'A', 'I', 'N', 'S', 'W'][recorded + 1] AS old, CASE
          WHEN conflict OR recorded IN (0, 5, 6) OR ever = 3 THEN 'own-row'
          WHEN bits & ${bit.commissioned} <> 0 THEN 'commissioned'
          WHEN bits & ${bit.unusable} <> 0 THEN 'unreadable'
          WHEN bits & ${bit.installed} <> 0 AND bits & ${bit.other} <> 0 THEN 'mixed'
          WHEN bits & ${bit.installed} <> 0 THEN 'installed'
          WHEN recorded IN (2, 3, 4) OR reported IN (2, 3, 4) OR ever = 1 THEN 'not-active'
          WHEN bits & ${bit.other + bit.past} <> 0 THEN 'not-active'
          ELSE 'never' END AS rule
        FROM (SELECT key, key & 2047 AS bits, key >> 11 & 7 AS recorded, key >> 14 & 7 AS reported, key >> 17 & 3 AS ever,
                (key >> 19 & 1) = 1 AS conflict, key >> 20 & 3 AS problem,
                CASE WHEN key >> 22 & 1 = 1 THEN 'electricity' ELSE 'gas' END AS fuel, (key >> 23 & 1) = 1 AS ok,
                count(*) AS points, sum(rows) AS rows, sum(meters) AS meters
              FROM gathered WHERE key IS NOT NULL GROUP BY key))`;

const change = `
  CREATE TEMP TABLE changed AS
  SELECT n, fuel, CASE WHEN problem = 0 THEN ${rdpName} END AS rdp_id, nullif(old, 'Null') AS old_status,
    CASE WHEN new = 'held' THEN nullif(old, 'Null') ELSE nullif(new, 'Null') END AS new_status, rule,
    CASE WHEN new = 'held' THEN 'held' WHEN problem <> 0 THEN 'undeliverable' ELSE 'emitted' END AS disposition
  FROM gathered JOIN decided USING (key) WHERE new <> old OR old IS NULL`;

const counts = (tables) => ({
  rules: `SELECT fuel, rule, sum(points)::BIGINT AS count FROM decided GROUP BY ALL ORDER BY ALL`,
  transitions: `SELECT fuel, old AS "from", new AS "to", sum(points)::BIGINT AS count FROM decided
    WHERE new <> 'held' AND new <> old GROUP BY ALL ORDER BY ALL`,
  devices: `
    SELECT 'BAD_MPXN' AS code, meters AS count FROM gathered WHERE n = -1
    UNION ALL SELECT CASE WHEN n >= 1000000000000 THEN 'BAD_CHECK_DIGIT' ELSE 'BAD_CHECK_DIGIT warning' END, sum(meters)
      FROM gathered WHERE key IS NULL AND n > 0 AND NOT (${checkOK('n')}) GROUP BY 1
    UNION ALL SELECT 'BAD_CHECK_DIGIT warning', sum(meters) FROM decided WHERE NOT ok AND meters > 0 HAVING count(*) > 0
    UNION ALL SELECT 'ORPHAN_MPXN', sum(usable) FROM gathered
      WHERE key IS NULL AND n > 0 AND usable > 0 AND (n < 1000000000000 OR ${checkOK('n')}) HAVING count(*) > 0
    UNION ALL SELECT ['UNKNOWN_DEVICE_TYPE', 'UNKNOWN_DEVICE_STATUS', 'FUEL_MISMATCH'][kind], count(*)
      FROM (${associations(tables, suspect)}) WHERE kind > 0 AND n > 0 AND (n < 1000000000000 OR ${checkOK('n')}) GROUP BY kind`,
  meter_points: `
    SELECT CASE n WHEN -2 THEN 'BAD_MPXN' ELSE 'BAD_CHECK_DIGIT' END AS code, rows AS count FROM gathered WHERE n IN (-2, -3)
    UNION ALL SELECT 'BAD_CHECK_DIGIT warning', sum(rows) FROM decided WHERE NOT ok HAVING count(*) > 0
    UNION ALL SELECT 'CONFLICTING_METER_POINT', sum(rows) FROM decided WHERE conflict HAVING count(*) > 0
    UNION ALL SELECT 'DUPLICATE_METER_POINT', sum(rows - points) FROM decided WHERE NOT conflict HAVING sum(rows - points) > 0
    UNION ALL SELECT 'UNKNOWN_SERVICE_STATUS', sum(points) FROM decided WHERE NOT conflict AND recorded IN (0, 5, 6) HAVING count(*) > 0
    UNION ALL SELECT 'UNKNOWN_REPORTED_STATUS', sum(points) FROM decided WHERE NOT conflict AND reported IN (0, 5, 6) HAVING count(*) > 0
    UNION ALL SELECT 'BAD_VALUE', sum(points) FROM decided WHERE NOT conflict AND ever = 3 HAVING count(*) > 0
    UNION ALL SELECT ['NO_RDP', 'BAD_RDP', 'RDP_MISMATCH'][problem], sum(points) FROM decided WHERE NOT conflict AND problem > 0 GROUP BY problem`,
});

export const checked = (tables) => ({ run: [points(tables), gather(tables), decide, change], counts: counts(tables) });
