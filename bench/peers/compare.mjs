// Compares two Parquet files as multisets of some columns.
//
//   node compare.mjs OURS THEIRS COLUMN…
//
// Of exceptions.parquet these are table, row and code: where a device type, a
// device status, a recorded status, a boolean or an RDP is at fault, flagfill
// names that column and its value, and the SQL the MPxN concerned.

import { open, quoted } from './database.mjs';

const [ours, theirs] = process.argv.slice(2, 4).map((path) =>
  `SELECT ${process.argv.slice(4).map((column) => `"${column}"`).join(', ')} FROM read_parquet('${quoted(path)}')`);
const { rows } = await open('2');
const count = async (sql) => Number((await rows(`SELECT count(*) AS count FROM (${sql})`))[0].count);
console.log(JSON.stringify({
  ours: await count(ours),
  theirs: await count(theirs),
  only_ours: await count(`${ours} EXCEPT ALL ${theirs}`),
  only_theirs: await count(`${theirs} EXCEPT ALL ${ours}`),
}));
