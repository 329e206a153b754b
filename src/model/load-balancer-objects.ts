/** The fields of a load balancer that are objects, as answered and as asked for (rules digest 2.1.1 and 2.1.2). */
import { Type } from 'typebox';
import { orNull } from './field.ts';
import { described, named, oneOf, strict } from './schemas.ts';

const elastic = described('Whether the flavor follows the load.', Type.Boolean());
const lowestFlavor = 'The flavor for HTTP that it never goes below.';
export const Autoscaling = named(
  'Autoscaling',
  Type.Object({ enable: elastic, min_l7_flavor_id: described(lowestFlavor, Type.String()) }),
);
export const AutoscalingInput = named(
  'NewAutoscaling',
  strict({
    enable: elastic,
    min_l7_flavor_id: Type.Optional(described(lowestFlavor, orNull(Type.String({ maxLength: 255 })))),
  }),
);

const Rates = named(
  'Rates',
  Type.Object({
    connection: described('Connections at a time.', Type.Integer()),
    cps: described('New connections a second.', Type.Integer()),
  }),
);
export const CustomQosLimit = named(
  'CustomQosLimit',
  Type.Object({
    l4: described('For TCP and UDP listeners.', Rates),
    l7: described('For HTTP listeners.', Rates),
  }),
);

export const ProxyProtocolExtension = named(
  'ProxyProtocolExtension',
  Type.Object({
    vip_address: described('The IPv4 address.', Type.String()),
    ipv6_vip_address: described('The IPv6 address.', Type.String()),
    extension: described(
      'The endpoint.',
      Type.Object({
        ep_id: described('The id of the endpoint.', Type.String()),
        ep_service_id: described('The id of its service.', Type.String()),
      }),
    ),
  }),
);

export const Bandwidth = named(
  'BandwidthReference',
  Type.Object({ id: described('A shared bandwidth.', Type.String()) }),
);

const PeriodType = described('What the period is counted in.', oneOf('month', 'year'));
const PeriodNum = Type.Optional(described('How many of them.', orNull(Type.Integer())));
const AutoPay = Type.Optional(described('Whether it is paid at once.', orNull(Type.Boolean())));
export const NewPrepayment = named(
  'NewPrepayment',
  strict({
    period_type: PeriodType,
    period_num: PeriodNum,
    auto_renew: Type.Optional(described('Whether the period is renewed.', orNull(Type.Boolean()))),
    auto_pay: AutoPay,
  }),
);
export const PrepaymentUpdate = named(
  'PrepaymentUpdate',
  strict({
    change_mode: Type.Optional(described('When it changes.', orNull(oneOf('immediate', 'delay')))),
    period_type: Type.Optional(described('What the period is counted in.', orNull(oneOf('month', 'year')))),
    period_num: PeriodNum,
    auto_pay: AutoPay,
  }),
);
