/** The networks of the inventory, in the form of those that projects make. */
import { undated } from '../../model/network-fields.ts';
import type { Subnet } from '../../model/subnet.ts';
import type { Vpc } from '../../model/vpc.ts';
import { firstAddress, type SubnetRecord, type VpcRecord } from '../inventory.ts';

const neverChanged = { description: '', tags: [], created_at: undated, updated_at: undated };

/** @param projectId who asks, and sees it as its own */
export function declaredVpc(projectId: string, { id, name, cidr }: VpcRecord): Vpc {
  return { ...neverChanged, id, project_id: projectId, name, cidr, enterprise_project_id: '0' };
}

/** @param projectId who asks, and sees it as its own */
export function declaredSubnet(projectId: string, of: SubnetRecord): Subnet {
  const { id, name, ipv4, ipv6, vpc, availabilityZone, neutronSubnetId } = of;
  return {
    ...neverChanged,
    id,
    project_id: projectId,
    name,
    cidr: ipv4.text,
    gateway_ip: firstAddress(ipv4),
    vpc_id: vpc.id,
    dhcp_enable: true,
    primary_dns: '',
    secondary_dns: '',
    dnsList: [],
    availability_zone: availabilityZone,
    ipv6_enable: ipv6 !== null,
    cidr_v6: ipv6?.text ?? '',
    gateway_ip_v6: ipv6 ? firstAddress(ipv6) : '',
    neutron_subnet_id: neutronSubnetId,
    extra_dhcp_opts: [],
    neutron_name: '',
  };
}
