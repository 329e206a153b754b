/** The parts that lines of the access log have in common (rules digest 4.14: the fields go by their documented names). */
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';

/** What clients sent is cut here: a line stays a line that others can read. */
const maxLength = 4096;

/** Text as JSON, whatever is in it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > maxLength ? text.slice(0, maxLength) : text);
}

/** An empty text stands as `-`, as in the documented line. */
export function quotedOrDash(text: string | null): string {
  return text === null || text === '' ? '"-"' : quoted(text);
}

let second = 0;
let secondText = '';

/** The fields that say when: at the end of the request, as the documented line has it. */
export function whenText(): string {
  const now = Date.now();
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    secondText = `${new Date(now).toISOString().slice(0, 19)}+00:00`;
  }
  return `"msec":${(now / 1000).toFixed(3)},"time_iso8601":"${secondText}"`;
}

/** Seconds with milliseconds. */
export function secondsText(elapsedMs: number): string {
  const ms = Math.round(elapsedMs);
  // Nearly all are below a second, and toFixed() costs several times as much as this.
  if (ms < 1000) return ms < 10 ? `0.00${ms}` : ms < 100 ? `0.0${ms}` : `0.${ms}`;
  return (ms / 1000).toFixed(3);
}

const known = new WeakMap<ListenerConfiguration, string>();

/** The fields of a listener and of its load balancer. */
export function listenerText(listener: ListenerConfiguration): string {
  let text = known.get(listener);
  if (text === undefined) {
    text = listenerFields(listener);
    known.set(listener, text);
  }
  return text;
}

function listenerFields({
  id,
  loadBalancerId,
  publicAddress,
  port,
  accessLog,
}: ListenerConfiguration): string {
  return (
    `"access_log_topic_id":${quotedOrDash(accessLog?.topicId ?? null)},"log_ver":"elb_01",` +
    `"lb_name":"loadbalancer_${loadBalancerId}","listener_name":"listener_${id}","listener_id":"${id}",` +
    `"tenant_id":${quotedOrDash(accessLog?.projectId ?? null)},"eip_address":${quotedOrDash(publicAddress)},` +
    `"eip_port":${publicAddress === null ? '"-"' : port}`
  );
}

/** What is never known here: no web application firewall, no fields of the user's own, no kernel's round-trip times. */
export const unknownText =
  '"tcpinfo_rtt":"-","self_defined_header":"-","actions_executed":"-","error_reason":"-","pool_usr_name":"-"';

/** An address with its port, IPv6 in brackets. */
export function addressText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
