/** Requests whose path, query or project is wrong. */
import { seed } from '../../support/control-plane.ts';
import { places } from '../fixtures.ts';
import { type Ground, type Row, wrong } from './row.ts';

const lists = ['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'members'];

/** A query of any list, and what is said of it. */
const queries: readonly (readonly [query: string, message: RegExp])[] = [
  ['limit=-1', /'limit': got "-1", expected an integer from 0 to 2000/],
  ['limit=2001', /'limit': got "2001", expected an integer from 0 to 2000/],
  ['limit=abc', /'limit'.*from 0 to 2000/],
  ['limit=', /'limit'.*from 0 to 2000/],
  ['limit=1.5', /'limit'.*from 0 to 2000/],
  ['limit=1e3', /'limit'.*from 0 to 2000/],
  ['limit=1&limit=2', /'limit': it was given 2 times; give it once/],
  ['marker=', /'marker': it is blank; leave it out for the first page/],
  [`marker=${places.nothing}`, /'marker': there is no/],
  ['marker=a&marker=b', /'marker': it was given 2 times/],
  ['page_reverse=yes', /'page_reverse': got "yes", expected true or false/],
  ['page_reverse=', /'page_reverse'.*true or false/],
  ['admin_state_up=1', /'admin_state_up': got "1", expected true or false/],
  ['admin_state_up=true&admin_state_up=false', /'admin_state_up': it was given 2 times/],
];

/** A filter of one list. */
const filters: readonly (readonly [list: string, query: string, message: RegExp])[] = [
  ['members', 'weight=101', /'weight'.*0 to 100/],
  ['members', 'weight=1,2', /'weight'.*0 to 100/],
  ['members', 'weight=1&weight=x', /'weight': got "x"/],
  ['members', 'protocol_port=65536', /'protocol_port'.*0 to 65535/],
  ['members', 'ip_version=v5', /'ip_version'.*v4, v6/],
  ['members', 'operating_status=online', /'operating_status'.*NO_MONITOR, INITIAL, ONLINE/],
  ['pools', 'protocol=SCTP', /'protocol'.*one of TCP/],
  ['pools', 'connection_drain=on', /'connection_drain'.*true or false/],
  ['pools', 'pool_health=1', /'pool_health'.*pool_health=minimum_healthy_member_count=/],
  ['pools', 'pool_health=minimum_healthy_member_count=x', /minimum_healthy_member_count'.*an integer/],
  ['pools', 'az_affinity=enable=maybe', /'az_affinity=enable'.*true or false/],
  ['pools', 'quic_cid_len=x', /'quic_cid_len'.*an integer/],
  ['listeners', 'protocol_port=http', /'protocol_port'.*0 to 65535/],
  ['listeners', 'http2_enable=true&http2_enable=true', /'http2_enable'.*2 times/],
  ['loadbalancers', 'ip_version=5', /'ip_version'.*4, 6/],
  ['loadbalancers', 'eips=x=y', /'eips'.*eips=eip_id=… or eips=eip_address=…/],
  ['loadbalancers', 'publicips=__proto__=y', /'publicips'.*publicip_id/],
  ['loadbalancers', 'include_recycle_bin=x', /'include_recycle_bin'.*true or false/],
  ['healthmonitors', 'timeout=1&timeout=2', /'timeout'.*2 times/],
  ['healthmonitors', 'type=PING', /'type'.*one of TCP, UDP_CONNECT/],
];

export function addressRows({ pool }: Ground): Row[] {
  const unrouted = /^There is no \w+ .* here; \/docs lists the operations\.$/;
  const route = (method: string, path: string): Row => [method, path, undefined, 404, 'APIGW.0101', unrouted];
  const foreign = (project: string, status: number, code: string): Row[] => [
    ['GET', `/v3/${project}/elb/pools`, undefined, status, code, /gives no access to the project/],
    ['POST', `/v3/${project}/elb/pools`, { pool: {} }, status, code, /gives no access to the project/],
    ['DELETE', `/v3/${project}/elb/pools/${pool}`, undefined, status, code, /gives no access to the project/],
  ];
  return [
    ...lists.flatMap((list) =>
      queries.map(([query, message]) => wrong('GET', `/elb/${list}?${query}`, undefined, message)),
    ),
    ...queries.map(([query, message]) =>
      wrong('GET', `/elb/pools/${pool}/members?${query}`, undefined, message),
    ),
    wrong('GET', `/elb/pools/${pool}/members?member_type=ecs`, undefined, /'member_type'.*ip, instance/),
    ...filters.map(([list, query, message]) => wrong('GET', `/elb/${list}?${query}`, undefined, message)),
    ...foreign(seed.otherProjectId, 403, 'SYS.0403'),
    ...foreign('nonsense', 403, 'SYS.0403'),
    ...foreign('x'.repeat(33), 403, 'SYS.0403'),
    route('GET', '/elb/nothing'),
    route('GET', '/elb'),
    route('PATCH', `/elb/pools/${pool}`),
    route('POST', `/elb/pools/${pool}`),
    route('PUT', '/elb/pools'),
    route('DELETE', '/elb/pools'),
    route('POST', '/v3'),
    route('GET', '/v2'),
    route('GET', `/v3/${seed.projectId}/ELB/pools`),
    route('GET', '/v3/elb/pools'),
  ];
}
