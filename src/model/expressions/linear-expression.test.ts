import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { faultOfExpression, LinearExpression } from './linear-expression.ts';

const cases: readonly (readonly [expression: string, text: string])[] = [
  ['/elb[^\\s]*', '/elb/index.html'],
  ['^/(\\w+)/(\\d{2,4})$', '/a_b/2026'],
  ['^/(\\w+)/(\\d{2,4})$', '/a_b/1'],
  ['(a|ab)(c|bcd)(d*)', '/abcd'],
  ['(a*)*', 'b'],
  ['(?:(a)|b)*', 'ab'],
  ['(a+?)(a*)', 'aaa'],
  ['\\.(png|jpe?g)$', '/x/y.jpeg'],
  ['[a-c-]+', '-abc-d'],
  ['[^/]+', '//x/'],
  ['[\\d-x]+', '1-x2'],
  ['\\bindex\\b', '/index.html'],
  ['\\Bndex', '/index.html'],
  ['a{,2}', 'a{,2}'],
  ['x{0}y', 'y'],
  ['\\x41\\u0042', 'AB'],
  ['(?<name>b)', 'abc'],
  ['|a', 'a'],
  ['^$', ''],
  ['[]', 'a'],
  ['[^]', '\n'],
  ['.', '\n'],
];

for (const [expression, text] of cases) {
  test(`/${expression}/ finds in ${JSON.stringify(text)} what JavaScript finds`, () => {
    const expected = new RegExp(expression).exec(text);
    const own = new LinearExpression(expression);
    assert.deepEqual(own.groups(text), expected && [...expected]);
    assert.equal(own.test(text), expected !== null);
  });
}

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\/', 'c');
const expressions = fc.letrec((tie) => ({
  whole: fc.oneof({ depthSize: 'small' }, tie('sequence'), tie('choice')),
  choice: fc.tuple(tie('sequence'), tie('sequence')).map(([one, other]) => `${one}|${other}`),
  sequence: fc.array(tie('repeated'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
  repeated: fc
    .tuple(fc.oneof(atom, tie('group')), fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{1,3}'))
    .map((both) => both.join('')),
  group: tie('whole').map((inside) => `(${inside})`),
})).whole;

test('it matches whatever JavaScript’s expressions match', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', '/'), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(expressions, texts, (expression, text) => {
      const source = String(expression);
      fc.pre(faultOfExpression(source) === null);
      // Which part matches may differ: JavaScript does not go round a repetition that takes nothing.
      assert.equal(new LinearExpression(source).test(text), new RegExp(source).test(text));
    }),
    { numRuns: 2000 },
  );
});

test('an expression that takes JavaScript for ever takes no longer than its length allows', () => {
  const text = `/${'a'.repeat(8000)}!`;
  const started = performance.now();
  for (const expression of ['^/(a+)+$', '(a*)*(a*)*(a*)*b', '(.*)*=(.*)*x', '^/(a|aa)+$']) {
    assert.equal(new LinearExpression(expression).test(text), false);
  }
  // JavaScript would need more time than there is; this bound is only far from that.
  assert.ok(performance.now() - started < 10_000);
});

for (const [text, fault] of [
  ['(', /"\(" has no/],
  [')', /"\)" has no/],
  ['[a', /"\[" has no/],
  ['*', /nothing to repeat/],
  ['a**', /nothing to repeat/],
  ['a{3,1}', /counts down/],
  ['[z-a]', /counts down/],
  ['(a)\\1', /references to groups/],
  ['(?=a)', /lookahead/],
  ['(?<!a)', /lookahead/],
  ['a\\', /stands at the end/],
  ['(\\w{200}){9}', /more than 512 steps/],
  ['((a{9}){9}){9}{9}', /nothing to repeat/],
  ['('.repeat(40), /nested/],
] as const) {
  test(`${text.slice(0, 20)} is refused`, () => assert.match(faultOfExpression(text) ?? '', fault));
}
