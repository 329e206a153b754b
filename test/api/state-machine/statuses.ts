/** A member's health is the same wherever it is told: when it is shown, listed, filtered by, and in the status tree. */
import assert from 'node:assert/strict';
import type { Ground } from './ground.ts';
import {
  balancersOf,
  type Listener,
  type LoadBalancer,
  l7Policies,
  l7Rules,
  listeners,
  loadBalancers,
  type Member,
  members,
  membersOf,
  monitors,
  type Pool,
  pools,
  poolsOf,
  usersOf,
} from './kinds.ts';
import { statusOf } from './resources/members.ts';
import type { World } from './world.ts';

const every = ['NO_MONITOR', 'INITIAL', 'ONLINE', 'OFFLINE', 'UNKNOWN'];

export async function checkStatuses(world: World, { clients }: Ground): Promise<void> {
  for (const client of clients) {
    const project = client.projectId;
    for (const status of every) {
      const { body } = await client.get(`/elb/members?operating_status=${status}`);
      const wanted = members.all(world, project).filter((each) => statusOf(world, each) === status);
      assert.deepEqual(idsOf(body.members), idsOf(wanted), `the members filtered by ${status}`);
    }
    for (const pool of pools.all(world, project)) {
      const { body } = await client.get(`/elb/pools/${pool.id}/members`);
      assert.deepEqual(
        idsOf(body.members),
        idsOf(membersOf(world, pool.id)),
        `the members of pool ${pool.id}`,
      );
      for (const listed of body.members) {
        const shown = await client.get(`/elb/pools/${pool.id}/members/${listed.id}`);
        assert.deepEqual(shown.body.member, listed, 'a member is listed as it is shown');
        const of = members.find(world, project, listed.id);
        const status = of && statusOf(world, of);
        assert.equal(listed.operating_status, status, `the status of member ${listed.id}`);
        assert.deepEqual(
          listed.status.map((each: Record<string, unknown>) => [
            each['listener_id'],
            each['operating_status'],
          ]),
          usersOf(world, pool.id).map(({ id }) => [id, status]),
        );
      }
    }
    for (const lb of loadBalancers.all(world, project)) {
      const { body } = await client.get(`/elb/loadbalancers/${lb.id}/statuses`);
      assert.deepEqual(body.statuses, treeOf(world, lb), `the status tree of load balancer ${lb.id}`);
    }
  }
}

function idsOf(records: readonly { readonly id: string }[]): string[] {
  return records.map(({ id }) => id);
}

const ACTIVE = { provisioning_status: 'ACTIVE' };

function treeOf(world: World, lb: LoadBalancer): unknown {
  const mine = pools.all(world, lb.project).filter((pool) => balancersOf(world, pool).includes(lb));
  const nodes = new Map(mine.map((pool) => [pool.id, poolNode(world, lb, pool)]));
  const below = listeners.all(world, lb.project).filter((each) => each.lb === lb.id);
  return {
    loadbalancer: {
      ...{ id: lb.id, name: lb.name, ...ACTIVE },
      operating_status: health(lb, [...nodes.values()]),
      listeners: below.map((each) => {
        const used = poolsOf(world, each).flatMap(({ id }) => nodes.get(id) ?? []);
        const l7policies = policyNodes(world, each);
        const isInError = l7policies.some(({ provisioning_status }) => provisioning_status === 'ERROR');
        const operating_status = isInError && lb.up ? 'DEGRADED' : health(lb, used);
        return { id: each.id, name: '', ...ACTIVE, operating_status, pools: used, l7policies };
      }),
      pools: [...nodes.values()],
    },
  };
}

function policyNodes(world: World, { id: listenerId }: Listener) {
  const mine = l7Policies.all(world).filter(({ listener }) => listener === listenerId);
  return mine.map(({ id, action, status }) => {
    const rules = l7Rules.all(world).filter(({ policy }) => policy === id);
    return {
      ...{ id, name: '', action, provisioning_status: status },
      rules: rules.map((rule) => ({ id: rule.id, type: rule.type, ...ACTIVE })),
    };
  });
}

function health({ up }: LoadBalancer, below: readonly { readonly operating_status: string }[]): string {
  if (!up) return 'DISABLED';
  return below.some(({ operating_status }) => operating_status === 'DEGRADED') ? 'DEGRADED' : 'ONLINE';
}

function poolNode(world: World, lb: LoadBalancer, { id, name }: Pool) {
  const monitor = monitors.all(world).find(({ pool }) => pool === id);
  const nodes = membersOf(world, id).map((each) => memberNode(world, lb, each));
  const isDegraded = nodes.some(({ operating_status }) => operating_status === 'OFFLINE');
  return {
    ...{ id, name, ...ACTIVE },
    operating_status: !lb.up ? 'DISABLED' : isDegraded ? 'DEGRADED' : 'ONLINE',
    healthmonitor: monitor ? { id: monitor.id, name: '', type: monitor.type, ...ACTIVE } : null,
    members: nodes,
  };
}

function memberNode(world: World, lb: LoadBalancer, of: Member) {
  const isUp = lb.up && of.server !== 'missing';
  return {
    ...{ id: of.id, address: of.address, protocol_port: of.port, ...ACTIVE },
    operating_status: isUp ? statusOf(world, of) : 'DISABLED',
  };
}
