/** Everything that a generated project has, record by record, in the order in which it was made. */
import { certificate } from '../../src/model/certificate.ts';
import { healthMonitor } from '../../src/model/health-monitor.ts';
import { ipGroup } from '../../src/model/ip-group.ts';
import { l7Policy } from '../../src/model/l7-policy.ts';
import { l7Rule } from '../../src/model/l7-rule.ts';
import { type Listener, listener } from '../../src/model/listener.ts';
import { loadBalancer } from '../../src/model/load-balancer.ts';
import { logtank } from '../../src/model/logtank.ts';
import { member } from '../../src/model/member.ts';
import { pool } from '../../src/model/pool.ts';
import type { Resource } from '../../src/model/resource.ts';
import { securityPolicy } from '../../src/model/security-policy.ts';
import { makeCertificate, makeIpGroup, makeSecurityPolicy } from './accessories.ts';
import { makeMember, makeMonitor, makePool, type PoolOwner, type PoolState } from './backends.ts';
import { type Accessories, makeListener, makeLoadBalancer, makeLogtank } from './entrances.ts';
import type { Maker } from './maker.ts';
import { makePolicy, makeRule } from './policies.ts';

/** A record and what it is of. */
export interface Made {
  readonly of: Resource;
  readonly record: Readonly<Record<string, unknown>>;
}

/** @param firstLoadBalancer how many load balancers other projects of the store have */
export function* populationOf(maker: Maker, firstLoadBalancer: number): Generator<Made> {
  const owners: PoolOwner[] = [];
  const listeners: Listener[] = [];
  const accessories = yield* makeAccessories(maker);
  const { loadBalancers, listenersPerLoadBalancer } = maker.plan;
  for (let index = 0; index < loadBalancers; index++) {
    const owner = makeLoadBalancer(maker, firstLoadBalancer + index);
    const tank = maker.chance.happens(0.5) ? makeLogtank(maker, owner) : null;
    yield { of: loadBalancer, record: owner };
    if (tank) yield { of: logtank, record: tank };
    for (let port = 0; port < listenersPerLoadBalancer; port++) {
      const made = makeListener(maker, owner, port, accessories);
      listeners.push(made);
      owners.push({ listener: made, loadBalancerId: owner.id }, { listener: null, loadBalancerId: owner.id });
    }
  }
  const states = yield* makePools(maker, owners);
  // Only now is known which pool each has.
  for (const record of listeners) yield { of: listener, record };
  yield* makePolicies(maker, listeners, states);
  yield* makeMembers(maker, states);
}

function* makeAccessories(maker: Maker): Generator<Made, Accessories> {
  const ids = { certificateIds: [], authorityIds: [], ipGroupIds: [], policyIds: [] } as Record<
    keyof Accessories,
    string[]
  >;
  for (let index = 0; index < maker.plan.accessories; index++) {
    const made = makeCertificate(maker);
    (made.type === 'client' ? ids.authorityIds : ids.certificateIds).push(made.id);
    yield { of: certificate, record: made };
    const group = makeIpGroup(maker);
    ids.ipGroupIds.push(group.id);
    yield { of: ipGroup, record: group };
    const policy = makeSecurityPolicy(maker);
    ids.policyIds.push(policy.id);
    yield { of: securityPolicy, record: policy };
  }
  if (ids.authorityIds.length === 0) ids.authorityIds.push(...ids.certificateIds.splice(1, 1));
  return ids;
}

/** Every other pool is a listener's; of the others half belong to a load balancer and half to none. */
function* makePools(maker: Maker, owners: readonly PoolOwner[]): Generator<Made, PoolState[]> {
  const states: PoolState[] = [];
  for (let number = 0; number < maker.plan.pools; number++) {
    const owner = number % 4 === 3 ? null : (owners[number % owners.length] ?? null);
    const made = makePool(maker, owner);
    if (owner?.listener) owner.listener.default_pool_id = made.id;
    const monitor = makeMonitor(maker, made);
    yield { of: pool, record: made };
    yield { of: healthMonitor, record: monitor };
    states.push({ pool: made, monitored: monitor.admin_state_up, attached: Boolean(owner?.listener) });
  }
  return states;
}

/** Every other listener that speaks HTTP has two policies, and each of them two rules. */
function* makePolicies(
  maker: Maker,
  listeners: readonly Listener[],
  states: readonly PoolState[],
): Generator<Made> {
  const pools = states.filter(({ pool: { protocol }, attached }) => protocol === 'HTTP' && attached);
  const poolIds = pools.map((each) => each.pool.id);
  for (const [index, each] of listeners.entries()) {
    if (!each.protocol.startsWith('HTTP') || index % 2 === 1) continue;
    for (let number = 0; number < 2; number++) {
      const made = makePolicy(maker, each, poolIds);
      yield { of: l7Policy, record: made };
      for (const type of ['HOST_NAME', 'PATH'] as const) {
        yield { of: l7Rule, record: makeRule(maker, made, type) };
      }
    }
  }
}

/** The pools get their members in turns, as they do where many teams deploy at a time. */
function* makeMembers(maker: Maker, states: readonly PoolState[]): Generator<Made> {
  const { members, biggestPool } = maker.plan;
  const sizes = new Uint32Array(states.length);
  for (let number = 0; number < members; number++) {
    const goesToBiggest = number % Math.ceil(members / biggestPool) === 0;
    const at = goesToBiggest ? 0 : maker.chance.below(states.length);
    const state = states[at];
    if (!state) throw new Error('a project with members needs a pool');
    const index = sizes[at] ?? 0;
    sizes[at] = index + 1;
    yield { of: member, record: makeMember(maker, state, at, index) };
  }
}
