/** A load balancer as one document: exported, applied, and applied again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';
import { answersOf, applyPath, clear, exportPath, makeGraph, startGround } from './graph-ground.ts';
import { graphShape } from './graph-shapes.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: a name that Terraform would take for a template
const templateName = 'my ${web}';

test('exporting, then applying into an empty region, gives an equal graph, and applying again changes nothing', async () => {
  await using here = await startGround();
  await using there = await startGround();
  await fc.assert(
    fc.asyncProperty(graphShape, async (shape) => {
      try {
        const id = await makeGraph(here.api, 'lb', shape);
        const document = assertDone(await here.api.get(exportPath(id)));
        const applied = assertDone(await there.api.put(applyPath, document));
        assert.ok(applied.changes.every(({ action }: { action: string }) => action === 'create'));
        assert.deepEqual(await answersOf(there.api), await answersOf(here.api));
        for (const { api } of [here, there]) {
          assert.deepEqual(assertDone(await api.put(applyPath, document)).changes, []);
        }
        const copied = assertDone(await there.api.get(exportPath(applied.loadbalancer.id)));
        assert.deepEqual(copied, document);
        assert.deepEqual(parse(assertDone(await here.api.get(exportPath(id, 'yaml')))), document);
      } finally {
        for (const { api } of [here, there]) await clear(api);
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test('applying a document to another graph makes that equal, unless it has what cannot change', async () => {
  await using here = await startGround();
  await using there = await startGround();
  let made = 0;
  await fc.assert(
    fc.asyncProperty(graphShape, graphShape, fc.boolean(), async (shape, other, isShared) => {
      try {
        const same = { shared: isShared, publicIp: undefined, withIpv6: false };
        const id = await makeGraph(here.api, 'lb', { ...shape, ...same });
        await makeGraph(there.api, 'lb', { ...other, ...same });
        const document = assertDone(await here.api.get(exportPath(id)));
        const before = await answersOf(there.api);
        const reply = await there.api.put(applyPath, document);
        if (reply.status === 400) {
          assert.match(reply.body.error_msg, /cannot be changed/);
          assert.deepEqual(await answersOf(there.api), before);
          return;
        }
        made++;
        assertDone(reply);
        // The VPC of a pool stays when the members that settled it are gone.
        const [is, should] = [await answersOf(there.api, ['vpc_id']), await answersOf(here.api, ['vpc_id'])];
        assert.deepEqual(is, should);
        assert.deepEqual(assertDone(await there.api.put(applyPath, document)).changes, []);
      } finally {
        for (const { api } of [here, there]) await clear(api);
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
  assert.ok(made > 0);
});

test('an apply makes what is new, changes what differs and deletes what is gone, and says so', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(
    api,
    { name: 'old' },
    { name: 'web', tags: [{ key: 'a', value: 'b' }] },
  );
  const kept = await makeMember(api, pool.id, { name: 'kept' });
  await makeMember(api, pool.id, { name: 'gone', address: '120.10.10.21' });
  await makeMonitor(api, pool.id);
  await makeListener(api, lb.id, { name: 'leaving', protocol_port: 81 });
  const document = assertDone(await api.get(exportPath(lb.id)));
  const wanted = {
    ...document,
    loadbalancer: { ...document.loadbalancer, description: 'new', tags: [{ key: 'a', value: 'c' }] },
    pools: [
      {
        ...document.pools[0],
        description: 'still',
        members: [
          { ...document.pools[0].members.find((each: { name: string }) => each.name === 'kept'), weight: 7 },
        ],
        healthmonitor: undefined,
      },
      {
        name: 'fresh',
        protocol: 'TCP',
        lb_algorithm: 'LEAST_CONNECTIONS',
        members: [{ address: '120.10.10.30', protocol_port: 9, subnet_cidr_id: seed.subnetCidrId }],
      },
    ],
    listeners: [
      ...document.listeners.filter((each: { name?: string }) => each.name !== 'leaving'),
      { name: 'tcp', protocol: 'TCP', protocol_port: 90, default_pool_id: 'fresh' },
    ],
  };
  const { changes, loadbalancer } = assertDone(await api.put(applyPath, wanted));
  assert.equal(loadbalancer.id, lb.id);
  const said = changes.map(({ action, type, name }: Record<string, string>) => `${action} ${type} ${name}`);
  assert.deepEqual(said.toSorted(), [
    'create listener tcp',
    'create member 120.10.10.30 port 9',
    'create pool fresh',
    'delete healthmonitor ',
    'delete listener leaving',
    'delete member 120.10.10.21 port 2100',
    'update loadbalancer web',
    'update member 120.10.10.20 port 2100',
    'update pool old',
  ]);
  const update = changes.find(
    ({ type, action }: Record<string, string>) => type === 'member' && action === 'update',
  );
  assert.deepEqual(update.fields, { weight: { before: 1, after: 7 } });
  assert.equal(update.id, kept.id);
  const shown = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.equal(shown.description, 'new');
  assert.deepEqual(shown.tags, [{ key: 'a', value: 'c' }]);
  assert.ok(shown.listeners.some(({ id }: { id: string }) => id === listener.id));
  assert.deepEqual(assertDone(await api.put(applyPath, wanted)).changes, []);
});

test('an apply that fails anywhere changes nothing, and names the part at fault', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeRoad(api, { name: 'api' }, { name: 'web' });
  const document = assertDone(await api.get(exportPath(lb.id)));
  const before = await answersOf(api);
  const wrong: [object, number, string, RegExp][] = [
    [
      {
        ...document,
        loadbalancer: { ...document.loadbalancer, description: 'x' },
        pools: [
          ...document.pools,
          {
            name: 'p',
            protocol: 'HTTP',
            lb_algorithm: 'ROUND_ROBIN',
            members: [{ address: 'nowhere', protocol_port: 1 }],
          },
        ],
      },
      400,
      'ELB.8902',
      /member "nowhere port 1": .*member\.address/,
    ],
    [
      { ...document, listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool_id: 'nowhere' }] },
      400,
      'ELB.8902',
      /refers to the pool "nowhere"/,
    ],
    [
      {
        ...document,
        listeners: [
          { name: 'a', protocol: 'HTTP', protocol_port: 1 },
          { name: 'a', protocol: 'HTTP', protocol_port: 2 },
        ],
      },
      400,
      'ELB.8902',
      /two of them have the key "a"/,
    ],
    [
      {
        ...document,
        listeners: [{ name: 's', protocol: 'HTTPS', protocol_port: 1, default_tls_container_ref: 'mine' }],
      },
      404,
      'ELB.8904',
      /certificate mine could not be found/,
    ],
    [
      { ...document, certificates: [{ name: 'mine', certificate: serverPair().certificate }] },
      400,
      'ELB.8902',
      /certificate "mine": .*private_key/,
    ],
    [
      { ...document, pools: [{ ...document.pools[0], protocol: 'TCP' }] },
      400,
      'ELB.8902',
      /pool "api": .*pool\.protocol.*"HTTP" and cannot be changed/,
    ],
    [{ ...document, surprise: 1 }, 400, 'ELB.8902', /Unrecognized attribute\(s\) 'surprise'/],
    [{ ...document, version: 2 }, 400, 'ELB.8902', /version.*expected 1/],
    [
      { ...document, loadbalancer: { availability_zone_list: ['az1'] } },
      400,
      'ELB.8902',
      /loadbalancer\.name.*required/,
    ],
    [
      { ...document, pools: [{ name: 'x', lb_algorithm: 'ROUND_ROBIN' }] },
      400,
      'ELB.8902',
      /pools\[0\]\.protocol.*required/,
    ],
  ];
  for (const [body, status, code, message] of wrong) {
    assertRefused(await api.put(applyPath, body), status, code, message);
    assert.deepEqual(await answersOf(api), before);
  }
});

test('two load balancers of the name are too many to apply to', async () => {
  await using cp = await startTestControlPlane();
  for (let number = 0; number < 2; number++) await makeLoadBalancer(cp.api, { name: 'twin' });
  const body = { version: 1, loadbalancer: { name: 'twin', availability_zone_list: ['az1'] } };
  assertRefused(await cp.api.put(applyPath, body), 409, 'ELB.8907', /2 load balancers with the name "twin"/);
});

test('a document may come as YAML, and one that is none is refused', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const document = {
    version: 1,
    loadbalancer: { name: 'yaml', vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'] },
  };
  const send = (body: string) =>
    fetch(`${cp.url}${applyPath}`, {
      method: 'PUT',
      headers: { ...api.headers, 'content-type': 'application/yaml' },
      body,
    });
  assert.equal((await send(stringify(document))).status, 200);
  for (const text of ['a: [', 'a: 1\na: 2', `a: &a [1]\nb: ${'*a '.repeat(3)}`, '"\\0"', '--- 1\n--- 2']) {
    const refused = await send(text);
    assert.equal(refused.status, 400, text);
    assert.equal(((await refused.json()) as { error_code: string }).error_code, 'ELB.8902');
  }
});

test('a private key is exported while its echo is on, and otherwise left out', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { name: 'tls' });
  const { id } = await api.create('/elb/certificates', { certificate: { name: 'c', ...serverPair() } });
  await makeListener(api, lb.id, { protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id });
  const echo = (private_key_echo: boolean) =>
    api.post('/elb/certificates/settings/private-key-echo', { private_key_echo });
  assertDone(await echo(false));
  const hidden = assertDone(await api.get(exportPath(lb.id)));
  assert.equal(hidden.certificates[0].private_key, undefined);
  assert.equal(hidden.listeners[0].default_tls_container_ref, 'c');
  assert.deepEqual(assertDone(await api.put(applyPath, hidden)).changes, []);
  assertDone(await echo(true));
  const shown = assertDone(await api.get(exportPath(lb.id)));
  assert.equal(shown.certificates[0].private_key, serverPair().private_key);
  assert.doesNotMatch(assertDone(await api.get(exportPath(lb.id, 'yaml'))), /sealed/);
});

test('what another project has is not there: to export, to refer to, or to apply to', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const lb = await makeLoadBalancer(api, { name: 'mine' });
  const absent = (id: string) => new RegExp(`load balancer ${id} could not be found`);
  assertRefused(await other.get(exportPath(lb.id)), 404, 'ELB.8904', absent(lb.id));
  assertRefused(await api.get(exportPath(places.nothing)), 404, 'ELB.8904', absent(places.nothing));
  assertRefused(
    await other.put(`${applyPath}?project_id=${api.projectId}`, {
      version: 1,
      loadbalancer: { name: 'x', availability_zone_list: ['az1'] },
    }),
    403,
    'SYS.0403',
    /no access to the project/,
  );
});

test('a pool that another load balancer has is let go of, and stays', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const owner = await makeLoadBalancer(api, { name: 'owner' });
  const user = await makeLoadBalancer(api, { name: 'user' });
  const pool = await makePool(api, { name: 'shared', loadbalancer_id: owner.id });
  await makeMember(api, pool.id);
  const { id } = await makeListener(api, user.id, { name: 'l', default_pool_id: pool.id });
  const document = assertDone(await api.get(exportPath(user.id)));
  assert.deepEqual(
    document.pools.map(({ name }: { name: string }) => name),
    ['shared'],
  );
  const { default_pool_id: _, ...listener } = document.listeners[0];
  assertDone(await api.put(applyPath, { ...document, pools: [], listeners: [listener] }));
  assert.equal(assertDone(await api.get(`/elb/listeners/${id}`)).listener.default_pool_id, null);
  assert.equal(assertDone(await api.get(`/elb/pools/${pool.id}/members`)).members.length, 1);
});

test('the Terraform form has a resource and an import for each part, and references between them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(
    api,
    { name: 'api' },
    { name: templateName, tags: [{ key: 'a', value: '"b"' }] },
  );
  const member = await makeMember(api, pool.id, { name: '1st' });
  const text: string = assertDone(await api.get(exportPath(lb.id, 'terraform')));
  assert.match(text, /resource "huaweicloud_elb_loadbalancer" "my-web" \{\n {2}name += "my \$\$\{web\}"/);
  assert.match(text, /"a" = "\\"b\\""/);
  assert.match(
    text,
    /resource "huaweicloud_elb_pool" "api" \{\n {2}loadbalancer_id += huaweicloud_elb_loadbalancer\.my-web\.id\n/,
  );
  assert.match(text, /default_pool_id += huaweicloud_elb_pool\.api\.id/);
  for (const [to, id] of [
    ['loadbalancer.my-web', lb.id],
    ['listener.listener-1', listener.id],
    ['pool.api', pool.id],
    ['member.api-1st', `${pool.id}/${member.id}`],
  ]) {
    assert.ok(text.includes(`import {\n  to = huaweicloud_elb_${to}\n  id = "${id}"\n}`), to);
  }
  assertRefused(
    await api.get(exportPath(lb.id, 'xml')),
    400,
    'ELB.8902',
    /expected one of json, yaml, terraform/,
  );
});

test('a load balancer is renamed by its id, and without it another is made', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeRoad(api, { name: 'api' }, { name: 'before' });
  const document = assertDone(await api.get(exportPath(lb.id)));
  const renamed = { ...document, loadbalancer: { ...document.loadbalancer, name: 'after' } };
  const { changes, loadbalancer } = assertDone(
    await api.put(`${applyPath}?loadbalancer_id=${lb.id}`, renamed),
  );
  assert.equal(loadbalancer.id, lb.id);
  assert.deepEqual(changes, [
    {
      ...{ action: 'update', type: 'loadbalancer', id: lb.id, name: 'after' },
      fields: { name: { before: 'before', after: 'after' } },
    },
  ]);
  // Its address is taken, by the very load balancer that the document was of.
  assertRefused(
    await api.put(applyPath, document),
    409,
    'ELB.8907',
    /load balancer "before": .*already in use/,
  );
  const path = `${applyPath}?loadbalancer_id=${places.nothing}`;
  assertRefused(await api.put(path, renamed), 404, 'ELB.8904', /could not be found/);
  const own = `${applyPath}?loadbalancer_id=${lb.id}`;
  assertRefused(await cp.other.put(own, renamed), 404, 'ELB.8904', new RegExp(`${lb.id} could not be found`));
});

test('a certificate may be given by its name or its id, and one of several of a name only by its id', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { name: 'tls' });
  const { id } = await api.create('/elb/certificates', { certificate: { name: 'c', ...serverPair() } });
  const https = { protocol: 'HTTPS', default_tls_container_ref: id };
  await makeListener(api, lb.id, { ...https, name: 'one', protocol_port: 443 });
  await makeListener(api, lb.id, { ...https, name: 'two', protocol_port: 444 });
  const { certificates: _, ...document } = assertDone(await api.get(exportPath(lb.id)));
  const refer = (...names: string[]) => ({
    ...document,
    listeners: document.listeners.map((each: object, index: number) => ({
      ...each,
      default_tls_container_ref: names[index],
    })),
  });
  for (const names of [
    ['c', 'c'],
    [id, id],
    ['c', id],
  ]) {
    assert.deepEqual(assertDone(await api.put(applyPath, refer(...names))).changes, []);
  }
  await api.create('/elb/certificates', { certificate: { name: 'c', ...serverPair('ec') } });
  assertRefused(
    await api.put(applyPath, refer('c', id)),
    409,
    'ELB.8907',
    /several of certificates with the name "c"/,
  );
  assert.deepEqual(assertDone(await api.put(applyPath, refer(id, id))).changes, []);
  // One of two with the name is meant; nothing says which.
  const another = { ...refer('c', 'c'), certificates: [{ name: 'c', ...serverPair('leaf') }] };
  assertRefused(await api.put(applyPath, another), 409, 'ELB.8907', /none of them as in the document/);
});

test('nameless certificates are known by what they are, and nobody else’s is taken for them', async () => {
  await using here = await startTestControlPlane();
  await using there = await startTestControlPlane();
  const { api } = here;
  const lb = await makeLoadBalancer(api, { name: 'tls' });
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  await makeListener(api, lb.id, { protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id });
  const document = assertDone(await api.get(exportPath(lb.id)));
  assert.equal(document.certificates[0].key, 'certificate 1');
  const stranger = await there.api.create('/elb/certificates', { certificate: serverPair('ec') });
  const { private_key: _, ...keyless } = document.certificates[0];
  for (const certificates of [document.certificates, [keyless]]) {
    assert.deepEqual(assertDone(await api.put(applyPath, { ...document, certificates })).changes, []);
  }
  assertDone(await there.api.put(applyPath, document));
  const shown = assertDone(await there.api.get(`/elb/certificates/${stranger.id}`)).certificate;
  assert.equal(shown.certificate, stranger.certificate);
});

test('what a document is called like in JavaScript is nothing special', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const loadbalancer = {
    name: '__proto__',
    vip_subnet_cidr_id: seed.subnetCidrId,
    availability_zone_list: ['az1'],
    tags: [{ key: '__proto__', value: 'constructor' }],
  };
  const pools = ['__proto__', 'constructor'].map((name) => ({
    ...{ name, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  }));
  const listeners = [{ name: 'toString', protocol: 'HTTP', protocol_port: 80, default_pool_id: '__proto__' }];
  const document = { version: 1, loadbalancer, pools, listeners };
  const { loadbalancer: made } = assertDone(await api.put(applyPath, document));
  assert.deepEqual(assertDone(await api.put(applyPath, document)).changes, []);
  const exported = assertDone(await api.get(exportPath(made.id)));
  assert.equal(exported.listeners[0].default_pool_id, '__proto__');
  assert.match(assertDone(await api.get(exportPath(made.id, 'terraform'))), /"__proto__" = "constructor"/);
  const wrong = JSON.stringify(document).replace('"pools":', '"__proto__":{"name":"x"},"pools":');
  assertRefused(await api.put(applyPath, wrong), 400, 'ELB.8902', /Unrecognized attribute\(s\) '__proto__'/);
  const inside = JSON.stringify(document).replace('"protocol":"HTTP"', '"protocol":"HTTP","constructor":1');
  assertRefused(
    await api.put(applyPath, inside),
    400,
    'ELB.8902',
    /Unrecognized attribute\(s\) 'constructor'/,
  );
});

test('dry_run answers what an apply would change, and changes nothing', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeRoad(api, { name: 'api' }, { name: 'web' });
  const document = assertDone(await api.get(exportPath(lb.id)));
  const before = await answersOf(api);
  const wanted = {
    ...document,
    listeners: [{ ...document.listeners[0], description: 'new' }],
    pools: [...document.pools, { name: 'two', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' }],
  };
  const plan = assertDone(await api.put(`${applyPath}?dry_run=true`, wanted));
  assert.deepEqual(
    [plan.creates, plan.changes, plan.deletes].map((each) =>
      each.map(({ resource_type }: { resource_type: string }) => resource_type),
    ),
    [['pool'], ['listener'], []],
  );
  assert.equal(plan.disruption.connections, 'none');
  assert.deepEqual(await answersOf(api), before);
  const wrong = { ...wanted, listeners: [{ ...document.listeners[0], default_pool_id: 'nowhere' }] };
  assertRefused(await api.put(`${applyPath}?dry_run=true`, wrong), 400, 'ELB.8902', /the pool "nowhere"/);
});

test('a document of thousands of members is applied while others are served, and then only what differs', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  // Longer than the body of any other call may be.
  const members = Array.from({ length: 1700 }, (_, index) => ({
    ...{ name: `member ${index} ${'x'.repeat(240)}`, address: `10.1.${index >> 8}.${index & 255}` },
    ...{ protocol_port: 8080, weight: 10, availability_zone: 'az1' },
  }));
  const pools = ['one', 'two'].map((name) => ({
    ...{ name, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members },
  }));
  const loadbalancer = { name: 'large', availability_zone_list: ['az1'], ip_target_enable: true };
  const place = { vip_subnet_cidr_id: seed.subnetCidrId };
  const document = { version: 1, loadbalancer: { ...loadbalancer, ...place }, pools };
  assert.ok(JSON.stringify(document).length > 1024 * 1024);
  const applying = api.put(applyPath, document);
  let isDone = false;
  void applying.finally(() => {
    isDone = true;
  });
  let served = 0;
  for (; !isDone; served++) assertDone(await api.get('/elb/flavors?limit=1'));
  assert.equal(assertDone(await applying).changes.length, 3403);
  assert.ok(served > 5, `${served}`);
  const [one, two] = pools;
  const wanted = { ...document, pools: [{ ...one, members: members.toSpliced(7, 1) }, two] };
  const { changes } = assertDone(await api.put(applyPath, wanted));
  assert.deepEqual(
    changes.map(({ action, name }: Record<string, string>) => [action, name]),
    [['delete', '10.1.0.7 port 8080']],
  );
});
