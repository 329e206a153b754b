import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { fillDisk, makeRoom } from '../support/disk-room.ts';
import { ElbowProcess } from '../support/elbow-process.ts';

test('every answered write survives a kill, and nothing is half written', async () => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const poolId = await newPool(elbow.api);
  const answered = new Set<string>();
  let sent = 0;
  const create = async (): Promise<void> => {
    const { api } = elbow;
    for (;;) {
      const number = sent++;
      const member = { address: `10.0.${number >> 8}.${number & 255}`, protocol_port: 80 };
      const reply = await api.post(`/elb/pools/${poolId}/members`, { member }).catch(() => null);
      if (!reply) return;
      assert.equal(reply.status, 201);
      answered.add(reply.body.member.id);
      if (answered.size === 500) void elbow.signal('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 64 }, create));
  assert.ok(answered.size >= 500);
  assert.ok(sent > answered.size, 'the kill came in the middle');

  await elbow.restart();
  const { members } = (await elbow.api.get(`/elb/pools/${poolId}/members?limit=2000`)).body;
  const found = new Set(members.map(({ id }: { id: string }) => id));
  assert.deepEqual(
    [...answered].filter((id) => !found.has(id)),
    [],
  );
  await elbow.signal('SIGKILL');
  const database = new DatabaseSync(join(elbow.directory, 'elbow.db'), { readOnly: true });
  const ids = (query: string) =>
    database
      .prepare(query)
      .all()
      .map((row) => row['id']);
  assert.deepEqual(
    ids('SELECT id FROM members ORDER BY id'),
    ids("SELECT id FROM changes WHERE type = 'member' AND operation = 'create' ORDER BY id"),
  );
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  database.close();
});

test('a full disk answers 503 and changes nothing, and room for more is enough to go on', async (t) => {
  if (process.platform !== 'linux') return t.skip('limits the size of files with prlimit');
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const { api } = elbow;
  const poolId = await newPool(api);
  const create = (number: number) =>
    api.post(`/elb/pools/${poolId}/members`, {
      member: { address: `10.0.0.${number}`, protocol_port: 80 },
    });
  assert.equal((await create(1)).status, 201);
  await fillDisk(elbow);
  for (const reply of await Promise.all([2, 3, 4].map(create))) {
    assert.equal(reply.status, 503, JSON.stringify(reply.body));
    assert.match(reply.body.error_msg, /disk full.*Nothing was changed; try again/);
    assert.equal(typeof reply.body.error_code, 'string');
  }
  assert.equal((await api.get(`/elb/pools/${poolId}/members`)).body.members.length, 1);
  await makeRoom(elbow);
  for (const reply of await Promise.all([2, 3, 4].map(create))) assert.equal(reply.status, 201);
  assert.equal((await api.get(`/elb/pools/${poolId}/members`)).body.members.length, 4);
});

async function newPool(api: ApiClient): Promise<string> {
  const { vpcs } = (await api.get(`/v1/${api.projectId}/vpcs`)).body;
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: vpcs[0].id };
  return (await api.create('/elb/pools', { pool })).id;
}
