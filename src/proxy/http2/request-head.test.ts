import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeRequestHead } from './request-head.ts';

const usual = [':method', 'GET', ':scheme', 'https', ':path', '/', ':authority', 'a.test'];

function textOf(fields: readonly string[], endsHere = true): string | number {
  const head = composeRequestHead(fields, endsHere);
  return typeof head === 'number' ? head : head.bytes.toString('latin1');
}

test('the head is written as HTTP/1.1 has it, cookies in one field', () => {
  assert.equal(
    textOf([...usual, 'x-a', '1', 'cookie', 'a=1', 'x-a', '2', 'cookie', 'b=2']),
    'GET / HTTP/1.1\r\nhost: a.test\r\nx-a: 1\r\nx-a: 2\r\ncookie: a=1; b=2\r\n\r\n',
  );
  assert.equal(
    textOf([':method', 'GET', ':path', '/', 'host', 'b.test']),
    'GET / HTTP/1.1\r\nhost: b.test\r\n\r\n',
  );
});

test('a body goes in chunks unless its length is told, and without a body neither', () => {
  assert.match(String(textOf(usual, false)), /transfer-encoding: chunked\r\n\r\n$/);
  assert.match(String(textOf([...usual, 'content-length', '3'], false)), /content-length: 3\r\n\r\n$/);
  assert.doesNotMatch(String(textOf(usual)), /chunked|content-length/);
});

test('a target in another form, two hosts, no host and CONNECT are refused', () => {
  const withPath = (path: string, method = 'GET') => [
    ':method',
    method,
    ':path',
    path,
    ':authority',
    'a.test',
  ];
  for (const path of ['http://b.test/', '*', '', 'a']) assert.equal(textOf(withPath(path)), 400, path);
  assert.equal(typeof textOf(withPath('*', 'OPTIONS')), 'string');
  assert.equal(textOf([...usual, 'host', 'b.test']), 400);
  assert.equal(typeof textOf([...usual, 'host', 'A.TEST']), 'string');
  assert.equal(textOf([...usual, 'host', 'a.test', 'host', 'a.test']), 400);
  assert.equal(textOf([':method', 'GET', ':path', '/']), 400);
  assert.equal(textOf([':method', 'CONNECT', ':authority', 'a.test:443']), 501);
});
