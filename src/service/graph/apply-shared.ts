/** What listeners of a document share with others: certificates, IP groups and security policies of the project. */
import { type Certificate, certificate } from '../../model/certificate.ts';
import { conflict, notFound } from '../../model/errors.ts';
import type { Entry, GraphDocument } from '../../model/graph.ts';
import { parts } from '../../model/graph-parts.ts';
import { ipGroup } from '../../model/ip-group.ts';
import type { Resource } from '../../model/resource.ts';
import { securityPolicy } from '../../model/security-policy.ts';
import { seenOf } from '../../store/access.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { privateKeysOf } from '../certificates.ts';
import type { Region } from '../region.ts';
import type { Application } from './application.ts';
import { checkKeys, contentOf, gistOf } from './content.ts';
import { canonical } from './entries.ts';
import { keyOf } from './keys.ts';
import { pair } from './pairing.ts';
import { renamed } from './references.ts';

const kinds = {
  certificate: { of: certificate, list: 'certificates' },
  ipgroup: { of: ipGroup, list: 'ipgroups' },
  security_policy: { of: securityPolicy, list: 'security_policies' },
} as const;

type Kind = keyof typeof kinds;

interface Named {
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
}

/** Makes and changes those that the document holds, and finds those that it only names. */
export async function applyShared(
  region: Region,
  db: Reader,
  projectId: string,
  document: GraphDocument,
  application: Application,
): Promise<void> {
  for (const kind of Object.keys(kinds) as Kind[]) {
    const entries = document[kinds[kind].list] ?? [];
    checkKeys(kinds[kind].list, entries);
    await applyKind(region, db, projectId, kind, entries, application);
  }
  for (const [kind, key] of namedBy(document)) {
    if (!application.isBound(kind, key)) application.bind(kind, key, await find(db, projectId, kind, key));
  }
}

async function applyKind(
  region: Region,
  db: Reader,
  projectId: string,
  kind: Kind,
  entries: readonly Entry[],
  application: Application,
): Promise<void> {
  const records = await namedSo(db, projectId, kind, entries.map(nameOf));
  const there = records.map((record) => {
    // What a document says of a private key can be compared with nothing else.
    const keys = kind === 'certificate' ? privateKeysOf(region, record as unknown as Certificate) : {};
    return { id: record.id, entry: canonical(kind, { ...record, ...keys }) };
  });
  const { pairs, fresh } = pair<(typeof there)[number], { entry: Entry }, { entry: Entry }>(
    there,
    entries.map((entry) => ({ entry })),
    [({ entry }) => contentOf(kind, entry), ({ entry }) => gistOf(kind, entry)],
  );
  const rest = there.filter((each) => pairs.every((paired) => paired.there !== each));
  const settled = pairs.map(({ there: present, wanted }) => ({ present, asked: wanted.entry }));
  for (const { entry } of fresh) {
    const present = onlyNamed(kind, rest, nameOf(entry));
    if (present) settled.push({ present, asked: entry });
    else await application.make(kind, keyOf(entry), '', entry);
  }
  for (const { present, asked } of settled) {
    application.bind(kind, keyOf(asked), present.id);
    await application.change(kind, keyOf(asked), '', present, asked);
  }
}

/** The one of that name, if there is one; a nameless one is known by its content alone. */
function onlyNamed<T extends { readonly id: string; readonly entry: Entry }>(
  kind: Kind,
  there: readonly T[],
  name: string,
): T | undefined {
  if (name === '') return undefined;
  const [first, ...more] = there.filter(({ entry }) => nameOf(entry) === name);
  if (first && more.length > 0) {
    const ids = [first, ...more].map(({ id }) => id).join(', ');
    throw conflict(
      `The project has several of ${kinds[kind].of.plural} with the name "${name}", none of them as in the document: ` +
        `${ids}; give all but one another name.`,
    );
  }
  return first;
}

/** The parts of these kinds that the listeners of a document refer to. */
function namedBy({ listeners = [] }: GraphDocument): [Kind, string][] {
  const named: [Kind, string][] = [];
  for (const entry of listeners) {
    renamed(parts.listener, entry, (to, key) => {
      if (to in kinds) named.push([to as Kind, key]);
      return key;
    });
  }
  return named;
}

/** One of the project by its name, or its id. */
async function find(db: Reader, projectId: string, kind: Kind, key: string): Promise<string> {
  const { of } = kinds[kind];
  const [first, second] = await namedSo(db, projectId, kind, [key]);
  if (second) {
    throw conflict(
      `The project has several of ${of.plural} with the name "${key}"; put the one that is meant into the document, or give its id.`,
    );
  }
  if (first) return first.id;
  const [byId] = seenOf(db, of, (await findBy(db, of as Resource, 'id', [key])) as unknown as Named[]);
  if (byId?.project_id !== projectId) throw notFound(of.label, key);
  return byId.id;
}

async function namedSo(
  db: Reader,
  projectId: string,
  kind: Kind,
  names: readonly string[],
): Promise<Named[]> {
  const { of } = kinds[kind];
  const found = (await findBy(db, of as Resource, 'name', names)) as unknown as Named[];
  return seenOf(db, of, found).filter(({ project_id }) => project_id === projectId);
}

function nameOf(entry: Entry): string {
  return String(entry['name'] ?? '');
}
