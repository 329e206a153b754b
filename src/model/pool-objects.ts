/** The fields of a pool that are objects, as answered and as asked for (rules digest 2.3.1, 2.3.5, 2.3.6). */
import { Type } from 'typebox';
import { orNull } from './field.ts';
import { described, integer, named, oneOf, spelled, strict } from './schemas.ts';

const PersistenceType = described(
  'By the client’s address, by a cookie of the load balancer’s, or by one of the application’s.',
  oneOf('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE'),
);
const cookieName = 'The cookie of APP_COOKIE; none for the others.';
const persistenceTime = 'Minutes; up to 60 below HTTP, up to 1440 for HTTP.';
export const SessionPersistence = named(
  'SessionPersistence',
  Type.Object({
    type: PersistenceType,
    cookie_name: described(cookieName, orNull(Type.String())),
    persistence_timeout: described(persistenceTime, orNull(Type.Integer())),
  }),
);

const persistenceParts = {
  cookie_name: Type.Optional(
    described(
      cookieName,
      orNull(
        spelled(
          'letters, digits, ".", "_" and "-"',
          Type.String({ maxLength: 1024, pattern: '^[A-Za-z0-9._-]*$' }),
        ),
      ),
    ),
  ),
  persistence_timeout: Type.Optional(described(persistenceTime, orNull(integer(1, 1440)))),
};
export const SessionPersistenceInput = named(
  'NewSessionPersistence',
  strict({ type: PersistenceType, ...persistenceParts }),
);
export const SessionPersistenceUpdate = named(
  'SessionPersistenceUpdate',
  strict({ type: Type.Optional(PersistenceType), ...persistenceParts }),
);

const slowStart = {
  enable: described('Whether shares grow.', Type.Boolean()),
  duration: described('Seconds; 30 unless told otherwise.', integer(30, 1200)),
};
export const SlowStart = named('SlowStart', strict(slowStart));
export const SlowStartInput = named(
  'NewSlowStart',
  strict({ enable: Type.Optional(slowStart.enable), duration: Type.Optional(slowStart.duration) }),
);

const drain = {
  enable: described('Whether connections stay for a while.', Type.Boolean()),
  timeout: described('Seconds; required with enable.', orNull(integer(10, 4000))),
};
export const ConnectionDrain = named('ConnectionDrain', strict(drain));
export const ConnectionDrainInput = named(
  'NewConnectionDrain',
  strict({ enable: Type.Optional(drain.enable), timeout: Type.Optional(drain.timeout) }),
);

const healthyMembers = described('0 for off, 1 for on.', integer(0, 1));
export const PoolHealth = named('PoolHealth', strict({ minimum_healthy_member_count: healthyMembers }));
export const PoolHealthInput = named(
  'NewPoolHealth',
  strict({ minimum_healthy_member_count: Type.Optional(healthyMembers) }),
);

export const QuicCid = named(
  'QuicCidHashStrategy',
  strict({
    len: described('How many bytes are hashed.', integer(1, 20)),
    offset: described('Where they begin.', integer(0, 19)),
  }),
);

const Percentage = described(
  'The part of the zone’s members that must be healthy; -1 to go by the count.',
  integer(-1, 100),
);
const MemberCount = described(
  'How many of the zone’s members must be healthy; -1 to go by the percentage.',
  integer(-1, 10000),
);
const Fallback = described(
  'Where requests go when too few are.',
  oneOf(
    'forward_to_all_member_of_local_az',
    'forward_to_healthy_member_of_remote_az',
    'forward_to_all_healthy_member',
    'forward_to_all_member',
  ),
);
const affinityEnable = described('Whether the zone is preferred.', Type.Boolean());
export const AzAffinity = named(
  'AzAffinity',
  strict({
    enable: affinityEnable,
    az_minimum_healthy_member_percentage: Percentage,
    az_minimum_healthy_member_count: MemberCount,
    az_unhealthy_fallback_strategy: Fallback,
  }),
);
const affinityParts = {
  az_minimum_healthy_member_percentage: Type.Optional(Percentage),
  az_minimum_healthy_member_count: Type.Optional(MemberCount),
  az_unhealthy_fallback_strategy: Type.Optional(Fallback),
};
export const AzAffinityInput = named('NewAzAffinity', strict({ enable: affinityEnable, ...affinityParts }));
export const AzAffinityUpdate = named(
  'AzAffinityUpdate',
  strict({ enable: Type.Optional(affinityEnable), ...affinityParts }),
);
