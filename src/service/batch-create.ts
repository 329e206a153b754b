/** Several load balancers made at once: all of them, or none when one cannot be (rules digest 2.1.7, batch create). */
import type { BatchCreateRequest } from '../model/batch-create.ts';
import { invalid } from '../model/errors.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { recordJob } from './jobs.ts';
import { createLoadBalancer } from './load-balancers.ts';
import { type Region, within } from './region.ts';

/** What a job made. */
export interface BatchCreated {
  readonly ids: readonly string[];
  readonly jobId: string;
}

export async function batchCreateLoadBalancers(
  region: Region,
  projectId: string,
  { number: asked, name, guaranteed: kind, bandwidth: _, id: __, ids: ___, ...body }: BatchCreateRequest,
): Promise<BatchCreated> {
  const number = asked ?? 1;
  const guaranteed = kind ?? true;
  if (number > 1) checkAlike(body);
  const names = namesOf(name ?? '', number);
  return region.store.write(async (tx) => {
    const joined = within(region, tx);
    const ids: string[] = [];
    for (const each of names) {
      ids.push((await createOfKind(joined, projectId, { ...body, guaranteed, name: each })).id);
    }
    const jobId = await recordJob(tx, projectId, {
      job_type: guaranteed ? 'batchCreateV3Loadbalancer' : 'batchCreateV2Loadbalancer',
      resource_id: ids.length === 1 ? (ids[0] ?? null) : null,
      sub_jobs: ids.map((id) => ({
        resource_id: id,
        entities: [{ resource_id: id, resource_type: 'loadbalancer' }],
        failure: null,
      })),
    });
    return { ids, jobId };
  });
}

/** Creates a load balancer of either kind; a shared one is in no zone that a request could name. */
export async function createOfKind(
  region: Region,
  projectId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<LoadBalancer> {
  const guaranteed = body['guaranteed'] ?? true;
  const zones = body['availability_zone_list'];
  if (guaranteed && !zones) {
    throw invalid('loadbalancer.availability_zone_list', 'it is required when guaranteed is true.');
  }
  const request = { ...body, guaranteed, availability_zone_list: zones ?? [] };
  return (await createLoadBalancer(region, projectId, request)).loadBalancer;
}

/** Refuses what two load balancers cannot both have. */
function checkAlike(body: Readonly<Record<string, unknown>>): void {
  for (const key of ['publicip_ids', 'vip_address', 'ipv6_vip_address']) {
    const given = body[key];
    if (!given || (Array.isArray(given) && given.length === 0)) continue;
    throw invalid(`loadbalancer.${key}`, 'only one load balancer can have it; leave it out when number > 1.');
  }
}

/** The name as given for one, and with a suffix for each of several. */
function namesOf(name: string, number: number): string[] {
  if (number === 1) return [name];
  const names = Array.from({ length: number }, (_, index) => `${name}-${String(index + 1).padStart(4, '0')}`);
  if ([...name].length > 250) {
    throw invalid(
      'loadbalancer.name',
      'it may have 250 characters when number > 1, which adds a suffix of 5.',
    );
  }
  return names;
}
