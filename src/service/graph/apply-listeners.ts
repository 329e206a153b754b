/** The listeners of an apply. */
import type { Entry, ListenerEntry } from '../../model/graph.ts';
import type { Listener } from '../../model/listener.ts';
import { portSpace } from '../../model/listener-rules.ts';
import { protocolFor } from '../../model/shared-rules.ts';
import type { Application } from './application.ts';
import { gistOf, textOf } from './content.ts';
import type { Graph, ListenerParts } from './graph.ts';
import { keyOf } from './keys.ts';
import { type Pairing, pair } from './pairing.ts';
import { listenerFields } from './records.ts';

interface Side {
  readonly name: string;
  readonly port: string;
  readonly content: string;
  readonly gist: string;
}

export interface ListenerThere extends Side {
  readonly parts: ListenerParts;
  /** As it is by now. */
  record: Listener;
}

export interface ListenerWanted extends Side {
  readonly key: string;
  /** Empty until it is there. */
  id: string;
  readonly asked: ListenerEntry;
}

export interface ListenerApplication extends Pairing<ListenerThere, ListenerWanted> {
  /** Removes the listeners that the document does not have, and lets the others let go of what is about to go. */
  readonly remove: (goingPools: ReadonlySet<string>) => Promise<void>;
  readonly make: () => Promise<void>;
}

/** The pools of the document that are there must be bound already. */
export function applyListeners(
  graph: Graph,
  entries: readonly ListenerEntry[],
  application: Application,
): ListenerApplication {
  const owner = graph.loadBalancer;
  const asThere = (record: Listener) => application.there('listener', listenerFields(owner, record));
  const paired = pair<ListenerThere, ListenerWanted, Side>(
    graph.listeners.map((each) => ({
      parts: each,
      record: each.listener,
      ...sideOf(asThere(each.listener)),
    })),
    entries.map((entry) => {
      const key = keyOf(entry);
      // The other kind of load balancer has another name for HTTPS.
      const protocol = protocolFor(entry['protocol'] as Listener['protocol'], owner.guaranteed);
      const asked: ListenerEntry = { ...entry, protocol };
      return { id: '', key, asked, ...sideOf(application.wanted('listener', key, asked)) };
    }),
    [({ content }) => content, ({ gist }) => gist, ({ name }) => name || null, ({ port }) => port],
  );
  const { pairs, gone, fresh } = paired;
  for (const { there, wanted } of pairs) {
    wanted.id = there.record.id;
    application.bind('listener', wanted.key, wanted.id);
  }
  const letGo = async (
    record: Listener,
    name: string,
    going: ReadonlySet<string>,
    goingPools: ReadonlySet<string> | null,
  ) => {
    const lost = whatIsLost(record, going, goingPools);
    if (Object.keys(lost).length === 0) return record;
    const present = { id: record.id, entry: asThere(record) };
    await application.change('listener', name, owner.id, present, { ...present.entry, ...lost });
    return { ...record, ...lost };
  };
  return {
    ...paired,
    remove: async (goingPools) => {
      const going = new Set(gone.map(({ record }) => record.id));
      for (const { there, wanted } of pairs) {
        there.record = await letGo(there.record, wanted.key, going, goingPools);
      }
      for (const { record } of gone) {
        await letGo(record, record.name, going, null);
        await application.drop('listener', record.name, owner.id, record.id);
      }
    },
    make: async () => {
      for (const { there, wanted } of pairs) {
        const present = { id: there.record.id, entry: asThere(there.record) };
        await application.change('listener', wanted.key, owner.id, present, wanted.asked);
      }
      // An HTTPS listener may name a QUIC listener, which then has to be there first.
      for (const each of fresh.toSorted((a, b) => quicRank(a) - quicRank(b))) {
        each.id = await application.make('listener', each.key, owner.id, each.asked);
      }
    },
  };
}

function sideOf(entry: Entry): Side {
  const port = `${portSpace(entry['protocol'] as Listener['protocol'])} ${entry['protocol_port'] ?? 0}`;
  const name = String(entry['name'] ?? '');
  return { name, port, content: textOf(entry), gist: gistOf('listener', entry) };
}

function quicRank({ asked }: ListenerWanted): number {
  return asked['quic_config'] ? 1 : 0;
}

/** @param goingPools null when the listener is going itself, and lets go of whatever pool it has */
function whatIsLost(
  { default_pool_id, quic_config }: Listener,
  goingListeners: ReadonlySet<string>,
  goingPools: ReadonlySet<string> | null,
): Pick<Partial<Listener>, 'default_pool_id' | 'quic_config'> {
  const losesPool = default_pool_id !== null && (goingPools === null || goingPools.has(default_pool_id));
  const losesQuic = quic_config !== null && goingListeners.has(quic_config.quic_listener_id);
  return { ...(losesPool ? { default_pool_id: null } : {}), ...(losesQuic ? { quic_config: null } : {}) };
}
