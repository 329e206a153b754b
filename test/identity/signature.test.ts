import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Authorization, parseAuthorization } from '../../src/service/identity/authorization.ts';
import type { SignedRequest } from '../../src/service/identity/canonical-request.ts';
import { isSignedWith, parseSdkDate } from '../../src/service/identity/signature.ts';
import { forms, type SignedParts, signedHeaders } from '../support/signed-request.ts';
import { authorizationOf, type Vector, vectors } from './signature-vectors.ts';

describe('a signature of a real client, in each form and order of queries (traps 1, 2 and 4)', () => {
  for (const vector of vectors) {
    test(`verifies: ${vector.name}`, () => {
      assert.equal(verify(requestOf(vector), vector), true);
    });
  }

  test('fails with any one byte of a signed part changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...vectors),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (vector, at, by) => {
          const request = withOneByteChanged(vector, at, by);
          fc.pre(!isSameRequest(request, requestOf(vector), vector.credential));
          assert.equal(verify(request, vector), false);
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('fails with any one byte of the signature, or of what its key was made for, changed', () => {
    for (const vector of vectors) {
      const text = authorizationOf(vector);
      const from = text.indexOf('=') + 1;
      for (let at = from; at < text.length; at++) {
        const other = text[at] === '1' ? '2' : '1';
        const changed = parseAuthorization(text.slice(0, at) + other + text.slice(at + 1));
        // Another key is another secret. Here it is the same, and only a derived key has its id in it.
        const isOnlyId = changed?.form !== 'derived' && changed?.access !== vector.keys[0];
        if (!changed || isOnlyId) continue;
        assert.equal(isSignedWith(requestOf(vector), changed, vector.keys[1]), false, `${text} at ${at}`);
      }
    }
  });

  test('fails with another secret, and with a parameter added, repeated or left out', () => {
    for (const vector of vectors) {
      const request = requestOf(vector);
      assert.equal(isSignedWith(request, signatureOf(vector), `${vector.keys[1]}x`), false);
      const separator = vector.url.includes('?') ? '&' : '?';
      for (const extra of ['limit=3', 'weight=1', '=']) {
        const more = { ...request, url: `${vector.url}${separator}${extra}` };
        const isCovered = !isSameRequest(more, request, vector.credential);
        assert.equal(verify(more, vector), !isCovered, `${vector.name} and ${extra}`);
      }
      if (separator === '&') {
        const less = { ...request, url: vector.url.replace(/[?&][^?&]*$/, '') };
        const isCovered = !isSameRequest(less, request, vector.credential);
        assert.equal(verify(less, vector), !isCovered, vector.name);
      }
    }
  });

  test('of one form proves nothing in another', () => {
    for (const vector of vectors) {
      const given = signatureOf(vector);
      for (const form of ['access', 'credential', 'derived'] as const) {
        if (form === given.form) continue;
        assert.equal(isSignedWith(requestOf(vector), { ...given, form }, vector.keys[1]), false);
      }
    }
  });

  test('with a derived key signs every value of a name that repeats', () => {
    const url = '/v3/p/elb/pools?id=b&id=a';
    const request = signedRequest({ ...parts, form: forms.derived, url: '/v3/p/elb/pools?id=b' });
    assert.equal(accepts(request), true);
    assert.equal(accepts({ ...request, url }), false);
  });
});

const key = { access: 'AK', secret: 'the secret' };
const parts: SignedParts = { ...key, method: 'GET', url: '/v3/p/elb/pools' };

describe('a request that is signed', () => {
  const anything = fc.string({ unit: 'binary' });
  const random = fc.record({
    form: fc.constantFrom(...Object.values(forms)),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
    segments: fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 4 }),
    pairs: fc.array(fc.tuple(anything, anything), { maxLength: 5 }),
    body: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    secret: fc.string({ minLength: 1 }),
  });

  const signedOf = ({
    segments,
    pairs,
    ...rest
  }: typeof random extends fc.Arbitrary<infer T> ? T : never) => {
    const path = `/${segments.map(strictEncode).join('/')}`;
    const query = pairs.map(([name, value]) => `${strictEncode(name)}=${strictEncode(value)}`).join('&');
    const url = query === '' ? path : `${path}?${query}`;
    return signedRequest({
      ...rest,
      url,
      access: 'AK',
      headers: { host: 'h' },
      names: ['host', 'x-sdk-date'],
    });
  };

  test('verifies whatever its form, path, query, body and secret are', () => {
    fc.assert(
      fc.property(random, (each) => {
        assert.equal(accepts(signedOf(each), each.secret), true);
      }),
      { numRuns: 500 },
    );
  });

  test('is refused with any one byte of its body changed, added or left out, in each form', () => {
    fc.assert(
      fc.property(random, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, by) => {
        const request = signedOf(each);
        const changed = Buffer.from(request.body);
        if (changed.length > 0) {
          const index = at % changed.length;
          changed[index] = (changed[index] ?? 0) ^ by;
          assert.equal(accepts({ ...request, body: changed }, each.secret), false);
          assert.equal(accepts({ ...request, body: request.body.subarray(1) }, each.secret), false);
        }
        const longer = Buffer.concat([request.body, Buffer.from([by])]);
        assert.equal(accepts({ ...request, body: longer }, each.secret), false);
        assert.equal(accepts({ ...request, method: 'PATCH' }, each.secret), false);
        assert.equal(accepts({ ...request, headers: { ...request.headers, host: 'i' } }, each.secret), false);
      }),
    );
  });

  test('for an endpoint that ends in a slash verifies though its path is sent with one slash', () => {
    for (const form of [forms.access, forms.derived]) {
      const request = signedRequest({ ...parts, form, url: '//v3/p/elb/pools' });
      assert.equal(accepts({ ...request, url: parts.url }), true);
      assert.equal(accepts({ ...request, url: '/v3/q/elb/pools' }), false);
    }
    const chained = signedRequest({ ...parts, form: forms.credential, url: '//v3/p/elb/pools' });
    assert.equal(accepts({ ...chained, url: parts.url }), false, 'no client signs so in this form');
  });

  test('by otc-sdk as a POST without a body has its query for a body, and only so', () => {
    const url = '/v3/p/elb/things?name=a%20b&marker=x';
    const asBody = { method: 'POST', url: '/v3/p/elb/things', body: Buffer.from('marker=x&name=a+b') };
    const verdicts = Object.values(forms).map((form) => {
      const request = signedRequest({ ...parts, form, ...asBody });
      return accepts({ ...request, url, body: Buffer.alloc(0) });
    });
    assert.deepEqual(
      verdicts,
      Object.values(forms).map((form) => form === forms.credential),
    );
    const request = signedRequest({ ...parts, form: forms.credential, ...asBody });
    assert.equal(accepts({ ...request, url: url.replace('a%20b', 'c'), body: Buffer.alloc(0) }), false);
    assert.equal(accepts({ ...request, url, body: Buffer.from('x') }), false);
    assert.equal(accepts({ ...request, url, body: Buffer.alloc(0), method: 'PUT' }), false);
  });

  test('by otc-sdk with many spaces in a header verifies, since it signs one', () => {
    const names = ['x-sdk-date', 'x-words'];
    for (const [form, right] of [
      [forms.credential, true],
      [forms.access, false],
    ] as const) {
      const request = signedRequest({ ...parts, form, headers: { 'x-words': 'a b' }, names });
      const spaced = { ...request, headers: { ...request.headers, 'x-words': ' a \t  b ' } };
      assert.equal(accepts(spaced), right);
    }
  });

  test('must hash to what X-Sdk-Content-Sha256 says when it says anything', () => {
    const [vector] = vectors;
    assert.ok(vector);
    const request = requestOf(vector);
    const withHash = (hash: string) =>
      verify({ ...request, headers: { ...request.headers, 'x-sdk-content-sha256': hash } }, vector);
    assert.equal(withHash(createHash('sha256').update(request.body).digest('hex')), true);
    assert.equal(withHash(createHash('sha256').update('another').digest('hex')), false);
    assert.equal(withHash('UNSIGNED-PAYLOAD'), false);
  });

  test('may name headers that every object has, and just does not verify', () => {
    const [vector] = vectors;
    assert.ok(vector);
    const signature = { ...signatureOf(vector), signedHeaders: ['constructor', '__proto__', 'x-sdk-date'] };
    assert.equal(isSignedWith(requestOf(vector), signature, vector.keys[1]), false);
  });
});

describe('an Authorization header', () => {
  const hex = 'a'.repeat(64);
  const signature = Buffer.from(hex, 'hex');

  test('is read in each form, with and without spaces behind its commas', () => {
    const credentials: [string, Partial<Authorization>][] = [
      ['SDK-HMAC-SHA256 Access=AK', { form: 'access', scope: '' }],
      [
        'SDK-HMAC-SHA256 Credential=AK/20261122///sdk_request',
        { form: 'credential', scope: '20261122///sdk_request' },
      ],
      [
        'SDK-HMAC-SHA256 Credential=AK/20261122/eu-de/elb/sdk_request',
        { form: 'credential', scope: '20261122/eu-de/elb/sdk_request' },
      ],
      ['V11-HMAC-SHA256 Credential=AK/20261122/eu-de/elb', { form: 'derived', scope: '20261122/eu-de/elb' }],
    ];
    for (const space of ['', ' ']) {
      for (const [credential, expected] of credentials) {
        const read = parseAuthorization(
          `${credential},${space}SignedHeaders=host;x-sdk-date,${space}Signature=${hex}`,
        );
        const signedHeaders = ['host', 'x-sdk-date'];
        assert.deepEqual({ ...read }, { access: 'AK', signedHeaders, signature, ...expected });
      }
    }
  });

  test('of another form is not read', () => {
    const rest = `SignedHeaders=x-sdk-date, Signature=${hex}`;
    for (const header of [
      '',
      'Bearer abc',
      `SDK-HMAC-SM3 Access=AK, ${rest}`,
      `SDK-ECDSA-P256-SHA256 Access=AK, ${rest}`,
      `SDK-SM2-SM3 Access=AK, ${rest}`,
      `V11-HMAC-SM3 Credential=AK/20261122/r/elb, ${rest}`,
      `V11-HMAC-SHA256 Access=AK, ${rest}`,
      `V11-HMAC-SHA256 Credential=AK/20261122/r/elb/sdk_request, ${rest}`,
      `SDK-HMAC-SHA256 Credential=AK/20261122/r/elb, ${rest}`,
      `SDK-HMAC-SHA256 Credential=AK/2026/r/elb/sdk_request, ${rest}`,
      `SDK-HMAC-SHA256 Credential=/20261122/r/elb/sdk_request, ${rest}`,
      `SDK-HMAC-SHA256 Access=, ${rest}`,
      `SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=${hex.slice(1)}`,
      `SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=${hex}0`,
      `SDK-HMAC-SHA256 Access=AK, SignedHeaders=X-Sdk-Date, Signature=${hex}`,
    ]) {
      assert.equal(parseAuthorization(header), null, header);
    }
  });

  test('never throws, whatever it holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseAuthorization(text)));
  });
});

test('an X-Sdk-Date is read as UTC, and anything else is not a date', () => {
  assert.equal(parseSdkDate('20261122T004724Z')?.toISOString(), '2026-11-22T00:47:24.000Z');
  for (const text of ['', '20261122', '2026-11-22T00:47:24Z', '20261322T004724Z', '20261122T004724']) {
    assert.equal(parseSdkDate(text), null, text);
  }
});

function requestOf({ method, url, headers, body = '' }: Vector): SignedRequest {
  return { method, url, headers, body: Buffer.from(body) };
}

function signatureOf(vector: Vector): Authorization {
  return parseAuthorization(authorizationOf(vector)) ?? assert.fail();
}

function verify(request: SignedRequest, vector: Vector): boolean {
  return isSignedWith(request, signatureOf(vector), vector.keys[1]);
}

function signedRequest(of: SignedParts & { readonly names?: readonly string[] }): SignedRequest {
  const { method, url, body = '', names } = of;
  const headers = signedHeaders(names ? { ...of, signedHeaders: names } : of);
  return { method, url, headers, body: Buffer.from(body) };
}

function accepts(request: SignedRequest, secret = key.secret): boolean {
  const read = parseAuthorization(String(request.headers['authorization']));
  assert.ok(read);
  return isSignedWith(request, read, secret);
}

/** The request of a vector with a byte of its method, URL, body or headers changed. */
function withOneByteChanged(vector: Vector, at: number, by: number): SignedRequest {
  const names = Object.keys(vector.headers);
  const bytes = [vector.method, vector.url, vector.body ?? '', ...Object.values(vector.headers)].map((part) =>
    Buffer.from(part),
  );
  let offset = at % bytes.reduce((sum, { length }) => sum + length, 0);
  const changed = bytes.find(({ length }) => {
    if (offset < length) return true;
    offset -= length;
    return false;
  });
  assert.ok(changed);
  changed[offset] = (changed[offset] ?? 0) ^ by;
  const [method, url, body, ...values] = bytes;
  return {
    method: String(method),
    url: String(url),
    body: Buffer.from(body ?? ''),
    headers: Object.fromEntries(names.map((name, index) => [name, String(values[index])])),
  };
}

/**
 * Whether two requests mean the same: spellings of a percent-encoding and outer spaces are no difference, nor is for
 * otc-sdk any value of a name but the first, or how many spaces there are.
 */
function isSameRequest(a: SignedRequest, b: SignedRequest, credential = ''): boolean {
  const isChained = credential.endsWith('sdk_request');
  const meaning = ({ method, url, headers, body }: SignedRequest) => {
    const [path = '', ...query] = url.split('?');
    const values = Object.entries(headers).map(([name, value]) => {
      const text = String(value).trim();
      return [name, isChained ? text.replaceAll(/\s+/g, ' ') : text];
    });
    const segments = path.split('/').map(decoded);
    const pairs = [...new URLSearchParams(query.join('?'))];
    const signed = isChained ? [...new Map(pairs.toReversed())] : pairs;
    return JSON.stringify([method, segments, signed.toSorted(), values, body.toString('hex')]);
  };
  return meaning(a) === meaning(b);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function strictEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
