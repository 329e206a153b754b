/** What a control plane has stored, read past its API. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decode } from '../../src/store/rows.ts';
import { type Row, resources } from '../../src/store/schema.ts';

export type StoredRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** Every record by its type and id, as services see them. */
export function storedRecords(directory: string): Map<string, StoredRecord> {
  const records = new Map<string, StoredRecord>();
  withDatabase(directory, (database) => {
    for (const resource of resources) {
      for (const row of database.prepare(`SELECT * FROM ${resource.table}`).all()) {
        const record = decode(resource, { ...row } as Row) as StoredRecord;
        records.set(`${resource.name} ${record.id}`, record);
      }
    }
  });
  return records;
}

/** Every row of every table, as text. */
export function dump(directory: string): string {
  let text = '';
  withDatabase(directory, (database) => {
    const tables = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .all();
    for (const { name } of tables) {
      text += `${name}\n`;
      for (const row of database.prepare(`SELECT * FROM "${name}"`).all()) text += `${JSON.stringify(row)}\n`;
    }
  });
  return text;
}

/** The bytes of all files of the database, also of what has been deleted and not yet overwritten. */
export function databaseBytes(directory: string): Buffer {
  const files = readdirSync(directory).filter((name) => name.startsWith('elbow.db'));
  return Buffer.concat(files.map((name) => readFileSync(join(directory, name))));
}

function withDatabase(directory: string, read: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(directory, 'elbow.db'), { readOnly: true });
  read(database);
  database.close();
}
