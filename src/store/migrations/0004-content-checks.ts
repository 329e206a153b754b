/** What health monitors of TCP and UDP send and expect to receive. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable('healthmonitors');
  await table.addColumn('content_check_enable', 'integer', (column) => column.defaultTo(0)).execute();
  await table.addColumn('send_content', 'text').execute();
  await table.addColumn('receive_content', 'text').execute();
  await table.addColumn('content_format', 'text', (column) => column.defaultTo('TEXT')).execute();
  await table.addColumn('sni_enable', 'integer', (column) => column.defaultTo(0)).execute();
}
