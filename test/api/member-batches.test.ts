/** Batch calls of members (rules digest 2.4.7 and 3.3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeMember, makePool, makeRoad, places } from './fixtures.ts';

const ip = (last: number, extra: object = {}) => ({
  address: `10.0.0.${last}`,
  protocol_port: 80,
  ...extra,
});

test('batch-add adds what is new, reports what existed, and answers 200 in the order asked', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const before = await api.create(path, { member: ip(1, { name: 'first', weight: 9 }) });
  const { members, request_id } = assertDone(
    await api.post(`${path}/batch-add`, {
      members: [
        ip(1, { name: 'again' }),
        {
          address: '120.10.10.9',
          protocol_port: 80,
          subnet_cidr_id: seed.subnetCidrId,
          name: 'n',
          weight: 3,
        },
        ip(2, { availability_zone: 'az2' }),
        ip(2),
      ],
    }),
  );
  assert.match(request_id, /^[0-9a-z-]+$/);
  const statuses = members.map(({ ret_status }: { ret_status: string }) => ret_status);
  assert.deepEqual(statuses, ['existed', 'successful', 'successful', 'existed']);
  assert.deepEqual([members[0].id, members[0].name, members[0].weight], [before.id, 'first', 9]);
  assert.equal(members[3].id, members[2].id);
  const [, added] = members;
  assert.deepEqual(
    Object.keys(added).sort(),
    [
      ...['address', 'admin_state_up', 'created_at', 'id', 'instance_id', 'member_type', 'name'],
      ...['operating_status', 'port_id', 'project_id', 'protocol_port', 'reason', 'ret_status', 'status'],
      ...['subnet_cidr_id', 'updated_at', 'weight'],
    ].sort(),
  );
  assert.deepEqual([added.name, added.weight, added.status[0].listener_id], ['n', 3, listener.id]);
  assert.match(added.port_id, /^[0-9a-f-]{36}$/, 'the port of its server');
  assert.equal(members[2].port_id, '', 'an IP address has no port here');
  const listed = assertDone(await api.get(path)).members;
  assert.equal(listed.length, 3);
});

test('batch-add applies nothing when one member breaks a rule', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const wrong = [
    { member: { address: '8.8.8.8', protocol_port: 80 }, message: /members\[1\]\.address.*not a private/ },
    { member: { address: '10.0.0.9' }, message: /members\[1\]\.protocol_port.*required/ },
    { member: ip(9, { weight: 101 }), message: /members\[1\]\.weight.*0 to 100/ },
    { member: ip(9, { protocol_port: 0 }), message: /members\[1\]\.protocol_port.*1 to 65535/ },
    { member: ip(9, { color: 'red' }), message: /Unrecognized attribute\(s\) 'color'/ },
  ];
  for (const { member, message } of wrong) {
    assertRefused(
      await api.post(`${path}/batch-add`, { members: [ip(1), member] }),
      400,
      'ELB.8902',
      message,
    );
  }
  assert.equal(assertDone(await api.get(path)).members.length, 0);
});

test('a batch has from 1 to 200 members', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const many = (count: number) => Array.from({ length: count }, (_, i) => ip(1, { protocol_port: i + 1 }));
  for (const call of ['batch-add', 'batch-update', 'batch-delete']) {
    const tooMany = call === 'batch-update' ? many(201).map(() => ({ id: places.nothing })) : many(201);
    for (const members of [[], tooMany]) {
      assertRefused(
        await api.post(`${path}/${call}`, { members }),
        400,
        'ELB.8902',
        /members.*a list of 1 to 200 items/,
      );
    }
  }
  assert.equal(assertDone(await api.post(`${path}/batch-add`, { members: many(200) })).members.length, 200);
  const gone = assertDone(await api.post(`${path}/batch-delete`, { members: many(200) })).members;
  assert.ok(gone.every(({ ret_status }: { ret_status: string }) => ret_status === 'successful'));
});

test('batch-update changes all or none', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const one = await makeMember(api, pool.id, { name: 'one' });
  const two = await api.create(path, { member: ip(2, { name: 'two' }) });
  const update = (members: object[]) => api.post(`${path}/batch-update`, { members });
  const { members } = assertDone(
    await update([
      { id: two.id, weight: 5, availability_zone: 'az2', admin_state_up: true },
      { id: one.id, name: 'uno', protocol_port: 8080 },
    ]),
  );
  assert.deepEqual(
    members.map(({ id, name, weight, protocol_port, availability_zone }: Record<string, unknown>) => [
      id,
      name,
      weight,
      protocol_port,
      availability_zone,
    ]),
    [
      [two.id, 'two', 5, 80, 'az2'],
      [one.id, 'uno', 1, 8080, 'az1'],
    ],
  );
  assert.ok('port_id' in members[0] && !('ret_status' in members[0]) && !('ip_version' in members[0]));
  const before = assertDone(await api.get(path)).members;
  const wrong: [object, number, string, RegExp][] = [
    [{ id: places.nothing, weight: 1 }, 404, 'ELB.8904', /member .* could not be found/],
    [{ id: two.id, weight: 101 }, 400, 'ELB.8902', /members\[1\]\.weight/],
    [{ id: two.id, protocol_port: 0 }, 400, 'ELB.8902', /members\[1\]\.protocol_port/],
    [{ id: two.id, address: '10.0.0.8' }, 400, 'ELB.8902', /members\[1\]\.address.*cannot be changed/],
    [{ weight: 3 }, 400, 'ELB.8902', /members\[1\]\.id.*required/],
  ];
  for (const [item, status, code, message] of wrong) {
    assertRefused(await update([{ id: one.id, name: 'changed' }, item]), status, code, message);
  }
  assert.deepEqual(assertDone(await api.get(path)).members, before);
});

test('batch-update refuses a port that another member of the same address has', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const one = await makeMember(cp.api, pool.id, { protocol_port: 81 });
  await makeMember(cp.api, pool.id, { protocol_port: 82 });
  assertRefused(
    await cp.api.post(`/elb/pools/${pool.id}/members/batch-update`, {
      members: [{ id: one.id, protocol_port: 82 }],
    }),
    409,
    'ELB.8907',
    /already has a member/,
  );
});

test('batch-delete deletes by id or by address and port, and reports what is not found', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const made = [];
  for (const last of [1, 2, 3]) made.push(await api.create(path, { member: ip(last) }));
  const elsewhere = await makePool(api, { loadbalancer_id: lb.id });
  const other = await makeMember(api, elsewhere.id);
  const body = assertDone(
    await api.post(`${path}/batch-delete`, {
      members: [
        { id: made[0].id },
        { address: '10.0.0.2', protocol_port: 80 },
        { id: made[0].id },
        { id: places.nothing },
        { id: other.id },
        { address: '10.0.0.3', protocol_port: 81 },
      ],
    }),
  );
  assert.deepEqual(body.members, [
    { id: made[0].id, ret_status: 'successful' },
    { id: made[1].id, ret_status: 'successful' },
    { id: made[0].id, ret_status: 'not found' },
    { id: places.nothing, ret_status: 'not found' },
    { id: other.id, ret_status: 'not found' },
    { id: '', ret_status: 'not found' },
  ]);
  assert.deepEqual(assertDone(await api.get(path)).members, [made[2]]);
  assert.equal(assertDone(await api.get(`/elb/pools/${elsewhere.id}/members`)).members.length, 1);
});

test('batch-delete refuses an item that names a member in two ways or in none, and deletes nothing', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const member = await api.create(path, { member: ip(1) });
  const wrong: [object, RegExp][] = [
    [{ id: member.id, address: '10.0.0.1', protocol_port: 80 }, /members\[1\].*id alone/],
    [{ id: member.id, protocol_port: 80 }, /members\[1\].*id alone/],
    [{ address: '10.0.0.1' }, /members\[1\].*names no member/],
    [{ protocol_port: 80 }, /members\[1\].*names no member/],
    [{}, /members\[1\].*names no member/],
  ];
  for (const [item, message] of wrong) {
    assertRefused(
      await api.post(`${path}/batch-delete`, { members: [{ id: member.id }, item] }),
      400,
      'ELB.8902',
      message,
    );
  }
  assert.equal(assertDone(await api.get(path)).members.length, 1);
});

test('C5 batch-delete takes port 0 for members of any_port pools', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { protocol: 'TCP', type: 'ip', any_port_enable: true });
  const path = `/elb/pools/${pool.id}/members`;
  const [added] = assertDone(
    await api.post(`${path}/batch-add`, { members: [{ address: '10.0.0.1' }] }),
  ).members;
  assert.equal(added.protocol_port, 0);
  const [gone] = assertDone(
    await api.post(`${path}/batch-delete`, { members: [{ address: '10.0.0.1', protocol_port: 0 }] }),
  ).members;
  assert.deepEqual(gone, { id: added.id, ret_status: 'successful' });
});
