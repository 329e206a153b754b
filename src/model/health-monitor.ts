/** A health monitor: how a pool's members are probed, and what makes a verdict (rules digest 2.5). */
import { Type } from 'typebox';
import { identity, inheritedEnterpriseProject, timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { PoolKind } from './pool.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, integer, Name, oneOf, Reference, spelled } from './schemas.ts';

const Content = Type.String({ minLength: 1, maxLength: 64 });
const contentSetting = { create: 'optional', update: 'mutable', nullable: true, traffic: true } as const;

export const healthMonitor = resource({
  name: 'healthmonitor',
  plural: 'healthmonitors',
  label: 'health monitor',
  table: 'healthmonitors',
  parent: 'pool_id',
  fields: {
    ...identity,
    ...inheritedEnterpriseProject(false),
    pool_id: field(Id, 'The pool whose members are probed.', {
      create: 'required',
      answered: false,
      traffic: true,
    }),
    pools: field(Type.Array(Reference), 'The pool whose members are probed.', { computed: true }),
    name: field(Name, 'A name, which need not be unique.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: '',
      filter: 'many',
    }),
    admin_state_up: field(Type.Boolean(), 'False stops the probes.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: true,
      filter: 'one',
      traffic: true,
    }),
    type: field(oneOf('TCP', 'UDP_CONNECT', 'HTTP', 'HTTPS', 'TLS', 'GRPC'), 'The kind of probe.', {
      example: 'HTTP',
      create: 'required',
      update: 'mutable',
      filter: 'many',
      traffic: true,
    }),
    delay: field(integer(1, 50), 'Seconds from one probe to the next.', {
      example: 5,
      create: 'required',
      update: 'mutable',
      filter: 'many',
      traffic: true,
    }),
    timeout: field(integer(1, 50), 'Seconds a probe may take.', {
      example: 3,
      create: 'required',
      update: 'mutable',
      filter: 'one',
      traffic: true,
    }),
    max_retries: field(integer(1, 10), 'Successes in a row that make an OFFLINE member ONLINE.', {
      example: 3,
      create: 'required',
      update: 'mutable',
      filter: 'many',
      traffic: true,
    }),
    max_retries_down: field(integer(1, 10), 'Failures in a row that make a member OFFLINE.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: 3,
      filter: 'many',
      traffic: true,
    }),
    monitor_port: field(orNull(integer(1, 65535)), 'The port to probe; null for the member’s own.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      filter: 'many',
      traffic: true,
    }),
    domain_name: field(
      orNull(
        spelled(
          'letters, digits, "." and "-", the first a letter or a digit',
          Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9.-]*$' }),
        ),
      ),
      'The Host of HTTP probes; null for the load balancer’s address.',
      { create: 'optional', update: 'mutable', nullable: true, filter: 'many', traffic: true },
    ),
    url_path: field(
      spelled(
        '"/", then letters, digits and any of /.%?#&_;~!()*[]@$^:\',+-',
        Type.String({ minLength: 1, maxLength: 80, pattern: "^/[A-Za-z0-9/.%?#&_;~!()*\\[\\]@$^:',+-]*$" }),
      ),
      'The path of HTTP probes.',
      {
        create: 'optional',
        update: 'mutable',
        nullable: true,
        default: '/',
        filter: 'many',
        example: '/health',
        traffic: true,
      },
    ),
    http_method: field(orNull(oneOf('GET', 'HEAD', 'POST')), 'The method of HTTP probes.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      filter: 'many',
      traffic: true,
    }),
    expected_codes: field(
      orNull(Type.String({ minLength: 1, maxLength: 64 })),
      'The statuses that pass: 200, or 200,202, or 200-204,300-399.',
      {
        create: 'optional',
        update: 'mutable',
        nullable: true,
        filter: 'many',
        example: '200',
        traffic: true,
      },
    ),
    http_version: field(orNull(oneOf('HTTP/1.0', 'HTTP/1.1')), 'The version of HTTP probes.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    content_check_enable: field(Type.Boolean(), 'Whether probes compare what the member sends.', {
      ...contentSetting,
      default: false,
    }),
    send_content: field(orNull(Content), 'What probes send, when they compare.', contentSetting),
    receive_content: field(orNull(Content), 'What they expect to receive.', contentSetting),
    content_format: field(oneOf('TEXT', 'HEX'), 'How the two are written.', {
      ...contentSetting,
      default: 'TEXT',
    }),
    sni_enable: field(Type.Boolean(), 'Always false.', { default: false }),
    pool_kind: field(PoolKind, 'The kind of its pool.', { default: 'ordinary', answered: false }),
    ...timestamps,
  },
});

export type HealthMonitor = RecordOf<(typeof healthMonitor)['fields']>;
