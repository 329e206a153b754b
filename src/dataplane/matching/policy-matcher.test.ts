import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PolicyConfiguration, RuleConfiguration } from '../policy-configuration.ts';
import { firstUnmet, groupsOf, PolicyMatcher } from './policy-matcher.ts';
import { hostOfAuthority, pathAndQuery, type RequestFacts } from './request-facts.ts';
import { matchesWildcards } from './wildcards.ts';

interface Request {
  readonly method?: string;
  readonly authority?: string;
  readonly target?: string;
  readonly clientAddress?: string;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

function factsOf(request: Request): RequestFacts {
  const [path, query] = pathAndQuery(request.target ?? '/');
  return {
    method: request.method ?? 'GET',
    host: hostOfAuthority(request.authority ?? 'example.test'),
    path,
    query,
    clientAddress: request.clientAddress ?? '192.0.2.1',
    headers: (name) => request.headers?.[name] ?? [],
  };
}

function rule(
  part: RuleConfiguration['part'],
  values: readonly string[],
  more: Partial<RuleConfiguration> = {},
) {
  return {
    id: `${part} ${values}`,
    part,
    name: '',
    comparison: 'equal',
    values,
    inverted: false,
    ...more,
  } as const;
}

function policy(id: string, rules: readonly RuleConfiguration[], place = id): PolicyConfiguration {
  const action = { kind: 'redirect', status: 301, url: url, headers: null } as const;
  return { id, listenerId: 'listener', places: { priority: place, exactness: place }, rules, action };
}

const url = { protocol: 'https', host: 'a', port: '1', path: '/', query: '' };

const named = (part: RuleConfiguration['part'], name: string, ...values: string[]) =>
  rule(part, values, { name });
const prefix = (...values: string[]) => rule('path', values, { comparison: 'prefix' });
const expression = (...values: string[]) => rule('path', values, { comparison: 'expression' });
const header = (name: string, ...values: string[]): Request => ({ headers: { [name]: values } });

const cases: readonly (readonly [rule: RuleConfiguration, request: Request, isMet: boolean])[] = [
  [rule('host', ['a.test']), { authority: 'a.test' }, true],
  [rule('host', ['a.test']), { authority: 'A.Test:8080' }, true],
  [rule('host', ['a.test']), { authority: 'a.test.' }, true],
  [rule('host', ['a.test']), { authority: 'b.a.test' }, false],
  [rule('host', ['x', 'a.test']), { authority: 'a.test' }, true],
  [rule('host', ['[::1]']), { authority: '[::1]:80' }, true],
  [rule('host', ['*.a.test']), { authority: 'b.a.test' }, true],
  [rule('host', ['*.a.test']), { authority: 'c.b.a.test' }, true],
  [rule('host', ['*.a.test']), { authority: 'a.test' }, false],
  [rule('host', ['*.a.test']), { authority: '.a.test' }, false],
  [rule('host', ['*.a.test']), { authority: 'ba.test' }, false],
  [rule('host', ['a.test'], { inverted: true }), { authority: 'a.test' }, false],
  [rule('host', ['a.test'], { inverted: true }), { authority: 'b.test' }, true],
  [rule('path', ['/a']), { target: '/a' }, true],
  [rule('path', ['/a']), { target: '/a?b' }, true],
  [rule('path', ['/a']), { target: '/a/' }, false],
  [rule('path', ['/a']), { target: '/A' }, false],
  [rule('path', ['/b', '/a']), { target: '/a' }, true],
  [prefix('/a'), { target: '/abc' }, true],
  [prefix('/a'), { target: '/' }, false],
  [prefix('/a'), { target: '/x/a' }, false],
  [prefix('/a'), { target: '/x?/a' }, false],
  [prefix('/b', '/'), { target: '/a' }, true],
  [expression('/elb[^\\s]*'), { target: '/elb/index.html' }, true],
  [expression('b/\\d+$'), { target: '/a/b/12?c' }, true],
  [expression('^b'), { target: '/b' }, false],
  [expression('x', 'y'), { target: '/y' }, true],
  [rule('method', ['PUT', 'GET']), {}, true],
  [rule('method', ['PUT']), {}, false],
  [rule('method', ['GET']), { method: 'get' }, false],
  [named('header', 'x-a', 'one'), header('x-a', 'one'), true],
  [named('header', 'x-a', 'one'), header('x-a', 'none', 'one'), true],
  [named('header', 'x-a', 'one'), header('x-b', 'one'), false],
  [named('header', 'x-a', 'o*e'), header('x-a', 'obvie'), true],
  [named('header', 'x-a', 'o?e'), header('x-a', 'oe'), false],
  [named('header', 'x-a', '*'), header('x-a', ''), true],
  [named('header', 'x-a', '*'), {}, false],
  [named('query', 'q', '1'), { target: '/?p=2&q=1' }, true],
  [named('query', 'q', '1'), { target: '/?q=2&q=1' }, true],
  [named('query', 'q', '1'), { target: '/?Q=1' }, false],
  [named('query', 'q', '1'), { target: '/?qq=1' }, false],
  [named('query', 'q', 'a*'), { target: '/?q=abc' }, true],
  [named('query', 'q', 'A*'), { target: '/?q=abc' }, false],
  [named('query', 'q', '*'), { target: '/?q' }, true],
  [named('query', 'q', '*'), { target: '/q' }, false],
  [named('cookie', 'c', 'v'), header('cookie', 'a=b; c=v'), true],
  [named('cookie', 'c', 'v'), header('cookie', 'a=b', 'c="v"'), true],
  [named('cookie', 'c', 'v'), header('cookie', 'cc=v; C=v'), false],
  [named('cookie', 'c', 'v*'), header('cookie', 'c=vw'), true],
  [rule('client-address', ['192.0.2.0/24']), {}, true],
  [rule('client-address', ['192.0.2.7/24']), {}, true],
  [rule('client-address', ['192.0.3.0/24', '192.0.2.1/32']), {}, true],
  [rule('client-address', ['192.0.3.0/24']), {}, false],
  [rule('client-address', ['192.0.2.0/24']), { clientAddress: '' }, false],
  [rule('client-address', ['2001:db8::/32']), { clientAddress: '2001:db8::7' }, true],
  [rule('client-address', ['0.0.0.0/0']), { clientAddress: '2001:db8::7' }, false],
];

for (const [of, request, isMet] of cases) {
  const name = `${of.inverted ? 'not ' : ''}${of.part} ${of.name} ${of.comparison} ${of.values}`;
  test(`${name} is ${isMet ? '' : 'not '}met by ${JSON.stringify(request)}`, () => {
    const matcher = new PolicyMatcher([policy('p', [of])], 'priority');
    assert.equal(matcher.match(factsOf(request))?.policy.id, isMet ? 'p' : undefined);
  });
}

test('all rules of a policy must be met, and the first policy in order decides', () => {
  const matcher = new PolicyMatcher(
    [
      policy('both', [prefix('/a'), rule('method', ['PUT'])], '1'),
      policy('later', [prefix('/a/b')], '3'),
      policy('sooner', [prefix('/a')], '2'),
      policy('every', [], '4'),
    ],
    'priority',
  );
  const chosen = (request: Request) => matcher.match(factsOf(request))?.policy.id;
  assert.equal(chosen({ target: '/a/b' }), 'sooner');
  assert.equal(chosen({ target: '/a/b', method: 'PUT' }), 'both');
  assert.equal(chosen({ target: '/b' }), 'every');
});

test('the order is that of the listener', () => {
  const policies = [
    { ...policy('one', []), places: { priority: '1', exactness: '2' } },
    { ...policy('other', []), places: { priority: '2', exactness: '1' } },
  ];
  assert.equal(new PolicyMatcher(policies, 'priority').match(factsOf({}))?.policy.id, 'one');
  assert.equal(new PolicyMatcher(policies, 'exactness').match(factsOf({}))?.policy.id, 'other');
});

test('groups are those of the path’s expression, else the labels behind the wildcard of the host', () => {
  const groups = (rules: readonly RuleConfiguration[], request: Request) => {
    const facts = factsOf(request);
    const found = new PolicyMatcher([policy('p', rules)], 'priority').match(facts);
    return found && groupsOf(found, facts);
  };
  const host = rule('host', ['*.a.test']);
  const request = { authority: 'c.b.a.test', target: '/x/1' };
  assert.deepEqual(groups([host, expression('none', '^/(\\w)/(\\d)')], request), ['/x/1', 'x', '1']);
  assert.deepEqual(groups([host], request), ['c.b.a.test', 'c.b']);
  assert.deepEqual(groups([prefix('/')], request), []);
});

const texts = (...all: string[]) => fc.constantFrom(...all);
const listOf = (value: fc.Arbitrary<string>) => fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
const rules: fc.Arbitrary<RuleConfiguration> = fc
  .oneof(
    listOf(texts('a.test', 'b.a.test', '*.a.test', '*.test', 'test')).map((values) => rule('host', values)),
    listOf(texts('/', '/a', '/a/b', '/b')).map((values) => rule('path', values)),
    listOf(texts('/', '/a', '/a/b', '/b')).map((values) => prefix(...values)),
    listOf(texts('a$', '/.', '^/b')).map((values) => expression(...values)),
    listOf(texts('GET', 'PUT')).map((values) => rule('method', values)),
    listOf(texts('1', '2', '*')).map((values) => named('query', 'q', ...values)),
  )
  .chain((each) => fc.boolean().map((flip) => ({ ...each, inverted: flip && each.values.length === 1 })));
const policies = fc
  .array(fc.array(rules, { maxLength: 3 }), { maxLength: 30 })
  .map((all) => all.map((each, index) => policy(`p${index}`, each, String(index).padStart(3, '0'))));
const requests: fc.Arbitrary<Request> = fc.record({
  method: texts('GET', 'PUT', 'POST'),
  authority: texts('a.test', 'b.a.test', 'c.b.a.test', 'TEST:80', 'x'),
  target: texts('/', '/a', '/a/b', '/ab', '/b?q=1', '/a?q=2'),
});

test('the index finds what asking every policy in turn finds', () => {
  fc.assert(
    fc.property(policies, fc.array(requests, { minLength: 1, maxLength: 5 }), (all, some) => {
      const matcher = new PolicyMatcher(all.toReversed(), 'priority');
      for (const request of some) {
        const facts = factsOf(request);
        const expected = matcher.candidates.find((each) => firstUnmet(each, facts) === undefined);
        assert.equal(matcher.match(facts), expected);
      }
    }),
    { numRuns: 2000 },
  );
});

test('wildcards match what their regular expression matches', () => {
  const pattern = fc.array(texts('a', 'b', '*', '?'), { maxLength: 8 }).map((all) => all.join(''));
  const text = fc.array(texts('a', 'b'), { maxLength: 10 }).map((all) => all.join(''));
  fc.assert(
    fc.property(pattern, text, (wild, plain) => {
      const source = `^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`;
      assert.equal(matchesWildcards(wild, plain), new RegExp(source).test(plain));
    }),
    { numRuns: 2000 },
  );
});

test('of 1,000 policies with hosts of their own only the one with the request’s host is asked', () => {
  let asked = 0;
  const counting = (index: number) =>
    policy(`p${index}`, [rule('host', [`h${index}.test`]), rule('method', ['GET'])]);
  const matcher = new PolicyMatcher(
    Array.from({ length: 1000 }, (_, index) => counting(index)),
    'priority',
  );
  const facts = factsOf({ authority: 'h777.test' });
  const observed: RequestFacts = {
    ...facts,
    get method() {
      asked += 1;
      return facts.method;
    },
  };
  assert.equal(matcher.match(observed)?.policy.id, 'p777');
  assert.equal(asked, 1);
});
