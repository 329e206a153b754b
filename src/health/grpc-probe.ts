import { parseExpectedCodes } from './expected-codes.ts';
import { GrpcAttempt } from './grpc-attempt.ts';
import type { MonitorSettings } from './monitor.ts';
import type { Probe } from './probe.ts';

/** The health service that gRPC has a standard for. */
const STANDARD = '/grpc.health.v1.Health/Check';

/**
 * GRPC: the member passes when its health service answers with one of the expected codes. A `url_path` that names a
 * method calls that instead.
 */
export function createGrpcProbe({ url_path, expected_codes }: MonitorSettings): Probe {
  const path = url_path === null || url_path === '/' ? STANDARD : url_path;
  const call = { path, isStandard: path === STANDARD, expected: parseExpectedCodes(expected_codes ?? '0') };
  return (target, finished) => new GrpcAttempt(target, call, finished);
}
