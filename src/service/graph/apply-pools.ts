/** The pools of an apply, with their members and monitors. */
import { canonical as canonicalAddress, ipVersion } from '../../model/address.ts';
import { type Entry, type PoolEntry, parts } from '../../model/graph.ts';
import type { Application } from './application.ts';
import { checkKeys, contentOf } from './content.ts';
import { canonical, entryOf } from './entries.ts';
import { insideOf, memberEntry } from './export.ts';
import type { Graph, PoolParts } from './graph.ts';
import { keyOf } from './keys.ts';
import { pair } from './pairing.ts';

interface Side {
  readonly name: string;
  readonly protocolAndName: string;
  readonly content: string;
}

interface There extends Side {
  readonly parts: PoolParts;
  readonly entry: Entry;
}

interface Wanted extends Side {
  readonly key: string;
  readonly asked: PoolEntry;
}

export interface PoolApplication {
  /** The ids of the pools that the document does not have. */
  readonly gone: ReadonlySet<string>;
  /** Removes those that are the load balancer's own, with what is in them; others are only let go. */
  readonly remove: () => Promise<void>;
  readonly make: () => Promise<void>;
}

export function applyPools(
  graph: Graph,
  entries: readonly PoolEntry[],
  application: Application,
): PoolApplication {
  checkKeys('pool', entries);
  const { pairs, gone, fresh } = pair<There, Wanted, Side>(graph.pools.map(thereOf), entries.map(wantedOf), [
    ({ content }) => content,
    ({ protocolAndName }) => protocolAndName,
    ({ name }) => name,
  ]);
  for (const { there, wanted } of pairs) application.bind('pool', wanted.key, there.parts.pool.id);
  const lbId = graph.loadBalancer.id;
  return {
    gone: new Set(gone.map((each) => each.parts.pool.id)),
    remove: async () => {
      for (const { parts: each } of gone) {
        if (each.pool.loadbalancer_id === lbId) await removePool(application, lbId, each);
      }
    },
    make: async () => {
      for (const { there, wanted } of pairs) {
        const { id } = there.parts.pool;
        await application.change('pool', wanted.key, lbId, { id, entry: there.entry }, wanted.asked);
        await applyInside(application, id, there.parts, wanted.asked);
      }
      for (const { key, asked } of fresh) {
        const id = await application.make('pool', key, lbId, asked);
        await applyInside(application, id, { members: [], monitor: null }, asked);
      }
    },
  };
}

function thereOf(each: PoolParts): There {
  const entry = entryOf(parts.pool, each.pool);
  return { parts: each, entry, ...sideOf({ ...entry, ...insideOf(each) }) };
}

function wantedOf(asked: PoolEntry): Wanted {
  return { asked, key: keyOf(asked), ...sideOf(asked) };
}

/** The members of a pool have no order. */
function sideOf(entry: PoolEntry): Side {
  const { members = [], healthmonitor } = entry;
  const content = contentOf([
    canonical(parts.pool, entry),
    members.map((each) => contentOf(canonical(parts.member, each))).sort(),
    healthmonitor ? canonical(parts.healthmonitor, healthmonitor) : null,
  ]);
  const name = String(entry['name'] ?? '');
  return { name, protocolAndName: `${entry['protocol']} ${name}`, content };
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
  const wanted = asked.healthmonitor;
  if (wanted && monitor) {
    const there = { id: monitor.id, entry: entryOf(parts.healthmonitor, monitor) };
    await application.change('healthmonitor', monitorName(wanted), poolId, there, wanted);
  } else if (wanted) await application.make('healthmonitor', monitorName(wanted), poolId, wanted);
  else if (monitor) await application.drop('healthmonitor', monitor.name, poolId, monitor.id);
}

async function applyMembers(
  application: Application,
  poolId: string,
  there: PoolParts['members'],
  wanted: readonly Entry[],
): Promise<void> {
  const present = there.map((record) => ({ id: record.id, entry: memberEntry(record) }));
  const asked = wanted.map((entry) => ({ entry }));
  const { pairs, gone, fresh } = pair<(typeof present)[number], (typeof asked)[number], { entry: Entry }>(
    present,
    asked,
    [
      ({ entry }) => `${placeOf(entry)} ${entry['protocol_port'] ?? 0}`,
      ({ entry }) => `${entry['name'] ?? ''} ${placeOf(entry)}`,
    ],
  );
  for (const { id, entry } of gone) await application.drop('member', memberName(entry), poolId, id);
  for (const each of pairs) {
    await application.change('member', memberName(each.wanted.entry), poolId, each.there, each.wanted.entry);
  }
  for (const { entry } of fresh) await application.make('member', memberName(entry), poolId, entry);
}

/** A pool has one member at an address and port. */
function memberName(entry: Readonly<Record<string, unknown>>): string {
  return `${addressOf(entry)} port ${entry['protocol_port'] ?? 0}`;
}

function placeOf(entry: Readonly<Record<string, unknown>>): string {
  return `${addressOf(entry)} ${entry['subnet_cidr_id'] ?? ''}`;
}

function addressOf(entry: Readonly<Record<string, unknown>>): string {
  const address = String(entry['address']);
  return ipVersion(address) ? canonicalAddress(address) : address;
}

function monitorName(entry: Entry): string {
  return String(entry['name'] ?? '');
}
