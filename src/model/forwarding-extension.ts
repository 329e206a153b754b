/** What a policy of action REDIRECT_TO_POOL does to the requests it forwards (rules digest 2.6.3). */
import { type Static, Type } from 'typebox';
import { Cors, CorsInput, checkCors, cors } from './cors.ts';
import { invalid } from './errors.ts';
import { orLeftOut, orNull } from './field.ts';
import { checkHeaderChanges, headerChanges, headerChangesInput } from './header-changes.ts';
import type { ListenerProtocol } from './listener.ts';
import { madeWhole, type PartsOf, said } from './made-whole.ts';
import { described, Id, named, strict } from './schemas.ts';
import { checkTrafficLimit, TrafficLimit, TrafficLimitInput, trafficLimit } from './traffic-limit.ts';
import { asRequested, RewritePath, RewriteQuery, UrlHost, urlOfRequest } from './url-patterns.ts';

const rewritten = {
  host: `The host; ${asRequested('host')} for the request’s own.`,
  path: `The path; ${asRequested('path')} and the like stand for parts of the request.`,
  query: `The query; ${asRequested('query')} and the like stand for parts of the request.`,
} as const;

const RewriteUrl = named(
  'RewriteUrl',
  Type.Object({
    host: described(rewritten.host, Type.String()),
    path: described(rewritten.path, Type.String()),
    query: described(rewritten.query, Type.String()),
  }),
);
const RewriteUrlInput = named(
  'NewRewriteUrl',
  strict({
    host: orLeftOut(described(rewritten.host, UrlHost, 'www.example.com')),
    path: orLeftOut(described(rewritten.path, RewritePath, `/new${asRequested('path')}`)),
    query: orLeftOut(described(rewritten.query, RewriteQuery)),
  }),
);

const mirrored = described('Whether bodies are copied too.', Type.Boolean());
const Mirror = named(
  'TrafficMirror',
  Type.Object({
    target_ids: described('The pools that get copies.', Type.Array(Type.String())),
    mirror_request_body_enable: mirrored,
  }),
);
const MirrorInput = named(
  'NewTrafficMirror',
  strict({
    target_ids: orLeftOut(described('The pools that get copies.', Type.Array(Id, { maxItems: 5 }))),
    mirror_request_body_enable: orLeftOut(mirrored),
  }),
);

const parts = {
  rewrite: described('Whether URLs are rewritten.', Type.Boolean()),
  url: 'What members see as the URL.',
  limit: 'How many requests go on.',
  cors: 'What browsers are told of requests from other origins.',
  mirror: 'Which pools get copies of the requests.',
};

export const ForwardingExtension = named(
  'ForwardingExtension',
  Type.Object({
    rewrite_url_enable: parts.rewrite,
    rewrite_url_config: described(parts.url, orNull(RewriteUrl)),
    ...headerChanges,
    traffic_limit_config: described(parts.limit, orNull(TrafficLimit)),
    cors_config: described(parts.cors, orNull(Cors)),
    traffic_mirror_config: described(parts.mirror, orNull(Mirror)),
  }),
);

export const ForwardingExtensionInput = named(
  'NewForwardingExtension',
  strict({
    rewrite_url_enable: orLeftOut(parts.rewrite),
    rewrite_url_config: Type.Optional(described(parts.url, orNull(RewriteUrlInput))),
    ...headerChangesInput,
    traffic_limit_config: Type.Optional(described(parts.limit, orNull(TrafficLimitInput))),
    cors_config: Type.Optional(described(parts.cors, orNull(CorsInput))),
    traffic_mirror_config: Type.Optional(described(parts.mirror, orNull(MirrorInput))),
  }),
);

type ForwardingExtension = Static<typeof ForwardingExtension>;
type Asked = {
  readonly [K in keyof ForwardingExtension]?: PartsOf<ForwardingExtension[K]> | ForwardingExtension[K];
};

const none: ForwardingExtension = {
  rewrite_url_enable: false,
  rewrite_url_config: null,
  insert_headers_config: null,
  remove_headers_config: null,
  traffic_limit_config: null,
  cors_config: null,
  traffic_mirror_config: null,
};

/** Parts that a request leaves out stay as they were; one that it gives replaces the whole part. */
export function forwardingExtension(before: ForwardingExtension | null, asked: Asked): ForwardingExtension {
  const { rewrite_url_config, traffic_limit_config, cors_config, traffic_mirror_config, ...rest } = asked;
  const made = {
    rewrite_url_config:
      rewrite_url_config && madeWhole(urlOfRequest, null, said(rewrite_url_config, ['host', 'path'])),
    traffic_limit_config: traffic_limit_config && trafficLimit(traffic_limit_config),
    cors_config: cors_config && cors(cors_config),
    traffic_mirror_config: traffic_mirror_config && mirror(traffic_mirror_config),
  };
  return madeWhole(none, before, { ...rest, ...made } as PartsOf<ForwardingExtension>);
}

function mirror(asked: PartsOf<Static<typeof Mirror>>): Static<typeof Mirror> {
  return madeWhole({ target_ids: [], mirror_request_body_enable: true }, null, asked);
}

export function checkForwardingExtension(config: ForwardingExtension, protocol: ListenerProtocol): void {
  const field = 'l7policy.redirect_pools_extend_config';
  if (config.rewrite_url_enable && !config.rewrite_url_config) {
    throw invalid(`${field}.rewrite_url_config`, 'it is required when rewrite_url_enable is true.');
  }
  checkHeaderChanges(config, protocol, field);
  checkTrafficLimit(config.traffic_limit_config, protocol, field);
  if (config.cors_config) checkCors(config.cors_config, `${field}.cors_config`);
  const targets = config.traffic_mirror_config?.target_ids ?? [];
  if (new Set(targets).size !== targets.length) {
    throw invalid(`${field}.traffic_mirror_config.target_ids`, 'the same pool is there twice.');
  }
}
