/** The rules between a listener and the pool it uses (rules digest 2.2.4 and 2.3.4). */
import { invalid } from '../model/errors.ts';
import type { Listener } from '../model/listener.ts';
import type { Pool } from '../model/pool.ts';
import { poolProtocolsFor } from '../model/pool-rules.ts';

/** Refuses a pool that the listener's protocol cannot use. */
export function checkPoolOfListener(listener: Listener, pool: Pool): void {
  const allowed = poolProtocolsFor(listener.protocol);
  if (!allowed.includes(pool.protocol)) {
    throw invalid(
      'default_pool_id',
      `a listener of protocol ${listener.protocol} takes a pool of protocol ${allowed.join(' or ')}, ` +
        `and pool ${pool.id} has ${pool.protocol}.`,
    );
  }
  if (pool.protocol === 'GRPC' && listener.protocol === 'HTTPS' && !listener.http2_enable) {
    throw invalid('default_pool_id', 'a GRPC pool needs a listener with http2_enable true.');
  }
  if (listener.protocol === 'TLS' && pool.protocol === 'TCP' && pool.ip_version !== 'v4') {
    throw invalid(
      'default_pool_id',
      `a TLS listener takes a TCP pool of ip_version v4, not ${pool.ip_version}.`,
    );
  }
}
