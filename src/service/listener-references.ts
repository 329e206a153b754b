/** Everything that a listener refers to by its id, checked together. */
import type { Kysely } from 'kysely';
import type { Listener } from '../model/listener.ts';
import type { Tables } from '../store/schema.ts';
import type { Inventory } from './inventory.ts';
import { checkCertificates } from './listener-certificates.ts';
import { checkIpGroups } from './listener-ip-groups.ts';
import { checkQuicConfig } from './listener-quic.ts';
import { checkSecurityPolicyOf } from './listener-security-policy.ts';

/**
 * Refuses what is not there, or what the listener cannot use.
 *
 * @param before the listener as it was; null for a new one
 */
export async function checkReferences(
  db: Kysely<Tables>,
  inventory: Inventory,
  after: Listener,
  before: Listener | null,
): Promise<void> {
  await checkCertificates(db, after, before);
  await checkSecurityPolicyOf(db, after);
  await checkQuicConfig(db, after, before);
  if (after.ipgroup?.ipgroup_id !== before?.ipgroup?.ipgroup_id) await checkIpGroups(db, inventory, after);
}
