// Makes the meter_points of a snapshot without faults into one where every
// meter point is news and none is: nothing is recorded and each once had a meter,
// so that all change; and RDPs were told what used to be recorded, and N for
// Null, so that under --baseline reported hardly any is sent.
//
//   node unsent.mjs FROM TO

import { open, quoted } from './database.mjs';

const [from, to] = process.argv.slice(2).map(quoted);
const { run } = await open('2');
await run('SET preserve_insertion_order = true');
await run(`COPY (SELECT mpxn, NULL::VARCHAR AS service_status, rdp_id, service_status_changed_on, 'true' AS ever_installed,
    coalesce(service_status, 'N') AS reported_status FROM read_parquet('${from}'))
  TO '${to}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 245760)`);
