/** How a record is answered: its answered fields, with what was computed for them. */
import type { LoadBalancer } from '../model/load-balancer.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';

/** An answer's record; what else it has depends on the resource. */
export interface Rendered {
  readonly id: string;
  readonly [key: string]: unknown;
}

/** @param computed the values of the fields that are not stored */
export function render<F extends Fields>(
  of: Resource<F>,
  record: RecordOf<F>,
  computed: Partial<RecordOf<F>> = {},
): Rendered {
  const answer: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(of.fields)) {
    if (field.answered) answer[key] = computed[key] ?? record[key] ?? null;
  }
  return answer as unknown as Rendered;
}

/** Ids as the API refers to resources. */
export function references(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }));
}

/** The public IPs of a load balancer under their older names. */
export function eipsOf({
  publicips,
}: Pick<LoadBalancer, 'publicips'>): { eip_id: string; eip_address: string; ip_version: number }[] {
  return publicips.map(({ publicip_id, publicip_address, ip_version }) => ({
    eip_id: publicip_id,
    eip_address: publicip_address,
    ip_version,
  }));
}
