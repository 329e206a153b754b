/** The page of all fields, from the descriptions of the resources. */
import type { Field } from '../src/model/field.ts';
import { masterSlaveMember, masterSlaveMonitor, masterSlavePool } from '../src/model/master-slave-pool.ts';
import type { Resource } from '../src/model/resource.ts';
import { describe } from '../src/model/validation.ts';
import { resources } from '../src/store/schema.ts';

export function fieldsPage(): string {
  return [
    '<!-- Made by `npm run docs` from the descriptions in src/model; do not edit. -->',
    '# The fields of every resource',
    '',
    'What a create and an update request may carry, what lists filter by, and what takes effect on traffic. A field',
    'marked *not yet* is checked, stored and answered as the API says, and does not change what traffic does.',
    '',
    ...[...resources, masterSlavePool, masterSlaveMember, masterSlaveMonitor].flatMap(section),
  ].join('\n');
}

function section(resource: Resource): string[] {
  const fields = Object.entries(resource.fields).filter(([, field]) => isVisible(field));
  const others = Object.keys(resource.filters).map((key) => `\`${key}\``);
  return [
    `## ${resource.label}`,
    '',
    '| field | value | create | update | filter | in effect | |',
    '|---|---|---|---|---|---|---|',
    ...fields.map(([key, field]) => row(key, field)),
    '',
    ...(others.length > 0 ? [`Lists also filter by ${others.join(', ')}.`, ''] : []),
  ];
}

function isVisible(field: Field): boolean {
  return field.answered || field.create === 'required' || field.create === 'optional';
}

function row(key: string, field: Field): string {
  const value = describe(field.input).replaceAll('|', '\\|');
  const cells = [
    `\`${key}\``,
    value,
    field.create === 'absent' ? '' : field.create,
    field.update === 'mutable' || field.update === 'ignored' ? field.update : '',
    field.filter ?? '',
    field.effective ? 'yes' : '*not yet*',
    field.description,
  ];
  return `| ${cells.join(' | ')} |`;
}
