/** How each kind of part is made, changed and removed: by the service of its resource. */
import { type PartName, parts } from '../../model/graph.ts';
import { createBody, immutableFields, updateBody } from '../../model/resource.ts';
import { strict, type Tag } from '../../model/schemas.ts';
import { validator } from '../../model/validation.ts';
import { createCertificate, deleteCertificate, updateCertificate } from '../certificates.ts';
import { createHealthMonitor, deleteHealthMonitor, updateHealthMonitor } from '../health-monitors.ts';
import { createIpGroup, deleteIpGroup, updateIpGroup } from '../ip-groups.ts';
import { createListener, deleteListener, updateListener } from '../listeners.ts';
import { createLoadBalancer, deleteLoadBalancer, updateLoadBalancer } from '../load-balancers.ts';
import { createMember, deleteMember, updateMember } from '../members.ts';
import { createPool, deletePool, updatePool } from '../pools.ts';
import type { Region } from '../region.ts';
import { changeTags, showTags, type Taggable } from '../resource-tags.ts';
import { createSecurityPolicy, deleteSecurityPolicy, updateSecurityPolicy } from '../security-policies.ts';

type Body = Readonly<Record<string, unknown>>;

/** Where a part is, or goes. */
export interface Place {
  readonly projectId: string;
  /** The id of the resource it belongs to; empty for none. */
  readonly parentId: string;
}

interface Keeper {
  /** Makes a part and answers its id. */
  readonly create: (region: Region, place: Place, body: Body) => Promise<string>;
  readonly update: (region: Region, place: Place, id: string, body: Body) => Promise<unknown>;
  readonly remove: (region: Region, place: Place, id: string) => Promise<void>;
}

const keepers: Readonly<Record<PartName, Keeper>> = {
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
    create: async (region, { projectId }, body) =>
      (await createLoadBalancer(region, projectId, body)).loadBalancer.id,
    update: (region, { projectId }, id, body) => updateLoadBalancer(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteLoadBalancer(region, projectId, id),
  },
  listener: {
    create: async (region, { projectId }, body) => (await createListener(region, projectId, body)).id,
    update: (region, { projectId }, id, body) => updateListener(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteListener(region, projectId, id),
  },
  pool: {
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
    create: async (region, { projectId }, body) => (await createHealthMonitor(region, projectId, body)).id,
    update: (region, { projectId }, id, body) => updateHealthMonitor(region, projectId, id, body),
    remove: (region, { projectId }, id) => deleteHealthMonitor(region, projectId, id),
  },
};

/** The field of a create request that says where the part belongs; members say it in their path. */
const parentFields: Partial<Readonly<Record<PartName, string>>> = {
  listener: 'loadbalancer_id',
  pool: 'loadbalancer_id',
  healthmonitor: 'pool_id',
};

const checks = new Map(
  Object.entries(parts).map(([name, { of }]) => [
    name,
    {
      create: validator(strict({ [of.name]: createBody(of) }), { secret: name === 'certificate' }),
      update: validator(strict({ [of.name]: updateBody(of) }), {
        immutable: { [of.name]: immutableFields(of) },
        secret: name === 'certificate',
      }),
    },
  ]),
);

/**
 * Makes a part, as its create operation would with that body.
 *
 * @returns its id
 * @throws Refusal as the operation does
 */
export async function createPart(name: PartName, region: Region, place: Place, body: Body): Promise<string> {
  const parentField = parentFields[name];
  const whole = parentField ? { ...body, [parentField]: place.parentId } : body;
  checks.get(name)?.create({ [parts[name].of.name]: whole });
  return keepers[name].create(region, place, whole);
}

/**
 * Changes a part, as its update operation would with that body. Tags may be among it.
 *
 * @throws Refusal as the operation does
 */
export async function updatePart(
  name: PartName,
  region: Region,
  place: Place,
  id: string,
  body: Body,
): Promise<void> {
  const { tags, ...rest } = body;
  checks.get(name)?.update({ [parts[name].of.name]: rest });
  if (tags !== undefined) {
    await setTags(region, place.projectId, name as Taggable, id, (tags ?? []) as readonly Tag[]);
  }
  if (Object.keys(rest).length > 0) await keepers[name].update(region, place, id, rest);
}

/** Removes a part, as its delete operation would. */
export function removePart(name: PartName, region: Region, place: Place, id: string): Promise<void> {
  return keepers[name].remove(region, place, id);
}

async function setTags(
  region: Region,
  projectId: string,
  kind: Taggable,
  id: string,
  wanted: readonly Tag[],
): Promise<void> {
  const present = await showTags(region, projectId, kind, id);
  const stale = present.filter(({ key }) => !wanted.some((tag) => tag.key === key));
  if (stale.length > 0) await changeTags(region, projectId, kind, id, 'delete', stale);
  if (wanted.length > 0) await changeTags(region, projectId, kind, id, 'create', wanted);
}
