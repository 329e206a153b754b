/** The documented policies (rules digest 2.10.1), each asked by clients that offer one suite or one version only. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { protocolsOf } from '../../src/model/ciphers.ts';
import { systemSecurityPolicies } from '../../src/model/system-security-policies.ts';
import type { RunningEngine } from './running-engine.ts';
import { certificate, refusal, settings, shown, startTls, TlsPeer } from './tls-ground.ts';

/** Suites that the OpenSSL of Node was built without: no listener has them, whatever its policy says. */
const absent = /RC4|DES-CBC3/;

/** Suites that authenticate by a DSS key: no certificate of a listener has one. */
const unauthenticated = /DSS/;

/** What a client offers that offers nothing else. */
function only(version: string, suite: string): ConnectionOptions {
  const isNew = version === 'TLSv1.3';
  return {
    minVersion: version as SecureVersion,
    maxVersion: version as SecureVersion,
    ciphers: `${suite}${isNew ? ':DEFAULT' : ''}:@SECLEVEL=0`,
  };
}

const pairs = Promise.all([certificate('rsa.test', 'rsa'), certificate('ec.test', 'ec')]);

/** A listener with an RSA certificate as its default, or an EC one, for suites that authenticate by it. */
async function start(t: TestContext, policy: string, suite: string): Promise<RunningEngine> {
  const [rsa, ec] = await pairs;
  return startTls(t, {
    certificates: [shown('default', suite.includes('ECDSA') ? ec : rsa)],
    tls: settings(policy),
  });
}

const everySuite = [...new Set(systemSecurityPolicies.flatMap(({ ciphers }) => ciphers))];

for (const { name, protocols, ciphers } of systemSecurityPolicies) {
  test(`${name} takes each of its suites in each of its versions, and no others`, async (t) => {
    const listeners = new Map([
      [true, await start(t, name, 'ECDSA')],
      [false, await start(t, name, 'RSA')],
    ]);
    for (const suite of everySuite) {
      if (absent.test(suite) || unauthenticated.test(suite)) continue;
      const proxy = listeners.get(suite.includes('ECDSA')) as RunningEngine;
      for (const version of protocolsOf(suite)) {
        const takes = ciphers.includes(suite) && (protocols as readonly string[]).includes(version);
        const what = `${suite} in ${version}`;
        if (!takes) {
          assert.notEqual(await refusal(proxy, only(version, suite)), null, `${what} is refused`);
          continue;
        }
        const client = await TlsPeer.open(proxy, only(version, suite));
        assert.equal(client.tls.getProtocol(), version, what);
        assert.equal(client.tls.getCipher().name, suite.replace('EDH', 'DHE'), what);
        client.close();
      }
    }
  });
}

test('the suite is the first of the listener that the client offers too', async (t) => {
  const proxy = await start(t, 'tls-1-2', 'RSA');
  const offer = { maxVersion: 'TLSv1.2' as const, ciphers: 'AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256' };
  const client = await TlsPeer.open(proxy, offer);
  assert.equal(client.tls.getCipher().name, 'ECDHE-RSA-AES128-GCM-SHA256');
});

test('versions with a gap between are taken as they are', async (t) => {
  const [rsa] = await pairs;
  const proxy = await startTls(t, {
    certificates: [shown('default', rsa)],
    tls: settings('tls-1-0', { versions: ['TLSv1.2', 'TLSv1'] }),
  });
  const verdicts = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map(
    async (version) => (await refusal(proxy, only(version, 'AES128-SHA'))) === null,
  );
  assert.deepEqual(await Promise.all(verdicts), [true, false, true, false]);
});

test('settings of which OpenSSL has no suite are told of on the listener', async (t) => {
  const proxy = await start(t, 'tls-1-2', 'RSA');
  proxy.putListener({ ...proxy.listener, tls: settings('tls-1-2', { ciphers: ['DES-CBC3-SHA'] }) });
  const state = await proxy.state('failed');
  assert.match(state.state === 'failed' ? state.reason : '', /no cipher match/);
  proxy.putListener(proxy.listener);
  await proxy.state('listening');
});
