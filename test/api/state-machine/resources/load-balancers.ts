/** Load balancers: addresses that nothing else has, one-way switches, and what keeps one from being deleted. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, maybe, pick, said, seldom } from '../command.ts';
import { isDeclared, type Place, places, quotas } from '../ground.ts';
import {
  type LoadBalancer,
  listeners,
  loadBalancers,
  logtanks,
  members,
  ownPools,
  pools,
  poolsOf,
} from '../kinds.ts';
import { type Modelled, references } from '../resource.ts';
import type { World } from '../world.ts';

const list = '/elb/loadbalancers';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const place = fc.constantFrom(...places, ...places.slice(0, 2));
const lastNumber = fc.constantFrom(20, 22, 23);

/** Whether an address that is asked for by its name is somebody's. */
function isTaken(world: World, { subnet, vpc }: Place, address: string, own?: LoadBalancer): boolean {
  return (
    loadBalancers
      .all(world)
      .some((each) => each.id !== own?.id && each.vpc === vpc && each.vip === address) ||
    members.all(world).some((each) => each.subnet === subnet && each.address === address) ||
    (isDeclared(address) && address !== own?.vip)
  );
}

/** The address that was given, which must be as asked, or free and in the subnet. */
function vipFrom(world: World, { prefix, subnet, vpc }: Place, answered: unknown, own?: string): string {
  const vip = String(answered);
  assert.ok(vip.startsWith(`${prefix}.`), `${vip} is not in ${prefix}.0/27`);
  assert.ok(
    !loadBalancers.all(world).some((each) => each.id !== own && each.vpc === vpc && each.vip === vip) &&
      !members.all(world).some((each) => each.subnet === subnet && each.address === vip),
    `${vip} was given twice`,
  );
  return vip;
}

const create: fc.Arbitrary<Command> = fc
  .record({
    where: place,
    last: seldom(lastNumber),
    ip_target_enable: fc.boolean(),
    name: fc.constantFrom('', 'é\u{1f388}'),
  })
  .map(({ where, last, ip_target_enable, name }) => ({
    plan: (_world, project) => {
      const vip_address = last === null ? undefined : `${where.prefix}.${last}`;
      const fields = { vip_subnet_cidr_id: where.subnet, vip_address, ip_target_enable, name };
      return {
        project,
        method: 'POST',
        path: list,
        body: { loadbalancer: { ...said(fields), availability_zone_list: ['az1'] } },
        expect: (world) => ({
          faults: faultsOf(
            [loadBalancers.all(world, project).length >= quotas.loadbalancer, fault.quota],
            [vip_address !== undefined && isTaken(world, where, vip_address), fault.conflict],
          ),
          status: 201,
          apply: (after, { loadbalancer: { id, vip_address: answered } }) => {
            const vip = vipFrom(after, where, answered);
            if (vip_address !== undefined) assert.equal(vip, vip_address);
            const { vpc, subnet } = where;
            const settings = { ipTargets: ip_target_enable, up: true, isProtected: false, tags: {} };
            loadBalancers.put(after, { id, project, name, vpc, subnet, vip, ...settings });
          },
        }),
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc
  .record({
    which: pick,
    move: seldom(fc.record({ where: place, last: maybe(lastNumber) })),
    up: maybe(fc.boolean()),
    ipTargets: maybe(fc.boolean()),
    isProtected: seldom(fc.boolean()),
    name: maybe(fc.constantFrom('a', 'b')),
  })
  .map(({ which, move, up, ipTargets, isProtected, name }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, loadBalancers, which);
      const vip_address = move?.last ? `${move.where.prefix}.${move.last}` : undefined;
      const fields = {
        vip_subnet_cidr_id: move?.where.subnet,
        vip_address,
        admin_state_up: up ?? undefined,
        ip_target_enable: ipTargets ?? undefined,
        deletion_protection_enable: isProtected ?? undefined,
        name: name ?? undefined,
      };
      return {
        project,
        method: 'PUT',
        path: at({ id }),
        body: { loadbalancer: said(fields) },
        expect: (world) => {
          const found = loadBalancers.find(world, project, id);
          const wanted = vip_address !== undefined && vip_address !== found?.vip ? vip_address : null;
          return {
            faults: faultsOf(
              [!found, fault.notFound],
              [ipTargets === false && found?.ipTargets === true, fault.invalid],
              [!!move && move.where.vpc !== found?.vpc, fault.invalid],
              [!!move && wanted !== null && isTaken(world, move.where, wanted, found), fault.conflict],
            ),
            status: 200,
            apply: (after, { loadbalancer: answer }) => {
              if (!found) return;
              const vip = move ? vipFrom(after, move.where, answer.vip_address, id) : found.vip;
              if (vip_address !== undefined) assert.equal(vip, vip_address);
              if (move && move.where.subnet === found.subnet && !vip_address) assert.equal(vip, found.vip);
              loadBalancers.put(after, {
                ...found,
                vip,
                subnet: move?.where.subnet ?? found.subnet,
                up: up ?? found.up,
                ipTargets: ipTargets ?? found.ipTargets,
                isProtected: isProtected ?? found.isProtected,
                name: name ?? found.name,
              });
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
      const found = loadBalancers.find(world, project, id);
      const has = [...listeners.all(world), ...pools.all(world)].some(({ lb }) => lb === id);
      return {
        faults: faultsOf([!found, fault.notFound], [!!found && (found.isProtected || has), fault.conflict]),
        status: 204,
        apply: (after) => {
          for (const each of logtanks.all(after)) if (each.lb === id) logtanks.remove(after, each.id);
          loadBalancers.remove(after, id);
        },
      };
    },
  };
}

export const loadBalancerModel: Modelled<LoadBalancer> = {
  kind: loadBalancers,
  list,
  plural: 'loadbalancers',
  at,
  create: { weight: 5, arbitrary: create },
  commands: [
    { weight: 2, arbitrary: update },
    {
      weight: 1,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, loadBalancers, which)),
      })),
    },
  ],
  shown: (world, { id, project, name, vpc, subnet, vip, ipTargets, up, isProtected, tags }) => {
    const mine = listeners.all(world, project).filter(({ lb }) => lb === id);
    const logtank = logtanks.all(world, project).find(({ lb }) => lb === id);
    return {
      id,
      project_id: project,
      name,
      vpc_id: vpc,
      vip_subnet_cidr_id: subnet,
      vip_address: vip,
      ip_target_enable: ipTargets,
      admin_state_up: up,
      deletion_protection_enable: isProtected,
      provisioning_status: 'ACTIVE',
      operating_status: 'ONLINE',
      listeners: references(mine),
      pools: references([...ownPools(world, id), ...mine.flatMap((each) => poolsOf(world, each))]),
      log_group_id: logtank?.group ?? null,
      log_topic_id: logtank?.topic ?? null,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    };
  },
  used: { loadbalancer: (world, project) => loadBalancers.all(world, project).length },
  remove: ({ project, id }) => removal(project, id),
  release: ({ project, id }) => ({
    project,
    method: 'PUT',
    path: at({ id }),
    body: { loadbalancer: { deletion_protection_enable: false } },
    expect: (world) => ({
      faults: [],
      status: 200,
      apply: (after) => {
        const found = loadBalancers.find(world, project, id);
        if (found) loadBalancers.put(after, { ...found, isProtected: false });
      },
    }),
  }),
};
