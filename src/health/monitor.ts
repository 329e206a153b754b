import type { HealthMonitor } from '../model/health-monitor.ts';

/** The kinds of probe there are; each has an entry in the table of probes. */
export type MonitorType = HealthMonitor['type'];

/** What the scheduler reads of a health monitor: fields of the API's resource under their own names. */
export interface MonitorSettings {
  readonly id: string;
  readonly type: MonitorType;
  /** Seconds between the starts of two probes of a member. */
  readonly delay: number;
  /** Seconds that a probe may take. */
  readonly timeout: number;
  /** Successes in a row that bring an OFFLINE member ONLINE. */
  readonly max_retries: number;
  /** Failures in a row that bring a member OFFLINE. */
  readonly max_retries_down: number;
  /** Where members are probed; null for the port that each has. */
  readonly monitor_port: number | null;
  /** GET, HEAD or POST. Like `http_version` it matters to HTTP and HTTPS only; null is the API's default. */
  readonly http_method: string | null;
  /** For HTTP, HTTPS, and GRPC where it is not `/`. */
  readonly url_path: string | null;
  /** HTTP/1.0 or HTTP/1.1. */
  readonly http_version: string | null;
  /** For example `200`, `200,202` or `200-204,300-399`; of GRPC from 0 to 99. */
  readonly expected_codes: string | null;
  /** Whether TCP and UDP_CONNECT probes send and compare the contents. */
  readonly content_check_enable: boolean;
  readonly send_content: string | null;
  readonly receive_content: string | null;
  /** TEXT or HEX: how the contents are written. */
  readonly content_format: string;
}
