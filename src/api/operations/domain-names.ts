/** The operations of load balancers' names in DNS. */
import { type Static, type TSchema, Type } from 'typebox';
import {
  DomainConfigAnswer,
  type DomainConfigRequest,
  type DomainIp,
  DomainIpList,
  domainIp,
  SystemDomainConfig,
  UserDomainConfig,
} from '../../model/domain-names.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import { described, named } from '../../model/schemas.ts';
import { listDomainIps, switchDomainIps } from '../../service/domain-ips.ts';
import {
  configureSystemDomain,
  configureUserDomain,
  type DomainConfigView,
} from '../../service/domain-names.ts';
import type { Region } from '../../service/region.ts';
import { listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { eipsOf, render } from '../render.ts';

const group = 'Load balancers';
const path = '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/dns';

function renderConfig({ loadBalancer: of, ...config }: DomainConfigView): unknown {
  const { id, vip_address, ipv6_vip_address, global_eips } = of;
  return { id, vip_address, ipv6_vip_address, eips: eipsOf(of), global_eips, ...config };
}

function renderIp(of: DomainIp): { readonly ip_address: string } {
  return { ...render(domainIp, of), ip_address: of.ip_address };
}

export function domainNameOperations(region: Region): Operation[] {
  const configuration = (
    id: string,
    name: string,
    summary: string,
    schema: TSchema,
    configure: typeof configureUserDomain,
  ): Operation => ({
    id,
    action: 'elb:loadbalancers:put',
    method: 'POST',
    path: `${path}/${name}`,
    group,
    summary,
    body: schema,
    answer: Type.Object({ loadbalancer: DomainConfigAnswer }),
    status: 200,
    handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => {
      const { loadbalancer } = body as { loadbalancer: DomainConfigRequest };
      const view = await configure(region, project_id, loadbalancer_id, loadbalancer);
      return { body: { loadbalancer: renderConfig(view) } };
    },
  });
  const answer = named('DomainIp', answerBody(domainIp));
  const switching = (id: string, name: string, summary: string, enable: boolean): Operation => ({
    id,
    action: 'elb:loadbalancers:put',
    method: 'POST',
    path: `${path}/ips/${name}`,
    group,
    summary,
    body: DomainIpList,
    answer: Type.Object({ ips: described('The addresses as they are now.', Type.Array(answer)) }),
    status: 200,
    handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => {
      const asked = (body as Static<typeof DomainIpList>).ips.map(({ ip_address }) => ip_address);
      const ips = await switchDomainIps(region, project_id, loadbalancer_id, asked, enable);
      return { body: { ips: ips.map(renderIp) } };
    },
  });
  return [
    configuration(
      'UpdateSystemDefaultDomainConfig',
      'system-default-config',
      'Name a load balancer in the zone of the system',
      SystemDomainConfig,
      configureSystemDomain,
    ),
    configuration(
      'UpdateUserDefinedDomainConfig',
      'user-defined-config',
      'Name a load balancer in zones of one’s own',
      UserDomainConfig,
      configureUserDomain,
    ),
    {
      ...listOperation({
        of: domainIp,
        id: 'ListDomainIPs',
        action: 'elb:loadbalancers:listDnsConfig',
        path: `${path}/ips`,
        group,
        summary: 'List the addresses that a load balancer’s names are for',
        answer,
      }),
      handle: async ({ params: { project_id = '', loadbalancer_id = '' }, query }) => {
        const asked = readListQuery(domainIp, query);
        const ips = await listDomainIps(region, project_id, loadbalancer_id, asked);
        return { body: listBody(domainIp.plural, ips, asked, renderIp) };
      },
    },
    switching('BatchEnableDomainIPs', 'batch-enable', 'Let names be resolved to addresses', true),
    switching('BatchDisableDomainIPs', 'batch-disable', 'Let names be resolved to addresses no more', false),
  ];
}
