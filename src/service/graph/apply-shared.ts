/** What listeners of a document share with others: certificates, IP groups and security policies of the project. */
import { type Certificate, certificate } from '../../model/certificate.ts';
import { conflict, notFound } from '../../model/errors.ts';
import { type Entry, type GraphDocument, parts } from '../../model/graph.ts';
import { ipGroup } from '../../model/ip-group.ts';
import type { Resource } from '../../model/resource.ts';
import { securityPolicy } from '../../model/security-policy.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { privateKeysOf } from '../certificates.ts';
import type { Region } from '../region.ts';
import type { Application } from './application.ts';
import { checkKeys, contentOf } from './content.ts';
import { canonical, entryOf } from './entries.ts';
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
    checkKeys(kind, entries);
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
    const entry = entryOf(parts[kind], { ...record, ...keys });
    return { id: record.id, entry };
  });
  const wanted = entries.map((entry) => ({ entry }));
  const { pairs, fresh } = pair<(typeof there)[number], (typeof wanted)[number], { entry: Entry }>(
    there,
    wanted,
    [({ entry }) => contentOf(canonical(parts[kind], entry)), ({ entry }) => nameOf(entry)],
  );
  for (const { there: present, wanted: asked } of pairs) {
    application.bind(kind, keyOf(asked.entry), present.id);
    await application.change(kind, keyOf(asked.entry), '', present, asked.entry);
  }
  for (const { entry } of fresh) await application.make(kind, keyOf(entry), '', entry);
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
  const [byId] = (await findBy(db, of as Resource, 'id', [key])) as unknown as Named[];
  if (byId?.project_id !== projectId) throw notFound(of.label, key);
  return byId.id;
}

async function namedSo(
  db: Reader,
  projectId: string,
  kind: Kind,
  names: readonly string[],
): Promise<Named[]> {
  const found = (await findBy(db, kinds[kind].of as Resource, 'name', names)) as unknown as Named[];
  return found.filter(({ project_id }) => project_id === projectId);
}

function nameOf(entry: Entry): string {
  return String(entry['name'] ?? '');
}
