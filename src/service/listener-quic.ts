/** The rules between an HTTPS listener and the QUIC listener it tells its clients of (rules digest LI-14). */
import type { Kysely } from 'kysely';
import { conflict, invalid } from '../model/errors.ts';
import { type Listener, listener } from '../model/listener.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { requireListener } from './references.ts';

/** Refuses a target that is not there, is no QUIC listener, or belongs to another load balancer. */
export async function checkQuicConfig(
  db: Kysely<Tables>,
  after: Listener,
  before: Listener | null,
): Promise<void> {
  const id = after.quic_config?.quic_listener_id;
  if (id === undefined || id === before?.quic_config?.quic_listener_id) return;
  const target = await requireListener(db, after.project_id, id);
  const field = 'listener.quic_config.quic_listener_id';
  if (target.protocol !== 'QUIC') {
    throw invalid(field, `the listener ${id} has protocol ${target.protocol}, expected QUIC.`);
  }
  if (target.loadbalancer_id !== after.loadbalancer_id) {
    throw invalid(
      field,
      `the listener ${id} belongs to load balancer ${target.loadbalancer_id}, expected ${after.loadbalancer_id}.`,
    );
  }
}

/** Refuses to delete a QUIC listener that another tells its clients of. */
export async function checkNoQuicConfig(db: Kysely<Tables>, { id, ...found }: Listener): Promise<void> {
  if (found.protocol !== 'QUIC') return;
  const beside = await findBy(db, listener, 'loadbalancer_id', [found.loadbalancer_id]);
  const using = beside.find(({ quic_config }) => quic_config?.quic_listener_id === id);
  if (!using) return;
  throw conflict(`The listener ${id} is in the quic_config of listener ${using.id}; set that to null first.`);
}
