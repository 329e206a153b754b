import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { RunningEngine } from './running-engine.ts';
import { certificate, type Pair, settings, shown, startTls, TlsPeer } from './tls-ground.ts';

let pairs: Record<string, Pair>;

before(async () => {
  const names = ['fallback', 'exact', 'wild', 'deep', 'both-ec'];
  const made = await Promise.all([
    ...names.map(async (name) => [name, await certificate(name)] as const),
    certificate('both-rsa', 'rsa').then((pair) => ['both-rsa', pair] as const),
  ]);
  pairs = Object.fromEntries(made);
});

const pairOf = (name: string): Pair => pairs[name] as Pair;

async function shownTo(proxy: RunningEngine, servername: string, offer: object = {}): Promise<string> {
  const client = await TlsPeer.open(proxy, { ...(servername ? { servername } : {}), ...offer });
  const name = client.shownName;
  client.close();
  return name;
}

test('the certificate is found by the name, exactly or by a wildcard, else it is the default one', async (t) => {
  const proxy = await startTls(t, {
    certificates: [
      shown('default', pairOf('fallback'), 'default.test'),
      shown('exact', pairOf('exact'), 'a.one.test', 'b.one.test'),
      shown('wild', pairOf('wild'), '*.one.test'),
      shown('deep', pairOf('deep'), '*.c.one.test'),
    ],
    tls: settings(undefined, { namedCertificateIds: ['exact', 'wild', 'deep'] }),
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const ask = (name: string) => shownTo(proxy, name, { maxVersion });
    assert.equal(await ask(''), 'fallback');
    assert.equal(await ask('default.test'), 'fallback');
    assert.equal(await ask('unknown.test'), 'fallback');
    assert.equal(await ask('b.one.test'), 'exact');
    assert.equal(await ask('z.one.test'), 'wild');
    assert.equal(await ask('z.c.one.test'), 'deep');
    assert.equal(await ask('z.y.one.test'), 'fallback');
  }
  const tls = settings(undefined, { namedCertificateIds: ['wild', 'deep'], nameMatch: 'longest-suffix' });
  proxy.putListener({ ...proxy.listener, tls });
  assert.equal(await shownTo(proxy, 'z.y.one.test'), 'wild');
  assert.equal(await shownTo(proxy, 'z.y.c.one.test'), 'deep');
  assert.equal(await shownTo(proxy, 'a.one.test'), 'wild');
});

test('of an EC and an RSA certificate for one name the EC one is shown to whoever takes it', async (t) => {
  const rsa = shown('rsa', pairOf('both-rsa'), 'both.test');
  const ec = shown('ec', pairOf('both-ec'), 'both.test');
  const proxy = await startTls(t, {
    certificates: [rsa, ec],
    tls: settings(undefined, { certificateId: 'ec', namedCertificateIds: ['rsa'] }),
  });
  const ask = (offer: object) => shownTo(proxy, 'both.test', offer);
  assert.equal(await ask({ maxVersion: 'TLSv1.3' }), 'both-ec');
  assert.equal(await ask({ maxVersion: 'TLSv1.3', sigalgs: 'rsa_pss_rsae_sha256' }), 'both-rsa');
  assert.equal(await ask({ maxVersion: 'TLSv1.2' }), 'both-ec');
  assert.equal(await ask({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }), 'both-rsa');
});

test('another name of a certificate is taken up without touching the listener', async (t) => {
  const proxy = await startTls(t, {
    certificates: [shown('default', pairOf('fallback')), shown('exact', pairOf('exact'), 'a.test')],
    tls: settings(undefined, { namedCertificateIds: ['exact'] }),
  });
  assert.equal(await shownTo(proxy, 'b.test'), 'fallback');
  proxy.change({ certificates: { put: [shown('exact', pairOf('exact'), 'b.test')] } });
  assert.equal(await shownTo(proxy, 'b.test'), 'exact');
  assert.equal(await shownTo(proxy, 'a.test'), 'fallback');
});
