/** Elbow’s own operations: which proxies there are, and how far they have come. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
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

const ListenerState = Type.Object({
  id: Type.String(),
  state: Type.String({ description: 'listening, or failed with a reason.' }),
  reason: Type.Optional(Type.String()),
});

const ProxyAnswer = Type.Object({
  name: Type.String(),
  connected_at: Type.String(),
  revision: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The change that all its workers run.',
  }),
  listeners: Type.Array(ListenerState),
});

export function elbowOperations(region: Region, source: ProxySource): Operation[] {
  return [
    {
      id: 'ListProxies',
      method: 'GET',
      path: '/elbow/v1/proxies',
      group: 'Elbow',
      summary: 'List the proxies and how each serves the listeners',
      answer: Type.Object({ proxies: Type.Array(ProxyAnswer) }),
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
