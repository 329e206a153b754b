/** Listeners: ports of a load balancer, and references to everything else. */
import fc from 'fast-check';
import {
  type Call,
  type Command,
  fault,
  faultsOf,
  idFor,
  idIfAny,
  maybe,
  type Pick,
  pick,
  said,
  seldom,
} from '../command.ts';
import { quotas } from '../ground.ts';
import {
  type Certificate,
  certificates,
  ipGroups,
  type Listener,
  l7Policies,
  listeners,
  loadBalancers,
  membersOf,
  type Pool,
  policiesTo,
  pools,
  securityPolicies,
  usersOf,
} from '../kinds.ts';
import { fullest, type Modelled } from '../resource.ts';
import type { World } from '../world.ts';
import { referenceFaults } from './listener-references.ts';

type Protocol = Listener['protocol'];

const list = '/elb/listeners';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const anyPort = fc.constantFrom(80, 81, 443);

/** What a request may name, as picks: null clears, undefined leaves it as it is. */
interface Named {
  readonly pool: Pick | null | undefined;
  readonly groups: readonly Pick[] | null | undefined;
  readonly certificate: Pick | null | undefined;
  readonly sni: readonly Pick[] | undefined;
  readonly clientCa: Pick | null | undefined;
  readonly securityPolicy: Pick | null | undefined;
}

/** Each is named one time in `one`. */
const named = (one: number): fc.Arbitrary<Named> => {
  const seldomNamed = <T>(arbitrary: fc.Arbitrary<T>) =>
    seldom(
      arbitrary.map((value) => ({ value })),
      one,
    ).map((each) => each?.value);
  return fc.record({
    pool: seldomNamed(maybe(pick, 5)),
    groups: seldomNamed(maybe(fc.array(pick, { minLength: 1, maxLength: 3 }), 5)),
    certificate: seldomNamed(maybe(pick, 8)),
    sni: seldomNamed(fc.array(pick, { maxLength: 2 })),
    clientCa: seldomNamed(maybe(pick, 5)),
    securityPolicy: seldomNamed(maybe(pick, 5)),
  });
};

type References = Partial<Ids>;
type Ids = {
  [K in 'pool' | 'certificate' | 'clientCa' | 'securityPolicy']: string | null;
} & { ipGroups: string[]; sni: string[] };

/** The ids of what is named, in the world as it is when the call is made. */
function resolve(world: World, project: string, protocol: Protocol, by: Named): References {
  const server = ({ type }: Certificate) => type === 'server';
  const fits = (pool: Pool) => pool.protocol === (protocol === 'HTTPS' ? 'HTTP' : protocol);
  const groups = by.groups?.flatMap((each) => idIfAny(world, project, ipGroups, each) ?? []);
  const ids: { [K in keyof Ids]: Ids[K] | undefined } = {
    pool: by.pool && idIfAny(world, project, pools, by.pool, fits),
    ipGroups: groups === null ? [] : groups && (groups.length === 0 ? undefined : [...new Set(groups)]),
    certificate: by.certificate && idIfAny(world, project, certificates, by.certificate, server),
    sni: by.sni?.flatMap((each) => idIfAny(world, project, certificates, each, server) ?? []),
    clientCa:
      by.clientCa && idIfAny(world, project, certificates, by.clientCa, ({ type }) => type === 'client'),
    securityPolicy: by.securityPolicy && idIfAny(world, project, securityPolicies, by.securityPolicy),
  };
  return said(ids) as References;
}

function bodyOf({ pool, ipGroups: groups, certificate, sni, clientCa, securityPolicy }: References) {
  return said({
    default_pool_id: pool,
    ipgroup: groups && (groups.length === 0 ? null : { ipgroup_id: groups.join(',') }),
    default_tls_container_ref: certificate,
    sni_container_refs: sni,
    client_ca_tls_container_ref: clientCa,
    security_policy_id: securityPolicy,
  });
}

const spaceOf = (protocol: Protocol) => (protocol === 'UDP' ? 'datagrams' : 'connections');

const create: fc.Arbitrary<Command> = fc
  .record({
    owner: pick,
    protocol: fc.constantFrom<Protocol>('HTTP', 'HTTP', 'HTTP', 'HTTPS', 'HTTPS', 'TCP', 'UDP'),
    port: anyPort,
    by: named(4),
  })
  .map(({ owner, protocol, port, by }) => ({
    plan: (before, project) => {
      const lb = idFor(before, project, loadBalancers, owner);
      // Most that speak TLS have a certificate, and most others name none.
      const tls = { certificate: by.certificate ?? { of: 'fitting', at: port } } as const;
      const none = { certificate: null, sni: undefined, clientCa: undefined, securityPolicy: undefined };
      const settled = protocol === 'HTTPS' ? { ...by, ...tls } : port === 81 ? by : { ...by, ...none };
      const ids = resolve(before, project, protocol, settled);
      return {
        project,
        method: 'POST',
        path: list,
        body: { listener: { loadbalancer_id: lb, protocol, protocol_port: port, ...bodyOf(ids) } },
        expect: (world) => {
          const bare = { pool: null, ipGroups: [], certificate: null, sni: [], clientCa: null };
          const kept = { id: '', project, lb, protocol, port, tags: {} };
          const fresh: Listener = { ...kept, ...bare, securityPolicy: null, ...ids };
          const mine = listeners.all(world, project);
          const beside = mine.filter((each) => each.lb === lb);
          const clash = beside.some(
            (each) => each.port === port && spaceOf(each.protocol) === spaceOf(protocol),
          );
          return {
            faults: [
              ...faultsOf(
                [!loadBalancers.find(world, project, lb), fault.notFound],
                [clash, fault.conflict],
                [mine.length >= quotas.listener, fault.quota],
                [beside.length >= quotas.listeners_per_loadbalancer, fault.quota],
              ),
              ...referenceFaults(world, fresh, undefined),
            ],
            status: 201,
            apply: (after, { listener: { id } }) => listeners.put(after, { ...fresh, id }),
          };
        },
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc.record({ which: pick, by: named(3) }).map(({ which, by }) => ({
  plan: (before, project) => {
    const id = idFor(before, project, listeners, which);
    const protocol = listeners.find(before, project, id)?.protocol ?? 'HTTP';
    const ids = resolve(before, project, protocol, by);
    return {
      project,
      method: 'PUT',
      path: at({ id }),
      body: { listener: bodyOf(ids) },
      expect: (world) => {
        const found = listeners.find(world, project, id);
        const changed = found && { ...found, ...ids };
        return {
          faults: changed ? referenceFaults(world, changed, found) : [fault.notFound],
          status: 200,
          apply: (after) => {
            if (changed) listeners.put(after, changed);
          },
        };
      },
    };
  },
}));

function removal(project: string, id: string): Call {
  return {
    project,
    method: 'DELETE',
    path: at({ id }),
    expect: (world) => {
      const found = listeners.find(world, project, id);
      return {
        faults: faultsOf(
          [!found, fault.notFound],
          [!!found?.pool && membersOf(world, found.pool).length > 0, fault.conflict],
          [l7Policies.all(world).some(({ listener }) => listener === id), fault.conflict],
          [policiesTo(world, id).length > 0, fault.conflict],
        ),
        status: 204,
        apply: (after) => listeners.remove(after, id),
      };
    },
  };
}

export const listenerModel: Modelled<Listener> = {
  kind: listeners,
  list,
  plural: 'listeners',
  at,
  create: { weight: 9, arbitrary: create },
  commands: [
    { weight: 5, arbitrary: update },
    {
      weight: 2,
      arbitrary: maybe(pick).map((which) => ({
        plan: (world, project) =>
          removal(project, idFor(world, project, listeners, which ?? { of: 'own', at: 0 })),
      })),
    },
  ],
  shown: (_world, { id, project, lb, protocol, port, pool, tags, ...of }) => ({
    id,
    project_id: project,
    loadbalancers: [{ id: lb }],
    protocol,
    protocol_port: port,
    default_pool_id: pool,
    ipgroup:
      of.ipGroups.length === 0
        ? null
        : { ipgroup_id: of.ipGroups.join(','), enable_ipgroup: true, type: 'white' },
    default_tls_container_ref: of.certificate,
    sni_container_refs: of.sni,
    client_ca_tls_container_ref: of.clientCa,
    security_policy_id: of.securityPolicy,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  }),
  used: {
    listener: (world, project) => listeners.all(world, project).length,
    listeners_per_loadbalancer: (world, project) =>
      fullest(loadBalancers.all(world, project), listeners.all(world), ({ lb }) => lb),
    listeners_per_pool: (world, project) =>
      Math.max(0, ...pools.all(world, project).map(({ id }) => usersOf(world, id).length)),
    ipgroups_per_listener: (world, project) =>
      Math.max(0, ...listeners.all(world, project).map((each) => each.ipGroups.length)),
    ipgroup_max_length: (world, project) => {
      const sizeOf = (id: string) => ipGroups.find(world, project, id)?.ips.length ?? 0;
      const sizes = listeners.all(world, project).map((each) => each.ipGroups.map(sizeOf));
      return Math.max(0, ...sizes.map((each) => each.reduce((sum, size) => sum + size, 0)));
    },
  },
  remove: ({ project, id }) => removal(project, id),
};
