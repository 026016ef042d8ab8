// Arrow IPC as its own JavaScript library writes it.
//
//   node arrow.mjs DIR OUT   the CSV files of DIR as files and streams in OUT
//
// NODE_PATH names the modules.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const arrow = createRequire(import.meta.url)('apache-arrow')
const { Bool, DateDay, Dictionary, Int8, Int64, LargeUtf8, Table, TimestampSecond, Utf8 } = arrow

// The columns of a table; null is \N. No field of these files has a comma or a quote in it.
function columnsOf(path) {
  const [header, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n').map(line => line.split(','))
  return Object.fromEntries(header.map((name, i) => [name, rows.map(row => row[i] === '\\N' ? null : row[i])]))
}

const word = () => new Dictionary(new Utf8(), new Int8())
const day = text => text && new Date(text + 'T00:00:00Z')
const whole = text => text && BigInt(text)
const truth = text => text && text === 'true'

// What is not named here is text.
const plain = { device_type: [word()], device_status: [word()], service_status: [word()], rdp_id: [word()] }
const typed = {
  ...plain,
  import_mpxn: [new Int64(), whole], mpxn: [new Int64(), whole],
  service_status_changed_on: [new DateDay(), day], ever_installed: [new Bool(), truth],
}
const large = { ...plain, import_mpxn: [new LargeUtf8()], mpxn: [new LargeUtf8()] } // which it cannot write in batches
const instants = { ...typed, service_status_changed_on: [new TimestampSecond(), day] }

// In batches of so many rows each; a dictionary is shared by all of them.
function tableOf(columns, types, batchRows) {
  const vectors = Object.fromEntries(Object.entries(columns).map(([name, values]) => {
    const [type, parse = text => text] = types[name] ?? [new Utf8()]
    return [name, arrow.vectorFromArray(values.map(parse), type)]
  }))
  const all = new Table(vectors)
  const parts = []
  for (let at = 0; at < all.numRows; at += batchRows) parts.push(all.slice(at, at + batchRows))
  return parts[0].concat(...parts.slice(1))
}

const [from, to] = process.argv.slice(2)
for (const table of ['devices', 'meter_points']) {
  const columns = columnsOf(join(from, `${table}.csv`))
  const write = (name, types, batchRows, form) =>
    writeFileSync(join(to, `${table}-${name}`), arrow.tableToIPC(tableOf(columns, types, batchRows), form))
  write('text.arrow', {}, 1e9, 'file')
  write('words.feather', plain, 1e9, 'file')
  write('typed-batches.arrow', typed, 300, 'file')
  write('large.arrows', large, 1e9, 'stream')
  write('instants-batches.arrows', instants, 77, 'stream')
}
