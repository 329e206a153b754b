/** Brings a database to the version this program writes, and refuses one that a newer program wrote. */
import { type Kysely, sql } from 'kysely';
import * as initial from './migrations/0001-initial.ts';
import * as logtanks from './migrations/0002-logtanks.ts';
import * as access from './migrations/0003-access.ts';
import * as contentChecks from './migrations/0004-content-checks.ts';
import * as l7Policies from './migrations/0005-l7-policies.ts';
import * as masterSlavePools from './migrations/0006-master-slave-pools.ts';
import * as audit from './migrations/0007-audit.ts';
import * as jobs from './migrations/0008-jobs.ts';
import * as recycleBin from './migrations/0009-recycle-bin.ts';
import * as domainNames from './migrations/0010-domain-names.ts';
import * as memberChecks from './migrations/0011-member-checks.ts';
import * as publicIps from './migrations/0012-public-ips.ts';
import * as upgrades from './migrations/0014-upgrades.ts';
import * as listIndexes from './migrations/0015-list-indexes.ts';
import * as accessKeys from './migrations/0016-access-keys.ts';
import * as refusedCalls from './migrations/0017-refused-calls.ts';
import * as enterpriseProjects from './migrations/0018-enterprise-projects.ts';
import * as networks from './migrations/0020-networks.ts';
import * as servers from './migrations/0021-servers.ts';
import * as memberTransitions from './migrations/0022-member-transitions.ts';

/** In order; a database's version is how many of them it has. Never change one that was released. */
const migrations: readonly { readonly up: (db: Kysely<unknown>) => Promise<void> }[] = [
  initial,
  logtanks,
  access,
  contentChecks,
  l7Policies,
  masterSlavePools,
  audit,
  jobs,
  recycleBin,
  domainNames,
  memberChecks,
  publicIps,
  upgrades,
  listIndexes,
  accessKeys,
  refusedCalls,
  networks,
  servers,
  enterpriseProjects,
  memberTransitions,
];

/** The database was written by a newer version of the program. */
export class NewerDatabase extends Error {
  constructor(found: number) {
    super(
      `The database has version ${found}, and this program knows versions up to ${migrations.length}. ` +
        'A newer Elbow has written it: run that version, or name another data directory with --data.',
    );
    this.name = 'NewerDatabase';
  }
}

/** Applies what is missing, each migration in one transaction with its version. */
export async function migrate(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`.execute(db);
  const { rows } = await sql<{ version: number }>`SELECT version FROM schema_version`.execute(db);
  const version = rows[0]?.version ?? 0;
  if (version > migrations.length) throw new NewerDatabase(version);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    await db.transaction().execute(async (tx) => {
      await migration.up(tx);
      await sql`DELETE FROM schema_version`.execute(tx);
      await sql`INSERT INTO schema_version (version) VALUES (${index + 1})`.execute(tx);
    });
  }
}
