/** The operations of features. */
import { Type } from 'typebox';
import { FeatureConfig, LoadBalancerFeature } from '../../model/feature.ts';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { derivedId } from '../../service/derived-id.ts';
import { type FeatureValue, loadBalancerFeatures, projectFeatures } from '../../service/features.ts';
import type { Region } from '../../service/region.ts';
import { listBody, PageInfo } from '../page-info.ts';
import { readParameters } from '../parameters.ts';

const group = 'Region';

const query = {
  feature: { schema: Type.String(), arity: 'one', description: 'Only the feature of this name.' },
} as const;

/** Features are part of the program: nobody created one. */
const beginning = '1970-01-01T00:00:00Z';

function renderFeature({ feature, value }: FeatureValue) {
  return { feature, type: typeof value === 'boolean' ? 'BOOL' : 'INT', value: String(value) };
}

function renderConfig(of: FeatureValue, projectId: string) {
  return {
    id: derivedId(`feature ${of.feature} ${projectId}`),
    ...renderFeature(of),
    switch: true,
    service: 'ELB',
    tenant_id: projectId,
    caller: 'elbow',
    description: of.description,
    created_at: beginning,
    updated_at: beginning,
  };
}

export function featureOperations(region: Region): Operation[] {
  return [
    {
      id: 'ListFeatureConfigs',
      action: 'elb:features:list',
      method: 'GET',
      path: '/v3/{project_id}/elb/feature/configs',
      group,
      summary: 'List the features of load balancers in the project',
      query,
      answer: Type.Object({
        configs: described('The features.', Type.Array(FeatureConfig)),
        page_info: PageInfo,
      }),
      status: 200,
      handle: async (call) => {
        const projectId = call.params['project_id'] ?? '';
        const { feature } = readParameters(query, call.query);
        const records = await projectFeatures(region, projectId, feature);
        return {
          body: listBody('configs', { records, more: false }, { reverse: false, marker: undefined }, (each) =>
            renderConfig(each, projectId),
          ),
        };
      },
    },
    {
      id: 'ListLoadbalancerFeature',
      action: 'elb:loadbalancers:get',
      method: 'GET',
      path: '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/features',
      group: 'Load balancers',
      summary: 'List the features of a load balancer',
      answer: Type.Object({ features: described('The features.', Type.Array(LoadBalancerFeature)) }),
      status: 200,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' } }) => {
        const found = await loadBalancerFeatures(region, project_id, loadbalancer_id);
        return { body: { features: found.map(renderFeature) } };
      },
    },
  ];
}
