/** The rules of a pool that need no other resource (rules digest 2.3). */
import { invalid } from './errors.ts';
import type { ListenerProtocol } from './listener.ts';
import type { Pool } from './pool.ts';

/** Which pools a listener of each protocol may use (rules digest 2.3.4). */
const poolProtocols: Readonly<Record<ListenerProtocol, readonly Pool['protocol'][]>> = {
  TCP: ['TCP'],
  UDP: ['UDP', 'QUIC'],
  IP: ['IP'],
  HTTP: ['HTTP'],
  HTTPS: ['HTTP', 'HTTPS', 'GRPC'],
  TERMINATED_HTTPS: ['HTTP'],
  QUIC: ['HTTP', 'HTTPS', 'GRPC'],
  TLS: ['TLS', 'TCP'],
};

/** The protocols of pools that a listener of a protocol may use. */
export function poolProtocolsFor(protocol: ListenerProtocol): readonly Pool['protocol'][] {
  return poolProtocols[protocol];
}

/** The ip_version of a pool that names none: both families below HTTP, IPv4 for HTTP and what is built on it. */
export function defaultIpVersion(protocol: Pool['protocol']): Pool['ip_version'] {
  return protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'GRPC' ? 'v4' : 'dualstack';
}

const tupleHashes: readonly Pool['lb_algorithm'][] = ['2_TUPLE_HASH', '3_TUPLE_HASH', '5_TUPLE_HASH'];

/**
 * Checks a pool as it would be stored.
 *
 * @throws Refusal
 */
export function checkPool(pool: Pool): void {
  checkAlgorithm(pool);
  checkType(pool);
  checkPersistence(pool);
  if (pool.slow_start?.enable && pool.protocol !== 'HTTP' && pool.protocol !== 'HTTPS') {
    throw invalid('pool.slow_start', `it is for pools of protocol HTTP or HTTPS, not ${pool.protocol}.`);
  }
  if (pool.slow_start?.enable && pool.lb_algorithm !== 'ROUND_ROBIN') {
    throw invalid('pool.slow_start', `it needs lb_algorithm ROUND_ROBIN, not ${pool.lb_algorithm}.`);
  }
  if (pool.any_port_enable && !['QUIC', 'TCP', 'UDP'].includes(pool.protocol)) {
    throw invalid(
      'pool.any_port_enable',
      `it is for pools of protocol TCP, UDP or QUIC, not ${pool.protocol}.`,
    );
  }
  checkDrain(pool);
  checkAzAffinity(pool);
}

function checkAlgorithm({ lb_algorithm, protocol }: Pool): void {
  if (tupleHashes.includes(lb_algorithm) !== (protocol === 'IP')) {
    const right = protocol === 'IP' ? tupleHashes.join(', ') : 'ROUND_ROBIN, LEAST_CONNECTIONS or SOURCE_IP';
    throw invalid('pool.lb_algorithm', `a pool of protocol ${protocol} takes ${right}, not ${lb_algorithm}.`);
  }
  if (lb_algorithm === 'QUIC_CID' && protocol !== 'QUIC') {
    throw invalid('pool.lb_algorithm', `QUIC_CID is for pools of protocol QUIC, not ${protocol}.`);
  }
}

function checkType({ type, vpc_id, protocol }: Pool): void {
  if (type === 'instance' && vpc_id === '') {
    throw invalid('pool.vpc_id', 'it is required when type is instance. Expected the id of a VPC.');
  }
  if (type === 'ip' && vpc_id !== '') {
    throw invalid('pool.vpc_id', 'it must be left out when type is ip.');
  }
  if (protocol === 'IP' && type === 'ip') {
    throw invalid('pool.type', 'a pool of protocol IP cannot be of type ip; use instance.');
  }
  if (protocol === 'IP' && vpc_id === '') {
    throw invalid('pool.vpc_id', 'it is required when protocol is IP. Expected the id of a VPC.');
  }
}

function checkPersistence({ session_persistence, protocol }: Pool): void {
  if (!session_persistence) {
    if (protocol !== 'QUIC') return;
    throw invalid('pool.session_persistence', 'it is required when protocol is QUIC, with type SOURCE_IP.');
  }
  const { type, cookie_name, persistence_timeout } = session_persistence;
  if (protocol === 'IP') throw invalid('pool.session_persistence', 'a pool of protocol IP has none.');
  if (protocol === 'QUIC' && type !== 'SOURCE_IP') {
    throw invalid(
      'pool.session_persistence.type',
      `it must be SOURCE_IP when protocol is QUIC, not ${type}.`,
    );
  }
  if (type === 'APP_COOKIE' && !cookie_name) {
    throw invalid('pool.session_persistence.cookie_name', 'it is required when type is APP_COOKIE.');
  }
  if (type !== 'APP_COOKIE' && cookie_name) {
    throw invalid('pool.session_persistence.cookie_name', `it is for type APP_COOKIE, not ${type}.`);
  }
  const longest = persistenceLimits(protocol).longest;
  // The time of an application's cookie is the application's own.
  if (type !== 'APP_COOKIE' && persistence_timeout !== null && persistence_timeout > longest) {
    throw invalid(
      'pool.session_persistence.persistence_timeout',
      `got ${persistence_timeout}, expected an integer from 1 to ${longest} (minutes) when protocol is ${protocol}.`,
    );
  }
}

/** The longest and the default persistence in minutes: an hour and a minute below HTTP, a day and a day above. */
export function persistenceLimits(protocol: Pool['protocol']): {
  readonly longest: number;
  readonly usual: number;
} {
  const overHttp = protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'GRPC';
  return overHttp ? { longest: 1440, usual: 1440 } : { longest: 60, usual: 1 };
}

function checkDrain({ connection_drain, protocol }: Pool): void {
  if (!connection_drain.enable) return;
  if (connection_drain.timeout === null) {
    throw invalid(
      'pool.connection_drain.timeout',
      'it is required when enable is true. Expected an integer from 10 to 4000 (seconds).',
    );
  }
  if (!['TCP', 'UDP', 'QUIC'].includes(protocol)) {
    throw invalid('pool.connection_drain', `it is for pools of protocol TCP, UDP or QUIC, not ${protocol}.`);
  }
}

function checkAzAffinity({ az_affinity, protocol }: Pool): void {
  if (!az_affinity?.enable) return;
  if (!['IP', 'TCP', 'UDP'].includes(protocol)) {
    throw invalid('pool.az_affinity', `it is for pools of protocol TCP, UDP or IP, not ${protocol}.`);
  }
  const { az_minimum_healthy_member_percentage: percentage, az_minimum_healthy_member_count: count } =
    az_affinity;
  if ((percentage === -1) === (count === -1)) {
    throw invalid(
      'pool.az_affinity',
      'give exactly one of az_minimum_healthy_member_percentage and az_minimum_healthy_member_count; -1 leaves one out.',
    );
  }
}
