import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { resources } from '../../src/store/schema.ts';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { databaseBytes, dump, storedRecords } from '../support/database.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { pem, serverPair } from '../support/pem.ts';
import { assertDone, makeMember, makePool, makeRoad } from './fixtures.ts';
import { send, steps, writeOf } from './random-writes.ts';

let cp: TestControlPlane;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly operation: string;
  readonly user_id: string | null;
  readonly user_name: string | null;
  readonly request_id: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

async function audit(query = '', api: ApiClient = cp.api): Promise<Entry[]> {
  return assertDone(await api.get(`/elbow/v1/audit?${query}`)).audit;
}

describe('an entry', () => {
  test('tells who changed what, when, from where and by which call', async () => {
    const pool = await makePool(cp.api, { type: 'ip' });
    const path = `/elb/pools/${pool.id}/members`;
    const began = Date.now();
    const member = { address: '10.0.0.1', protocol_port: 80 };
    const created = await cp.api.post(path, { member });
    const { id } = created.body.member;
    const updated = await cp.api.put(`${path}/${id}`, { member: { weight: 7, name: 'seven' } });
    const deleted = await cp.api.delete(`${path}/${id}`);
    const [third, second, first, ...rest] = await audit(`resource_id=${id}`);
    assert.deepEqual(rest, []);
    const common = {
      project_id: seed.projectId,
      resource_type: 'member',
      resource_id: id,
      parent_id: pool.id,
      user_id: first?.user_id,
      user_name: 'elbow',
      source_address: '127.0.0.1',
    };
    const { id: firstId, at, after: record, ...creation } = first ?? assert.fail();
    assert.deepEqual(creation, {
      ...common,
      operation: 'create',
      request_id: created.headers.get('x-request-id'),
      operation_id: 'CreateMember',
      before: null,
    });
    assert.match(String(first?.user_id), /^[0-9a-f]{32}$/);
    assert.match(firstId, /^\d+$/);
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Date.parse(at) >= began && Date.parse(at) <= Date.now());
    assert.deepEqual(
      { address: record?.['address'], weight: record?.['weight'], name: record?.['name'] },
      { address: '10.0.0.1', weight: 1, name: '' },
    );
    assert.deepEqual(pick(second, 'operation', 'request_id', 'operation_id', 'before', 'after'), {
      operation: 'update',
      request_id: updated.headers.get('x-request-id'),
      operation_id: 'UpdateMember',
      before: { name: '', weight: 1 },
      after: { name: 'seven', weight: 7 },
    });
    assert.deepEqual(pick(third, 'operation', 'request_id', 'operation_id', 'after'), {
      operation: 'delete',
      request_id: deleted.headers.get('x-request-id'),
      operation_id: 'DeleteMember',
      after: null,
    });
    assert.deepEqual(third?.before, { ...record, weight: 7, name: 'seven' });
  });

  test('of each of many calls at once names its own call', async () => {
    const pool = await makePool(cp.api, { type: 'ip' });
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        cp.api.post(`/elb/pools/${pool.id}/members`, {
          member: { address: `10.0.1.${index + 1}`, protocol_port: 80 },
        }),
      ),
    );
    for (const reply of replies) {
      const { member, request_id } = assertDone(reply, 201);
      const [entry, ...rest] = await audit(`resource_id=${member.id}`);
      assert.deepEqual(rest, []);
      assert.equal(entry?.request_id, request_id);
    }
  });

  test('is there for each resource that one call changes, and for none when nothing changes', async () => {
    const { pool, listener } = await makeRoad(cp.api);
    const reply = await cp.api.delete(`/elb/pools/${pool.id}`);
    const entries = await audit(`request_id=${reply.headers.get('x-request-id')}`);
    assert.deepEqual(
      entries.map(({ resource_type, operation, after: now }) => [resource_type, operation, now]),
      [
        ['pool', 'delete', null],
        ['listener', 'update', { default_pool_id: null }],
      ],
    );
    const same = await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { name: '' } });
    assertDone(same);
    const refused = await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { protocol_port: 1 } });
    assert.equal(refused.status, 400);
    for (const { headers } of [same, refused]) {
      assert.deepEqual(await audit(`request_id=${headers.get('x-request-id')}`), []);
    }
  });

  test('is there for the setting that private keys are answered', async () => {
    const path = '/elb/certificates/settings/private-key-echo';
    const reply = await cp.api.post(path, { private_key_echo: false });
    await cp.api.post(path, { private_key_echo: false });
    await cp.api.post(path, { private_key_echo: true });
    const [on, off, ...rest] = await audit('resource_type=private_key_echo');
    assert.deepEqual(rest, []);
    assert.deepEqual(on?.after, { private_key_echo: true });
    assert.deepEqual([off?.before, off?.after], [{ private_key_echo: true }, { private_key_echo: false }]);
    assert.equal(off?.request_id, reply.headers.get('x-request-id'));
  });

  test('of what Elbow does by itself has no user', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'elbow-audit-'));
    const file = join(directory, 'elbow.json');
    const declare = (state: string) =>
      writeFileSync(
        file,
        JSON.stringify({
          vpcs: [
            {
              id: 'b3d8f0e1-2a71-4b4f-9c9b-1e5b6c7d8e9f',
              subnets: [
                {
                  id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b01',
                  neutron_subnet_id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
                  cidr: '10.30.0.0/24',
                  servers: 'declared',
                },
              ],
              servers: [{ id: 'a1d2c3b4-0000-4000-8000-000000000001', addresses: ['10.30.0.9'], state }],
            },
          ],
        }),
      );
    declare('running');
    try {
      await using elbow = await ElbowProcess.start(['--no-proxy', '--config', file]);
      const pool = await makePool(elbow.api, {
        type: 'instance',
        vpc_id: 'b3d8f0e1-2a71-4b4f-9c9b-1e5b6c7d8e9f',
      });
      const member = await makeMember(elbow.api, pool.id, {
        address: '10.30.0.9',
        subnet_cidr_id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
      });
      await elbow.signal('SIGTERM');
      declare('stopped');
      await elbow.restart();
      const [entry] = await audit(`resource_id=${member.id}`, elbow.api);
      assert.deepEqual(
        pick(
          entry,
          'user_id',
          'user_name',
          'source_address',
          'request_id',
          'operation_id',
          'before',
          'after',
        ),
        {
          ...{ user_id: null, user_name: null, source_address: null, request_id: null },
          operation_id: 'RefreshServers',
          before: { server_state: 'running' },
          after: { server_state: 'stopped' },
        },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test('no private key is in the audit, or anywhere in the database, whatever becomes of the certificate', async () => {
  await using own = await startTestControlPlane();
  const created = await own.api.create('/elb/certificates', { certificate: serverPair('rsa') });
  const path = `/elb/certificates/${created.id}`;
  assertDone(await own.api.put(path, { certificate: serverPair('ec') }));
  assertDone(await own.api.put(`${path}?dry_run=true`, { certificate: serverPair('rsa') }));
  assertDone(await own.api.delete(path), 204);
  const [deletion, update, creation] = await audit(`resource_id=${created.id}`, own.api);
  assert.equal(creation?.after?.['sealed_private_key'], '******');
  assert.equal(creation?.after?.['sealed_enc_private_key'], null);
  assert.equal(creation?.after?.['certificate'], pem('rsa'));
  assert.equal(update?.before?.['sealed_private_key'], '******');
  assert.equal(update?.after?.['sealed_private_key'], '******');
  assert.equal(update?.after?.['certificate'], pem('ec'));
  assert.equal(deletion?.before?.['sealed_private_key'], '******');
  const bytes = databaseBytes(own.directory);
  assert.ok(bytes.includes(pem('rsa').split('\n')[1] ?? assert.fail()), 'the certificate itself is there');
  for (const name of ['rsa.key', 'ec.key']) {
    for (const line of pem(name).split('\n')) {
      if (!line || line.startsWith('-----')) continue;
      assert.ok(!bytes.includes(line), `${name}: ${line}`);
    }
  }
  const sealed = /"sealed_private_key":"([^*"]+)"/.exec(dump(own.directory));
  assert.equal(sealed, null, 'nor its sealed form, which an old key might open one day');
});

test('every entry replayed leads to what is stored', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (random) => {
      await using own = await startTestControlPlane();
      for (const step of random) await send(own.api, await writeOf(own.api, step));
      const replayed = new Map<string, Record<string, unknown>>();
      for (const entry of (await audit('', own.api)).reverse()) {
        if (entry.resource_type === 'private_key_echo') continue;
        const key = `${entry.resource_type} ${entry.resource_id}`;
        const known = replayed.get(key);
        if (entry.operation === 'create') assert.equal(known, undefined);
        else assert.deepEqual(entry.before, pick(known, ...Object.keys(entry.before ?? {})), key);
        if (entry.operation === 'delete') {
          assert.deepEqual(entry.before, known);
          replayed.delete(key);
        } else replayed.set(key, { ...known, ...entry.after });
      }
      const stored = storedRecords(own.directory);
      for (const resource of resources) {
        if (!resource.audited) continue;
        const fields = Object.entries(resource.fields).filter(([, { column, audited }]) => column && audited);
        const mine = [...stored].filter(([key]) => key.startsWith(`${resource.name} `));
        assert.deepEqual(
          [...replayed.keys()].filter((key) => key.startsWith(`${resource.name} `)).toSorted(),
          mine.map(([key]) => key).toSorted(),
        );
        for (const [key, record] of mine) {
          const kept = fields.map(([name, { secret }]) => [
            name,
            secret && record[name] ? '******' : record[name],
          ]);
          assert.deepEqual(replayed.get(key), Object.fromEntries(kept), key);
        }
      }
    }),
    { numRuns: 12 },
  );
});

function pick(of: object | undefined, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of ?? {}).filter(([key]) => keys.includes(key)));
}
