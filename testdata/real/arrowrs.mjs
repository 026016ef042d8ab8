// arrow-rs as another writer of Parquet, through parquet-wasm.
//
//   node arrowrs.mjs FROM TO    writes the rows of FROM/devices.csv and FROM/meter_points.csv, where \N is null, into TO in many
//                               ways: a folder each, with plain.csv files of the same rows beside them
//
// NODE_PATH names the modules.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const arrow = require('apache-arrow')
const parquet = require('parquet-wasm')
const [from, to] = process.argv.slice(2)

const { Compression, Encoding, WriterVersion } = parquet
const isIdentifier = name => /mpxn|mpan/.test(name)
const isDate = name => name === 'service_status_changed_on'
const midnight = text => new Date(`${text}T00:00:00Z`)

// How columns are typed: everything text, or as typed as Arrow allows.
const nanos = text => BigInt(midnight(text).getTime()) * 1_000_000n
const types = {
  text: () => [new arrow.Utf8(), text => text],
  typed: name => isIdentifier(name) ? [new arrow.Int64(), text => BigInt(text)]
    : isDate(name) ? [new arrow.DateDay(), midnight]
      : name === 'ever_installed' ? [new arrow.Bool(), text => text === 'true']
        : [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), text => text],
  unsigned: name => isIdentifier(name) ? [new arrow.Uint64(), text => BigInt(text)]
    : isDate(name) ? [new arrow.TimestampMillisecond('UTC'), text => midnight(text).getTime()] : types.typed(name),
  fixed: name => isIdentifier(name) ? [new arrow.FixedSizeBinary(13), text => new TextEncoder().encode(text.padStart(13))]
    : isDate(name) ? [new arrow.TimestampMicrosecond(), text => midnight(text).getTime()] : types.text(name)
}

const codecs = Object.keys(Compression).filter(name => isNaN(name) && name !== 'LZO')
const ways = []
for (const codec of codecs) {
  for (const version of ['V1', 'V2']) {
    const kinds = Object.keys(types)
    const type = kinds[ways.length % kinds.length]
    ways.push({ name: `${codec}-${version}-${type}`, codec, version, type, dictionary: ways.length % 3 > 0 })
  }
}
// Encodings by name, where every column can have them.
for (const [encoding, type] of [['PLAIN', 'text'], ['DELTA_LENGTH_BYTE_ARRAY', 'text'], ['DELTA_BYTE_ARRAY', 'text'], ['DELTA_BYTE_ARRAY', 'fixed'],
  ['DELTA_BINARY_PACKED', 'typed'], ['DELTA_BINARY_PACKED', 'unsigned']]) {
  ways.push({ name: `${encoding}-${type}`, codec: 'ZSTD', version: 'V2', type, encoding })
}

function write(table, way) {
  const { names, rows } = table
  const columns = {}
  let properties = new parquet.WriterPropertiesBuilder().setCompression(Compression[way.codec])
    .setWriterVersion(WriterVersion[way.version]).setMaxRowGroupSize(1000).setDataPageSizeLimit(2000).setWriteBatchSize(100).setDictionaryPageSizeLimit(3000)
  if (!way.encoding) properties = properties.setDictionaryEnabled(way.dictionary)
  names.forEach((name, i) => {
    const [type, value] = types[way.type](name)
    columns[name] = arrow.vectorFromArray(rows.map(row => row[i] === null ? null : value(row[i])), type)
    const fits = way.encoding === 'PLAIN' || (/BYTE_ARRAY/.test(way.encoding ?? '') ? /Utf8|FixedSizeBinary/.test(type) && !(/LENGTH/.test(way.encoding) && /Fixed/.test(type)) : /^(Int|Uint|Date|Timestamp)/.test(type))
    if (way.encoding && fits) properties = properties.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, Encoding[way.encoding])
  })
  const stream = arrow.tableToIPC(new arrow.Table(columns), 'stream')
  return parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties.build())
}

const read = name => {
  const [header, ...lines] = readFileSync(join(from, name), 'utf8').trimEnd().split('\n')
  return { names: header.split(','), rows: lines.map(line => line.split(',').map(cell => cell === '\\N' ? null : cell)) }
}

mkdirSync(to, { recursive: true })
for (const name of ['devices', 'meter_points']) {
  const table = read(`${name}.csv`)
  writeFileSync(join(to, `${name}.csv`), [table.names, ...table.rows].map(row => row.map(cell => cell ?? '').join(',')).join('\n') + '\n')
  for (const way of ways) {
    mkdirSync(join(to, way.name), { recursive: true })
    writeFileSync(join(to, way.name, `${name}.parquet`), write(table, way))
  }
}
console.log(`${ways.length} ways`)
