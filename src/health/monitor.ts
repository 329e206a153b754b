/** The kinds of probe there are; each has an entry in the table of probes. */
export type MonitorType = 'TCP' | 'HTTP';

/** What the scheduler reads of a health monitor: fields of the API's resource under their own names. */
export interface MonitorSettings {
  readonly type: MonitorType;
  /** Seconds between the starts of two probes of a member. */
  readonly delay: number;
  /** Seconds that a probe may take. */
  readonly timeout: number;
  /** Successes in a row that bring an OFFLINE member ONLINE. */
  readonly max_retries: number;
  /** Failures in a row that bring a member OFFLINE. */
  readonly max_retries_down: number;
  /** GET, HEAD or POST. Like the fields below it matters to HTTP only; null is the API's default. */
  readonly http_method: string | null;
  readonly url_path: string | null;
  /** HTTP/1.0 or HTTP/1.1. */
  readonly http_version: string | null;
  /** For example `200`, `200,202` or `200-204,300-399`. */
  readonly expected_codes: string | null;
}
