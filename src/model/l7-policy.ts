/** An l7 policy, or forwarding policy: what a listener does with requests that match its rules (rules digest 2.6). */
import { Type } from 'typebox';
import { alwaysUp, identity, inheritedEnterpriseProject, naming, timestamps } from './common-fields.ts';
import { field, orLeftOut, orNull } from './field.ts';
import { FixedResponse, FixedResponseInput } from './fixed-response.ts';
import { ForwardingExtension, ForwardingExtensionInput } from './forwarding-extension.ts';
import { InlineL7Rule } from './l7-rule.ts';
import { RedirectUrl, RedirectUrlInput } from './redirect-url.ts';
import { type RecordOf, resource } from './resource.ts';
import { described, Id, integer, named, oneOf, Reference, spelled, strict } from './schemas.ts';

/** The largest priority; 0 is for the action REDIRECT_TO_LISTENER alone. */
export const maxPriority = 10_000;

/** The most pools that a policy spreads requests over (C28). */
const maxPoolsPerPolicy = 5;

const Weight = integer(0, 100);
const share = 'Its share of the requests; 0 gets none.';
const WeightedPool = named(
  'WeightedPool',
  Type.Object({ pool_id: described('The pool.', Type.String()), weight: described(share, Weight) }),
);
const WeightedPoolInput = named(
  'NewWeightedPool',
  strict({
    pool_id: described('The pool.', Id),
    // Some clients send it as text (C27).
    weight: Type.Optional(
      described(
        share,
        Type.Union([
          Weight,
          spelled('a number from 0 to 100', Type.String({ pattern: '^(100|[1-9]?[0-9])$' })),
          Type.Null(),
        ]),
        1,
      ),
    ),
  }),
);

const sticky = {
  enable: described('Whether clients stay.', Type.Boolean()),
  timeout: described('Minutes.', integer(1, 1440)),
};
const Sticky = named('StickySession', Type.Object(sticky));
const StickyInput = named(
  'NewStickySession',
  strict({ enable: orLeftOut(sticky.enable), timeout: orLeftOut(sticky.timeout) }),
);

const later = { create: 'optional', update: 'mutable', nullable: true, traffic: true } as const;

export const l7Policy = resource({
  name: 'l7policy',
  plural: 'l7policies',
  label: 'l7policy',
  table: 'l7policies',
  fields: {
    ...identity,
    ...naming,
    ...alwaysUp,
    ...inheritedEnterpriseProject(true),
    listener_id: field(Id, 'The listener whose requests it is for.', {
      create: 'required',
      filter: 'many',
      traffic: true,
    }),
    action: field(
      oneOf('REDIRECT_TO_POOL', 'REDIRECT_TO_LISTENER', 'REDIRECT_TO_URL', 'FIXED_RESPONSE'),
      'What is done with a request that matches all rules.',
      { create: 'required', filter: 'many', traffic: true, example: 'REDIRECT_TO_URL' },
    ),
    position: field(integer(1, 100), 'Always 100.', {
      create: 'ignored',
      update: 'immutable',
      default: 100,
      filter: 'many',
    }),
    priority: field(
      integer(0, maxPriority),
      'The lower, the sooner, with enhance_l7policy_enable; 1 without, where the most exact rule comes first.',
      { ...later, filter: 'many' },
    ),
    provisioning_status: field(
      oneOf('ACTIVE', 'ERROR'),
      'ERROR when another policy of the listener has the same rules.',
      { default: 'ACTIVE', filter: 'many' },
    ),
    redirect_pool_id: field(orNull(Id), 'The pool that REDIRECT_TO_POOL sends requests to.', {
      ...later,
      filter: 'many',
    }),
    redirect_pools_config: field(
      Type.Array(WeightedPool),
      'Pools that share the requests by weight, instead of redirect_pool_id.',
      { ...later, input: Type.Array(WeightedPoolInput, { maxItems: maxPoolsPerPolicy }), default: [] },
    ),
    redirect_pools_sticky_session_config: field(
      orNull(Sticky),
      'Keeps a client with the pool it met first, for a time in minutes.',
      { ...later, input: StickyInput },
    ),
    redirect_pools_extend_config: field(
      orNull(ForwardingExtension),
      'What is changed, limited or copied of the requests that go to pools.',
      { ...later, input: ForwardingExtensionInput },
    ),
    redirect_listener_id: field(
      orNull(Id),
      'The HTTPS listener that REDIRECT_TO_LISTENER sends clients to.',
      {
        ...later,
        filter: 'many',
      },
    ),
    redirect_url: field(orNull(Type.String({ minLength: 1, maxLength: 255 })), 'Always null.', {
      create: 'ignored',
      update: 'immutable',
      filter: 'many',
    }),
    redirect_url_config: field(orNull(RedirectUrl), 'The URL that REDIRECT_TO_URL sends clients to.', {
      ...later,
      input: described('The URL.', RedirectUrlInput, { host: 'www.example.com', status_code: '302' }),
    }),
    fixed_response_config: field(orNull(FixedResponse), 'What FIXED_RESPONSE answers.', {
      ...later,
      input: FixedResponseInput,
    }),
    rules: field(Type.Array(Reference), 'Its rules; an update replaces them all.', {
      ...later,
      input: Type.Array(InlineL7Rule, { maxItems: 10 }),
      computed: true,
    }),
    rule_set: field(orNull(Type.String()), 'The same for policies with the same rules; null without rules.', {
      answered: false,
      audited: false,
    }),
    ...timestamps,
  },
  filters: {
    display_all_rules: {
      schema: Type.Boolean(),
      arity: 'one',
      description: 'Whether rules are answered whole; otherwise by id. Filters nothing.',
      match: null,
    },
  },
  parent: 'listener_id',
});

/** The body of the call that changes priorities. */
export const PriorityUpdate = strict({
  l7policies: described(
    'The policies.',
    Type.Array(
      strict({
        id: described('The policy.', Id),
        priority: described('Its priority from now on.', integer(0, maxPriority)),
      }),
      { minItems: 1, maxItems: maxPriority },
    ),
  ),
});

export type L7Policy = RecordOf<(typeof l7Policy)['fields']>;
