/** What the network services answer, as far as clients read it. */
import { Type } from 'typebox';
import { publicIp } from '../model/public-ip.ts';
import { answerBody } from '../model/resource.ts';
import { described, named } from '../model/schemas.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);
const id = text('Its id.');

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
    publicip_info: described(
      'The public IPs that have it.',
      Type.Array(
        named(
          'PublicIpOfBandwidth',
          Type.Object({
            publicip_id: text('Its id.'),
            publicip_address: text('The address.', '203.0.113.10'),
            publicip_type: text('The network it is of.', '5_bgp'),
            ip_version: described('4 or 6.', Type.Integer(), 4),
          }),
        ),
      ),
    ),
    tenant_id: text('The project.'),
    status: text('Always NORMAL.', 'NORMAL'),
  }),
);
