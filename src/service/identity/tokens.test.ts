import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tokens } from './tokens.ts';

const claims = { userId: 'u1', projectId: 'p1', methods: ['password'] };

test('a token says what it was issued for', () => {
  const tokens = new Tokens('key', () => new Date('2026-01-31T00:00:00Z'));
  const { token, claims: issued } = tokens.issue(claims);
  assert.deepEqual(tokens.read(token), issued);
  assert.deepEqual({ ...issued, ...claims }, issued);
  assert.equal(issued.expiresAt - issued.issuedAt, 24 * 60 * 60 * 1000);
});

test('a token with any one character changed is none of ours', () => {
  const tokens = new Tokens('key');
  const { token } = tokens.issue(claims);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+ '.split('');
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (at, character) => {
      fc.pre(token[at] !== character);
      assert.equal(tokens.read(token.slice(0, at) + character + token.slice(at + 1)), null);
    }),
    { numRuns: 2000 },
  );
  for (const other of ['', '.', 'a.b', 'a.b.c', `${token}.`, `${token}A`, token.slice(0, -1), `.${token}`]) {
    assert.equal(tokens.read(other), null, other);
  }
});

test('reading never throws, whatever the text', () => {
  const tokens = new Tokens('key');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tokens.read(text) === null));
});

test('a token of another installation is none of ours', () => {
  assert.equal(new Tokens('key').read(new Tokens('another key').issue(claims).token), null);
});

test('a token ends after its 24 hours, and not before', () => {
  let now = new Date('2026-01-31T00:00:00Z');
  const tokens = new Tokens('key', () => now);
  const { claims: issued } = tokens.issue(claims);
  now = new Date('2026-01-31T23:59:59.999Z');
  assert.equal(tokens.isExpired(issued), false);
  now = new Date('2026-02-01T00:00:00Z');
  assert.equal(tokens.isExpired(issued), true);
});

test('a token ends no later than it is told', () => {
  const tokens = new Tokens('key', () => new Date('2026-01-31T00:00:00Z'));
  const end = Date.parse('2026-01-31T01:00:00Z');
  assert.equal(tokens.issue(claims, end).claims.expiresAt, end);
  const day = Date.parse('2026-02-01T00:00:00Z');
  assert.equal(tokens.issue(claims, day + 1).claims.expiresAt, day);
});
