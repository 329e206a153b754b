/** How a record is answered: its answered fields, with what was computed for them. */
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
  return answered(of, record, computed);
}

/** The answered fields of a resource, of values that may be typed more loosely than its own. */
export function answered(of: Resource, values: Values, computed: Values = {}): Rendered {
  const answer: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(of.fields)) {
    if (field.answered) answer[key] = computed[key] ?? values[key] ?? null;
  }
  return answer as unknown as Rendered;
}

type Values = Readonly<Record<string, unknown>>;

/** Ids as the API refers to resources. */
export function references(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }));
}
