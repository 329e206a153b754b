/** What health checking found of members: one row for each change of a verdict or its reason. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('member_transitions')
    .addColumn('revision', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('latency_ms', 'real')
    .execute();
  await db.schema
    .createIndex('member_transitions_by_member')
    .on('member_transitions')
    .columns(['member_id', 'revision'])
    .execute();
  // A member takes its history along, however it goes.
  await sql`
    CREATE TRIGGER member_transitions_forgotten AFTER DELETE ON members
    BEGIN DELETE FROM member_transitions WHERE member_id = OLD.id; END`.execute(db);
}
