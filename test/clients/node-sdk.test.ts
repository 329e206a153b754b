/**
 * The official Node SDK's core, as published, against Elbow. Its generated ELB client only turns each call into
 * the options below and hands them to `sendRequest`, so these are the bytes that its users send.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BasicCredentials, Region } from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { type Answer, clientWith, reading, writing } from './node-sdk-client.ts';

const membersPath = '/v3/{project_id}/elb/pools/{pool_id}/members';
const memberPath = `${membersPath}/{member_id}`;

let controlPlane: TestControlPlane;
let client: HcClient;

before(async () => {
  controlPlane = await startTestControlPlane();
  client = clientWith(controlPlane.url, 'testsk-secret-0123456789');
});

after(() => controlPlane[Symbol.asyncDispose]());

test('the Node SDK creates, shows, updates and deletes a member', async () => {
  const pool = await newPool();
  const member = { address: '10.9.0.1', protocol_port: 80, name: "web 01 (ü) !'()*~", weight: 0 };
  const created = (await write('POST', membersPath, { pool_id: pool }, { member })) as Answer;
  assert.equal(created.httpStatusCode, 201);
  assert.equal(created.member.name, member.name);
  assert.equal(created.member.weight, 0);
  assert.equal(created.member.operating_status, 'NO_MONITOR');
  assert.equal(typeof created.request_id, 'string');

  const params = { pool_id: pool, member_id: created.member.id };
  const shown = await read('GET', memberPath, params);
  assert.deepEqual(shown.member, created.member);

  const updated = await write('PUT', memberPath, params, { member: { weight: 7, name: 'web 02' } });
  assert.equal(updated.httpStatusCode, 200);
  assert.equal(updated.member.weight, 7);
  assert.equal(updated.member.name, 'web 02');

  const deleted = await read('DELETE', memberPath, params);
  assert.equal(deleted.httpStatusCode, 204);
  await assert.rejects(read('GET', memberPath, params), { httpStatusCode: 404, errorCode: 'ELB.8904' });
});

test('the Node SDK lists members with filters that repeat and with names that need escaping', async () => {
  const pool = await newPool();
  for (const [index, name] of ['a+b', 'b ü', 'c&d=e/f:', 'plain'].entries()) {
    const member = { address: '10.9.0.1', protocol_port: 81 + index, name, weight: index * 5 };
    await write('POST', membersPath, { pool_id: pool }, { member });
  }
  // The generated client names parameters in this order, which is not the order that they are signed in.
  const found = await read(
    'GET',
    membersPath,
    { pool_id: pool },
    {
      limit: 10,
      page_reverse: false,
      name: ['plain', 'c&d=e/f:', 'b ü', 'a+b'],
      weight: [10, 5, 0],
      admin_state_up: false,
      member_type: ['ip', 'instance'],
    },
  );
  assert.deepEqual(namesOf(found), ['a+b', 'b ü', 'c&d=e/f:']);
  assert.equal(found.page_info.current_count, 3);
});

test('the Node SDK pages through members until there is no next marker', async () => {
  const pool = await newPool();
  for (let port = 1; port <= 5; port++) {
    await write('POST', membersPath, { pool_id: pool }, { member: memberAt(port) });
  }
  const seen: string[] = [];
  let marker: string | undefined;
  let pages = 0;
  do {
    const page = await read(
      'GET',
      membersPath,
      { pool_id: pool },
      { ...(marker ? { marker } : {}), limit: 2 },
    );
    seen.push(...page.members.map(({ id }: { id: string }) => id));
    marker = page.page_info.next_marker;
    pages++;
  } while (marker && pages < 10);
  assert.equal(pages, 3);
  assert.equal(new Set(seen).size, 5);
  assert.deepEqual(seen, seen.toSorted());
});

test('the Node SDK adds and deletes members in batches', async () => {
  const pool = await newPool();
  const members = [memberAt(1), memberAt(2), memberAt(3)];
  await write('POST', membersPath, { pool_id: pool }, { member: memberAt(1) });
  const added = await write('POST', `${membersPath}/batch-add`, { pool_id: pool }, { members });
  assert.equal(added.httpStatusCode, 200);
  assert.deepEqual(
    added.members.map((each: Answer) => each.ret_status),
    ['existed', 'successful', 'successful'],
  );
  const unknown = '00000000-0000-4000-8000-000000000000';
  const deleted = await write(
    'POST',
    `${membersPath}/batch-delete`,
    { pool_id: pool },
    { members: [{ id: added.members[1].id }, { id: unknown }] },
  );
  assert.equal(deleted.httpStatusCode, 200);
  assert.deepEqual(deleted.members, [
    { id: added.members[1].id, ret_status: 'successful' },
    { id: unknown, ret_status: 'not found' },
  ]);
});

test('the Node SDK reads code, message and request id of an error', async () => {
  const pool = await newPool();
  await assert.rejects(
    write('POST', membersPath, { pool_id: pool }, { member: { address: 'nonsense', protocol_port: 80 } }),
    (error: Answer) => {
      assert.equal(error.httpStatusCode, 400);
      assert.equal(error.errorCode, 'ELB.8902');
      assert.match(error.errorMsg, /member\.address/);
      assert.match(error.requestId, /^[0-9a-f-]{36}$/);
      return true;
    },
  );
  await assert.rejects(
    clientWith(controlPlane.url, 'another secret').sendRequest(
      reading('GET', membersPath, { pool_id: pool }),
    ),
    { httpStatusCode: 401, errorCode: 'SYS.0401' },
  );
});

test('the Node SDK finds its project by the name of the region', async () => {
  const pool = await newPool();
  const credential = new BasicCredentials()
    .withAk('TESTAK0123456789')
    .withSk('testsk-secret-0123456789')
    .withIamEndpoint(controlPlane.url);
  const discovering = new ClientBuilder((made: HcClient) => made)
    .withRegion(new Region('region-1', controlPlane.url))
    .withCredential(credential)
    .build();
  const listed = (await discovering.sendRequest(reading('GET', membersPath, { pool_id: pool }))) as Answer;
  assert.deepEqual(listed.members, []);
});

/** A pool of its own for each test. */
async function newPool(): Promise<string> {
  const { api } = controlPlane;
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: seed.subnetCidrId,
      availability_zone_list: ['az1'],
      ip_target_enable: true,
    },
  });
  const pool = { loadbalancer_id: lb.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  return (await api.create('/elb/pools', { pool })).id;
}

async function read(...call: Parameters<typeof reading>): Promise<Answer> {
  return client.sendRequest(reading(...call));
}

async function write(...call: Parameters<typeof writing>): Promise<Answer> {
  return client.sendRequest(writing(...call));
}

function memberAt(port: number) {
  return { address: '10.9.0.1', protocol_port: port };
}

function namesOf(list: { members: { name: string }[] }): string[] {
  return list.members.map(({ name }) => name).toSorted();
}
