/** Graphs for the tests of export and apply: made through the API, and compared without their ids. */
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { pem, serverPair } from '../support/pem.ts';
import { assertDone, makeListener, makeLoadBalancer, makeMember, makeMonitor, makePool } from './fixtures.ts';

/** Names that repeat, are empty, or need care in a document. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform would take it for a template
const name = fc.constantFrom('', 'a', 'a', 'b', 'web, api', '${x}"\\', 'é\u{1f388}', '# no', 'true', '1');

const memberShape = fc.record({
  name,
  // Load balancers take the lowest addresses, one for each run.
  address: fc.integer({ min: 100, max: 250 }).map((last) => `120.10.10.${last}`),
  protocol_port: fc.integer({ min: 1, max: 65535 }),
  weight: fc.integer({ min: 0, max: 100 }),
  withSubnet: fc.boolean(),
});

const poolShape = fc.record({
  name,
  description: name,
  protocol: fc.constantFrom('HTTP', 'TCP', 'UDP', 'HTTPS'),
  sticky: fc.boolean(),
  members: fc.uniqueArray(memberShape, {
    maxLength: 3,
    selector: ({ address, protocol_port }) => `${address} ${protocol_port}`,
  }),
  monitored: fc.boolean(),
});

const listenerShape = fc.record({
  name,
  protocol: fc.constantFrom('HTTP', 'TCP', 'UDP', 'HTTPS'),
  port: fc.integer({ min: 1, max: 9 }),
  pool: fc.option(fc.nat(3)),
  tagged: fc.boolean(),
  guarded: fc.boolean(),
});

export const graphShape = fc.record({
  pools: fc.array(poolShape, { maxLength: 4 }),
  listeners: fc.uniqueArray(listenerShape, { maxLength: 4, selector: ({ port }) => port }),
});

type Shape = typeof graphShape extends fc.Arbitrary<infer T> ? T : never;

const poolsOf: Readonly<Record<string, string>> = { HTTP: 'HTTP', HTTPS: 'HTTP', TCP: 'TCP', UDP: 'UDP' };

/** Makes a load balancer of that shape and answers its id. */
export async function makeGraph(api: ApiClient, lbName: string, shape: Shape): Promise<string> {
  const lb = await makeLoadBalancer(api, { name: lbName });
  const group = await api.create('/elb/ipgroups', {
    ipgroup: { name: `${lbName} friends`, ip_list: [{ ip: '10.0.0.0/8', description: 'inside' }] },
  });
  const server = await api.create('/elb/certificates', {
    certificate: { name: `${lbName} server`, ...serverPair() },
  });
  const authority = await api.create('/elb/certificates', {
    certificate: { name: `${lbName} ca`, type: 'client', certificate: pem('ca') },
  });
  const pools: { id: string; protocol: string }[] = [];
  for (const { members, monitored, sticky, ...fields } of shape.pools) {
    const pool = await makePool(api, {
      ...fields,
      loadbalancer_id: lb.id,
      ...(sticky && fields.protocol === 'TCP'
        ? { session_persistence: { type: 'SOURCE_IP', persistence_timeout: 5 } }
        : {}),
    });
    pools.push({ id: pool.id, protocol: fields.protocol });
    for (const { withSubnet, ...member } of members) {
      await makeMember(api, pool.id, { ...member, subnet_cidr_id: withSubnet ? seed.subnetCidrId : null });
    }
    if (monitored) {
      await makeMonitor(api, pool.id, { type: fields.protocol === 'UDP' ? 'UDP_CONNECT' : 'TCP' });
    }
  }
  for (const { port, pool, tagged, guarded, protocol, ...fields } of shape.listeners) {
    const candidate = pool === null ? undefined : pools[pool];
    const taken = candidate && candidate.protocol === poolsOf[protocol] ? candidate.id : null;
    await makeListener(api, lb.id, {
      ...fields,
      protocol,
      protocol_port: port,
      default_pool_id: taken,
      tags: tagged ? [{ key: 'k', value: 'v' }] : [],
      ...(guarded ? { ipgroup: { ipgroup_id: group.id, type: 'black' } } : {}),
      ...(protocol === 'HTTPS'
        ? { default_tls_container_ref: server.id, client_ca_tls_container_ref: authority.id }
        : {}),
    });
  }
  return lb.id;
}

/** Everything of a load balancer as the API answers it, with names of its own in place of ids, and without times. */
export async function answersOf(api: ApiClient, lbId: string): Promise<unknown> {
  const { loadbalancer } = assertDone(await api.get(`/elb/loadbalancers/${lbId}`));
  const listeners = assertDone(await api.get(`/elb/listeners?loadbalancer_id=${lbId}`)).listeners;
  const pools = assertDone(await api.get(`/elb/pools?loadbalancer_id=${lbId}`)).pools;
  const members = await inEach(
    pools,
    async ({ id }) => assertDone(await api.get(`/elb/pools/${id}/members`)).members,
  );
  const monitors = await inEach(pools, async ({ healthmonitor_id: id }) =>
    id ? [assertDone(await api.get(`/elb/healthmonitors/${id}`)).healthmonitor] : [],
  );
  return { loadbalancer, listeners, pools, members, monitors };
}

async function inEach<T extends object>(
  items: readonly T[],
  read: (item: never) => Promise<unknown[]>,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const item of items) found.push(...(await read(item as never)));
  return found;
}

/** The sorted lines of a value, each id replaced by what it stands for as far as that can be told, times left out. */
export function withoutIds(answers: unknown): string[] {
  const text = JSON.stringify(answers, (key, value: unknown) => {
    if (/_at$|^id$|_port_id$|^reason$/.test(key)) return undefined;
    if (
      typeof value === 'string' &&
      /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/.test(value)
    ) {
      return stable.has(value) ? value : 'an id';
    }
    if (Array.isArray(value)) return value.toSorted((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1));
    return value;
  });
  return Object.entries(JSON.parse(text)).map(([key, value]) => `${key}: ${canonicalText(value)}`);
}

/** Ids of the inventory, which are the same everywhere. */
const stable: ReadonlySet<string> = new Set([seed.vpcId, seed.subnetCidrId, seed.networkId]);

function canonicalText(value: unknown): string {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    /^id$|_id$|_at$/.test(key) ? undefined : inner,
  );
  return typeof value === 'object' && value !== null ? sortedText(JSON.parse(text)) : text;
}

function sortedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).sort().join()}]`;
  return JSON.stringify(value);
}
