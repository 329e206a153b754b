/** What the network services answer, as far as clients read it. */
import { Type } from 'typebox';
import { publicIp } from '../model/public-ip.ts';
import { answerBody } from '../model/resource.ts';
import { described, named } from '../model/schemas.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);
const id = text('Its id.');

export const Vpc = named(
  'Vpc',
  Type.Object({
    id,
    name: text('Its name.', 'vpc'),
    description: text('Empty.', ''),
    cidr: text('Empty: its subnets have their own.', ''),
    status: text('Always OK.', 'OK'),
    enterprise_project_id: text('Always 0.', '0'),
    routes: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
  }),
);

const texts = (description: string) => described(description, Type.Array(Type.String(), { maxItems: 0 }));

/** A subnet; clients place VIPs and members by `neutron_subnet_id`, and backend networks by `id`. */
export const Subnet = named(
  'Subnet',
  Type.Object({
    id,
    name: text('Its name.', 'subnet'),
    description: text('Empty.', ''),
    cidr: text('Its IPv4 network.', '127.64.0.0/24'),
    gateway_ip: text('The gateway of that network.', '127.64.0.1'),
    status: text('Always ACTIVE.', 'ACTIVE'),
    vpc_id: text('The VPC.'),
    availability_zone: text('The zone.', 'local-1a'),
    neutron_network_id: text('The same as the id.'),
    neutron_subnet_id: text('The id that vip_subnet_cidr_id and subnet_cidr_id take.'),
    neutron_subnet_id_v6: text('The id of its IPv6 network; empty for none.', ''),
    ipv6_enable: described('Whether it has an IPv6 network.', Type.Boolean(), false),
    cidr_v6: text('That network; empty for none.', ''),
    gateway_ip_v6: text('The gateway of that network; empty for none.', ''),
    dhcp_enable: described('Always true.', Type.Boolean()),
    primary_dns: text('Empty.', ''),
    secondary_dns: text('Empty.', ''),
    dnsList: texts('None.'),
    extra_dhcp_opts: texts('None.'),
  }),
);

const {
  bandwidth_charge_mode: _chargeMode,
  billing_info: _billing,
  ...shownOfPublicIp
} = answerBody(publicIp).properties;

export const ProjectPublicIp = named(
  'ProjectPublicIp',
  Type.Object({
    ...shownOfPublicIp,
    create_time: text(
      'When the project got it, UTC; empty for one of the inventory that nobody has.',
      '2026-01-31T09:30:00Z',
    ),
    status: text('ELB while it is bound to a load balancer, else DOWN.', 'ELB'),
    tenant_id: text('The project.'),
    private_ip_address: text('The address of the load balancer; empty for none.', '10.0.0.10'),
    port_id: text('The port of that address; empty for none.'),
    profile: described('Empty.', Type.Object({})),
  }),
);

export const Bandwidth = named(
  'Bandwidth',
  Type.Object({
    id,
    name: text('Its name.', 'bandwidth'),
    size: described('Mbit/s as asked for; 0 when nobody said.', Type.Integer()),
    share_type: text('PER, or WHOLE when it is shared.', 'PER'),
    charge_mode: text('How it would be billed.', 'traffic'),
    bandwidth_type: text('Always bgp.', 'bgp'),
    publicip_info: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    tenant_id: text('The project.'),
    status: text('Always NORMAL.', 'NORMAL'),
  }),
);
