// A DuckDB in memory.

import { DuckDBInstance } from '@duckdb/node-api';

// open gives run, which gives nothing back, and rows, which gives objects.
export async function open(threads) {
  const instance = await DuckDBInstance.create(':memory:', { threads });
  const connection = await instance.connect();
  await connection.run('SET preserve_insertion_order = false');
  return {
    run: (sql) => connection.run(sql),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
  };
}

// quoted makes a path fit to stand in an SQL string.
export const quoted = (path) => path.replaceAll("'", "''");
