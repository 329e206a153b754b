/** Ports: addresses that servers have, or that are kept for something yet to come. */
import { contains, ipVersion } from '../../model/address.ts';
import { conflict, invalid } from '../../model/errors.ts';
import { type Port, port } from '../../model/port.ts';
import { insert } from '../../store/rows.ts';
import { addressColumn } from '../../store/server-addresses.ts';
import type { Writer } from '../../store/transaction.ts';
import { checkedAddress, heldIn, lowestFree, portIdOf } from '../addresses.ts';
import type { SubnetRecord } from '../inventory.ts';
import { newId } from '../new-id.ts';
import { timestamp } from '../region.ts';

/** What a port is made with. */
interface Wanted {
  readonly projectId: string;
  readonly subnet: SubnetRecord;
  /** The lowest free IPv4 address when left out. */
  readonly address?: string | undefined;
  readonly name?: string | undefined;
  readonly device_id?: string | undefined;
  readonly device_owner?: string | undefined;
}

/**
 * Makes a port with one address.
 *
 * @param field how a refusal names the address
 */
export async function addPort(tx: Writer, wanted: Wanted, field: string): Promise<Port> {
  const { projectId, subnet, name = '', device_id = '', device_owner = '' } = wanted;
  const address = await addressOf(tx, wanted, field);
  const now = timestamp(tx.at);
  const record: Port = {
    // Answers about members name the port of a server without looking it up.
    id: device_id === '' ? newId(tx.at) : portIdOf(address, device_id),
    project_id: projectId,
    name,
    network_id: subnet.id,
    ipv4_address: null,
    ipv6_address: null,
    [addressColumn(address)]: address,
    device_id,
    device_owner,
    created_at: now,
    updated_at: now,
  };
  await insert(tx, port, record);
  return record;
}

async function addressOf(tx: Writer, { subnet, address: asked }: Wanted, field: string): Promise<string> {
  if (asked === undefined) return lowestFree(tx.db, subnet, subnet.ipv4);
  const network = [subnet.ipv4, subnet.ipv6].find((each) => each && contains(each, asked));
  if (!network) {
    const networks = [subnet.ipv4, subnet.ipv6].flatMap((each) => each?.text ?? []);
    throw invalid(
      field,
      `got "${asked}", expected an ${ipVersion(asked) === 'v6' ? 'IPv6 ' : ''}address of the subnet ${subnet.id}, ` +
        `which has ${networks.join(' and ')}.`,
    );
  }
  const address = checkedAddress(network, asked, field);
  if (!(await heldIn(tx.db, subnet)).has(address)) return address;
  throw conflict(
    `Invalid input for '${field}': ${address} is in use already; leave it out to get a free one.`,
  );
}

/** The one address of a port. */
export function addressOfPort({ ipv4_address, ipv6_address }: Port): string {
  return ipv4_address ?? ipv6_address ?? '';
}
