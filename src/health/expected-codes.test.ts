import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isExpected, parseExpectedCodes } from './expected-codes.ts';

const code = fc.integer({ min: 0, max: 599 });
const item = fc.oneof(
  code.map((one) => [one, one] as const),
  fc.tuple(code, code).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
);
const items = fc.array(item, { minLength: 1, maxLength: 5 });

describe('expected codes', () => {
  it('match exactly the codes they list', () => {
    fc.assert(
      fc.property(items, (list) => {
        const text = list.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
        const codes = parseExpectedCodes(text);
        assert.equal(codes.text, text);
        const listed = new Set(
          list.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
        );
        for (let each = 0; each < 600; each++) {
          assert.equal(isExpected(codes, each), listed.has(each), `${each} in ${text}`);
        }
      }),
    );
  });

  it('are refused when malformed, descending or more than five', () => {
    const wrong = [
      '',
      ',',
      '200,',
      '200-',
      '-200',
      '2xx',
      '204-200',
      '200 ,201',
      '1000',
      '1,2,3,4,5,6',
      '200-201-202',
    ];
    for (const text of wrong) {
      assert.throws(() => parseExpectedCodes(text), RangeError, text);
    }
  });
});
