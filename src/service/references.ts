/** Finds what a request refers to in its project, or refuses it as not there. */
import type { Kysely } from 'kysely';
import { notFound } from '../model/errors.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type Member, member } from '../model/member.ts';
import { type Pool, type PoolKind, pool } from '../model/pool.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { find } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';

/** @throws Refusal (404) the same for what is absent and what another project has */
export async function require<F extends Fields>(
  db: Kysely<Tables>,
  of: Resource<F>,
  projectId: string,
  id: string,
): Promise<RecordOf<F>> {
  const found = await find(db, of, projectId, id);
  if (!found) throw notFound(of.label, id);
  return found;
}

export function requireLoadBalancer(
  db: Kysely<Tables>,
  projectId: string,
  id: string,
): Promise<LoadBalancer> {
  return require(db, loadBalancer, projectId, id);
}

export function requireListener(db: Kysely<Tables>, projectId: string, id: string): Promise<Listener> {
  return require(db, listener, projectId, id);
}

/** A pool of the ordinary calls. */
export function requirePool(db: Kysely<Tables>, projectId: string, id: string): Promise<Pool> {
  return requirePoolOf(db, 'ordinary', projectId, id);
}

/** A pool of one kind: one of the other kind is not there. */
export async function requirePoolOf(
  db: Kysely<Tables>,
  kind: PoolKind,
  projectId: string,
  id: string,
): Promise<Pool> {
  const found = await requireAnyPool(db, projectId, id);
  if (found.kind !== kind) throw notFound(pool.label, id);
  return found;
}

/** A pool of either kind, as listeners use them. */
export function requireAnyPool(db: Kysely<Tables>, projectId: string, id: string): Promise<Pool> {
  return require(db, pool, projectId, id);
}

/** A member of a pool. */
export async function requireMember(db: Kysely<Tables>, within: Pool, id: string): Promise<Member> {
  const found = await find(db, member, within.project_id, id);
  if (found?.pool_id !== within.id) throw notFound(member.label, id);
  return found;
}
