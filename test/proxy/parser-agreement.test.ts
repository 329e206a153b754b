import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpus } from './request-corpus.ts';
import { nodeUnderstands, proxyUnderstands } from './understanding.ts';

/**
 * Whether there was anything to agree on.
 *
 * Whatever the proxy accepts, Node's parser must accept too, and understand alike. The other way round the proxy
 * is the stricter one on purpose: a leading empty line only once, no fragment in a target, no Host that is not an
 * authority, no obs-text in names, HTTP/1.0 and 1.1 only, no repeated or listed Content-Length, chunked and nothing
 * else as Transfer-Encoding, chunk sizes of at most 8 digits, and the limits of `limits.ts`. It is wider in one
 * thing: any token is a method (RFC 9110 9.1), where Node knows a list.
 */
async function assertAgreement(bytes: string): Promise<boolean> {
  const ours = proxyUnderstands(bytes);
  const known = ours.requests.findIndex((request) => !METHODS.includes(request.method));
  const accepted = known === -1 ? ours.requests : ours.requests.slice(0, known);
  if (accepted.length === 0) return false;
  const node = await nodeUnderstands(bytes);
  assert.deepEqual(node.requests.slice(0, accepted.length), accepted, JSON.stringify(bytes));
  return true;
}

for (const { bytes, verdict } of corpus) {
  const name = JSON.stringify(bytes.length > 120 ? `${bytes.slice(0, 100)}… (${bytes.length})` : bytes);
  test(`${name} is ${verdict === 200 ? 'accepted' : verdict === 0 ? 'incomplete' : `refused with ${verdict}`}`, async () => {
    assert.equal(proxyUnderstands(bytes).verdict, verdict);
    await assertAgreement(bytes);
  });
}

const interesting = fc.oneof(
  fc.constantFrom(
    ...['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ',', ';', '0', '1', 'a', '\x7f', '\x80', '\v', '"', '='],
    ...['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'chunked', '3\r\nabc\r\n', '0\r\n\r\n'],
    ...['HTTP/1.1', 'HTTP/1.0', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'Host: h\r\n', 'Connection: close\r\n'],
  ),
  fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
);

const acceptable = corpus
  .filter(({ bytes, verdict }) => verdict === 200 && bytes.length < 1000)
  .map(({ bytes }) => bytes);

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.integer({ min: 0, max: 3 }),
  inserted: fc.oneof(fc.constant(''), interesting),
});

test('a mutated request is understood as Node understands it, or refused', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...acceptable),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      async (bytes, mutations) => {
        let mutated = bytes;
        for (const { at, removed, inserted } of mutations) {
          const position = Math.floor(at * (mutated.length + 1));
          mutated = mutated.slice(0, position) + inserted + mutated.slice(position + removed);
        }
        if (await assertAgreement(mutated)) compared += 1;
      },
    ),
    { numRuns: 10_000 },
  );
  assert.ok(compared > 400, `only ${compared} were accepted`);
});

const fieldLine = fc.oneof(
  fc.constantFrom(
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Expect: x',
    'TE: a',
  ),
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'aZ0-_!#'), minLength: 1, maxLength: 8 }),
      fc.string({ unit: 'binary-ascii', maxLength: 8 }),
    )
    .map(([name, value]) => `${name}:${value}`),
);

test('a request put together at random is understood as Node understands it, or refused', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'QUERY'),
      fc.string({ unit: 'binary-ascii', maxLength: 10 }),
      fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'),
      fc.array(fieldLine, { maxLength: 4 }),
      fc.oneof(fc.constantFrom('abc', '3\r\nabc\r\n0\r\n\r\n', ''), fc.string({ unit: 'binary-ascii' })),
      async (method, path, version, fields, body) => {
        const lines = [`${method} /${path} ${version}`, 'Host: h', ...fields, '', body];
        if (await assertAgreement(lines.join('\r\n'))) compared += 1;
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(compared > 100, `only ${compared} were accepted`);
});
