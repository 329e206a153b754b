import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PolicyStatement } from '../../model/policy.ts';
import { covers } from '../../store/access.ts';
import { type Grant, isWhole, Permissions } from './permissions.ts';
import { readStatements } from './statements.ts';

/** A grant as it is declared, before anything is compiled. */
interface Declared {
  readonly statements: readonly PolicyStatement[];
  readonly projects: readonly string[] | null;
  readonly enterpriseProject: string | null;
}

interface Asked {
  readonly action: string;
  readonly type: string;
  readonly project: string | null;
  readonly id: string;
  readonly enterpriseProject: string;
}

/** Which words of patterns stand for a type; what follows compares letter by letter, as one would by hand. */
const singular: Readonly<Record<string, string>> = {
  members: 'member',
  pools: 'pool',
  l7rules: 'l7rule',
  'security-policies': 'security-policy',
};

function fits(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*'))
    return fits(pattern.slice(1), text) || (text !== '' && fits(pattern, text.slice(1)));
  return (
    text !== '' &&
    pattern[0]?.toLowerCase() === text[0]?.toLowerCase() &&
    fits(pattern.slice(1), text.slice(1))
  );
}

function matchesAction(pattern: string, action: string): boolean {
  const [service = '', type = '', verb = ''] = pattern.split(':');
  const [ofService = '', ofType = '', ofVerb = ''] = action.split(':');
  const verbs = ofVerb === 'put' ? ['put', 'update'] : [ofVerb];
  return fits(service, ofService) && fits(type, ofType) && verbs.some((each) => fits(verb, each));
}

function matchesResource(pattern: string, { action, type, id }: Asked): boolean {
  if (pattern === '*') return true;
  const [service = '', , , kind = '', which = ''] = pattern.split(':');
  const ofService = action.split(':')[0] ?? '';
  return (
    (service === '*' || service.toLowerCase() === ofService) &&
    (kind === '*' || kind === singular[type]) &&
    (which === '*' || which === id)
  );
}

/** The rule itself: a statement is looked at by itself, a deny ends it, and an allow is needed. */
function naively(grants: readonly Declared[], asked: Asked): boolean {
  let isAllowed = false;
  for (const { statements, projects, enterpriseProject } of grants) {
    if (projects && !projects.includes(asked.project ?? '')) continue;
    if (enterpriseProject !== null && enterpriseProject !== asked.enterpriseProject) continue;
    for (const { Effect, Action, Resource = ['*'] } of statements) {
      if (!Action.some((pattern) => matchesAction(pattern, asked.action))) continue;
      if (!Resource.some((pattern) => matchesResource(pattern, asked))) continue;
      if (Effect === 'Deny') return false;
      isAllowed = true;
    }
  }
  return isAllowed;
}

function compiled(grants: readonly Declared[]): Permissions {
  return new Permissions(
    grants.map(
      ({ statements, projects, enterpriseProject }): Grant => ({
        statements: readStatements({ Version: '1.1', Statement: [...statements] }, 'a policy'),
        projectIds: projects && new Set(projects),
        enterpriseProjectId: enterpriseProject,
      }),
    ),
  );
}

const types = Object.keys(singular);
const ids = ['id-1', 'id-2', 'id-3'];
const enterpriseProjects = ['0', 'ep-1', 'ep-2'];
const projects = ['p1', 'p2'];
const verbs = ['get', 'list', 'put', 'delete', 'getPrivateKeyEcho'];

const part = (words: readonly string[]) =>
  fc.constantFrom('*', ...words, ...words.map((word) => `${word.slice(0, 2)}*`));
const action = fc
  .tuple(part(['elb', 'vpc']), part(types), part([...verbs, 'update', 'PUT']))
  .map((parts) => parts.join(':'));
const resource = fc.oneof(
  { weight: 1, arbitrary: fc.constant('*') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('*', 'ELB', 'elb', 'VPC'),
        fc.constantFrom('*', ...Object.values(singular)),
        fc.constantFrom('*', ...ids),
      )
      .map(([service, type, id]) => `${service}:*:*:${type}:${id}`),
  },
);
const statement: fc.Arbitrary<PolicyStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.array(action, { minLength: 1, maxLength: 3 }),
    Resource: fc.option(fc.array(resource, { minLength: 1, maxLength: 3 }), { nil: null }),
  })
  .map(({ Resource, ...rest }) => ({ ...rest, ...(Resource ? { Resource } : {}) }));
const grant: fc.Arbitrary<Declared> = fc.record({
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
  projects: fc.option(fc.subarray(projects, { minLength: 1 }), { nil: null }),
  enterpriseProject: fc.option(fc.constantFrom(...enterpriseProjects), { nil: null }),
});
const grants = fc.array(grant, { maxLength: 4 });
const question: fc.Arbitrary<Asked> = fc
  .record({
    type: fc.constantFrom(...types),
    verb: fc.constantFrom(...verbs),
    project: fc.constantFrom(...projects, null),
    id: fc.constantFrom(...ids, 'id-4'),
    enterpriseProject: fc.constantFrom(...enterpriseProjects),
  })
  .map(({ verb, ...asked }) => ({ ...asked, action: `elb:${asked.type}:${verb}` }));

function decided(
  permissions: Permissions,
  { action: asked, type, project, id, enterpriseProject }: Asked,
): boolean {
  const record = { id, enterprise_project_id: enterpriseProject };
  return covers(permissions.extentOf(asked, type, project), record);
}

test('what is allowed is what the statements say one by one: an allow is needed, and a deny ends it', () => {
  fc.assert(
    fc.property(grants, fc.array(question, { minLength: 1, maxLength: 20 }), (declared, questions) => {
      const permissions = compiled(declared);
      for (const asked of questions) assert.equal(decided(permissions, asked), naively(declared, asked));
    }),
    { numRuns: 3000 },
  );
});

test('an extent with nothing allowed allows nothing, and one that is whole allows everything', () => {
  fc.assert(
    fc.property(grants, question, (declared, asked) => {
      const extent = compiled(declared).extentOf(asked.action, asked.type, asked.project);
      const everywhere = enterpriseProjects.flatMap((enterpriseProject) =>
        [...ids, 'id-4'].map((id) => ({ ...asked, id, enterpriseProject })),
      );
      const answers = everywhere.map((each) => naively(declared, each));
      if (extent.allowed.length === 0) assert.ok(!answers.includes(true));
      if (isWhole(extent)) assert.ok(!answers.includes(false));
    }),
    { numRuns: 3000 },
  );
});

test('a further denying statement never allows more', () => {
  fc.assert(
    fc.property(grants, grant, question, (declared, more, asked) => {
      const denying = more.statements.map((each) => ({ ...each, Effect: 'Deny' as const }));
      const after = compiled([...declared, { ...more, statements: denying }]);
      assert.ok(!decided(after, asked) || decided(compiled(declared), asked));
    }),
    { numRuns: 2000 },
  );
});

test('the reach of an action has every enterprise project in which it is allowed on anything', () => {
  fc.assert(
    fc.property(grants, question, (declared, asked) => {
      const permissions = compiled(declared);
      const record = { id: 'any', enterprise_project_id: asked.enterpriseProject };
      assert.ok(
        !decided(permissions, asked) || covers(permissions.reachOf(asked.action, asked.project), record),
      );
    }),
    { numRuns: 2000 },
  );
});

test('put and update are the same verb', () => {
  for (const pattern of ['elb:members:update', 'elb:members:put', 'ELB:Members:Up*']) {
    const statements = [{ Effect: 'Allow' as const, Action: [pattern] }];
    const permissions = compiled([{ statements, projects: null, enterpriseProject: null }]);
    assert.ok(isWhole(permissions.extentOf('elb:members:put', 'members', 'p1')), pattern);
    assert.deepEqual(permissions.extentOf('elb:members:get', 'members', 'p1').allowed, [], pattern);
  }
});

test('patterns that cannot be are refused with their place and what would be right', () => {
  const reading = (fields: Partial<PolicyStatement>) => () =>
    readStatements(
      { Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['elb:*:*'], ...fields }] },
      'the policy "a"',
    );
  const refused: [Partial<PolicyStatement>, RegExp][] = [
    [
      { Action: ['elb:members'] },
      /the policy "a", Statement\[0\], Action\[0\]: got "elb:members", expected service/,
    ],
    [{ Action: ['elb:*:*', 'elb:mem bers:*'] }, /Action\[1\]: got "elb:mem bers:\*"/],
    [{ Resource: ['ELB:*:*:member'] }, /Resource\[0\]: got "ELB:\*:\*:member", expected \* or SERVICE/],
    [{ Resource: ['ELB:*:*:member:a*'] }, /with a whole id or \*/],
    [{ Resource: ['ELB:*:*:member:a:b'] }, /expected \* or SERVICE/],
    [{ Resource: ['ELB:eu-1:*:member:*'] }, /expected \* for region and domain/],
    [
      { Resource: ['ELB:*:*:backend:*'] },
      /there is no type "backend"; expected \* or one of loadbalancer, listener/,
    ],
    [
      { Condition: { StringEquals: { 'g:UserName': 'ann' } } },
      /the Condition "StringEquals" is not understood/,
    ],
  ];
  for (const [fields, message] of refused) assert.throws(reading(fields), message);
  assert.doesNotThrow(reading({ Condition: {} }));
});
