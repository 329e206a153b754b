/** How a record is answered: its answered fields, with what was computed for them. */
import type { LoadBalancer } from '../model/load-balancer.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';

/** An answer's record; what else it has depends on the resource. */
export interface Rendered {
  readonly id: string;
  readonly [key: string]: unknown;
}

/** What the answers of a resource have. */
interface Form {
  /** The fields that every answer has, in order, still without values. */
  readonly blank: Readonly<Record<string, unknown>>;
  /** The fields that an answer has where they are not their default. */
  readonly changed: readonly (readonly [key: string, standard: unknown])[];
}

const forms = new WeakMap<Resource, Form>();

/** @param computed values that win over those stored, as for fields that are not stored; null is one too */
export function render<F extends Fields>(
  of: Resource<F>,
  record: RecordOf<F>,
  computed: Partial<RecordOf<F>> = {},
): Rendered {
  return answered(of, record, computed);
}

/** The answered fields of a resource, of values that may be typed more loosely than its own. */
export function answered(of: Resource, values: Values, computed: Values = {}): Rendered {
  const { blank, changed } = formOf(of);
  // Copying an object that has all keys is several times faster than adding them, and so is writing it as JSON.
  const answer: Record<string, unknown> = { ...blank };
  for (const key of Object.keys(blank)) {
    const value = computed[key];
    answer[key] = value === undefined ? (values[key] ?? null) : value;
  }
  for (const [key, standard] of changed) {
    if (values[key] !== standard) answer[key] = values[key];
  }
  return answer as Rendered;
}

function formOf(of: Resource): Form {
  const known = forms.get(of);
  if (known) return known;
  const fields = Object.entries(of.fields);
  const always = fields.filter(([, { answered }]) => answered === true).map(([key]) => [key, null]);
  const changed = fields.filter(([, { answered }]) => answered === 'changed');
  const form: Form = {
    blank: JSON.parse(JSON.stringify(Object.fromEntries(always))),
    changed: changed.map(([key, field]) => [key, field.default]),
  };
  forms.set(of, form);
  return form;
}

type Values = Readonly<Record<string, unknown>>;

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
