/** How many rows each table of a store has, so that what grows with the number of calls is seen. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export function rowsOf(directory: string): [string, number][] {
  const database = new DatabaseSync(join(directory, 'elbow.db'), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }): [string, number] => [
    String(name),
    Number(database.prepare(`SELECT count(*) AS rows FROM "${name}"`).get()?.['rows']),
  ]);
  database.close();
  return rows;
}
