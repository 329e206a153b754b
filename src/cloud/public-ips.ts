/** The public IPs of a project and their bandwidths, as clients make, look up, bind and release them (VPC v1). */
import { type Static, Type } from 'typebox';
import { notFound } from '../model/errors.ts';
import { orLeftOut } from '../model/field.ts';
import type { Operation } from '../model/operation.ts';
import { NewBandwidth, type PublicIpRecord } from '../model/public-ip.ts';
import { described, named, strict } from '../model/schemas.ts';
import { createPublicIp } from '../service/new-public-ips.ts';
import {
  listPublicIps,
  type PublicIpView,
  publicIpsByBandwidth,
  releasePublicIp,
  showPublicIp,
} from '../service/project-public-ips.ts';
import { changePublicIpBinding } from '../service/public-ip-bindings.ts';
import type { Region } from '../service/region.ts';
import { Bandwidth, ProjectPublicIp } from './answers.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const group = 'Networks';

const Binding = strict({
  publicip: described(
    'What to change.',
    strict({
      port_id: orLeftOut(
        described(
          'The vip_port_id or ipv6_vip_port_id of a load balancer; empty or absent to unbind.',
          Type.String({ maxLength: 36 }),
        ),
      ),
      ip_version: orLeftOut(described('The family that it has.', Type.Integer({ enum: [4, 6] }))),
    }),
  ),
});

const NewPublicIpV1 = strict({
  publicip: described(
    'What to make.',
    named(
      'CreatePublicip',
      strict({
        type: described('The kind of line.', Type.String({ minLength: 1, maxLength: 36 }), '5_bgp'),
        ip_version: orLeftOut(described('4 or 6; 4 unless told otherwise.', Type.Integer({ enum: [4, 6] }))),
        alias: orLeftOut(described('A name: accepted, and not kept.', Type.String({ maxLength: 64 }))),
      }),
    ),
  ),
  bandwidth: described('Its bandwidth.', NewBandwidth, {
    name: 'bandwidth',
    size: 5,
    share_type: 'PER',
    charge_mode: 'traffic',
  }),
  enterprise_project_id: orLeftOut(described('The enterprise project.', Type.String({ maxLength: 36 }), '0')),
});

export function publicIpOperations(region: Region): Operation[] {
  const common = { method: 'GET', group, carriesRequestId: false, status: 200 } as const;
  return [
    {
      ...common,
      id: 'CreatePublicip',
      action: 'vpc:publicIps:create',
      method: 'POST',
      path: '/v1/{project_id}/publicips',
      summary: 'Make a public IP',
      body: NewPublicIpV1,
      answer: Type.Object({ publicip: ProjectPublicIp }),
      handle: async ({ params: { project_id = '' }, body }) => {
        const { publicip, bandwidth, enterprise_project_id } = body as Static<typeof NewPublicIpV1>;
        const asked = {
          network_type: publicip.type,
          ip_version: publicip.ip_version ?? 4,
          bandwidth: { ...bandwidth, charge_mode: bandwidth.charge_mode ?? 'traffic' },
        };
        const made = await createPublicIp(region, project_id, asked, {
          enterpriseProjectId: enterprise_project_id ?? '0',
        });
        return { body: { publicip: renderPublicIp(made) } };
      },
    },
    {
      ...common,
      id: 'ListPublicips',
      action: 'vpc:publicIps:list',
      path: '/v1/{project_id}/publicips',
      summary: 'List public IPs',
      query: {
        ...pageParameters,
        id: exactly('Those with these ids.'),
        public_ip_address: exactly('Those with these addresses.'),
        private_ip_address: exactly('Those of load balancers with these addresses.'),
        port_id: exactly('Those bound by these ports.'),
        ip_version: exactly('4 or 6.'),
        enterprise_project_id: exactly('Those of these enterprise projects.'),
      },
      answer: Type.Object({ publicips: described('The public IPs.', Type.Array(ProjectPublicIp)) }),
      handle: async ({ params: { project_id = '' }, query }) => {
        const all = (await listPublicIps(region, project_id)).map(renderPublicIp);
        const publicips = selected(all, query, {
          id: ({ id }) => id,
          public_ip_address: ({ public_ip_address }) => public_ip_address,
          private_ip_address: ({ private_ip_address }) => private_ip_address,
          port_id: ({ port_id }) => port_id,
          ip_version: ({ ip_version }) => ip_version,
          enterprise_project_id: ({ enterprise_project_id }) => enterprise_project_id,
        });
        return { body: { publicips } };
      },
    },
    {
      ...common,
      id: 'ShowPublicip',
      action: 'vpc:publicIps:get',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Show a public IP',
      answer: Type.Object({ publicip: ProjectPublicIp }),
      handle: async ({ params: { project_id = '', publicip_id = '' } }) => ({
        body: { publicip: renderPublicIp(await showPublicIp(region, project_id, publicip_id)) },
      }),
    },
    {
      ...common,
      id: 'UpdatePublicip',
      action: 'vpc:publicIps:update',
      method: 'PUT',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Bind a public IP to a load balancer by its port, or unbind it',
      body: Binding,
      bodyOptions: { immutable: { publicip: new Set(['type', 'ip_version', 'alias']) } },
      answer: Type.Object({ publicip: ProjectPublicIp }),
      handle: async ({ params: { project_id = '', publicip_id = '' }, body }) => {
        const { port_id } = (body as Static<typeof Binding>).publicip;
        const view = await changePublicIpBinding(region, project_id, publicip_id, port_id ?? '');
        return { body: { publicip: renderPublicIp(view) } };
      },
    },
    {
      ...common,
      id: 'DeletePublicip',
      action: 'vpc:publicIps:delete',
      method: 'DELETE',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Release a public IP that is bound to nothing',
      status: 204,
      handle: async ({ params: { project_id = '', publicip_id = '' } }) => {
        await releasePublicIp(region, project_id, publicip_id);
        return {};
      },
    },
    {
      ...common,
      id: 'ListBandwidths',
      action: 'vpc:bandwidths:list',
      path: '/v1/{project_id}/bandwidths',
      summary: 'List the bandwidths of public IPs',
      query: {
        ...pageParameters,
        name: exactly('Those with these names.'),
        share_type: exactly('PER or WHOLE.'),
      },
      answer: Type.Object({ bandwidths: described('The bandwidths.', Type.Array(Bandwidth)) }),
      handle: async ({ params: { project_id = '' }, query }) => {
        const all = [...(await publicIpsByBandwidth(region, project_id)).values()].map(renderBandwidth);
        const bandwidths = selected(all, query, {
          name: ({ name }) => name,
          share_type: ({ share_type }) => share_type,
        });
        return { body: { bandwidths } };
      },
    },
    {
      ...common,
      id: 'ShowBandwidth',
      action: 'vpc:bandwidths:get',
      path: '/v1/{project_id}/bandwidths/{bandwidth_id}',
      summary: 'Show the bandwidth of a public IP',
      answer: Type.Object({ bandwidth: Bandwidth }),
      handle: async ({ params: { project_id = '', bandwidth_id = '' } }) => {
        const sharing = (await publicIpsByBandwidth(region, project_id)).get(bandwidth_id);
        if (!sharing) throw notFound('bandwidth', bandwidth_id);
        return { body: { bandwidth: renderBandwidth(sharing) } };
      },
    },
  ];
}

/** @param sharing the public IPs that have it */
function renderBandwidth(sharing: readonly [PublicIpRecord, ...PublicIpRecord[]]) {
  const [first] = sharing;
  return {
    id: first.bandwidth_id,
    name: first.bandwidth_name,
    size: first.bandwidth_size,
    share_type: first.bandwidth_share_type,
    charge_mode: first.bandwidth_charge_mode,
    bandwidth_type: 'bgp',
    publicip_info: sharing.map(({ id, public_ip_address, type, ip_version }) => ({
      publicip_id: id,
      publicip_address: public_ip_address,
      publicip_type: type,
      ip_version,
    })),
    tenant_id: first.project_id,
    status: 'NORMAL',
  };
}

function renderPublicIp({ publicIp: of, owner }: PublicIpView) {
  const { project_id, loadbalancer_id, bandwidth_charge_mode: _, billing_info: __, ...shown } = of;
  return {
    ...shown,
    // As the cloud has it: DOWN is one that is bound to nothing.
    status: loadbalancer_id ? 'ELB' : 'DOWN',
    tenant_id: project_id,
    private_ip_address: owner?.vip_address ?? '',
    port_id: owner?.vip_port_id ?? '',
    profile: {},
  };
}
