/** What must hold of every answer, whatever was sent. */
import assert from 'node:assert/strict';
import type { Received, Sent } from '../support/wire.ts';

/**
 * @param foreign ids of another project, which no answer names unless the request did
 * @param isForeign whether the request was that project's own
 */
export function judge(
  sent: Sent,
  received: Received | null,
  foreign: readonly string[],
  isForeign: boolean,
): void {
  assert.ok(received, 'the connection ended without an answer');
  const { status, headers, text } = received;
  assert.ok(status < 500, `answered ${status}: ${text}`);
  if (sent.method === 'HEAD' && status >= 400) return;
  if (status >= 400) checkRefusal(status, headers, text);
  else if (headers.get('content-type')?.includes('json')) JSON.parse(text);
  if (isForeign) return;
  const asked = `${sent.target}${sent.body.toString()}`;
  const leaked = foreign.find((id) => text.includes(id) && !asked.includes(id));
  assert.equal(leaked, undefined, `an answer names what another project has: ${text.slice(0, 500)}`);
}

function checkRefusal(status: number, headers: ReadonlyMap<string, string>, text: string): void {
  assert.match(headers.get('content-type') ?? '', /^application\/json/, `${status}: ${text}`);
  const body = JSON.parse(text);
  assert.deepEqual(Object.keys(body).sort(), ['error_code', 'error_msg', 'request_id'], text);
  assert.match(body.error_code, /^(ELB|SYS|APIGW)\.\d{4}$/);
  assert.ok(typeof body.error_msg === 'string' && body.error_msg.length > 10, text);
  assert.ok(body.error_msg.length < 20_000, `a message of ${body.error_msg.length} characters`);
  assert.ok([400, 401, 403, 404, 408, 409, 413, 417, 431].includes(status), `${status}: ${text}`);
  assert.match(body.request_id, /^[0-9a-z-]+$/);
  assert.equal(headers.get('x-request-id'), body.request_id);
}
