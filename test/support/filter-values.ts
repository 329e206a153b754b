/** Values for the filters of a list that really find something: one that many records have, and one that few have. */
import type { ListCall } from './list-calls.ts';

export type Item = Readonly<Record<string, unknown>>;

export interface FilterValue {
  readonly filter: string;
  readonly value: string;
  /** How much of the sample has it. */
  readonly share: number;
}

/** Filters by what other resources have: the list and the field that their values come from. */
const elsewhere: Readonly<Record<string, readonly [plural: string, field: string]>> = {
  member_address: ['members', 'address'],
  member_device_id: ['members', 'instance_id'],
  member_instance_id: ['members', 'instance_id'],
};

/** Times, which nothing that is listed has just so. */
const times: Readonly<Record<string, string>> = {
  begin_time: '2026-01-31T23:59:59',
  from: '2026-01-31T23:59:59Z',
  to: '2099-01-31T23:59:59Z',
};

/** Filters that are named in the singular, by the list of references that a record has. */
const referred: Readonly<Record<string, string>> = {
  loadbalancer_id: 'loadbalancers',
  listener_id: 'listeners',
};

/**
 * The values of each filter, at most two.
 *
 * @param samples records of every list, by its plural
 */
export function filterValues(
  { filters }: ListCall,
  plural: string,
  samples: ReadonlyMap<string, readonly Item[]>,
): FilterValue[] {
  const own = samples.get(plural) ?? [];
  return filters.flatMap(({ name, schema, description }) => {
    const [from, field] = elsewhere[name] ?? [plural, name];
    const items = from === plural ? own : (samples.get(from) ?? []);
    const found = items.flatMap((item) => textsOf(item, field));
    if (found.length === 0)
      return [{ filter: name, value: times[name] ?? fallback(schema, description), share: 0 }];
    const byValue = [...Map.groupBy(found, (text) => text)].map(([value, { length }]) => ({ value, length }));
    byValue.sort((a, b) => b.length - a.length);
    const ends = new Set([byValue[0], byValue.at(-1)].flatMap((each) => each ?? []));
    return [...ends].map(({ value, length }) => ({ filter: name, value, share: length / items.length }));
  });
}

/** What a query would say to find the item by the field. */
function textsOf(item: Item, field: string): string[] {
  const value = item[field] ?? item[referred[field] ?? ''] ?? null;
  const inReferred = item[field] === undefined;
  if (Array.isArray(value)) {
    if (['protocols', 'ciphers'].includes(field)) return [value.join(field === 'protocols' ? ' ' : ':')];
    return value.flatMap((each) =>
      typeof each === 'object' ? nested(each, field, inReferred) : [String(each)],
    );
  }
  if (value === null || value === '') return [];
  return typeof value === 'object' ? nested(value, field, false) : [String(value)];
}

/** `eips=eip_id=…` for what a filter takes so; the id of a reference; the text of an entry. */
function nested(value: object, field: string, isReference: boolean): string[] {
  const entries = Object.entries(value);
  const plain = entries.find(([key]) => key === (isReference ? 'id' : 'ip'));
  if (plain) return [String(plain[1])];
  if (field === 'connection_drain') return [String((value as Item)['enable'])];
  return entries
    .filter(([key, each]) => each !== null && !unfiltered.includes(`${field}.${key}`))
    .map(([key, each]) => `${key}=${each}`);
}

/** Keys of objects that no filter takes. */
const unfiltered = [
  'autoscaling.min_l7_flavor_id',
  ...['percentage', 'count'].map((what) => `az_affinity.az_minimum_healthy_member_${what}`),
  'az_affinity.az_unhealthy_fallback_strategy',
];

/** @param description begins with `As key=` for a filter whose values carry a key of their own */
function fallback(schema: unknown, description = ''): string {
  const [, key] = /^As (\w+)=/.exec(description) ?? [];
  if (key) return `${key}=${key === 'enable' ? 'true' : '1'}`;
  const { items } = schema as { items?: unknown };
  const parts = (items ?? schema) as { type?: string; enum?: unknown[]; minimum?: number };
  const { type, enum: words, minimum } = parts;
  if (words) return String(words[0]);
  if (type === 'integer') return String(minimum ?? 1);
  return type === 'boolean' ? 'true' : 'nothing-has-this';
}
