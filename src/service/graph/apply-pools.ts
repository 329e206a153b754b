/** The pools of an apply, with their members and monitors. */
import { conflict } from '../../model/errors.ts';
import type { Entry, PoolEntry } from '../../model/graph.ts';
import { listener } from '../../model/listener.ts';
import type { Member } from '../../model/member.ts';
import type { Pool } from '../../model/pool.ts';
import type { Reader } from '../../store/transaction.ts';
import { attachmentsOf } from '../attachments.ts';
import type { Application } from './application.ts';
import { applyOne } from './apply-one.ts';
import { contentOf } from './content.ts';
import { canonical } from './entries.ts';
import type { Graph, PoolParts } from './graph.ts';
import { keyOf } from './keys.ts';
import { pair } from './pairing.ts';
import { memberFields } from './records.ts';

interface Side {
  readonly name: string;
  readonly protocolAndName: string;
  readonly content: string;
}

interface There extends Side {
  readonly parts: PoolParts;
}

interface Wanted extends Side {
  readonly key: string;
  readonly asked: PoolEntry;
}

export interface PoolApplication {
  /** The ids of the pools that go, or that this load balancer lets go of. */
  readonly going: ReadonlySet<string>;
  /** Removes those that are the load balancer's own, with what is in them; others are only let go. */
  readonly remove: () => Promise<void>;
  readonly make: () => Promise<void>;
}

export function applyPools(
  db: Reader,
  graph: Graph,
  entries: readonly PoolEntry[],
  application: Application,
): PoolApplication {
  const lbId = graph.loadBalancer.id;
  const { pairs, gone, fresh } = pair<There, Wanted, Side>(
    graph.pools.filter(({ pool }) => pool.kind === 'ordinary').map(thereOf),
    entries.map((asked) => wantedOf(application, asked)),
    [({ content }) => content, ({ protocolAndName }) => protocolAndName, ({ name }) => name],
  );
  for (const { there, wanted } of pairs) application.bind('pool', wanted.key, there.parts.pool.id);
  return {
    going: new Set(gone.map((each) => each.parts.pool.id)),
    remove: async () => {
      for (const { parts: each } of gone) {
        if (each.pool.loadbalancer_id !== lbId) continue;
        await checkNobodyElses(db, lbId, each.pool);
        await removePool(application, lbId, each);
      }
    },
    make: async () => {
      for (const { there, wanted } of pairs) {
        const { pool } = there.parts;
        const present = { id: pool.id, entry: application.there('pool', pool) };
        await application.change('pool', wanted.key, lbId, present, wanted.asked);
        await applyInside(application, pool.id, there.parts, wanted.asked);
      }
      for (const { key, asked } of fresh) {
        const id = await application.make('pool', key, lbId, asked);
        await applyInside(application, id, { members: [], monitor: null }, asked);
      }
    },
  };
}

function thereOf(each: PoolParts): There {
  const { pool, members, monitor } = each;
  const inside = { members: members.map(memberFields), healthmonitor: monitor };
  return { parts: each, ...sideOf(contentOf('pool', { ...pool, ...inside }), pool) };
}

function wantedOf(application: Application, asked: PoolEntry): Wanted {
  const key = keyOf(asked);
  const content = application.naming('pool', key, () => contentOf('pool', asked));
  return { asked, key, ...sideOf(content, asked) };
}

function sideOf(content: string, entry: Readonly<Record<string, unknown>>): Side {
  const name = String(entry['name'] ?? '');
  return { content, name, protocolAndName: `${entry['protocol']} ${name}` };
}

/** Refuses to delete a pool that other load balancers use, since the document says nothing of them. */
export async function checkNobodyElses(db: Reader, lbId: string, of: Pool): Promise<void> {
  const { listeners } = await attachmentsOf(db, of);
  const other = listeners.find(({ loadbalancer_id }) => loadbalancer_id !== lbId);
  if (!other) return;
  throw conflict(
    `The pool ${of.id} would be deleted, and ${listener.label} ${other.id} of load balancer ` +
      `${other.loadbalancer_id} uses it too; leave it in the document, or let that listener go of it first.`,
  );
}

async function removePool(application: Application, lbId: string, { pool, members, monitor }: PoolParts) {
  if (monitor) await application.drop('healthmonitor', monitor.name, pool.id, monitor.id);
  for (const each of members) await application.drop('member', memberName(each), pool.id, each.id);
  await application.drop('pool', pool.name, lbId, pool.id);
}

async function applyInside(
  application: Application,
  poolId: string,
  { members, monitor }: Pick<PoolParts, 'members' | 'monitor'>,
  asked: PoolEntry,
): Promise<void> {
  await applyMembers(application, poolId, members, asked.members ?? []);
  const present = monitor && { id: monitor.id, entry: application.there('healthmonitor', monitor) };
  await applyOne(application, 'healthmonitor', poolId, present, asked.healthmonitor);
}

interface MemberSide {
  /** As stored. */
  readonly entry: Entry;
}

async function applyMembers(
  application: Application,
  poolId: string,
  there: readonly Member[],
  wanted: readonly Entry[],
): Promise<void> {
  const { pairs, gone, fresh } = pair<MemberSide & { id: string }, MemberSide & { asked: Entry }, MemberSide>(
    there.map((record) => ({ id: record.id, entry: canonical('member', memberFields(record)) })),
    wanted.map((asked) => ({ asked, entry: canonical('member', asked) })),
    [
      ({ entry }) => `${placeOf(entry)} ${entry['protocol_port'] ?? 0}`,
      ({ entry }) => `${entry['name'] ?? ''} ${placeOf(entry)}`,
    ],
  );
  for (const { id, entry } of gone) await application.drop('member', memberName(entry), poolId, id);
  for (const { there: present, wanted: each } of pairs) {
    await application.change('member', memberName(each.entry), poolId, present, each.asked);
  }
  for (const { asked, entry } of fresh) await application.make('member', memberName(entry), poolId, asked);
}

/** A pool has one member at an address and port. */
function memberName(entry: Readonly<Record<string, unknown>>): string {
  return `${entry['address']} port ${entry['protocol_port'] ?? 0}`;
}

function placeOf(entry: Readonly<Record<string, unknown>>): string {
  return `${entry['address']} ${entry['subnet_cidr_id'] ?? ''}`;
}
