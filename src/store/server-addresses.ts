/** The servers that have addresses, found by these. */
import { sql } from 'kysely';
import { ipVersion } from '../model/address.ts';
import { runCompiled } from './compiled-queries.ts';
import type { Row } from './schema.ts';
import type { Reader } from './transaction.ts';

/** The column of ports that holds addresses of a family. */
export function addressColumn(address: string): 'ipv4_address' | 'ipv6_address' {
  return ipVersion(address) === 'v6' ? 'ipv6_address' : 'ipv4_address';
}

/** The server of a project that has an address of a network: its id, zone and state. */
export async function storedServerAt(
  db: Reader,
  projectId: string,
  networkId: string,
  address: string,
): Promise<Row | undefined> {
  const column = addressColumn(address);
  const { rows } = await runCompiled(db, `find server at ${column}`, [networkId, address, projectId], () => ({
    compile: () =>
      sql<Row>`SELECT servers.id, servers.availability_zone, servers.state FROM ports
        JOIN servers ON servers.id = ports.device_id
        WHERE ports.network_id = ${networkId} AND ports.${sql.ref(column)} = ${address}
          AND servers.project_id = ${projectId}`.compile(db),
  }));
  return rows[0];
}

/** Whether a server of a project has an address, in whatever network. */
export async function hasStoredServer(db: Reader, projectId: string, address: string): Promise<boolean> {
  const { rows } = await runCompiled(
    db,
    `has server at ${addressColumn(address)}`,
    [projectId, address],
    () => ({
      compile: () =>
        sql<Row>`SELECT 1 FROM ports WHERE project_id = ${projectId}
        AND ${sql.ref(addressColumn(address))} = ${address} AND device_id <> '' LIMIT 1`.compile(db),
    }),
  );
  return rows.length > 0;
}

/** The VPCs in which servers are. */
export async function vpcsWithServers(db: Reader): Promise<string[]> {
  const rows = await db.selectFrom('servers').select('vpc_id').distinct().execute();
  return rows.map((row) => String(row['vpc_id']));
}
