/** The master-slave pools of an apply. No call changes one: one that differs is deleted, and another made. */
import type { Entry, PoolEntry } from '../../model/graph.ts';
import type { PartName } from '../../model/graph-parts.ts';
import type { Reader } from '../../store/transaction.ts';
import type { Application, Replaced } from './application.ts';
import { checkNobodyElses, type PoolApplication } from './apply-pools.ts';
import { contentOf } from './content.ts';
import { canonical, type Difference, differences } from './entries.ts';
import type { Graph } from './graph.ts';
import { keyOf } from './keys.ts';
import { pair } from './pairing.ts';

interface Side {
  readonly entry: PoolEntry;
  readonly content: string;
}

interface There extends Side {
  readonly pool: Graph['pools'][number]['pool'];
}

export function applyMasterSlavePools(
  db: Reader,
  graph: Graph,
  entries: readonly PoolEntry[],
  application: Application,
): PoolApplication {
  const lbId = graph.loadBalancer.id;
  const present = graph.pools.filter(({ pool }) => pool.kind === 'master-slave');
  const { pairs, gone, fresh } = pair<There, Side, Side>(
    present.map(({ pool, members, monitor }) => {
      const entry = { ...pool, members, healthmonitor: monitor } as unknown as PoolEntry;
      return { pool, ...sideOf(entry) };
    }),
    entries.map((entry) => application.naming('master_slave_pool', keyOf(entry), () => sideOf(entry))),
    [
      ({ content }) => content,
      ({ entry }) => (entry['name'] ? `${entry['protocol']} ${entry['name']}` : null),
      ({ entry }) => `${entry['protocol']} ${entry['name'] ?? ''}`,
    ],
  );
  const compared = pairs.map((each) => ({
    ...each,
    found: whatDiffers(each.there.entry, each.wanted.entry),
  }));
  const same = compared.filter(({ found }) => Object.keys(found).length === 0);
  const replaced = compared.filter(({ found }) => Object.keys(found).length > 0);
  for (const { there, wanted } of same) application.bind('pool', keyOf(wanted.entry), there.pool.id);
  const going = [...gone, ...replaced.map(({ there }) => there)].map(({ pool }) => pool);
  return {
    going: new Set(going.map(({ id }) => id)),
    remove: async () => {
      for (const pool of going) {
        if (pool.loadbalancer_id !== lbId) continue;
        await checkNobodyElses(db, lbId, pool);
        await application.drop('master_slave_pool', pool.name, lbId, pool.id);
      }
    },
    make: async () => {
      for (const { there, wanted, found } of replaced) {
        const instead: Replaced = { replaces: there.pool.id, fields: found };
        await application.make('master_slave_pool', keyOf(wanted.entry), lbId, wanted.entry, instead);
      }
      for (const { entry } of fresh) await application.make('master_slave_pool', keyOf(entry), lbId, entry);
    },
  };
}

function sideOf(entry: PoolEntry): Side {
  return { entry, content: contentOf('master_slave_pool', entry) };
}

/** The fields that differ; the members and the monitor as wholes, since they are made with the pool. */
function whatDiffers(there: PoolEntry, wanted: PoolEntry): Record<string, Difference> {
  const found = between('master_slave_pool', there, wanted);
  const [members, asked] = [there, wanted].map((entry) => byRole(entry.members ?? []));
  const membersDiffer = (members ?? []).some(
    (each, index) => !isSame('master_slave_member', each, asked?.[index]),
  );
  if (membersDiffer) found['members'] = { before: members, after: asked };
  const { healthmonitor: before = {} } = there;
  const { healthmonitor: after = {} } = wanted;
  if (!isSame('master_slave_monitor', before, after)) {
    found['healthmonitor'] = {
      before: canonical('master_slave_monitor', before),
      after: canonical('master_slave_monitor', after),
    };
  }
  return found;
}

function byRole(members: readonly Entry[]): Entry[] {
  const said = members.map((each) => canonical('master_slave_member', each));
  return said.toSorted((a, b) => String(a['role']).localeCompare(String(b['role'])));
}

function isSame(kind: PartName, there: Entry, wanted: Entry | undefined): boolean {
  return wanted !== undefined && Object.keys(between(kind, there, wanted)).length === 0;
}

function between(kind: PartName, there: Entry, wanted: Entry): Record<string, Difference> {
  return differences(kind, canonical(kind, there), canonical(kind, wanted));
}
