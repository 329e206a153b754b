/** The page of all fields, from the descriptions of the resources and from what the tests show of them. */
import { basename } from 'node:path';
import { type Field, wordsOf } from '../src/model/field.ts';
import type { Resource } from '../src/model/resource.ts';
import { describe } from '../src/model/validation.ts';
import { documentedResources } from './documented-resources.ts';
import { type Evidence, readEvidence } from './evidence.ts';

/** The test that sends wrong values of every field. */
const derived = 'test/api/wrong-values.test.ts';

const introduction = `<!-- Made by \`npm run docs\` from the descriptions in src/model and the tests; do not edit. -->
# The fields of every resource

What a create and an update request may carry, what lists filter by, what is enforced, and what takes effect on
traffic. The last two are what tests show, and name the tests.

- *Enforced*: \`values\` means that a request with another value than the column *value* says is refused by the name
  of the field, as ${link(derived)} tries for every field of every request. The tests
  beside it hold rules beyond that.
- *On traffic*: the tests show that the field changes what traffic or probes do. A field marked **not yet** is meant
  to, and is so far checked, stored and answered as the API says, and no more. A field without either has nothing to
  do with traffic.
`;

export function fieldsPage(): string {
  const evidence = readEvidence();
  const sections = [...documentedResources].flatMap(([name, resource]) => section(name, resource, evidence));
  return [introduction, ...sections].join('\n');
}

function section(
  name: string,
  resource: Resource,
  evidence: ReadonlyMap<string, readonly Evidence[]>,
): string[] {
  const fields = Object.entries(resource.fields).filter(([, field]) => isVisible(field));
  const others = Object.keys(resource.filters).map((key) => `\`${key}\``);
  return [
    `## ${resource.label}`,
    '',
    '| field | value | create | update | filter | enforced | on traffic | |',
    '|---|---|---|---|---|---|---|---|',
    ...fields.map(([key, field]) => row(key, field, evidence.get(`${name}.${key}`) ?? [])),
    '',
    ...(others.length > 0 ? [`Lists also filter by ${others.join(', ')}.`, ''] : []),
  ];
}

function isVisible(field: Field): boolean {
  return Boolean(field.answered) || isTaken(field);
}

/** Whether a request may carry the field. */
function isTaken({ create, update }: Field): boolean {
  return create !== 'absent' || update === 'mutable' || update === 'ignored';
}

function row(key: string, field: Field, evidence: readonly Evidence[]): string {
  const cells = [
    `\`${key}\``,
    describe(field.input).replaceAll('|', '\\|'),
    field.create === 'absent' ? '' : field.create,
    field.update === 'mutable' || field.update === 'ignored' ? field.update : '',
    field.filter ?? '',
    enforcement(field, evidence),
    effect(field, evidence),
    field.description,
  ];
  return `| ${cells.join(' | ')} |`;
}

function enforcement(field: Field, evidence: readonly Evidence[]): string {
  const rules = filesOf(evidence.filter(({ kind }) => kind === 'enforced'));
  return [...(isTaken(field) ? ['`values`'] : []), ...rules].join(', ');
}

/** Whether a test shows an effect, and of which words where it is not all of them. */
function effect(field: Field, evidence: readonly Evidence[]): string {
  if (!field.traffic) return '';
  const shown = evidence.filter(({ kind }) => kind === 'traffic');
  if (shown.length === 0) return '**not yet**';
  const words = wordsOf(field);
  const isWhole = words.length === 0 || shown.some(({ values }) => values.length === 0);
  const acting = words.filter((word) => isWhole || shown.some(({ values }) => values.includes(word)));
  const others = words.filter((word) => !acting.includes(word));
  const limits = others.length > 0 ? `${acting.join(', ')} (**not yet** ${others.join(', ')}): ` : '';
  return limits + filesOf(shown).join(', ');
}

function filesOf(evidence: readonly Evidence[]): string[] {
  return [...new Set(evidence.map(({ file }) => link(file)))];
}

function link(file: string): string {
  return `[${basename(file, '.test.ts')}](../${file})`;
}
