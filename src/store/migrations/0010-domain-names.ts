/** How load balancers are named in DNS. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('loadbalancers').addColumn('domain_names', 'text').execute();
}
