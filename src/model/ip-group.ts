/** An IP group: addresses that listeners allow or refuse (rules digest 2.9). */
import { type Static, Type } from 'typebox';
import { enterpriseProject, identity, naming, timestamps } from './common-fields.ts';
import { invalid } from './errors.ts';
import { field, orNull } from './field.ts';
import { parseIpRange, rangeKey } from './ip-range.ts';
import { type RecordOf, resource, updateBody } from './resource.ts';
import { described, Name, named, Reference, strict } from './schemas.ts';

/** The most entries that a group takes. */
const maxEntries = 300;

const IpText = described(
  'An address, a network as 10.0.0.0/8, or a range as 10.0.0.1-10.0.0.9.',
  Type.String({ minLength: 1, maxLength: 128 }),
  '10.0.0.0/8',
);
const note = 'Whatever the owner wants to note of it.';
const IpEntry = named('IpEntry', Type.Object({ ip: IpText, description: described(note, Type.String()) }));
const IpEntryInput = named(
  'NewIpEntry',
  strict({ ip: IpText, description: Type.Optional(described(note, orNull(Name), 'the office')) }),
);

export const ipGroup = resource({
  name: 'ipgroup',
  plural: 'ipgroups',
  label: 'ipgroup',
  table: 'ipgroups',
  fields: {
    ...identity,
    ...naming,
    ...enterpriseProject,
    ip_list: field(
      Type.Array(IpEntry),
      'Its addresses, networks and ranges a-b, each with a description; an update replaces them all.',
      {
        input: Type.Array(IpEntryInput, { maxItems: maxEntries }),
        create: 'required',
        update: 'mutable',
        example: [{ ip: '10.0.0.0/8', description: 'the office' }],
        traffic: true,
      },
    ),
    listeners: field(Type.Array(Reference), 'The listeners that use it.', { computed: true }),
    ...timestamps,
  },
  filters: {
    ip_list: {
      schema: Type.String(),
      arity: 'many',
      description: 'One of its entries, whole and as it was given.',
      match: { kind: 'element', column: 'ip_list', key: 'ip' },
    },
  },
});

export type IpGroup = RecordOf<(typeof ipGroup)['fields']>;
type Entries = IpGroup['ip_list'];
export type EntriesGiven = readonly Static<typeof IpEntryInput>[];

/** The body of the call that adds entries and describes those there are. */
export const IpListUpdate = strict({ ipgroup: updateBody(ipGroup) });

/** The body of the call that removes entries. */
export const IpListDelete = strict({
  ipgroup: described(
    'What to remove.',
    strict({
      ip_list: described(
        'The entries, each as it was first given.',
        Type.Array(strict({ ip: IpText }), { maxItems: maxEntries }),
      ),
    }),
  ),
});

/**
 * The entries with those given: another notation of an address that is there describes that one anew, and keeps the
 * notation it was first given in (rules digest IG-1 and IG-2).
 *
 * @throws Refusal for an entry that is no address, network or range, or for too many
 */
export function mergeEntries(present: Entries, given: EntriesGiven): Entries {
  const merged = new Map<string, Entries[number]>();
  for (const entry of present) merged.set(keyOf(entry.ip), entry);
  for (const [index, { ip, description }] of given.entries()) {
    const key = keyOf(ip, `ipgroup.ip_list[${index}].ip`);
    const before = merged.get(key);
    merged.set(key, {
      ip: before?.ip ?? ip,
      description: description ?? before?.description ?? '',
    });
  }
  if (merged.size > maxEntries) {
    throw invalid(
      'ipgroup.ip_list',
      `the group would have ${merged.size} entries, and takes ${maxEntries}; remove some, or use another group.`,
    );
  }
  return [...merged.values()];
}

function keyOf(ip: string, field = 'ipgroup.ip_list'): string {
  const range = parseIpRange(ip);
  if ('problem' in range) throw invalid(field, range.problem);
  return rangeKey(range);
}
