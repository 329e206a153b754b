/** A change of how load balancers are paid: from use to a period in advance (rules digest 2.1.7, change charge mode). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { orNull } from './field.ts';
import { Id, oneOf, strict } from './schemas.ts';

/** How many periods of each kind can be ordered. */
const mostPeriods = { month: 9, year: 3 } as const;

const PrepaidOptions = strict({
  period_type: oneOf('month', 'year'),
  period_num: Type.Optional(orNull(Type.Integer({ minimum: 1, maximum: mostPeriods.month }))),
  auto_renew: Type.Optional(orNull(Type.Boolean())),
  auto_pay: Type.Optional(orNull(Type.Boolean())),
  include_publicip: Type.Optional(orNull(Type.Boolean())),
  publicip_ids: Type.Optional(orNull(Type.Array(Id, { maxItems: 100 }))),
});

export const ChargeModeChange = strict({
  loadbalancer_ids: Type.Array(Id, { minItems: 1, maxItems: 100 }),
  charge_mode: oneOf('prepaid'),
  prepaid_options: Type.Optional(orNull(PrepaidOptions)),
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
