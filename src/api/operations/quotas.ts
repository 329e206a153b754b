/** The operations of quotas. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { Quota, QuotaDetail, QuotaName } from '../../model/quota.ts';
import { described } from '../../model/schemas.ts';
import { quotaLimits, quotaUsage } from '../../service/quota-usage.ts';
import type { Region } from '../../service/region.ts';
import { readParameters } from '../parameters.ts';

const group = 'Quotas';
const path = '/v3/{project_id}/elb/quotas';

const query = {
  quota_key: { schema: QuotaName, arity: 'many', description: 'Only these quotas; all if not given.' },
} as const;

export function quotaOperations(region: Region): Operation[] {
  return [
    {
      id: 'ShowQuota',
      action: 'elb:quotas:list',
      method: 'GET',
      path,
      group,
      summary: 'Show all quotas; -1 is no limit',
      answer: Type.Object({ quota: Quota }),
      status: 200,
      handle: async ({ params: { project_id = '' } }) => ({
        body: { quota: { project_id, ...quotaLimits(region) } },
      }),
    },
    {
      id: 'ListQuotaDetails',
      action: 'elb:quotas:list',
      method: 'GET',
      path: `${path}/details`,
      group,
      summary: 'List quotas and how much of each is used',
      query,
      answer: Type.Object({ quotas: described('The quotas.', Type.Array(QuotaDetail)) }),
      status: 200,
      handle: async (call) => {
        const { quota_key } = readParameters(query, call.query);
        const usage = await quotaUsage(region, call.params['project_id'] ?? '', quota_key);
        return {
          body: {
            quotas: usage.map(({ key, limit, used }) => ({
              quota_key: key,
              quota_limit: limit,
              used,
              unit: 'count',
            })),
          },
        };
      },
    },
  ];
}
