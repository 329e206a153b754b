/** The rules between listeners, their certificates, and the QUIC listeners they tell of (rules digest 2.2 and 2.8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { pem, serverPair } from '../support/pem.ts';
import { assertDone, assertRefused, makeListener, makeLoadBalancer, makePool, places } from './fixtures.ts';

const path = '/elb/certificates';
const absent = 'a'.repeat(32);

function makeServer(api: ApiClient, domain: string | null = null, pair: 'rsa' | 'ec' = 'rsa') {
  return api.create(path, { certificate: { ...serverPair(pair), domain } });
}

function makeAuthority(api: ApiClient) {
  return api.create(path, { certificate: { type: 'client', certificate: pem('ca') } });
}

/** Creates a listener of a load balancer, and answers whatever comes. */
function creator(api: ApiClient, loadbalancer_id: string) {
  let protocol_port = 8000;
  return (protocol: string, fields: object = {}) =>
    api.post('/elb/listeners', {
      listener: { loadbalancer_id, protocol, protocol_port: protocol_port++, ...fields },
    });
}

test('LI-4 HTTPS, TLS and QUIC need a server certificate, and others take none', async () => {
  evidence('listener.default_tls_container_ref', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const create = creator(api, (await makeLoadBalancer(api)).id);
  const server = await makeServer(api);
  const ca = await makeAuthority(api);
  const theirs = await makeServer(cp.other);
  for (const protocol of ['HTTPS', 'TLS', 'QUIC', 'TERMINATED_HTTPS']) {
    const asked = (id: string) => create(protocol, { default_tls_container_ref: id });
    const { listener } = assertDone(await asked(server.id), 201);
    assert.equal(listener.protocol, protocol === 'TERMINATED_HTTPS' ? 'HTTPS' : protocol);
    assert.equal(listener.default_tls_container_ref, server.id);
    assert.deepEqual([listener.client_ca_tls_container_ref, listener.sni_container_refs], [null, []]);
    assertRefused(await create(protocol), 400, 'ELB.8902', /default_tls_container_ref': it is required when/);
    assertRefused(await asked(absent), 404, 'ELB.8904', /certificate a+ could not be found/);
    assertRefused(await asked(theirs.id), 404, 'ELB.8904', /certificate .* could not be found/);
    assertRefused(await asked(places.nothing), 400, 'ELB.5020', /has 36 characters; it must have 32/);
    assertRefused(await asked(ca.id), 400, 'ELB.8902', /has type client, expected server or server_sm/);
  }
  for (const protocol of ['HTTP', 'TCP', 'UDP']) {
    for (const fields of [
      { default_tls_container_ref: server.id },
      { client_ca_tls_container_ref: ca.id },
      { sni_container_refs: [server.id] },
    ]) {
      assertRefused(await create(protocol, fields), 400, 'ELB.8902', /it is for protocol HTTPS, TLS.*, not /);
    }
  }
});

test('a server certificate can be exchanged and never cleared, a CA comes and goes', async () => {
  evidence('listener.client_ca_tls_container_ref', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const [server, other, ca] = [await makeServer(api), await makeServer(api), await makeAuthority(api)];
  const fields = { default_tls_container_ref: server.id, client_ca_tls_container_ref: ca.id };
  const listener = await makeListener(api, lb.id, { protocol: 'HTTPS', ...fields });
  assert.equal(listener.client_ca_tls_container_ref, ca.id);
  const put = (body: object) => api.put(`/elb/listeners/${listener.id}`, { listener: body });
  assertRefused(
    await put({ default_tls_container_ref: null }),
    400,
    'ELB.9899',
    /cannot be cleared while protocol is HTTPS/,
  );
  assertRefused(
    await put({ client_ca_tls_container_ref: server.id }),
    400,
    'ELB.8902',
    /has type server, expected client/,
  );
  const updated = assertDone(
    await put({ default_tls_container_ref: other.id, client_ca_tls_container_ref: null }),
  ).listener;
  assert.deepEqual(
    [updated.default_tls_container_ref, updated.client_ca_tls_container_ref],
    [other.id, null],
  );
  const create = creator(api, lb.id);
  assertRefused(
    await create('QUIC', fields),
    400,
    'ELB.8902',
    /client_ca.*for protocol HTTPS, TLS, not QUIC/,
  );
  const found = assertDone(await api.get(`/elb/listeners?default_tls_container_ref=${other.id}`)).listeners;
  assert.deepEqual(
    found.map((each: { id: string }) => each.id),
    [listener.id],
  );
});

test('CE-3 a certificate stays while a listener uses it in any place', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const server = await makeServer(api);
  const sni = await makeServer(api, 'a.com');
  const ca = await makeAuthority(api);
  const free = await makeServer(api);
  const listener = await makeListener(api, lb.id, {
    protocol: 'HTTPS',
    default_tls_container_ref: server.id,
    client_ca_tls_container_ref: ca.id,
    sni_container_refs: [sni.id],
  });
  const used = [server.id, sni.id, ca.id];
  const refused = new RegExp(`in use by listener\\(s\\) ${listener.id}; give`);
  for (const id of used) assertRefused(await api.delete(`${path}/${id}`), 409, 'ELB.8907', refused);
  const batch = async () =>
    assertDone(await api.post(`${path}/batch-delete`, { certificates: [...used, free.id] })).certificates;
  assert.deepEqual(await batch(), [
    ...used.map((id) => ({ id, ret_status: 'failed', ret_code: 'ELB.8907' })),
    { id: free.id, ret_status: 'successful' },
  ]);
  assertDone(await api.delete(`/elb/listeners/${listener.id}`), 204);
  const after = await batch();
  assert.deepEqual(
    after.slice(0, 3).map((each: { ret_status: string }) => each.ret_status),
    Array(3).fill('successful'),
  );
});

test('C12 the certificates for further names have a domain each, all different, 200 together', async () => {
  evidence('listener.sni_container_refs', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const server = await makeServer(api);
  const listener = await makeListener(api, lb.id, {
    protocol: 'HTTPS',
    default_tls_container_ref: server.id,
  });
  const put = (...certificates: { id: string }[]) =>
    api.put(`/elb/listeners/${listener.id}`, {
      listener: { sni_container_refs: certificates.map(({ id }) => id) },
    });
  const a = await makeServer(api, 'a.com,*.a.com');
  const b = await makeServer(api, 'b.com');
  const clash = await makeServer(api, 'c.com,A.com');
  assert.deepEqual(assertDone(await put(a, b)).listener.sni_container_refs, [a.id, b.id]);
  assertRefused(await put(server), 400, 'ELB.8902', /has no domain; set its domain first/);
  assertRefused(await put(a, clash), 400, 'ELB.8902', /the domain a\.com is in both certificates/);
  assertRefused(await put(a, a), 400, 'ELB.8902', /is in both certificates/);
  assertRefused(await put(await makeAuthority(api)), 400, 'ELB.8902', /has type client, expected server/);
  assertRefused(await put({ id: absent }), 404, 'ELB.8904', /could not be found/);
  assertRefused(
    await put(...Array.from({ length: 51 }, () => a)),
    400,
    'ELB.8902',
    /sni_container_refs': .*expected a list of 0 to 50 items/,
  );
  const many = (start: number, length: number) =>
    makeServer(api, Array.from({ length }, (_, i) => `w${start + i}.com`).join());
  const [hundred, more] = [await many(0, 100), await many(100, 100)];
  assertDone(await put(hundred, more));
  assertRefused(await put(hundred, more, b), 400, 'ELB.8902', /have 201 domains, and a listener takes 200/);
  assert.deepEqual(
    assertDone(await api.put(`/elb/listeners/${listener.id}`, { listener: { sni_container_refs: null } }))
      .listener.sni_container_refs,
    [],
  );
});

test('CE-4 the domain of a certificate in use stays one that its listeners can tell apart', async () => {
  evidence('certificate.domain', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const server = await makeServer(api);
  const [a, b] = [await makeServer(api, 'a.com'), await makeServer(api, 'b.com')];
  await makeListener(api, lb.id, {
    protocol: 'TLS',
    default_tls_container_ref: server.id,
    sni_container_refs: [a.id, b.id],
  });
  const put = (domain: string | null) => api.put(`${path}/${a.id}`, { certificate: { domain } });
  assertRefused(await put(''), 409, 'ELB.8907', /sni_container_refs, and then .* has no domain/);
  assertRefused(await put(null), 409, 'ELB.8907', /has no domain/);
  assertRefused(await put('x.com,B.com'), 409, 'ELB.8907', /the domain b\.com is in both/);
  assert.equal(assertDone(await put('x.com')).certificate.domain, 'x.com');
  assertDone(await api.put(`${path}/${server.id}`, { certificate: { domain: 'b.com' } }));
});

test('CE-7 the further certificates of a QUIC listener have RSA keys', async () => {
  evidence('listener.sni_container_refs', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const create = creator(api, lb.id);
  const [ec, rsa] = [await makeServer(api, 'ec.com', 'ec'), await makeServer(api, 'rsa.com')];
  const fields = (id: string) => ({ default_tls_container_ref: ec.id, sni_container_refs: [id] });
  assertRefused(await create('QUIC', fields(ec.id)), 400, 'ELB.8902', /has no RSA key, which a QUIC/);
  assertDone(await create('HTTPS', fields(ec.id)), 201);
  assertDone(await create('QUIC', fields(rsa.id)), 201);
  assertRefused(
    await api.put(`${path}/${rsa.id}`, { certificate: serverPair('ec') }),
    409,
    'ELB.8907',
    /has no RSA key, which a QUIC/,
  );
});

test('LI-14 quic_config names a QUIC listener of the same load balancer, which then stays', async () => {
  evidence('listener.quic_config', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const [lb, elsewhere] = [await makeLoadBalancer(api), await makeLoadBalancer(api)];
  const server = { default_tls_container_ref: (await makeServer(api)).id };
  const create = creator(api, lb.id);
  const quic = assertDone(await create('QUIC', server), 201).listener;
  const stray = await makeListener(api, elsewhere.id, { protocol: 'QUIC', ...server });
  const tcp = await makeListener(api, lb.id, { protocol: 'TCP' });
  const asked = (quic_listener_id: string) =>
    create('HTTPS', { ...server, quic_config: { quic_listener_id } });
  assertRefused(await asked(places.nothing), 404, 'ELB.8904', /listener .* could not be found/);
  assertRefused(await asked(tcp.id), 400, 'ELB.8902', /has protocol TCP, expected QUIC/);
  assertRefused(await asked(stray.id), 400, 'ELB.8902', /belongs to load balancer/);
  const { listener: https } = assertDone(await asked(quic.id), 201);
  assert.deepEqual(https.quic_config, { quic_listener_id: quic.id, enable_quic_upgrade: false });
  assertRefused(
    await api.delete(`/elb/listeners/${quic.id}`),
    409,
    'ELB.8907',
    /is in the quic_config of listener .*; set that to null first/,
  );
  const put = (quic_config: unknown) => api.put(`/elb/listeners/${https.id}`, { listener: { quic_config } });
  const on = assertDone(await put({ enable_quic_upgrade: true })).listener;
  assert.deepEqual(on.quic_config, { quic_listener_id: quic.id, enable_quic_upgrade: true });
  assert.equal(assertDone(await put(null)).listener.quic_config, null);
  assertDone(await api.delete(`/elb/listeners/${quic.id}`), 204);
});

test('LI-12 a GRPC pool behind HTTPS needs http2_enable, before and after', async () => {
  evidence('listener.http2_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const https = await makeListener(api, lb.id, {
    protocol: 'HTTPS',
    default_tls_container_ref: (await makeServer(api)).id,
  });
  const pool = await makePool(api, { protocol: 'GRPC', loadbalancer_id: lb.id });
  const put = (listener: object) => api.put(`/elb/listeners/${https.id}`, { listener });
  const needed = /a GRPC pool needs a listener with http2_enable true/;
  assertRefused(await put({ default_pool_id: pool.id }), 400, 'ELB.8902', needed);
  assertDone(await put({ default_pool_id: pool.id, http2_enable: true }));
  assertRefused(await put({ http2_enable: false }), 400, 'ELB.8902', needed);
});

test('SP-1 SP-3 a security policy serves HTTPS and TLS listeners, and stays while it does', async () => {
  evidence('listener.security_policy_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const create = creator(api, lb.id);
  const server = { default_tls_container_ref: (await makeServer(api)).id };
  const policies = '/elb/security-policies';
  const { id } = await api.create(policies, {
    security_policy: { protocols: ['TLSv1.3'], ciphers: ['TLS_AES_128_GCM_SHA256'] },
  });
  const using = [];
  for (const protocol of ['HTTPS', 'TLS']) {
    const early = protocol === 'HTTPS' ? { ssl_early_data_enable: true } : {};
    const made = await create(protocol, { ...server, ...early, security_policy_id: id });
    using.push(assertDone(made, 201).listener.id);
  }
  assertRefused(
    await create('HTTPS', { ...server, security_policy_id: places.nothing }),
    404,
    'ELB.8904',
    /security policy .* could not be found/,
  );
  assertRefused(
    await create('QUIC', { ...server, security_policy_id: id }),
    400,
    'ELB.8902',
    /security_policy_id': it is for protocol HTTPS or TLS, not QUIC/,
  );
  const shown = assertDone(await api.get(`${policies}/${id}`)).security_policy.listeners;
  assert.deepEqual(
    shown,
    using.toSorted().map((each) => ({ id: each })),
  );
  assert.deepEqual(assertDone(await api.get(policies)).security_policies[0].listeners, shown);
  assertRefused(
    await api.delete(`${policies}/${id}`),
    409,
    'ELB.8907',
    /in use by listener\(s\) .* to null first/,
  );
  const older = { protocols: ['TLSv1.2'], ciphers: ['AES128-SHA'] };
  assertRefused(
    await api.put(`${policies}/${id}`, { security_policy: older }),
    409,
    'ELB.8907',
    /has ssl_early_data_enable, which needs TLSv1\.3/,
  );
  const other = await api.create(policies, { security_policy: older });
  assertRefused(
    await create('HTTPS', { ...server, ssl_early_data_enable: true, security_policy_id: other.id }),
    400,
    'ELB.8902',
    /ssl_early_data_enable': it needs TLSv1\.3 among the protocols/,
  );
  for (const [index, unset] of [null, ''].entries()) {
    const body = { listener: { security_policy_id: unset, ssl_early_data_enable: false } };
    assert.equal(
      assertDone(await api.put(`/elb/listeners/${using[index]}`, body)).listener.security_policy_id,
      null,
    );
  }
  assertDone(await api.delete(`${policies}/${id}`), 204);
});
