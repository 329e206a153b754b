/** What a listener refers to: that it is there, that it suits, and that no quota of sharing is exceeded. */
import { fault, faultsOf } from '../command.ts';
import { quotas } from '../ground.ts';
import {
  certificates,
  ipGroups,
  type Listener,
  listeners,
  loadBalancers,
  membersOf,
  pools,
  securityPolicies,
  usersOf,
} from '../kinds.ts';
import type { World } from '../world.ts';

/** What is wrong with the references of a listener as it would be. */
export function referenceFaults(world: World, after: Listener, before: Listener | undefined): string[] {
  const { project, protocol } = after;
  const isTls = protocol === 'HTTPS';
  const lb = loadBalancers.find(world, project, after.lb);
  const pool = pools.find(world, project, after.pool);
  const isNew = after.pool !== (before?.pool ?? null);
  const ipMembers = pool && membersOf(world, pool.id).some(({ subnet }) => subnet === null);
  const users = pool ? usersOf(world, pool.id).filter(({ id }) => id !== after.id).length : 0;
  return [
    ...faultsOf(
      [after.pool !== null && !pool, fault.notFound],
      [!!pool && pool.protocol !== (isTls ? 'HTTP' : protocol), fault.invalid],
      [isNew && !!pool && !!lb && pool.vpc !== '' && pool.vpc !== lb.vpc, fault.invalid],
      [isNew && !!ipMembers && lb?.ipTargets === false, fault.noIpTargets],
      [isNew && !!pool && users + 1 > quotas.listeners_per_pool, fault.quota],
      [after.securityPolicy !== null && !isTls, fault.invalid],
      [
        !!after.securityPolicy && !securityPolicies.find(world, project, after.securityPolicy),
        fault.notFound,
      ],
      [isTls && after.certificate === null, before ? fault.needsCertificate : fault.invalid],
    ),
    ...certificateFaults(world, after),
    ...(after.ipGroups.join() === before?.ipGroups.join() ? [] : groupFaults(world, after)),
  ];
}

function certificateFaults(world: World, { project, protocol, ...after }: Listener): string[] {
  const places = [
    ...(after.certificate === null ? [] : [{ id: after.certificate, type: 'server' }]),
    ...(after.clientCa === null ? [] : [{ id: after.clientCa, type: 'client' }]),
    ...after.sni.map((id) => ({ id, type: 'server' })),
  ];
  const domains = after.sni.map((id) => certificates.find(world, project, id)?.domain ?? null);
  return [
    ...places.flatMap(({ id, type }) => {
      const found = certificates.find(world, project, id);
      return faultsOf(
        [!found, fault.notFound],
        [!!found && found.type !== type, fault.invalid],
        [protocol !== 'HTTPS', fault.invalid],
      );
    }),
    ...faultsOf([domains.includes(null) || new Set(domains).size < domains.length, fault.invalid]),
  ];
}

function groupFaults(world: World, { id, project, ipGroups: ids }: Listener): string[] {
  const found = ids.map((each) => ipGroups.find(world, project, each));
  const entries = found.reduce((sum, group) => sum + (group?.ips.length ?? 0), 0);
  const others = listeners.all(world, project).filter((each) => each.id !== id);
  const bound = (group: string) => others.filter((each) => each.ipGroups.includes(group)).length;
  return faultsOf(
    [found.includes(undefined), fault.notFound],
    [ids.length > quotas.ipgroups_per_listener, fault.quota],
    [entries > quotas.ipgroup_max_length, fault.quota],
    [ids.some((each) => bound(each) + 1 > quotas.ipgroup_bindings), fault.quota],
  );
}
