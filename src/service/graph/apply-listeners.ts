/** The listeners of an apply. */
import { type Entry, parts } from '../../model/graph.ts';
import type { Listener } from '../../model/listener.ts';
import { portSpace } from '../../model/listener-rules.ts';
import type { Application } from './application.ts';
import { checkKeys, contentOf } from './content.ts';
import { canonical, entryOf } from './entries.ts';
import type { Graph } from './graph.ts';
import { keyOf } from './keys.ts';
import { pair } from './pairing.ts';

interface Side {
  readonly name: string;
  readonly port: string;
  readonly content: string;
}

interface There extends Side {
  /** As it is by now. */
  record: Listener;
}

interface Wanted extends Side {
  readonly key: string;
  readonly entry: Entry;
}

export interface ListenerApplication {
  /** Removes the listeners that the document does not have, and lets the others let go of what is about to go. */
  readonly letGo: (goingPools: ReadonlySet<string>) => Promise<void>;
  readonly make: () => Promise<void>;
}

/** The pools of the document that are there must be bound already. */
export function applyListeners(
  graph: Graph,
  entries: readonly Entry[],
  application: Application,
): ListenerApplication {
  checkKeys('listener', entries);
  const lbId = graph.loadBalancer.id;
  const asThere = (record: Listener) => application.inKeys('listener', entryOf(parts.listener, record));
  const { pairs, gone, fresh } = pair<There, Wanted, Side>(
    graph.listeners.map((record) => ({ record, ...sideOf(asThere(record)) })),
    entries.map((entry) => ({ entry, key: keyOf(entry), ...sideOf(canonical(parts.listener, entry)) })),
    [({ content }) => content, ({ name }) => name || null, ({ port }) => port],
  );
  for (const { there, wanted } of pairs) application.bind('listener', wanted.key, there.record.id);
  return {
    letGo: async (goingPools) => {
      const going = new Set(gone.map(({ record }) => record.id));
      for (const { there, wanted } of pairs) {
        there.record = await letGo(application, lbId, there.record, wanted.key, going, goingPools);
      }
      for (const { record } of gone) {
        await letGo(application, lbId, record, record.name, going, null);
        await application.drop('listener', record.name, lbId, record.id);
      }
    },
    make: async () => {
      for (const { there, wanted } of pairs) {
        const entry = asThere(there.record);
        await application.change('listener', wanted.key, lbId, { id: there.record.id, entry }, wanted.entry);
      }
      // An HTTPS listener may name a QUIC listener, which then has to be there first.
      for (const { key, entry } of fresh.toSorted((a, b) => quicRank(a) - quicRank(b))) {
        await application.make('listener', key, lbId, entry);
      }
    },
  };
}

function sideOf(entry: Entry): Side {
  const port = `${portSpace(entry['protocol'] as Listener['protocol'])} ${entry['protocol_port'] ?? 0}`;
  return { name: String(entry['name'] ?? ''), port, content: contentOf(entry) };
}

function quicRank({ entry }: Wanted): number {
  return entry['quic_config'] ? 1 : 0;
}

/** @param goingPools null when the listener is going itself, and lets go of whatever pool it has */
async function letGo(
  application: Application,
  lbId: string,
  record: Listener,
  name: string,
  goingListeners: ReadonlySet<string>,
  goingPools: ReadonlySet<string> | null,
): Promise<Listener> {
  const { default_pool_id, quic_config } = record;
  const losesPool = default_pool_id !== null && (goingPools === null || goingPools.has(default_pool_id));
  const losesQuic = quic_config !== null && goingListeners.has(quic_config.quic_listener_id);
  if (!losesPool && !losesQuic) return record;
  const before = entryOf(parts.listener, record);
  const lost = {
    ...(losesPool ? { default_pool_id: null } : {}),
    ...(losesQuic ? { quic_config: null } : {}),
  };
  await application.change('listener', name, lbId, { id: record.id, entry: before }, { ...before, ...lost });
  return { ...record, ...lost };
}
