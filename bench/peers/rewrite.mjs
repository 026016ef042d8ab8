// Writes a Parquet file again as DuckDB compresses it by zstd: the same rows in
// the same order, in row groups of the generator's length.
//
//   node rewrite.mjs FROM TO

import { open, quoted } from './database.mjs';

const [from, to] = process.argv.slice(2).map(quoted);
const { run } = await open('2');
await run('SET preserve_insertion_order = true');
await run(`COPY (SELECT * FROM read_parquet('${from}')) TO '${to}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 245760)`);
