// How the SQL reads a snapshot: Parquet whenever a statement needs it, CSV once
// into temporary tables. Each was the faster way for its format.
//
// Enumerations come as numbers: the place of a word in its list, from 1, or 0.

export const distributors = ['EELC', 'EMEB', 'LOND', 'MANW', 'MIDE', 'NEEB', 'NORW', 'HYDE', 'SPOW', 'SEEB', 'SOUT', 'SWAE', 'SWEB',
  'YELG', 'IPNL', 'LENG', 'GUCL', 'ETCL', 'EDFI', 'HARL', 'PENL', 'UKPD', 'UDNL', 'GGEN', 'MPDL', 'FEAL', 'VATT', 'FORB', 'INDI'];
export const firstDistributor = 10;
export const xoserve = distributors.length + 1; // its place in `rdps`
const rdps = [...distributors, 'XOSERVE'];

const deviceStatuses = ['Pending', 'Whitelisted', 'InstalledNotCommissioned', 'Commissioned', 'Suspended', 'Recovery', 'Recovered',
  'Decommissioned', 'Withdrawn'];
const deviceTypes = ['ESME', 'GSME', 'CHF', 'GPF', 'PPMID', 'IHD', 'CAD', 'HCALCS', 'IHDORCAD'];
export const mpxnColumns = ['import_mpxn', 'secondary_import_mpan', 'export_mpan'];

// Device statuses as bits, by place in their list.
export const bit = { installed: 4, commissioned: 8, other: 16 + 32 + 64, past: 128 + 256, unusable: 512, unknown: 1024 };

// Functions of one column are worked out once per dictionary entry; a CASE is
// not, so enumerations go through list_position.
const list = (words) => `[${words.map((w) => `'${w}'`).join(', ')}]`;
const fold = (column) => `lower(replace(replace(replace(${column}, ' ', ''), '-', ''), '_', ''))`;
const place = (words, text) => `coalesce(list_position(${list(words)}, ${text}), 0)`;
const folded = (words, column) => place(words.map((w) => w.toLowerCase()), fold(column));

export const rdpName = `CASE WHEN n < 1000000000000 THEN 'XOSERVE' ELSE ${list(distributors)}[n // 100000000000 - ${firstDistributor - 1}] END`;

// Service statuses as 1 Null, 2 A, 3 I, 4 N, 5 S, 6 W, 0 anything else.
const serviceStatus = (column) => `CASE WHEN ${column} IS NULL THEN 1
  ELSE ${place(['', 'a', 'i', 'n', 's', 'w'], `replace(${fold(column)}, 'null', '')`)} END`;

// Whether ever installed: 0 says nothing, 1 yes, 2 no, 3 unreadable.
const ever = `CASE WHEN ever_installed IS NULL THEN 0 ELSE (coalesce(list_position(
  ['', 'true', 't', '1', 'yes', 'false', 'f', '0', 'no'], lower(trim(ever_installed))), 10) + 2) // 4 END`;

// RDPs: 0 none, the place of one that is known, 256 to 2,000,000 a name that
// could be one, above it anything else.
const rdp = `CASE WHEN rdp_id IS NULL OR trim(rdp_id) = '' THEN 0
  WHEN list_position(${list(rdps)}, trim(rdp_id)) > 0 THEN list_position(${list(rdps)}, trim(rdp_id))
  WHEN regexp_full_match(trim(rdp_id), '[A-Z0-9]{4}') THEN 256 + hash(rdp_id) % 1000000
  ELSE 2000000 + hash(rdp_id) % 1000000 END::BIGINT`;
const day = "coalesce(service_status_changed_on - DATE '1970-01-01', 0)::BIGINT";

// A CSV column has no dictionary. A cast to an ENUM looks a word up by hash, and
// only a word that is not spelt so goes the long way.
const member = (words, column) => `try_cast(${column} AS ENUM (${words.map((w) => `'${w}'`).join(', ')}))`;
const quick = (words, column, long, first = 1) => `coalesce(enum_code(${member(words, column)})::INT + ${first}, ${long})`;

function parquet(folder) {
  const file = (table) => `read_parquet('${folder}/${table}.parquet', file_row_number = true)`;
  return {
    load: [],
    devices: `SELECT file_row_number AS row, ${folded(deviceTypes, 'device_type')} AS type,
        ${folded(deviceStatuses, 'device_status')} AS status, ${mpxnColumns.join(', ')} FROM ${file('devices')}`,
    points: `SELECT mpxn, ${serviceStatus('service_status')} AS recorded, ${serviceStatus('reported_status')} AS reported,
        ${ever} AS ever, ${rdp} AS rdp, ${day} AS day FROM ${file('meter_points')}`,
    pointRows: `SELECT file_row_number AS row, mpxn FROM ${file('meter_points')}`,
  };
}

// Types are given, nothing is sniffed, and no value is quoted. What packs a file
// is told by the end of its name.
const readCSV = (path, columns) => `read_csv('${path}', auto_detect = false, header = true, delim = ',',
  quote = '', escape = '', columns = {${Object.entries(columns).map(([name, type]) => `${name}: '${type}'`).join(', ')}})`;

const csv = (ending) => (folder) => {
  const devices = readCSV(`${folder}/devices.${ending}`, { device_id: 'VARCHAR', device_type: 'VARCHAR', device_status: 'VARCHAR',
    import_mpxn: 'VARCHAR', secondary_import_mpan: 'VARCHAR', export_mpan: 'VARCHAR' });
  const points = readCSV(`${folder}/meter_points.${ending}`, { mpxn: 'VARCHAR', service_status: 'VARCHAR', rdp_id: 'VARCHAR',
    service_status_changed_on: 'DATE', ever_installed: 'VARCHAR', reported_status: 'VARCHAR' });
  const statuses = (column) => `CASE WHEN ${column} IS NULL THEN 1 ELSE ${quick(['A', 'I', 'N'], column, serviceStatus(column), 2)} END`;
  return {
    // Rows keep their order, so that rowid is the row of the file.
    load: ['SET preserve_insertion_order = true', `
      CREATE TEMP TABLE device_rows AS SELECT ${quick(deviceTypes, 'device_type', folded(deviceTypes, 'device_type'))}::UTINYINT AS type,
        ${quick(deviceStatuses, 'device_status', folded(deviceStatuses, 'device_status'))}::UTINYINT AS status, ${mpxnColumns.join(', ')}
      FROM ${devices}`, `
      CREATE TEMP TABLE point_rows AS SELECT mpxn, (${statuses('service_status')})::UTINYINT AS recorded,
        (${statuses('reported_status')})::UTINYINT AS reported,
        CASE WHEN ever_installed IS NULL THEN 0 ELSE ${quick(['true', 'false'], 'ever_installed', ever)} END::UTINYINT AS ever,
        CASE WHEN rdp_id IS NULL THEN 0 ELSE ${quick(rdps, 'rdp_id', rdp)} END::BIGINT AS rdp, ${day} AS day
      FROM ${points}`, 'SET preserve_insertion_order = false'],
    devices: `SELECT rowid AS row, type, status::INTEGER AS status, ${mpxnColumns.join(', ')} FROM device_rows`,
    points: 'SELECT mpxn, recorded, reported, ever, rdp, day FROM point_rows',
    pointRows: 'SELECT rowid AS row, mpxn FROM point_rows',
  };
};

const byFormat = (parquet, csv) => ({ parquet, ...Object.fromEntries(['csv', 'csv.gz', 'csv.zst'].map((ending) => [ending, csv(ending)])) });

// tables of the snapshot in a folder, by its format.
export const tables = byFormat(parquet, csv);

// What a job without checks needs: MPxNs as numbers, types by place, statuses
// by bit.
const bareParquet = (folder) => {
  const file = (table) => `read_parquet('${folder}/${table}.parquet')`;
  return {
    load: [],
    devices: `SELECT ${folded(deviceTypes, 'device_type')} AS type, ${folded(deviceStatuses, 'device_status')} - 1 AS status,
        ${mpxnColumns.map((column) => `${column}::BIGINT AS ${column}`).join(', ')} FROM ${file('devices')}`,
    points: `SELECT mpxn::BIGINT AS mpxn, service_status, reported_status, ever_installed = 'true' AS ever FROM ${file('meter_points')}`,
  };
};

const bareCSV = (ending) => (folder) => {
  const word = (words) => `ENUM(${words.map((w) => `''${w}''`).join(', ')})`;
  const devices = readCSV(`${folder}/devices.${ending}`, { device_id: 'VARCHAR', device_type: word([...deviceTypes, 'IHD or CAD']), device_status: word(deviceStatuses),
    import_mpxn: 'BIGINT', secondary_import_mpan: 'BIGINT', export_mpan: 'BIGINT' });
  const points = readCSV(`${folder}/meter_points.${ending}`, { mpxn: 'BIGINT', service_status: 'VARCHAR', rdp_id: 'VARCHAR',
    service_status_changed_on: 'DATE', ever_installed: 'BOOLEAN', reported_status: 'VARCHAR' });
  return {
    load: [`CREATE TEMP TABLE device_rows AS SELECT enum_code(device_type)::INT + 1 AS type, enum_code(device_status)::BIGINT AS status,
        ${mpxnColumns.join(', ')} FROM ${devices} WHERE device_type IN ('ESME', 'GSME')`],
    devices: 'SELECT * FROM device_rows',
    points: `SELECT mpxn, service_status, reported_status, ever_installed AS ever FROM ${points}`,
  };
};

// bareTables of the snapshot in a folder, by its format.
export const bareTables = byFormat(bareParquet, bareCSV);
