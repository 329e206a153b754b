import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission } from '../../src/dataplane/matching/admission.ts';

const ranges = [
  { first: '10.0.0.0', last: '10.0.0.255' },
  { first: '192.168.1.7', last: '192.168.1.7' },
  { first: '2001:db8::', last: '2001:db8::ffff' },
];
const listed = ['10.0.0.0', '10.0.0.255', '192.168.1.7', '2001:db8::1'];
const others = ['10.0.1.0', '9.255.255.255', '192.168.1.8', '2001:db8::1:0', '::1', ''];

test('a white list admits only what it lists, a black list all but that (4.8)', () => {
  const white = new Admission({ allowsListed: true, ranges });
  const black = new Admission({ allowsListed: false, ranges });
  for (const address of listed)
    assert.deepEqual([white.admits(address), black.admits(address)], [true, false]);
  for (const address of others)
    assert.deepEqual([white.admits(address), black.admits(address)], [false, true]);
});

test('an empty white list admits nobody, an empty black list and no list everybody (LI-10)', () => {
  for (const address of [...listed, ...others]) {
    assert.equal(new Admission({ allowsListed: true, ranges: [] }).admits(address), false);
    assert.equal(new Admission({ allowsListed: false, ranges: [] }).admits(address), true);
    assert.equal(new Admission(null).admits(address), true);
  }
});
