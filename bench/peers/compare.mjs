// Compares two exceptions.parquet as multisets of table, row and code. Column and
// value are left out: where a device type, a device status, a recorded status,
// a boolean or an RDP is at fault, flagfill names that column and its value, and
// the SQL the MPxN concerned.
//
//   node compare.mjs OURS THEIRS

import { open, quoted } from './database.mjs';

const [ours, theirs] = process.argv.slice(2).map((path) => `SELECT "table", row, code FROM read_parquet('${quoted(path)}')`);
const { rows } = await open('2');
const count = async (sql) => Number((await rows(`SELECT count(*) AS count FROM (${sql})`))[0].count);
console.log(JSON.stringify({
  ours: await count(ours),
  theirs: await count(theirs),
  only_ours: await count(`${ours} EXCEPT ALL ${theirs}`),
  only_theirs: await count(`${theirs} EXCEPT ALL ${ours}`),
}));
