/** How many requests a second a policy lets through (rules digest 2.6.3). */
import type { Static } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut } from './field.ts';
import type { ListenerProtocol } from './listener.ts';
import { madeWhole, type PartsOf } from './made-whole.ts';
import { described, integer, named, strict } from './schemas.ts';

const Rate = integer(0, 100_000);
const rates = {
  qps: described('Requests a second of all clients together; 0 for no limit.', Rate),
  per_source_ip_qps: described('Requests a second of one client; 0 for no limit.', Rate),
  burst: described('How many more may come at once.', Rate),
};

export const TrafficLimit = named('TrafficLimit', strict(rates));
export const TrafficLimitInput = named(
  'NewTrafficLimit',
  strict({
    qps: orLeftOut(rates.qps),
    per_source_ip_qps: orLeftOut(rates.per_source_ip_qps),
    burst: orLeftOut(rates.burst),
  }),
);

export type TrafficLimit = Static<typeof TrafficLimit>;

/** Parts that a request leaves out do not limit. */
export function trafficLimit(asked: PartsOf<TrafficLimit>): TrafficLimit {
  return madeWhole({ qps: 0, per_source_ip_qps: 0, burst: 0 }, null, asked);
}

/** @param path how messages name the object that holds the limit */
export function checkTrafficLimit(
  limit: TrafficLimit | null,
  protocol: ListenerProtocol,
  path: string,
): void {
  if (!limit) return;
  const { qps, per_source_ip_qps } = limit;
  const field = `${path}.traffic_limit_config.per_source_ip_qps`;
  if (qps !== 0 && per_source_ip_qps >= qps) {
    throw invalid(field, `got ${per_source_ip_qps}, expected less than qps, which is ${qps}.`);
  }
  if (protocol === 'QUIC' && per_source_ip_qps !== 0) {
    throw invalid(field, `got ${per_source_ip_qps}, expected 0 or null for a QUIC listener.`);
  }
}
