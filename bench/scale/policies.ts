/** The l7 policies of a generated project with their rules. */
import { type L7Policy, l7Policy } from '../../src/model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../../src/model/l7-rule.ts';
import type { Listener } from '../../src/model/listener.ts';
import { draft } from '../../src/model/resource.ts';
import type { Maker } from './maker.ts';

/** A policy of a listener that speaks HTTP: to one of the pools, or to another address. */
export function makePolicy(maker: Maker, of: Listener, poolIds: readonly string[]): L7Policy {
  const { chance } = maker;
  const toPool = poolIds.length > 0 && chance.happens(0.8);
  return {
    ...draft(l7Policy, {}),
    ...maker.birth(),
    name: maker.name('policy'),
    description: maker.description(),
    enterprise_project_id: of.enterprise_project_id,
    listener_id: of.id,
    action: toPool ? 'REDIRECT_TO_POOL' : 'REDIRECT_TO_URL',
    position: 100,
    priority: 1 + chance.below(10_000),
    redirect_pool_id: toPool ? chance.pick(poolIds) : null,
    redirect_url_config: toPool
      ? null
      : {
          protocol: 'HTTPS',
          host: 'new.example',
          port: '443',
          path: '/',
          query: '',
          status_code: '302',
          insert_headers_config: null,
          remove_headers_config: null,
        },
  };
}

export function makeRule(maker: Maker, of: L7Policy, type: 'HOST_NAME' | 'PATH'): L7Rule {
  const { chance } = maker;
  const value = type === 'PATH' ? `/app-${chance.below(500)}` : `shop-${chance.below(2000)}.example`;
  return {
    ...draft(l7Rule, {}),
    ...maker.birth(),
    enterprise_project_id: of.enterprise_project_id,
    l7policy_id: of.id,
    type,
    compare_type: type === 'PATH' ? chance.pick(['STARTS_WITH', 'EQUAL_TO', 'REGEX'] as const) : 'EQUAL_TO',
    value,
  };
}
