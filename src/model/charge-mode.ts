/** A change of how load balancers are paid: from use to a period in advance (rules digest 2.1.7, change charge mode). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orLeftOut, orNull } from './field.ts';
import { described, Id, integer, named, oneOf, strict } from './schemas.ts';

/** How many periods of each kind can be ordered. */
const mostPeriods = { month: 9, year: 3 } as const;

const PrepaidOptions = named(
  'PrepaidOptions',
  strict({
    period_type: described('What the period is counted in.', oneOf('month', 'year')),
    period_num: orLeftOut(
      described('How many of them; 1 unless told otherwise.', integer(1, mostPeriods.month)),
    ),
    auto_renew: orLeftOut(described('Whether the period is renewed.', Type.Boolean())),
    auto_pay: orLeftOut(described('Whether it is paid at once.', Type.Boolean())),
    include_publicip: orLeftOut(described('Whether public IPs are paid so too.', Type.Boolean())),
    publicip_ids: orLeftOut(
      described('Which of them; all that are bound if not given.', Type.Array(Id, { maxItems: 100 })),
    ),
  }),
);

export const ChargeModeChange = strict({
  loadbalancer_ids: described('The load balancers.', Type.Array(Id, { minItems: 1, maxItems: 100 })),
  charge_mode: described('prepaid.', oneOf('prepaid')),
  prepaid_options: Type.Optional(described('For how long.', orNull(PrepaidOptions))),
});

export type ChargeModeChange = Static<typeof ChargeModeChange>;

/**
 * Checks what a change says of its period and public IPs.
 *
 * @throws Refusal
 */
export function checkChargeMode({ prepaid_options: options }: ChargeModeChange): void {
  if (!options) return;
  const { period_type, period_num, include_publicip, publicip_ids } = options;
  const most = mostPeriods[period_type];
  if (period_num && period_num > most) {
    throw invalid(
      'prepaid_options.period_num',
      `got ${period_num}, expected an integer from 1 to ${most} when period_type is ${period_type}.`,
    );
  }
  if (publicip_ids && !include_publicip) {
    throw invalid('prepaid_options.publicip_ids', 'it goes with include_publicip true; leave it out.');
  }
}
