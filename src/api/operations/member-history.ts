/** Elbow’s own: what became of a member's health, and what its last probes showed. */
import { Type } from 'typebox';
import { orNull } from '../../model/field.ts';
import { FailureReason, OperatingStatus } from '../../model/member.ts';
import type { Operation } from '../../model/operation.ts';
import { described, Id, named, oneOf } from '../../model/schemas.ts';
import { type MemberTransition, memberHistory } from '../../service/member-history.ts';
import type { Region } from '../../service/region.ts';

/** The newest probes of members, the newest first; only the control plane that made them knows them. */
export interface ProbeSource {
  probesOf(
    poolId: string,
    memberId: string,
  ): readonly {
    readonly at: Date;
    readonly result:
      | { readonly kind: 'passed'; readonly latencyMs: number | null }
      | { readonly kind: 'failed'; readonly reason: FailureReason }
      | { readonly kind: 'inconclusive'; readonly cause: string };
  }[];
}

const at = Type.String({ format: 'date-time', description: 'When, UTC.' });
const reason = described('Why it failed; null unless it did.', orNull(FailureReason));
const latency_ms = orNull(
  Type.Number({ description: 'How long the answer took, in milliseconds; null when there was none.' }),
);

const Transition = named(
  'HealthTransition',
  Type.Object({
    at,
    verdict: described('What the thresholds made of the probes.', oneOf('ONLINE', 'OFFLINE')),
    reason,
    latency_ms,
  }),
);

const Probe = named(
  'PastProbe',
  Type.Object({
    at,
    outcome: described(
      'What it showed; inconclusive when the fault was Elbow’s own, so that it does not count.',
      oneOf('passed', 'failed', 'inconclusive'),
    ),
    reason,
    latency_ms,
    cause: orNull(Type.String({ description: 'Why it was inconclusive; null unless it was.' })),
  }),
);

const History = named(
  'MemberHistory',
  Type.Object({
    member_id: described('The member.', Id),
    pool_id: described('Its pool.', Id),
    operating_status: described('Its health.', OperatingStatus),
    is_flapping: Type.Boolean({ description: 'Whether its verdict changed five times within ten minutes.' }),
    transitions: described(
      'The newest 100 changes of its verdict or reason, newest first.',
      Type.Array(Transition),
    ),
    probes: described('Its newest 10 probes, newest first, of this control plane.', Type.Array(Probe)),
  }),
);

export function renderTransition({ at, verdict, reason, latencyMs }: MemberTransition) {
  return { at: at.toISOString(), verdict, reason, latency_ms: rounded(latencyMs) };
}

function renderProbe({ at, result }: ReturnType<ProbeSource['probesOf']>[number]) {
  return {
    at: at.toISOString(),
    outcome: result.kind,
    reason: result.kind === 'failed' ? result.reason : null,
    latency_ms: result.kind === 'passed' ? rounded(result.latencyMs) : null,
    cause: result.kind === 'inconclusive' ? result.cause : null,
  };
}

/** To the microsecond. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}

export function memberHistoryOperations(region: Region, source: ProbeSource): Operation[] {
  return [
    {
      id: 'ShowMemberHistory',
      method: 'GET',
      path: '/elbow/v1/members/{member_id}/history',
      action: 'elb:members:get',
      group: 'Elbow',
      summary: 'Show how a member’s health changed, and its last probes',
      answer: Type.Object({ history: History }),
      status: 200,
      handle: async ({ params: { member_id = '' }, caller }) => {
        const { member, transitions, isFlapping } = await memberHistory(region, caller.projectIds, member_id);
        return {
          body: {
            history: {
              ...{ member_id, pool_id: member.pool_id, operating_status: member.operating_status },
              is_flapping: isFlapping,
              transitions: transitions.map(renderTransition),
              probes: source.probesOf(member.pool_id, member_id).map(renderProbe),
            },
          },
        };
      },
    },
  ];
}
