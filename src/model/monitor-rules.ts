/** The rules of a health monitor that need no more than its pool's protocol (rules digest 2.5). */
import { invalid } from './errors.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { Pool } from './pool.ts';

type MonitorType = HealthMonitor['type'];

const overDatagrams: readonly MonitorType[] = ['UDP_CONNECT'];
const overConnections: readonly MonitorType[] = ['TCP', 'HTTP', 'HTTPS'];
const overSecured: readonly MonitorType[] = ['TCP', 'HTTP', 'HTTPS', 'TLS', 'GRPC'];

/** Which probes suit the members of a pool of each protocol (rules digest 2.5.2). */
const monitorTypes: Readonly<Record<Pool['protocol'], readonly MonitorType[]>> = {
  UDP: overDatagrams,
  QUIC: overDatagrams,
  TCP: overConnections,
  IP: overConnections,
  HTTP: overSecured,
  HTTPS: overSecured,
  GRPC: overSecured,
  TLS: overSecured,
};

/** The values that a monitor of a type has when none are given; null where the API has none. */
export function typeDefaults(type: MonitorType): Pick<HealthMonitor, 'http_method' | 'expected_codes'> {
  if (type === 'UDP_CONNECT') return { http_method: null, expected_codes: null };
  return { http_method: 'GET', expected_codes: type === 'GRPC' ? '0' : '200' };
}

/**
 * Checks a monitor as it would be stored.
 *
 * @param path how messages name the monitor
 * @throws Refusal
 */
export function checkMonitor(monitor: HealthMonitor, pool: Pool, path = 'healthmonitor'): void {
  const allowed = monitorTypes[pool.protocol];
  if (!allowed.includes(monitor.type)) {
    throw invalid(
      `${path}.type`,
      `a pool of protocol ${pool.protocol} takes ${allowed.join(', ')}, not ${monitor.type}.`,
    );
  }
  if (monitor.monitor_port === null && (pool.any_port_enable || pool.protocol === 'IP')) {
    throw invalid(
      `${path}.monitor_port`,
      `it is required ${pool.protocol === 'IP' ? 'for a pool of protocol IP' : 'when the pool has any_port_enable'}. ` +
        'Expected an integer from 1 to 65535.',
    );
  }
  if (monitor.expected_codes !== null) checkExpectedCodes(monitor.expected_codes, monitor.type, path);
  checkContent(monitor, path);
}

/** Contents are compared by TCP and UDP_CONNECT probes only; in HEX they are whole bytes (rules digest 2.5.1). */
function checkContent(monitor: HealthMonitor, path: string): void {
  if (monitor.content_check_enable && monitor.type !== 'TCP' && monitor.type !== 'UDP_CONNECT') {
    throw invalid(`${path}.content_check_enable`, `it is for type TCP or UDP_CONNECT, not ${monitor.type}.`);
  }
  if (monitor.content_format !== 'HEX') return;
  for (const key of ['send_content', 'receive_content'] as const) {
    const content = monitor[key];
    if (content === null || /^(?:[0-9a-fA-F]{2})+$/.test(content)) continue;
    throw invalid(`${path}.${key}`, `got "${content}", expected an even number of hex digits in format HEX.`);
  }
}

/** One code, a list, or a list of ranges: at most five items, each ascending, none twice (rules digest HM-6). */
function checkExpectedCodes(text: string, type: MonitorType, path: string): void {
  const [lowest, highest] = type === 'GRPC' ? [0, 99] : [200, 599];
  const wrong = (why: string) =>
    invalid(
      `${path}.expected_codes`,
      `got "${text}": ${why}. Expected up to 5 codes or ranges from ${lowest} to ${highest}, as ${type === 'GRPC' ? '0 or 0,1 or 0-5,10-12' : '200 or 200,202 or 200-204,300-399'}.`,
    );
  const items = text.split(',');
  if (items.length > 5) throw wrong('there are more than five items');
  if (new Set(items).size < items.length) throw wrong('an item occurs twice');
  for (const item of items) {
    const [, first, last] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(item) ?? [];
    if (first === undefined) throw wrong(`"${item}" is neither a code nor a range`);
    const low = Number(first);
    const high = Number(last ?? first);
    if (low < lowest || high > highest) throw wrong(`"${item}" is out of range`);
    if (last !== undefined && high <= low) throw wrong(`the range "${item}" does not ascend`);
  }
}
