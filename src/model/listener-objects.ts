/** The fields of a listener that are objects, as answered and as asked for (rules digest 2.2.1). */
import { Type } from 'typebox';
import { described, Id, integer, named, oneOf, spelled, strict } from './schemas.ts';

export const PortRange = named(
  'PortRange',
  strict({
    start_port: described('The first port.', integer(1, 65535)),
    end_port: described('The last port.', integer(1, 65535)),
  }),
);

const groupIds = 'The groups, with commas between.';
const groupEnable = described('Whether they are looked at.', Type.Boolean());
const groupType = described('Whether they say who may connect, or who may not.', oneOf('white', 'black'));
export const IpGroup = named(
  'IpGroupOfListener',
  Type.Object({
    ipgroup_id: described(groupIds, Type.String()),
    enable_ipgroup: groupEnable,
    type: groupType,
  }),
);
export const IpGroupInput = named(
  'NewIpGroupOfListener',
  strict({
    ipgroup_id: Type.Optional(described(groupIds, Type.String({ maxLength: 4096 }))),
    enable_ipgroup: Type.Optional(groupEnable),
    type: Type.Optional(groupType),
  }),
);

const quicListener = 'A QUIC listener of the same load balancer.';
const upgrade = described('Whether clients are told of it.', Type.Boolean());
export const QuicConfig = named(
  'QuicConfig',
  Type.Object({ quic_listener_id: described(quicListener, Type.String()), enable_quic_upgrade: upgrade }),
);
export const QuicConfigInput = named(
  'NewQuicConfig',
  strict({ quic_listener_id: described(quicListener, Id), enable_quic_upgrade: Type.Optional(upgrade) }),
);
export const QuicConfigUpdate = named(
  'QuicConfigUpdate',
  strict({
    quic_listener_id: Type.Optional(described(quicListener, Id)),
    enable_quic_upgrade: Type.Optional(upgrade),
  }),
);

const HeaderName = spelled(
  'letters, digits, "_" and "-"',
  Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$' }),
);
const HeaderNames = Type.Array(HeaderName, { maxItems: 5 });
export const AccessLogHeaders = named(
  'AccessLogHeaders',
  strict({
    enable: Type.Optional(described('Whether the lists count.', Type.Boolean())),
    include_headers: Type.Optional(described('What the log has beside the usual.', HeaderNames)),
    exclude_headers: Type.Optional(described('What it leaves out.', HeaderNames)),
  }),
);
