/** Requests that HTTP itself refuses, or may be handled in more than one way: answered as all others are. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { type Sent, Wire } from '../support/wire.ts';

let cp: TestControlPlane;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

async function send(request: Partial<Sent>) {
  using wire = new Wire(Number(new URL(cp.url).port));
  const answer = await wire.send({
    ...{ method: 'GET', target: '/versions', headers: [], body: Buffer.alloc(0) },
    ...request,
  });
  assert.ok(answer);
  return answer;
}

const long = 'a'.repeat(20_000);

const unreadable: readonly (readonly [string, Partial<Sent>, number, RegExp])[] = [
  ['an unknown method', { method: 'FOO' }, 400, /Invalid method encountered/],
  ['a header that is none', { headers: [['a b', '1']] }, 400, /Invalid header token/],
  [
    'a length that is none',
    { headers: [['content-length', 'x']] },
    400,
    /Invalid character in Content-Length/,
  ],
  ['headers that are too long', { headers: [['x-long', long]] }, 431, /16 KiB/],
  ['a path that is too long', { target: `/${long}` }, 431, /16 KiB/],
];

for (const [what, request, status, message] of unreadable) {
  test(`${what} is refused in the shape of every refusal`, async () => {
    const { status: got, headers, text } = await send(request);
    assert.equal(got, status, text);
    const body = JSON.parse(text);
    assert.deepEqual(Object.keys(body).sort(), ['error_code', 'error_msg', 'request_id']);
    assert.equal(body.error_code, 'ELB.8902');
    assert.match(body.error_msg, message);
    assert.equal(headers.get('x-request-id'), body.request_id);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(headers.get('connection'), 'close');
  });
}

test('an expectation that is not understood is passed over', async () => {
  const { status } = await send({ headers: [['expect', 'the unexpected']] });
  assert.equal(status, 200);
});

test('a client that offers another protocol, as for HTTP/2, is answered in this one', async () => {
  for (const protocol of ['h2c', 'websocket']) {
    const { status, text } = await send({
      headers: [
        ['connection', 'Upgrade'],
        ['upgrade', protocol],
      ],
    });
    assert.equal(status, 200, text);
    assert.equal(JSON.parse(text).versions.length > 0, true);
  }
});
