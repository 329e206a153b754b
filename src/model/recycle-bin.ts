/** The recycle bin: its settings, and the load balancers in it (rules digest 3.12). */
import { type Static, Type } from 'typebox';
import { field } from './field.ts';
import { loadBalancer } from './load-balancer.ts';
import { resource } from './resource.ts';
import { described, integer, named, strict, Timestamp } from './schemas.ts';

/** A week (rules digest O4). */
const Hours = integer(0, 168);

const retention_hour = described('How long a load balancer stays before it is destroyed.', Hours, 168);
const recycle_threshold_hour = described('How old it must be; younger ones are destroyed at once.', Hours, 0);

export const RecycleBinPolicy = named(
  'RecycleBinPolicy',
  Type.Object({ retention_hour, recycle_threshold_hour }),
);
export type RecycleBinPolicy = Static<typeof RecycleBinPolicy>;

/** What a request changes of it. */
export const NewRecycleBinPolicy = named(
  'NewRecycleBinPolicy',
  strict({
    retention_hour: Type.Optional(retention_hour),
    recycle_threshold_hour: Type.Optional(recycle_threshold_hour),
  }),
);

/** What a project has set. */
export interface RecycleBin {
  readonly enable: boolean;
  readonly policy: RecycleBinPolicy;
}

const { include_recycle_bin, ...filters } = loadBalancer.filters;

const { fields } = loadBalancer;
const unfiltered = { filter: null };
const filteredByOne = { filter: 'one' } as const;
const unanswered = { answered: false };

/** A load balancer as the recycle bin lists it: its interface has not all fields and filters of the others. */
export const recycledLoadBalancer = resource({
  name: loadBalancer.name,
  plural: loadBalancer.plural,
  label: 'load balancer in the recycle bin',
  table: loadBalancer.table,
  fields: {
    ...fields,
    provisioning_status: { ...fields.provisioning_status, ...unfiltered },
    l4_scale_flavor_id: { ...fields.l4_scale_flavor_id, ...unfiltered },
    l7_scale_flavor_id: { ...fields.l7_scale_flavor_id, ...unfiltered },
    log_group_id: { ...fields.log_group_id, ...filteredByOne },
    log_topic_id: { ...fields.log_topic_id, ...filteredByOne },
    gw_flavor_id: { ...fields.gw_flavor_id, ...unanswered },
    loadbalancer_type: { ...fields.loadbalancer_type, ...unanswered },
    custom_qos_limit: { ...fields.custom_qos_limit, ...unanswered },
    service_lb_mode: { ...fields.service_lb_mode, ...unanswered },
    instance_type: { ...fields.instance_type, ...unanswered },
    instance_id: { ...fields.instance_id, ...unanswered },
    proxy_protocol_extensions: { ...fields.proxy_protocol_extensions, ...unanswered },
    auto_terminate_time: field(Timestamp, 'When it will be destroyed, UTC.', { computed: true }),
  },
  filters,
});
