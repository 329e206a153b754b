/** What a policy of action REDIRECT_TO_POOL does to the requests it forwards (rules digest 2.6.3). */
import { type Static, Type } from 'typebox';
import { Cors, CorsInput, checkCors, cors } from './cors.ts';
import { invalid } from './errors.ts';
import { orLeftOut, orNull } from './field.ts';
import { checkHeaderChanges, InsertHeadersConfig, RemoveHeadersConfig } from './header-changes.ts';
import type { ListenerProtocol } from './listener.ts';
import { madeWhole, type PartsOf } from './made-whole.ts';
import { Id, strict } from './schemas.ts';
import { checkTrafficLimit, TrafficLimit, TrafficLimitInput, trafficLimit } from './traffic-limit.ts';
import { RewritePath, RewriteQuery, UrlHost, urlOfRequest } from './url-patterns.ts';

const RewriteUrl = Type.Object({ host: Type.String(), path: Type.String(), query: Type.String() });
const RewriteUrlInput = strict({
  host: orLeftOut(UrlHost),
  path: orLeftOut(RewritePath),
  query: orLeftOut(RewriteQuery),
});

const Mirror = Type.Object({
  target_ids: Type.Array(Type.String()),
  mirror_request_body_enable: Type.Boolean(),
});
const MirrorInput = strict({
  target_ids: orLeftOut(Type.Array(Id, { maxItems: 5 })),
  mirror_request_body_enable: orLeftOut(Type.Boolean()),
});

export const ForwardingExtension = Type.Object({
  rewrite_url_enable: Type.Boolean(),
  rewrite_url_config: orNull(RewriteUrl),
  insert_headers_config: orNull(InsertHeadersConfig),
  remove_headers_config: orNull(RemoveHeadersConfig),
  traffic_limit_config: orNull(TrafficLimit),
  cors_config: orNull(Cors),
  traffic_mirror_config: orNull(Mirror),
});

export const ForwardingExtensionInput = strict({
  rewrite_url_enable: orLeftOut(Type.Boolean()),
  rewrite_url_config: orLeftOut(RewriteUrlInput),
  insert_headers_config: orLeftOut(InsertHeadersConfig),
  remove_headers_config: orLeftOut(RemoveHeadersConfig),
  traffic_limit_config: orLeftOut(TrafficLimitInput),
  cors_config: orLeftOut(CorsInput),
  traffic_mirror_config: orLeftOut(MirrorInput),
});

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
    rewrite_url_config: rewrite_url_config && madeWhole(urlOfRequest, null, rewrite_url_config),
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
