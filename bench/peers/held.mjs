// Makes what RDPs hold of the meter points of a snapshot without faults, in one
// file in no order, with a row for each: the recorded status, but for a share of
// them. Where there is a status, an eighth each of these is held under S, in two
// rows that differ, in two that are alike, wrongly, and by a second RDP; and three
// eighths are missing, so that there are as many rows whatever the share.
//
//   node held.mjs METER_POINTS TO SHARE            SHARE in per cent

import { open, quoted } from './database.mjs';
import { rdpName } from './tables.mjs';

const [from, to, share] = process.argv.slice(2);
const { run } = await open('2');
await run(`CREATE TEMP TABLE rows AS SELECT mpxn, service_status AS s, coalesce(rdp_id, ${rdpName}) AS rdp, service_status_changed_on AS day,
    (hash(mpxn) // 7)::UBIGINT % 1000 < ${Number(share) * 10} AS wrong, (hash(mpxn) // 7919)::UBIGINT % 8 AS way
  FROM (SELECT *, mpxn::BIGINT AS n FROM read_parquet('${quoted(from)}'))`);
const other = "CASE WHEN s = 'A' THEN 'N' ELSE 'A' END";
await run(`COPY (SELECT mpxn, flag AS dcc_service_flag, day AS dcc_service_flag_efd, rdp AS rdp_id FROM (
    SELECT mpxn, CASE WHEN NOT wrong OR s IS NOT NULL AND way = 7 THEN s WHEN way = 1 THEN 'S' ELSE ${other} END AS flag, day, rdp FROM rows
      WHERE NOT (wrong AND s IS NOT NULL AND way IN (0, 5, 6))
    UNION ALL SELECT mpxn, s, day - 1, rdp FROM rows WHERE wrong AND s IS NOT NULL AND way = 2
    UNION ALL SELECT mpxn, ${other}, day, rdp FROM rows WHERE wrong AND s IS NOT NULL AND way = 3
    UNION ALL SELECT mpxn, 'A', day, CASE WHEN rdp = 'LOND' THEN 'EELC' ELSE 'LOND' END FROM rows WHERE wrong AND s IS NOT NULL AND way = 7
    UNION ALL SELECT mpxn, 'Q', day, rdp FROM rows WHERE wrong AND hash(mpxn) % 1009 = 0)
    ORDER BY hash(mpxn || 'held')) TO '${quoted(to)}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 245760)`);
