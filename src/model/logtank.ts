/** A logtank: where the access log of a load balancer is to go (rules digest 2.12). */
import { identity, inheritedEnterpriseProject } from './common-fields.ts';
import { field } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id } from './schemas.ts';

const place = { create: 'required', update: 'mutable', filter: 'many', traffic: true } as const;

export const logtank = resource({
  name: 'logtank',
  plural: 'logtanks',
  label: 'logtank',
  table: 'logtanks',
  parent: 'loadbalancer_id',
  fields: {
    ...identity,
    ...inheritedEnterpriseProject(false),
    loadbalancer_id: field(Id, 'The load balancer; it has one logtank at most.', {
      create: 'required',
      filter: 'many',
    }),
    log_group_id: field(Id, 'The log group; also shown by the load balancer.', place),
    log_topic_id: field(Id, 'The log stream in the group; also shown by the load balancer.', place),
  },
});

export type Logtank = RecordOf<(typeof logtank)['fields']>;
