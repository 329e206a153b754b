import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secrets } from './secrets.ts';

const secrets = new Secrets('a key');

test('what is sealed opens with the same key in the same place, and nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
      const sealed = secrets.seal(text, place);
      assert.equal(secrets.open(sealed, place), text);
      assert.equal(new Secrets('a key').open(sealed, place), text);
      assert.equal(new Secrets('another key').open(sealed, place), null);
      assert.equal(secrets.open(sealed, `${place}x`), null);
      assert.notEqual(secrets.seal(text, place), sealed);
    }),
  );
});

test('a sealed text that was changed or cut anywhere does not open', () => {
  const sealed = secrets.seal('the private key', 'here');
  assert.ok(!sealed.includes(Buffer.from('the private key').toString('base64url')));
  for (let at = 0; at < sealed.length; at++) {
    // The last character has bits that stand for nothing, so the change must reach one that does.
    const changed = sealed[at] === 'A' ? 'h' : 'A';
    assert.equal(secrets.open(`${sealed.slice(0, at)}${changed}${sealed.slice(at + 1)}`, 'here'), null);
    assert.equal(secrets.open(sealed.slice(0, at), 'here'), null);
  }
});
