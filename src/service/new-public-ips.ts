/** Public IPs that a project makes by themselves, bound to nothing or to what is there. */
import { type NewPublicIp, publicIp } from '../model/public-ip.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { type PublicIpView, viewOf } from './project-public-ips.ts';
import { changePublicIpBinding } from './public-ip-bindings.ts';
import { makePublicIp } from './public-ips.ts';
import { type Region, within } from './region.ts';

type Wanted = Omit<NewPublicIp, 'bandwidth'> & {
  /** Null when nobody says; then the smallest. */
  readonly bandwidth: NewPublicIp['bandwidth'] | null;
};

const anyBandwidth = { name: 'bandwidth', size: 1, charge_mode: 'traffic', share_type: 'PER' } as const;

const naming = { publicip: 'publicip.ip_version', bandwidth: 'bandwidth' };

/** @param portId the port of the load balancer to bind it to; empty for none */
export async function createPublicIp(
  region: Region,
  projectId: string,
  wanted: Wanted,
  { portId = '', enterpriseProjectId = '0' } = {},
): Promise<PublicIpView> {
  return region.store.write(async (tx) => {
    const place = { project_id: projectId, enterprise_project_id: enterpriseProjectId };
    await checkEnterpriseProject(tx.db, region, publicIp, { ...place, id: '' });
    const owner = { ...place, loadbalancer_id: null };
    const bandwidth = wanted.bandwidth ?? anyBandwidth;
    const made = await makePublicIp(tx, region, owner, { ...wanted, bandwidth }, naming);
    if (portId === '') return viewOf(tx.db, made);
    return changePublicIpBinding(within(region, tx), projectId, made.id, portId);
  });
}
