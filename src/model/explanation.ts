/** What a listener would do with a request, and why: the words of the question and of the answer. */
import { type Static, Type } from 'typebox';
import { ipVersion } from './address.ts';
import { invalid } from './errors.ts';
import { described, named, oneOf, spelled, strict } from './schemas.ts';

const HeaderField = named(
  'RequestHeader',
  strict({
    name: described(
      'Its name.',
      spelled('letters, digits, "_" and "-"', Type.String({ maxLength: 128, pattern: '^[A-Za-z0-9_-]+$' })),
      'Cookie',
    ),
    value: described('Its value.', Type.String({ maxLength: 8192 }), 'stage=test'),
  }),
);

/** A request as it is described; what is left out is as in a plain one. */
export const ExplainRequest = strict({
  method: Type.Optional(
    described(
      'The method; GET when left out.',
      spelled('upper-case letters', Type.String({ maxLength: 32, pattern: '^[A-Z]+$' })),
      'GET',
    ),
  ),
  host: Type.Optional(
    described('The host that is asked.', Type.String({ maxLength: 255 }), 'www.example.com'),
  ),
  path: Type.Optional(
    described(
      'The path, with the query if there is one; / when left out.',
      spelled(
        'printable ASCII without "#" that begins with "/"',
        Type.String({ maxLength: 8192, pattern: '^/[!"$-~]*$' }),
      ),
      '/images/a.png?size=2',
    ),
  ),
  headers: Type.Optional(described('The other headers.', Type.Array(HeaderField, { maxItems: 100 }))),
  client_address: Type.Optional(
    described('Where the request is from.', Type.String({ maxLength: 45 }), '192.0.2.1'),
  ),
  sni: Type.Optional(
    described(
      'The server name that a client of TLS asks for.',
      Type.String({ maxLength: 255 }),
      'www.example.com',
    ),
  ),
});

const CandidateMember = named(
  'CandidateMember',
  Type.Object({
    id: described('The member.', Type.String()),
    name: described('Its name.', Type.String()),
    address: described('Its address.', Type.String()),
    protocol_port: described('Its port; 0 for the listener’s.', Type.Integer()),
    weight: described('Its weight.', Type.Integer()),
  }),
);

const CandidatePool = named(
  'CandidatePool',
  Type.Object({
    id: described('The pool.', Type.String()),
    name: described('Its name.', Type.String()),
    weight: described('Its share among the pools of the policy; 0 gets nothing new.', Type.Integer()),
    is_served: described('Whether the proxies can serve it; otherwise the answer is 503.', Type.Boolean()),
    members: described('The members that may get the request now.', Type.Array(CandidateMember)),
  }),
);

const PassedOver = named(
  'PassedOver',
  Type.Object({
    policy_id: described('The policy.', Type.String()),
    name: described('Its name.', Type.String()),
    rule_id: described(
      'The first of its rules that is not met; null when it is not that.',
      Type.Union([Type.String(), Type.Null()]),
    ),
    reason: described('Why it is not for the request.', Type.String()),
  }),
);

export const Explanation = named(
  'Explanation',
  Type.Object({
    admitted: described('Whether the listener’s IP groups let the client in.', Type.Boolean()),
    certificate: described(
      'The certificate that the client is shown; null without TLS.',
      Type.Union([
        Type.Object({
          id: described('Its id.', Type.String()),
          name: described('Its name.', Type.String()),
        }),
        Type.Null(),
      ]),
    ),
    policy: described(
      'The policy that decides; null for the default pool.',
      Type.Union([
        Type.Object({
          id: described('Its id.', Type.String()),
          name: described('Its name.', Type.String()),
          action: described('What it does.', Type.String()),
          rule_ids: described('Its rules, all of which are met.', Type.Array(Type.String())),
        }),
        Type.Null(),
      ]),
    ),
    passed_over: described('The policies that come before it, in order.', Type.Array(PassedOver)),
    outcome: described('What happens.', oneOf('forward', 'redirect', 'answer', 'refuse')),
    status: described(
      'The status that the load balancer itself answers with; null when a member answers.',
      Type.Union([Type.Integer(), Type.Null()]),
    ),
    pools: described('Where the request may go.', Type.Array(CandidatePool)),
  }),
);

/** Refuses what the schema cannot: a client that has no address. */
export function checkExplainRequest({ client_address }: ExplainRequest): void {
  if (client_address === undefined || ipVersion(client_address) !== null) return;
  throw invalid('client_address', `got "${client_address}", expected an IPv4 or IPv6 address.`);
}

export type ExplainRequest = Static<typeof ExplainRequest>;
export type Explanation = Static<typeof Explanation>;
