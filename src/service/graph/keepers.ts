/** How each kind of part is made, changed and removed: by the service of its resource. */
import { domainNames } from '../../model/domain-names.ts';
import type { Entry } from '../../model/graph.ts';
import type { PartName } from '../../model/graph-parts.ts';
import { createOfKind } from '../batch-create.ts';
import { createCertificate, deleteCertificate, updateCertificate } from '../certificates.ts';
import { changeDomainNames } from '../domain-name-settings.ts';
import { createHealthMonitor, deleteHealthMonitor, updateHealthMonitor } from '../health-monitors.ts';
import { createIpGroup, deleteIpGroup, updateIpGroup } from '../ip-groups.ts';
import { createL7Policy, deleteL7Policy, updateL7Policy } from '../l7-policies.ts';
import { createL7Rule, deleteL7Rule, updateL7Rule } from '../l7-rules.ts';
import { createListener, deleteListener, updateListener } from '../listeners.ts';
import { deleteLoadBalancer, updateLoadBalancer } from '../load-balancers.ts';
import { createLogtank, deleteLogtank, updateLogtank } from '../logtanks.ts';
import { createMasterSlavePool, deleteMasterSlavePool } from '../master-slave-pools.ts';
import { createMember, deleteMember, updateMember } from '../members.ts';
import { createPool, deletePool, updatePool } from '../pools.ts';
import type { Region } from '../region.ts';
import { createSecurityPolicy, deleteSecurityPolicy, updateSecurityPolicy } from '../security-policies.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Where a part is, or goes. */
export interface Place {
  readonly projectId: string;
  /** The id of the resource it belongs to; empty for none. */
  readonly parentId: string;
}

/** A part that is there, as a document would say it. */
export interface There {
  readonly id: string;
  readonly entry: Entry;
}

/** The parts that are made and removed by themselves; others go with the one they are in. */
export type KeptPart = Exclude<PartName, 'master_slave_member' | 'master_slave_monitor'>;

interface Keeper {
  /** The field of a create request that says where the part belongs, if one does. */
  readonly parent?: string;
  /** Makes a part and answers its id. */
  readonly create: (region: Region, place: Place, body: Body) => Promise<string>;
  readonly update: (region: Region, place: Place, id: string, body: Body) => Promise<unknown>;
  readonly remove: (region: Region, place: Place, id: string) => Promise<void>;
}

export const keepers: Readonly<Record<KeptPart, Keeper>> = {
  certificate: {
    create: async (region, { projectId }, body) =>
      (await createCertificate(region, projectId, body)).certificate.id,
    update: (region, { projectId }, id, body) => updateCertificate(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteCertificate(region, projectId, id),
  },
  ipgroup: {
    create: async (region, { projectId }, body) => (await createIpGroup(region, projectId, body)).ipGroup.id,
    update: (region, { projectId }, id, body) => updateIpGroup(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteIpGroup(region, projectId, id),
  },
  security_policy: {
    create: async (region, { projectId }, body) =>
      (await createSecurityPolicy(region, projectId, body)).securityPolicy.id,
    update: (region, { projectId }, id, body) => updateSecurityPolicy(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteSecurityPolicy(region, projectId, id),
  },
  loadbalancer: {
    create: createLoadBalancerWhole,
    update: (region, { projectId }, id, body) => updateLoadBalancer(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteLoadBalancer(region, projectId, id),
  },
  logtank: {
    parent: 'loadbalancer_id',
    create: async (region, { projectId }, body) => (await createLogtank(region, projectId, body)).id,
    update: (region, { projectId }, id, body) => updateLogtank(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteLogtank(region, projectId, id),
  },
  // They are settings of the load balancer, and go by its id.
  domain_names: {
    create: async (region, { projectId, parentId }, body) => {
      await changeDomainNames(region, projectId, parentId, body);
      return parentId;
    },
    update: (region, { projectId }, id, body) => changeDomainNames(region, projectId, id, body),
    remove: (region, { projectId }, id) => resetDomainNames(region, projectId, id),
  },
  listener: {
    parent: 'loadbalancer_id',
    create: async (region, { projectId }, body) => (await createListener(region, projectId, body)).id,
    update: (region, { projectId }, id, body) => updateListener(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteListener(region, projectId, id),
  },
  l7policy: {
    parent: 'listener_id',
    create: async (region, { projectId }, body) => (await createL7Policy(region, projectId, body)).policy.id,
    update: (region, { projectId }, id, body) => updateL7Policy(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteL7Policy(region, projectId, id),
  },
  rule: {
    create: async (region, { projectId, parentId }, body) =>
      (await createL7Rule(region, projectId, parentId, body)).id,
    update: (region, { projectId, parentId }, id, body) =>
      updateL7Rule(region, projectId, parentId, id, body),
    remove: (region, { projectId, parentId }, id) => deleteL7Rule(region, projectId, parentId, id),
  },
  pool: {
    parent: 'loadbalancer_id',
    create: async (region, { projectId }, body) => (await createPool(region, projectId, body)).pool.id,
    update: (region, { projectId }, id, body) => updatePool(region, projectId, id, body),
    remove: (region, { projectId }, id) => deletePool(region, projectId, id),
  },
  member: {
    create: async (region, { projectId, parentId }, body) =>
      (await createMember(region, projectId, parentId, body as Parameters<typeof createMember>[3])).member.id,
    update: (region, { projectId, parentId }, id, body) =>
      updateMember(region, projectId, parentId, id, body),
    remove: (region, { projectId, parentId }, id) => deleteMember(region, projectId, parentId, id),
  },
  healthmonitor: {
    parent: 'pool_id',
    create: async (region, { projectId }, body) => (await createHealthMonitor(region, projectId, body)).id,
    update: (region, { projectId }, id, body) => updateHealthMonitor(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteHealthMonitor(region, projectId, id),
  },
  master_slave_pool: {
    parent: 'loadbalancer_id',
    create: async (region, { projectId }, body) => {
      const given = body as Parameters<typeof createMasterSlavePool>[2];
      return (await createMasterSlavePool(region, projectId, given)).pool.id;
    },
    update: () => {
      throw new Error('no call changes a master-slave pool');
    },
    remove: (region, { projectId }, id) => deleteMasterSlavePool(region, projectId, id),
  },
};

/** Creates a load balancer, and changes at once what only an update sets. */
async function createLoadBalancerWhole(region: Region, { projectId }: Place, body: Body): Promise<string> {
  const { deletion_protection_enable, ...given } = body;
  const isShared = body['guaranteed'] === false;
  const made = await createOfKind(region, projectId, isShared ? given : body);
  const later = {
    ...(isShared && deletion_protection_enable ? { deletion_protection_enable } : {}),
    ...(body['charge_mode'] === 'flavor' && made.charge_mode !== 'flavor' ? { charge_mode: 'flavor' } : {}),
  };
  if (Object.keys(later).length > 0) await updateLoadBalancer(region, projectId, made.id, later);
  return made.id;
}

function resetDomainNames(region: Region, projectId: string, id: string): Promise<void> {
  const nothing = Object.keys(domainNames.fields).map((key) => [key, null]);
  return changeDomainNames(region, projectId, id, Object.fromEntries(nothing));
}
