/** The networks of the inventory, as clients look them up (VPC v1). */
import { type Static, Type } from 'typebox';
import { addressText } from '../model/address.ts';
import { notFound } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { described } from '../model/schemas.ts';
import type { Inventory, SubnetRecord, VpcRecord } from '../service/inventory.ts';
import { Subnet, Vpc } from './answers.ts';

const group = 'Networks';

export function networkOperations(inventory: Inventory): Operation[] {
  const vpcsOf = (projectId: string) =>
    [...inventory.vpcs.keys()].flatMap((id) => inventory.vpc(projectId, id) ?? []);
  const common = { method: 'GET', group, carriesRequestId: false, status: 200 } as const;
  return [
    {
      ...common,
      id: 'ListVpcs',
      action: 'vpc:vpcs:list',
      path: '/v1/{project_id}/vpcs',
      summary: 'List VPCs',
      answer: Type.Object({ vpcs: described('The VPCs.', Type.Array(Vpc)) }),
      handle: async ({ params: { project_id = '' } }) => ({
        body: { vpcs: vpcsOf(project_id).map(renderVpc) },
      }),
    },
    {
      ...common,
      id: 'ShowVpc',
      action: 'vpc:vpcs:get',
      path: '/v1/{project_id}/vpcs/{vpc_id}',
      summary: 'Show a VPC',
      answer: Type.Object({ vpc: Vpc }),
      handle: async ({ params: { project_id = '', vpc_id = '' } }) => {
        const vpc = inventory.vpc(project_id, vpc_id);
        if (!vpc) throw notFound('vpc', vpc_id);
        return { body: { vpc: renderVpc(vpc) } };
      },
    },
    {
      ...common,
      id: 'ListSubnets',
      action: 'vpc:subnets:list',
      path: '/v1/{project_id}/subnets',
      summary: 'List subnets',
      query: { vpc_id: { schema: Type.String(), arity: 'one', description: 'Only those of this VPC.' } },
      answer: Type.Object({ subnets: described('The subnets.', Type.Array(Subnet)) }),
      handle: async ({ params: { project_id = '' }, query }) => {
        const vpcId = query.get('vpc_id');
        const vpcs = vpcsOf(project_id).filter(({ id }) => vpcId === null || id === vpcId);
        return { body: { subnets: vpcs.flatMap(({ subnets }) => subnets.map(renderSubnet)) } };
      },
    },
    {
      ...common,
      id: 'ShowSubnet',
      action: 'vpc:subnets:get',
      path: '/v1/{project_id}/subnets/{subnet_id}',
      summary: 'Show a subnet',
      answer: Type.Object({ subnet: Subnet }),
      handle: async ({ params: { project_id = '', subnet_id = '' } }) => {
        const subnet = inventory.network(project_id, subnet_id);
        if (!subnet) throw notFound('subnet', subnet_id);
        return { body: { subnet: renderSubnet(subnet) } };
      },
    },
  ];
}

function renderVpc({ id, name }: VpcRecord): Static<typeof Vpc> {
  return { id, name, description: '', cidr: '', status: 'OK', enterprise_project_id: '0', routes: [] };
}

function renderSubnet(subnet: SubnetRecord): Static<typeof Subnet> {
  const { id, name, neutronSubnetId, ipv4, ipv6, vpc, availabilityZone } = subnet;
  return {
    id,
    name,
    description: '',
    cidr: ipv4.text,
    gateway_ip: addressText(ipv4.first + 1n, 'v4'),
    status: 'ACTIVE',
    vpc_id: vpc.id,
    availability_zone: availabilityZone,
    neutron_network_id: id,
    neutron_subnet_id: neutronSubnetId,
    neutron_subnet_id_v6: ipv6 ? id : '',
    ipv6_enable: ipv6 !== null,
    cidr_v6: ipv6?.text ?? '',
    gateway_ip_v6: ipv6 ? addressText(ipv6.first + 1n, 'v6') : '',
    dhcp_enable: true,
    primary_dns: '',
    secondary_dns: '',
    dnsList: [],
    extra_dhcp_opts: [],
  };
}
