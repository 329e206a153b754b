/** What a test shows of a field; `docs/fields.md` is made of these calls, read from the sources of the tests. */
import { documentedResources } from '../../docs/documented-resources.ts';
import { wordsOf } from '../../src/model/field.ts';

/** `enforced`: a rule beyond the values of the field is held. `traffic`: it changes what traffic or probes do. */
export type EvidenceKind = 'enforced' | 'traffic';

/**
 * Declares that the test which calls it shows something of a field. To be called with literals, so that the
 * documentation can be made without running the tests.
 *
 * @param name resource and field, as `member.weight`
 * @param values the words of the field that it is shown for; all of them if not given
 * @throws Error when there is no such field or word, or when the model does not say that the field is for traffic
 */
export function evidence(name: string, kind: EvidenceKind, values: readonly string[] = []): void {
  const [of = '', key = ''] = name.split('.');
  const field = documentedResources.get(of)?.fields[key];
  if (!field) throw new Error(`evidence: there is no field ${name}`);
  if (kind === 'traffic' && !field.traffic) {
    throw new Error(`evidence: a test shows that ${name} acts; say traffic: true in its description`);
  }
  const unknown = values.filter((value) => !wordsOf(field).includes(value));
  if (unknown.length > 0) throw new Error(`evidence: ${name} has no ${unknown.join(', ')}`);
}
