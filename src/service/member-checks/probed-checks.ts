/** The checks that need a probe of the member. */

import type { FailureReason } from '../../model/member.ts';
import type { CheckSubject } from '../../model/member-check.ts';
import type { Check, StoredFacts } from './check.ts';
import type { PlannedProbe, ProbeOutcome } from './prober.ts';

export interface ProbedFacts extends StoredFacts {
  readonly probe: PlannedProbe | null;
  readonly outcome: ProbeOutcome;
}

/** How to mend what a probe met. */
function advice(
  { reason_code, expected_response, healthcheck_response }: FailureReason,
  timeout: number,
): string {
  switch (reason_code) {
    case 'CONNECT_REFUSED':
      return 'nothing listens there. Start the application, or set protocol_port or monitor_port to its port';
    case 'CONNECT_TIMEOUT':
      return 'nothing came back. Check the address, and that no firewall drops what comes from this host';
    case 'CONNECT_FAILED':
      return 'there is no way to the address. Check it, and the network between';
    case 'CONNECT_INTERRUPT':
      return 'the connection was cut. See what the application or a firewall before it has logged';
    case 'SSL_HANDSHAKE_ERROR':
      return 'the TLS handshake failed. Check that the application speaks TLS on this port, and asks for no certificate';
    case 'SEND_REQUEST_FAILED':
    case 'SEND_REQUEST_TIMEOUT':
      return 'the request was not taken. See whether the application hangs';
    case 'RECV_RESPONSE_FAILED':
      return 'the answer broke off. See what the application has logged';
    case 'RECV_RESPONSE_TIMEOUT':
      return `it took the connection and did not answer within ${timeout} s. See whether the application hangs, or raise the monitor’s timeout`;
    case 'RESPONSE_FORMAT_ERROR':
      return 'what it answered is not what was asked for. Give the port that speaks what the monitor’s type asks, or a monitor of type TCP';
    case 'RESPONSE_MISMATCH':
      return `it answered ${healthcheck_response}, and the monitor expects ${expected_response}. Mend the application, or the monitor’s url_path or expected_codes`;
  }
}

/** Packets to the member, or back, seem to be lost or turned away. */
const unreachable: readonly FailureReason['reason_code'][] = ['CONNECT_TIMEOUT', 'CONNECT_FAILED'];

/** Nothing here filters packets, so what a security group or an ACL would do, another firewall does. */
function reachability(subject: CheckSubject, template: string): readonly Check<ProbedFacts>[] {
  return [
    {
      subject,
      name: 'reachable',
      severity: 'Major',
      template: `No connection to {0} port {1} came about ({2}). ${template}`,
      find: ({ member, probe, outcome }) =>
        outcome.kind === 'failed' && probe && unreachable.includes(outcome.reason.reason_code)
          ? [member.address, probe.port, outcome.reason.reason_code]
          : null,
    },
    {
      subject,
      name: 'tried',
      severity: 'Tips',
      template: 'Whether {0} can be reached was not tried: {1}.',
      find: ({ member, outcome }) =>
        outcome.kind === 'inconclusive' || outcome.kind === 'impossible'
          ? [member.address, outcome.cause]
          : null,
    },
  ];
}

export const probedChecks: readonly Check<ProbedFacts>[] = [
  {
    subject: 'config',
    name: 'connection',
    severity: 'Major',
    template: 'A {0} probe of {1} port {2} met {3}: {4}.',
    find: ({ outcome, probe, member }) =>
      outcome.kind === 'failed' && probe
        ? [
            probe.monitor.type,
            member.address,
            probe.port,
            outcome.reason.reason_code,
            advice(outcome.reason, probe.monitor.timeout),
          ]
        : null,
  },
  {
    subject: 'config',
    name: 'tried',
    severity: 'Tips',
    template: 'The member was not probed: {0}.',
    find: ({ outcome }) =>
      outcome.kind === 'inconclusive' || outcome.kind === 'impossible' ? [outcome.cause] : null,
  },
  ...reachability(
    'securityGroup',
    'There are no security groups here: look at the firewall of the server, which must let this host in.',
  ),
  ...reachability(
    'networkAcl',
    'There are no network ACLs here: look at the routes and firewalls between this host and the server.',
  ),
];
