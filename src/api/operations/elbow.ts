/** Elbow’s own operations: which proxies there are, and how far they have come. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { described, named } from '../../model/schemas.ts';
import { listenersOf } from '../../service/listeners.ts';
import type { Region } from '../../service/region.ts';

/** The proxies that are connected, as the configuration stream knows them. */
export interface ProxySource {
  readonly proxies: readonly {
    readonly name: string;
    readonly connectedAt: Date;
    readonly revision: number | null;
    readonly listeners: ReadonlyMap<
      string,
      { readonly id: string; readonly state: string; readonly reason?: string | undefined }
    >;
  }[];
}

const ListenerState = named(
  'ListenerState',
  Type.Object({
    id: described('The listener.', Type.String()),
    state: Type.String({ description: 'listening, or failed with a reason.' }),
    reason: Type.Optional(described('Why it failed.', Type.String())),
  }),
);

const ProxyAnswer = named(
  'Proxy',
  Type.Object({
    name: described('Its name.', Type.String(), 'host-1'),
    connected_at: described('Since when it is connected, UTC.', Type.String(), '2026-01-31T09:30:00.000Z'),
    revision: Type.Union([Type.Integer(), Type.Null()], {
      description: 'The change that all its workers run.',
    }),
    listeners: described('The caller’s listeners, as it serves them.', Type.Array(ListenerState)),
  }),
);

export function elbowOperations(region: Region, source: ProxySource): Operation[] {
  return [
    {
      id: 'ListProxies',
      action: 'elbow:proxies:list',
      method: 'GET',
      path: '/elbow/v1/proxies',
      group: 'Elbow',
      summary: 'List the proxies and how each serves the listeners',
      answer: Type.Object({ proxies: described('The connected proxies.', Type.Array(ProxyAnswer)) }),
      status: 200,
      handle: async ({ caller }) => {
        const ids = new Set(source.proxies.flatMap(({ listeners }) => [...listeners.keys()]));
        const mine = await listenersOf(region, caller.projectIds, [...ids]);
        const proxies = source.proxies.map(({ name, connectedAt, revision, listeners }) => ({
          name,
          connected_at: connectedAt.toISOString(),
          revision,
          listeners: [...listeners.values()].filter(({ id }) => mine.has(id)),
        }));
        return { body: { proxies } };
      },
    },
  ];
}
