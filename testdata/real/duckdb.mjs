// DuckDB as a second reader.
//
//   node duckdb.mjs same A B    every Parquet and CSV file of folder A has the rows of its namesake in B
//   node duckdb.mjs count DIR   changes.parquet and exceptions.parquet of a publication hold what its manifest states
//   node duckdb.mjs equal PARQUET CSV   the two files, of one name or not, hold the same rows; \N in the CSV is null
//
// Differences go to stderr and end in exit code 1. NODE_PATH names the modules.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api')
const db = await (await DuckDBInstance.create(':memory:')).connect()
const rows = async sql => (await db.runAndReadAll(sql)).getRowObjectsJson()
const differ = text => { console.error(text); process.exitCode = 1 }

async function same(a, b) {
  const names = readdirSync(a).filter(name => /\.(parquet|csv)$/.test(name))
  if (names.length < 4) differ(`${a} holds ${names.length} files`)
  for (const name of names) {
    const read = folder => name.endsWith('.csv') ? `read_csv('${join(folder, name)}', all_varchar = true)` : `'${join(folder, name)}'`
    const [{ n, missing, added }] = await rows(`SELECT (SELECT count(*) FROM ${read(a)}) AS n,
      (SELECT count(*) FROM (FROM ${read(a)} EXCEPT ALL FROM ${read(b)})) AS missing,
      (SELECT count(*) FROM (FROM ${read(b)} EXCEPT ALL FROM ${read(a)})) AS added`)
    if (n < 1 || missing > 0 || added > 0) differ(`${name}: of ${n} rows ${missing} are missing, ${added} were added`)
  }
}

async function equal(parquet, csv) {
  const text = `(SELECT COLUMNS(*)::VARCHAR FROM '${parquet}')`
  const other = `read_csv('${csv}', all_varchar = true, nullstr = '\\N', header = true)`
  const [{ n, missing, added }] = await rows(`SELECT (SELECT count(*) FROM ${text}) AS n,
    (SELECT count(*) FROM (FROM ${text} EXCEPT ALL FROM ${other})) AS missing,
    (SELECT count(*) FROM (FROM ${other} EXCEPT ALL FROM ${text})) AS added`)
  if (n < 100_000 || missing > 0 || added > 0) differ(`${parquet}: of ${n} rows ${missing} are missing, ${added} were added`)
}

async function count(dir) {
  const { content: { totals, shards } } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))
  const changes = `'${join(dir, 'changes.parquet')}'`
  const exceptions = `'${join(dir, 'exceptions.parquet')}'`
  const equal = (what, stated, counted) => {
    const sorted = entries => JSON.stringify(entries.filter(([, n]) => n > 0).map(([key, n]) => [key, Number(n)]).sort())
    if (sorted(stated) !== sorted(counted)) differ(`${what}: the manifest states ${sorted(stated)}, DuckDB counts ${sorted(counted)}`)
  }
  const counted = async (key, from) => (await rows(`SELECT ${key} AS key, count(*) AS n FROM ${from} GROUP BY ALL`)).map(r => [r.key, r.n])

  const { meter_points: points, reportable } = totals
  equal('dispositions', [['emitted', reportable.emitted], ['withheld', reportable.withheld], ['undeliverable', reportable.undeliverable],
    ['held', points.held], ['left', points.left]],
  await counted('disposition', `${changes} WHERE disposition <> 'recorded'`))
  const transition = `concat_ws(' ', fuel, coalesce(old_status, 'Null'), coalesce(new_status, 'Null'))`
  equal('transitions', totals.transitions.map(t => [`${t.fuel} ${t.from} ${t.to}`, t.count]),
    await counted(transition, `${changes} WHERE disposition NOT IN ('held', 'left') AND old_status IS DISTINCT FROM new_status`))
  equal('shards', shards.map(s => [s.path, s.records]), await counted('shard', `${changes} WHERE shard IS NOT NULL`))
  equal('exceptions', Object.entries(totals.exceptions), await counted('code', exceptions))
  const [{ disorder }] = await rows(`SELECT count(*) AS disorder FROM (
    SELECT CAST(mpxn AS BIGINT) <= lag(CAST(mpxn AS BIGINT)) OVER (ORDER BY file_row_number) AS wrong
    FROM read_parquet(${changes}, file_row_number = true)) WHERE wrong`)
  if (disorder > 0) differ(`changes.parquet: ${disorder} rows are out of order`)
}

const [command, ...paths] = process.argv.slice(2)
await { same, equal, count }[command](...paths)
