/** Everything that the state machine knows, those first that others need to be gone before they can go. */
import type { Modelled, Weighted } from './resource.ts';
import { certificateModel } from './resources/certificates.ts';
import { deletions } from './resources/deletions.ts';
import { ipGroupModel } from './resources/ip-groups.ts';
import { l7PolicyModel } from './resources/l7-policies.ts';
import { l7RuleModel } from './resources/l7-rules.ts';
import { listenerModel } from './resources/listeners.ts';
import { loadBalancerModel } from './resources/load-balancers.ts';
import { logtankModel } from './resources/logtanks.ts';
import { memberBatches } from './resources/member-batches.ts';
import { memberModel } from './resources/members.ts';
import { monitorModel } from './resources/monitors.ts';
import { poolModel } from './resources/pools.ts';
import { securityPolicyModel } from './resources/security-policies.ts';
import { tagActions } from './resources/tags.ts';

export const resources = [
  logtankModel,
  l7RuleModel,
  l7PolicyModel,
  memberModel,
  monitorModel,
  poolModel,
  listenerModel,
  loadBalancerModel,
  ipGroupModel,
  certificateModel,
  securityPolicyModel,
] as unknown as readonly Modelled[];

export const allCommands: readonly Weighted[] = [
  ...resources.flatMap(({ create, commands }) => [create, ...commands]),
  ...memberBatches,
  ...tagActions,
  ...deletions,
];
