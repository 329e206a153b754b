/** A check of a member: it looks at one thing, and says what is wrong with it and how to mend it. */
import type { HealthMonitor } from '../../model/health-monitor.ts';
import type { Listener } from '../../model/listener.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import type { Member } from '../../model/member.ts';
import type { CheckFinding, CheckSubject } from '../../model/member-check.ts';
import type { Pool } from '../../model/pool.ts';

/** What is stored of a member and of what stands before it. */
export interface StoredFacts {
  readonly member: Member;
  readonly pool: Pool;
  readonly listener: Listener;
  readonly loadBalancer: LoadBalancer;
  readonly monitor: HealthMonitor | null;
  /** The VPC of the member's subnet; null when the subnet is no more, or the member never had one. */
  readonly vpcId: string | null;
}

export interface Check<F> {
  readonly subject: CheckSubject;
  readonly name: string;
  /** Major keeps requests from being served; Tips is worth knowing. */
  readonly severity: CheckFinding['severity'];
  /** With {0}, {1} and so on where the values go. */
  readonly template: string;
  /** The values when something is wrong; null when nothing is. */
  readonly find: (facts: F) => readonly (string | number)[] | null;
}

/** What the checks of some subjects find, in their order. */
export function findings<F>(
  checks: readonly Check<F>[],
  subjects: readonly CheckSubject[],
  facts: F,
  jobId: string,
): CheckFinding[] {
  return checks.flatMap(({ subject, name, severity, template, find }) => {
    const values = subjects.includes(subject) ? find(facts) : null;
    if (!values) return [];
    const reason_params = values.map(String);
    const reason = template.replace(/\{(\d)\}/g, (_, index: string) => reason_params[Number(index)] ?? '');
    return [{ name, reason, severity, subject, job_id: jobId, reason_template: template, reason_params }];
  });
}

/** How many checks some subjects have. */
export function countChecks(
  checks: readonly Pick<Check<never>, 'subject'>[],
  subjects: readonly CheckSubject[],
): number {
  return checks.filter(({ subject }) => subjects.includes(subject)).length;
}
