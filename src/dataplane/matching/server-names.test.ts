import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerNames } from './server-names.ts';

const names = ['a.test.com', '*.test.com', '*.b.test.com', '*.org'];
const byName = new Map(names.map((name) => [name, name]));

const cases: readonly (readonly [
  asked: string,
  wildcard: string | undefined,
  longest: string | undefined,
])[] = [
  ['a.test.com', 'a.test.com', 'a.test.com'],
  ['A.Test.COM', 'a.test.com', 'a.test.com'],
  ['c.test.com', '*.test.com', '*.test.com'],
  ['c.b.test.com', '*.b.test.com', '*.b.test.com'],
  ['d.c.b.test.com', undefined, '*.b.test.com'],
  ['d.c.test.com', undefined, '*.test.com'],
  ['x.y.z.org', undefined, '*.org'],
  ['test.com', undefined, undefined],
  ['org', undefined, undefined],
  ['atest.com', undefined, undefined],
  ['', undefined, undefined],
  ['*.test.com', '*.test.com', '*.test.com'],
];

for (const [asked, wildcard, longest] of cases) {
  test(`"${asked}" finds ${wildcard} by one label, ${longest} by the longest suffix`, () => {
    assert.equal(new ServerNames(byName, 'wildcard').find(asked), wildcard);
    assert.equal(new ServerNames(byName, 'longest-suffix').find(asked), longest);
  });
}
