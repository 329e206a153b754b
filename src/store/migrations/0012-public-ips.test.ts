import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { queriesOver } from '../sqlite-dialect.ts';
import * as initial from './0001-initial.ts';
import * as publicIps from './0012-public-ips.ts';

test('the public IPs that load balancers had before are bound to them afterwards', async () => {
  const database = new DatabaseSync(':memory:');
  const db = queriesOver<unknown>(database);
  await initial.up(db);
  const bound = { publicip_id: 'p', publicip_address: '203.0.113.9', ip_version: 4 };
  const insert = database.prepare(
    'INSERT INTO loadbalancers (id, project_id, enterprise_project_id, created_at, publicips) VALUES (?, ?, ?, ?, ?)',
  );
  insert.run('with', 'project', '0', '2026-01-31T00:00:00Z', JSON.stringify([bound]));
  insert.run('without', 'project', '0', '2026-01-31T00:00:00Z', '[]');
  await publicIps.up(db);
  const rows = database.prepare('SELECT * FROM publicips').all();
  assert.deepEqual(
    rows.map((row) => [
      row['id'],
      row['public_ip_address'],
      row['ip_version'],
      row['loadbalancer_id'],
      row['project_id'],
    ]),
    [['p', '203.0.113.9', 4, 'with', 'project']],
  );
  database.close();
});
