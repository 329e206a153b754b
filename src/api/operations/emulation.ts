/** Elbow’s own, with --emulation only: controls for those who test their automation. */
import { type Static, Type } from 'typebox';
import { errorCodes, notFound, Refusal } from '../../model/errors.ts';
import { FailureReason } from '../../model/member.ts';
import type { Caller, Operation } from '../../model/operation.ts';
import { described, integer, named, oneOf, strict } from '../../model/schemas.ts';
import type { Faults } from '../emulation/faults.ts';
import type { PendingStates } from '../emulation/pending.ts';

/** What forces verdicts on members. */
export interface VerdictControl {
  /**
   * @returns false when the member is not in any of the projects
   * @throws Refusal when its pool has no monitor that is up
   */
  force(
    projectIds: ReadonlySet<string>,
    memberId: string,
    forced: {
      readonly verdict: 'ONLINE' | 'OFFLINE';
      readonly reason: FailureReason;
      readonly delayMs: number;
      readonly flapMs: number | null;
    } | null,
  ): Promise<boolean>;
}

export interface EmulationParts {
  readonly verdicts: VerdictControl;
  readonly faults: Faults;
  readonly pending: PendingStates;
  /** Moves the clock on, and says what time it is then. */
  readonly advance: (ms: number) => Promise<Date>;
}

const group = 'Emulation';
const base = '/elbow/v1/emulation';
/** They touch what all of a project shares. */
const allowed = { action: 'elbow:emulation:put', actionScope: 'project' } as const;
const milliseconds = (highest: number) => integer(0, highest);
const hourMs = 3_600_000;

const MemberEmulation = named(
  'MemberEmulation',
  strict({
    verdict: described('The verdict, whatever probes show.', oneOf('ONLINE', 'OFFLINE'), 'OFFLINE'),
    reason_code: Type.Optional(
      described('Why it is OFFLINE; CONNECT_REFUSED if not given.', FailureReason.properties.reason_code),
    ),
    expected_response: Type.Optional(
      described('With RESPONSE_MISMATCH.', Type.String({ maxLength: 64 }), '200'),
    ),
    healthcheck_response: Type.Optional(
      described('With RESPONSE_MISMATCH.', Type.String({ maxLength: 3 }), '503'),
    ),
    delay_ms: Type.Optional(described('How long until it shows.', milliseconds(hourMs), 0)),
    flap_ms: Type.Optional(
      described('How long until it turns into the other, and back.', integer(10, hourMs)),
    ),
  }),
);

const PendingEmulation = named(
  'PendingEmulation',
  strict({
    create_ms: Type.Optional(described('How long PENDING_CREATE lasts.', milliseconds(hourMs), 500)),
    update_ms: Type.Optional(described('How long PENDING_UPDATE lasts.', milliseconds(hourMs), 500)),
    delete_ms: Type.Optional(described('How long PENDING_DELETE lasts.', milliseconds(hourMs), 500)),
  }),
);

const EmulatedFault = named(
  'EmulatedFault',
  strict({
    operation: described(
      'The operation, as CreateMember; * for all.',
      Type.String({ maxLength: 64 }),
      'CreateMember',
    ),
    error_code: Type.Optional(
      described('What it answers; its own answer if not given.', oneOf(...errorCodes), 'ELB.8906'),
    ),
    rate: Type.Optional(
      described('The share of calls, 1 if not given.', Type.Number({ minimum: 0, maximum: 1 }), 0.3),
    ),
    delay_ms: Type.Optional(described('How long it waits first.', milliseconds(60_000), 0)),
  }),
);

const bodies = {
  member: strict({ emulation: MemberEmulation }),
  pending: strict({ pending: PendingEmulation }),
  faults: strict({
    faults: described('All that there are to be.', Type.Array(EmulatedFault, { maxItems: 100 })),
  }),
  clock: strict({ advance_ms: described('How far to move the clock on.', integer(1, hourMs), 10_000) }),
};

/** @param parts null while emulation is off: then each of these is not found, and says how it would be */
export function emulationOperations(parts: EmulationParts | null): Operation[] {
  const on = (): EmulationParts => {
    if (parts) return parts;
    throw new Refusal(
      'ELB.8904',
      'Emulation is off; start Elbow with --emulation (or ELBOW_EMULATION=true).',
    );
  };
  const control = async (caller: Caller, id: string, emulation: Static<typeof MemberEmulation> | null) => {
    const forced = emulation && {
      verdict: emulation.verdict,
      reason: {
        reason_code: emulation.reason_code ?? 'CONNECT_REFUSED',
        expected_response: emulation.expected_response ?? null,
        healthcheck_response: emulation.healthcheck_response ?? null,
      },
      delayMs: emulation.delay_ms ?? 0,
      flapMs: emulation.flap_ms ?? null,
    };
    if (!(await on().verdicts.force(caller.projectIds, id, forced))) throw notFound('member', id);
    return {};
  };
  const member = `${base}/members/{member_id}`;
  return [
    {
      ...allowed,
      ...{ id: 'EmulateMember', method: 'PUT', path: member, group, status: 204 },
      summary: 'Force a verdict on a member',
      body: bodies.member,
      handle: ({ caller, params, body }) =>
        control(caller, params['member_id'] ?? '', (body as Static<typeof bodies.member>).emulation),
    },
    {
      ...allowed,
      ...{ id: 'EndMemberEmulation', method: 'DELETE', path: member, group, status: 204 },
      summary: 'Leave a member to its probes again',
      handle: ({ caller, params }) => control(caller, params['member_id'] ?? '', null),
    },
    {
      ...allowed,
      ...{ id: 'EmulatePending', method: 'PUT', path: `${base}/pending`, group, status: 204 },
      summary: 'Have load balancers pass through pending states',
      body: bodies.pending,
      handle: async ({ body }) => {
        const { pending } = body as Static<typeof bodies.pending>;
        on().pending.times = { create_ms: 0, update_ms: 0, delete_ms: 0, ...pending };
        return {};
      },
    },
    {
      ...allowed,
      ...{ id: 'EmulateFaults', method: 'PUT', path: `${base}/faults`, group, status: 204 },
      summary: 'Have calls fail or wait; an empty list ends it',
      body: bodies.faults,
      handle: async ({ body }) => {
        const { faults } = body as Static<typeof bodies.faults>;
        on().faults.set(
          faults.map(({ operation, error_code, rate = 1, delay_ms = 0 }) => ({
            ...{ operation, rate, delayMs: delay_ms },
            errorCode: error_code ?? null,
          })),
        );
        return {};
      },
    },
    {
      ...allowed,
      ...{ id: 'AdvanceClock', method: 'POST', path: `${base}/clock/advance`, group, status: 200 },
      summary: 'Move the clock of probes and timestamps on',
      body: bodies.clock,
      answer: Type.Object({
        now: Type.String({ format: 'date-time', description: 'What time it is then, UTC.' }),
      }),
      handle: async ({ body }) => {
        const now = await on().advance((body as Static<typeof bodies.clock>).advance_ms);
        return { body: { now: now.toISOString() } };
      },
    },
  ];
}
