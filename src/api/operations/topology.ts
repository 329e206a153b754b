/** The operation that shows the topology of a load balancer. */
import { Type } from 'typebox';
import { l7Rule } from '../../model/l7-rule.ts';
import type { Operation } from '../../model/operation.ts';
import { nodeKeys, Topology, topologyQuery } from '../../model/topology.ts';
import type { Region } from '../../service/region.ts';
import { showTopology, type TopologyView } from '../../service/topology.ts';
import { readParameters } from '../parameters.ts';
import { render } from '../render.ts';

function renderTopology({ loadBalancer, listeners, pools, edges, policies }: TopologyView): unknown {
  return {
    nodes: {
      loadbalancers: [only(nodeKeys.loadbalancer, loadBalancer)],
      eips: loadBalancer.publicips.map(({ publicip_id, publicip_address, ip_version }) => ({
        id: publicip_id,
        ip_address: publicip_address,
        ip_version,
      })),
      listeners: listeners.map((each) => only(nodeKeys.listener, each)),
      pools: pools.map((each) => only(nodeKeys.pool, each)),
    },
    edges,
    labels: {
      l7policies: policies.map(({ policy, rules }) => ({
        ...only(nodeKeys.l7policy, policy),
        rules: rules.map((rule) => render(l7Rule, rule)),
      })),
    },
  };
}

function only(keys: readonly string[], record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, record[key] ?? null]));
}

export function topologyOperation(region: Region): Operation {
  return {
    id: 'ShowLoadBalancerTopology',
    action: 'elb:loadbalancers:get',
    method: 'GET',
    path: '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/topology',
    group: 'Load balancers',
    summary: 'Show which ways requests take from a load balancer to its pools',
    query: topologyQuery,
    answer: Type.Object({ topology: Topology }),
    status: 200,
    handle: async ({ params: { project_id = '', loadbalancer_id = '' }, query }) => {
      const asked = readParameters(topologyQuery, query);
      return {
        body: { topology: renderTopology(await showTopology(region, project_id, loadbalancer_id, asked)) },
      };
    },
  };
}
