/** Finds the refused calls in the audit, of which only so many are kept. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX audit_refused ON audit (revision) WHERE operation = 'refuse'`.execute(db);
}
