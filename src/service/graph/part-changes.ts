/** Makes, changes and removes parts as the operations of their resources would, wrong bodies refused alike. */
import { invalid } from '../../model/errors.ts';
import { parts } from '../../model/graph-parts.ts';
import { createBody, immutableFields, updateBody } from '../../model/resource.ts';
import { type GivenTag, strict } from '../../model/schemas.ts';
import { validator } from '../../model/validation.ts';
import { addZones, removeZones } from '../availability-zone-changes.ts';
import { showPublicIp } from '../project-public-ips.ts';
import { changePublicIpBinding } from '../public-ip-bindings.ts';
import { requireLoadBalancer } from '../references.ts';
import type { Region } from '../region.ts';
import { changeTags, showTags, type Taggable } from '../resource-tags.ts';
import { type Body, type KeptPart, keepers, type Place, type There } from './keepers.ts';

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
export async function createPart(name: KeptPart, region: Region, place: Place, body: Body): Promise<string> {
  const { parent, create } = keepers[name];
  const whole = parent ? { ...body, [parent]: place.parentId } : body;
  checks.get(name)?.create({ [parts[name].of.name]: whole });
  return create(region, place, whole);
}

/**
 * Changes a part, as its update operation would with that body. Tags, zones and public IPs may be among it.
 *
 * @throws Refusal as the operation does
 */
export async function updatePart(
  name: KeptPart,
  region: Region,
  place: Place,
  there: There,
  body: Body,
): Promise<void> {
  const { tags, availability_zone_list: zones, publicip_ids: publicIps, ...rest } = body;
  checks.get(name)?.update({ [parts[name].of.name]: rest });
  if (tags !== undefined) {
    await setTags(region, place.projectId, name as Taggable, there.id, (tags ?? []) as readonly GivenTag[]);
  }
  if (zones) await setZones(region, place.projectId, there, zones as readonly string[]);
  if (publicIps) await setPublicIp(region, place.projectId, there, publicIps as readonly string[]);
  if (Object.keys(rest).length > 0) await keepers[name].update(region, place, there.id, rest);
}

/** Removes a part, as its delete operation would. */
export function removePart(name: KeptPart, region: Region, place: Place, id: string): Promise<void> {
  return keepers[name].remove(region, place, id);
}

async function setTags(
  region: Region,
  projectId: string,
  kind: Taggable,
  id: string,
  wanted: readonly GivenTag[],
): Promise<void> {
  const present = await showTags(region, projectId, kind, id);
  const stale = present.filter(({ key }) => !wanted.some((tag) => tag.key === key));
  if (stale.length > 0) await changeTags(region, projectId, kind, id, 'delete', stale);
  if (wanted.length > 0) await changeTags(region, projectId, kind, id, 'create', wanted);
}

async function setZones(
  region: Region,
  projectId: string,
  { id, entry }: There,
  wanted: readonly string[],
): Promise<void> {
  const present = (entry['availability_zone_list'] ?? []) as readonly string[];
  await addZones(region, projectId, id, wanted);
  const stale = present.filter((zone) => !wanted.includes(zone));
  if (stale.length > 0) await removeZones(region, projectId, id, stale);
}

/** As on creation, only the first counts. */
async function setPublicIp(
  region: Region,
  projectId: string,
  { id, entry }: There,
  [wanted]: readonly string[],
): Promise<void> {
  const [present] = (entry['publicip_ids'] ?? []) as readonly string[];
  if (present === wanted) return;
  if (present !== undefined) await changePublicIpBinding(region, projectId, present, '');
  if (wanted === undefined) return;
  const { vip_port_id, ipv6_vip_port_id } = await requireLoadBalancer(region.store.reader, projectId, id);
  const { publicIp } = await showPublicIp(region, projectId, wanted);
  const port = publicIp.ip_version === 4 ? vip_port_id : (vip_port_id ?? ipv6_vip_port_id);
  if (port === null) {
    throw invalid('loadbalancer.publicip_ids', 'the load balancer has no address that it could be bound to.');
  }
  await changePublicIpBinding(region, projectId, wanted, port);
}
