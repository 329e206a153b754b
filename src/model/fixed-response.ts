/** What a policy of action FIXED_RESPONSE answers (rules digest 2.6.5). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut, orNull } from './field.ts';
import { checkHeaderChanges, headerChanges, headerChangesInput } from './header-changes.ts';
import type { ListenerProtocol } from './listener.ts';
import { madeWhole, type PartsOf, said } from './made-whole.ts';
import { described, named, oneOf, spelled, strict } from './schemas.ts';
import { checkTrafficLimit, TrafficLimit, TrafficLimitInput, trafficLimit } from './traffic-limit.ts';

const contentTypes = [
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
] as const;
const ContentType = oneOf(...contentTypes);
const ContentTypeInput = oneOf(...contentTypes, '');

const means = {
  status_code: 'The status: 200 to 299, or 400 to 599; required at first.',
  content_type: 'The content type.',
  message_body: 'The body.',
  traffic_limit_config: 'How many requests are answered.',
} as const;

export const FixedResponse = named(
  'FixedResponse',
  Type.Object({
    status_code: described(means.status_code, Type.String()),
    content_type: described(means.content_type, ContentType),
    message_body: described(means.message_body, Type.String()),
    ...headerChanges,
    traffic_limit_config: described(means.traffic_limit_config, orNull(TrafficLimit)),
  }),
);

export const FixedResponseInput = named(
  'NewFixedResponse',
  strict({
    status_code: Type.Optional(
      described(
        means.status_code,
        spelled('a status that begins with 2, 4 or 5', Type.String({ pattern: '^[245][0-9][0-9]$' })),
        '404',
      ),
    ),
    content_type: orLeftOut(described(means.content_type, ContentTypeInput)),
    message_body: orLeftOut(
      described(means.message_body, Type.String({ maxLength: 1024 }), 'There is no such page.'),
    ),
    ...headerChangesInput,
    traffic_limit_config: Type.Optional(described(means.traffic_limit_config, orNull(TrafficLimitInput))),
  }),
);

type FixedResponse = Static<typeof FixedResponse>;
type Asked = Omit<PartsOf<FixedResponse>, 'traffic_limit_config'> & {
  readonly traffic_limit_config?: PartsOf<Static<typeof TrafficLimit>> | null;
};

const field = 'l7policy.fixed_response_config';

/** Parts that a request leaves out stay as they were, or are those of an empty text (C26). */
export function fixedResponse(before: FixedResponse | null, asked: Asked): FixedResponse {
  const status_code = asked.status_code ?? before?.status_code;
  if (!status_code) {
    throw invalid(`${field}.status_code`, 'it is required: 200 to 299, or 400 to 599, as text.');
  }
  const start: FixedResponse = {
    ...{ status_code, content_type: 'text/plain', message_body: '' },
    ...{ insert_headers_config: null, remove_headers_config: null, traffic_limit_config: null },
  };
  const { traffic_limit_config: limit, ...rest } = said(asked, ['content_type']);
  const limited = limit === undefined ? {} : { traffic_limit_config: limit && trafficLimit(limit) };
  return madeWhole(start, before, { ...rest, ...limited, status_code });
}

export function checkFixedResponse(config: FixedResponse, protocol: ListenerProtocol): void {
  checkHeaderChanges(config, protocol, field);
  checkTrafficLimit(config.traffic_limit_config, protocol, field);
}
