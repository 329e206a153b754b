/** What upgrades of load balancers that go on have changed. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('loadbalancers').addColumn('upgrade', 'text').execute();
}
