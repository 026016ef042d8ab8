// The rule in SQL, against the engine's answers.
//
//   node decide.mjs DIR
//
// DIR holds what decide_sql_test.go writes. SQL makes every combination itself,
// decides it from the names alone, and compares; the counts go to stdout as
// JSON. NODE_PATH names the modules.
import { createRequire } from 'node:module'

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api')
const db = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
const dir = process.argv[2].replaceAll("'", "''")
const table = name => db.run(`CREATE TABLE ${name} AS FROM read_csv('${dir}/${name}.csv', all_varchar = true, header = true, delim = ';', nullstr = '-', max_line_size = 1000000)`)
for (const name of ['sets', 'policies', 'recorded', 'reported', 'answers', 'words', 'dispositions']) await table(name)

// How each device status counts, and what a set of them shows.
await db.run(`CREATE TABLE meters AS
  SELECT set_id, names IS NULL AS none,
    list_contains(classes, 'commissioned') AS commissioned,
    list_contains(classes, 'installed') AS inc,
    list_contains(classes, 'suspended') AS suspended,
    list_contains(classes, 'recovery') AS recovery,
    list_contains(classes, 'past') AS gone,
    list_contains(classes, 'pending') AS pending,
    list_contains(classes, 'unusable') AS unusable,
    list_contains(classes, 'mismatch') AS mismatch
  FROM (SELECT set_id, names, list_transform(string_split(coalesce(names, 'Whitelisted'), '|'), lambda name: CASE name
      WHEN 'Commissioned' THEN 'commissioned'
      WHEN 'InstalledNotCommissioned' THEN 'installed'
      WHEN 'Suspended' THEN 'suspended'
      WHEN 'Recovery' THEN 'recovery'
      WHEN 'Recovered' THEN 'recovery'
      WHEN 'Decommissioned' THEN 'past'
      WHEN 'Withdrawn' THEN 'past'
      WHEN 'Pending' THEN 'pending'
      WHEN 'Whitelisted' THEN 'nothing'
      WHEN 'unusable' THEN 'unusable'
      WHEN 'pending-fuel-mismatch' THEN 'mismatch'
      ELSE error('unknown name ' || name) END) AS classes
    FROM sets)`)

// The decision table: a status, or held, silent or stands, and the rule.
// pending says in SQL whether a Pending meter is there and counts as other.
const decide = pending => `CASE
  WHEN own_row OR recorded NOT IN ('Null', 'A', 'I', 'N') THEN 'held own-row'
  WHEN commissioned THEN 'A commissioned'
  WHEN unusable OR mismatch AND policy_pending = 'other' THEN 'held unreadable'
  WHEN inc AND installed_status = 'off' AND recorded = 'A' THEN 'N installed-switched-off'
  WHEN inc AND installed_status = 'off' AND recorded = 'I' THEN 'silent installed-switched-off'
  WHEN inc AND installed_status = 'off' THEN 'stands installed-switched-off'
  WHEN inc AND NOT (suspended OR recovery OR ${pending}) AND (NOT gone OR policy_past_beside_installed = 'installed') THEN 'I installed'
  WHEN inc AND NOT (suspended OR recovery OR ${pending}) AND policy_past_beside_installed = 'not-active' THEN 'N past-beside-installed'
  WHEN inc AND policy_mixed = 'hold' THEN 'held mixed'
  WHEN inc AND policy_mixed = 'installed' THEN 'I mixed'
  WHEN inc THEN 'N mixed'
  WHEN recovery AND NOT suspended AND NOT ${pending} AND policy_recovery = 'unaltered' THEN 'stands recovery'
  WHEN suspended AND NOT recovery AND NOT ${pending} AND policy_suspended = 'hold' THEN 'held suspended'
  WHEN none AND recorded IN ('A', 'I') AND policy_no_meter_left = 'hold' THEN 'held no-meter-left'
  WHEN recorded IN ('A', 'I', 'N') OR reported IN ('A', 'I', 'N') OR ever THEN 'N not-active'
  WHEN (suspended OR recovery OR ${pending} OR gone) AND policy_inferred_past = 'not-active' THEN 'N not-active'
  WHEN suspended OR recovery OR ${pending} OR gone THEN 'Null inferred-past'
  ELSE 'Null never' END`

// What scope and baseline make of a decision: its fate (Unchanged, Changed,
// Held, Left), r where it is reportable, b where it is held back.
const news = { recorded: s => `${s} <> recorded`, 'go-live': s => `(${s} <> 'A' OR recorded <> 'A')`, reported: s => `${s} <> reported` }
const outcome = (scope, baseline) => `CASE
  WHEN held THEN CASE WHEN recorded IN ('A', 'I', 'N') AND ${news[baseline]('recorded')} THEN 'H-b' ELSE 'H--' END
  WHEN status <> recorded AND ${scope === 'backfill' ? "NOT (status = 'I' AND recorded IN ('Null', 'N'))" : 'false'} THEN 'L--'
  ELSE CASE WHEN status = recorded THEN 'U' ELSE 'C' END ||
    CASE WHEN NOT silent AND status IN ('A', 'I', 'N') AND ${news[baseline]('status')} THEN 'r-' ELSE '--' END END`
const outcomes = ['full', 'backfill'].flatMap(scope => ['recorded', 'go-live', 'reported'].map(baseline => outcome(scope, baseline)))

const situations = `
  SELECT meters.*, policies.*, recorded.name AS recorded, reported.name AS reported, bits & 1 = 1 AS ever, bits & 2 = 2 AS own_row,
    ((recorded.place::INT * (SELECT count(*) FROM reported) + reported.place::INT) * 4 + bits)::INT AS place
  FROM meters, policies, recorded, reported, range(4) flags(bits)`
// Policy pending = other is the rule where it decides otherwise than ignored.
const standing = decision => `CASE WHEN split_part(${decision}, ' ', 1) IN ('silent', 'stands') THEN recorded ELSE split_part(${decision}, ' ', 1) END`
const decided = `
  SELECT *, string_split(CASE
    WHEN split_part(counted, ' ', 2) <> 'mixed' AND ${standing('counted')} <> ${standing('ignored')} THEN split_part(counted, ' ', 1) || ' pending'
    ELSE counted END, ' ') AS decision
  FROM (SELECT *, ${decide('false')} AS ignored, ${decide("(pending AND policy_pending = 'other')")} AS counted FROM (${situations}))`
const answered = `
  SELECT *, concat_ws(' ', status, rule, ${outcomes.join(', ')}) AS here
  FROM (SELECT *, decision[1] = 'held' AS held, decision[1] = 'silent' AS silent, decision[2] AS rule,
          CASE WHEN decision[1] IN ('held', 'silent', 'stands') THEN recorded ELSE decision[1] END AS status
        FROM (${decided}))`
const compared = `
  SELECT a.*, word AS there
  FROM (${answered}) a
  LEFT JOIN answers ON answers.set_id = a.set_id AND answers.policies_id = a.policies_id
  LEFT JOIN words ON words.code = substr(answers.codes, a.place * 3 + 1, 3)`

const disposed = `
  SELECT disposition AS there, CASE
    WHEN rdp = 'unknown' THEN 'undeliverable'
    WHEN status = 'A' OR fuel = 'gas' AND gas = 'on' OR fuel = 'electricity' AND electricity = 'on' THEN 'emitted'
    ELSE 'withheld' END AS here
  FROM dispositions`

const count = async from => {
  const [row] = await (await db.runAndReadAll(`SELECT count(*) AS cases, count(CASE WHEN here IS DISTINCT FROM there THEN 1 END) AS differences,
    any_value(CASE WHEN here IS DISTINCT FROM there THEN here || ' in SQL, ' || coalesce(there, 'nothing') || ' in the engine' END) AS example FROM (${from})`)).getRowObjectsJson()
  return { cases: Number(row.cases), differences: Number(row.differences), example: row.example ?? '' }
}
console.log(JSON.stringify({ decisions: await count(compared), dispositions: await count(disposed) }))
