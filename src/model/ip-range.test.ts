import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressNumber, addressText } from './address.ts';
import { parseIpRange, rangeKey } from './ip-range.ts';

function keyOf(text: string): string {
  const range = parseIpRange(text);
  if ('problem' in range) throw new Error(range.problem);
  return rangeKey(range);
}

const v4 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(BigInt);
const v6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

test('an address, its network of one and nothing else are the same (IG-1)', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.tuple(fc.constant('v4' as const), v4), fc.tuple(fc.constant('v6' as const), v6)),
      ([version, number]) => {
        const text = addressText(number, version);
        const longest = version === 'v4' ? 32 : 128;
        assert.equal(keyOf(text), keyOf(`${text}/${longest}`));
        const other = addressText(number ^ 1n, version);
        assert.notEqual(keyOf(text), keyOf(other));
        assert.equal(addressNumber(text), number);
      },
    ),
  );
});

test('a network is the same as the range from its first to its last address', () => {
  fc.assert(
    fc.property(v4, fc.integer({ min: 0, max: 31 }), (number, prefix) => {
      const size = 1n << BigInt(32 - prefix);
      const first = number - (number % size);
      const range = `${addressText(first, 'v4')}-${addressText(first + size - 1n, 'v4')}`;
      assert.equal(keyOf(`${addressText(first, 'v4')}/${prefix}`), keyOf(range));
    }),
  );
});

test('what is no address, network or range is told with what would be', () => {
  const wrong = [
    ['', /expected an address as/],
    ['10.0.0', /expected an address as/],
    ['10.0.0.01', /expected an address as/],
    ['10.0.0.0/33', /expected an address as/],
    ['10.0.0.0/', /expected an address as/],
    ['10.0.0.0/24/8', /bits set|expected an address as/],
    ['fe80::1%eth0', /expected an address as/],
    ['10.0.0.1 - 10.0.0.9', /expected an address as/],
    ['10.0.0.1-10.0.0.5-10.0.0.9', /expected an address as/],
    ['10.0.0.5/24', /bits set beyond its prefix; give the network itself, or 10\.0\.0\.5 alone/],
    ['10.0.0.9-10.0.0.1', /a range a-b needs b greater than a/],
    ['10.0.0.1-10.0.0.1', /a range a-b needs b greater than a/],
    ['10.0.0.1-::1', /from one IP version to the other/],
  ] as const;
  for (const [text, message] of wrong) {
    const read = parseIpRange(text);
    assert.ok('problem' in read, text);
    assert.match(read.problem, message);
  }
});
