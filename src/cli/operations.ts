/** Every operation that is served, in the order in which they are documented. */
import { appliedOperation } from '../api/operations/applied.ts';
import { auditOperations } from '../api/operations/audit.ts';
import { availabilityZoneChangeOperations } from '../api/operations/availability-zone-changes.ts';
import { availabilityZoneOperations } from '../api/operations/availability-zones.ts';
import { batchCreateOperations } from '../api/operations/batch-create.ts';
import { certificateOperations } from '../api/operations/certificates.ts';
import { chargeModeOperations } from '../api/operations/charge-mode.ts';
import { cloneOperations } from '../api/operations/clone.ts';
import { deletionOperations } from '../api/operations/deletions.ts';
import { domainNameOperations } from '../api/operations/domain-names.ts';
import { elbowOperations } from '../api/operations/elbow.ts';
import { type EmulationParts, emulationOperations } from '../api/operations/emulation.ts';
import { eventOperations } from '../api/operations/events.ts';
import { type ExplanationSource, explainOperation } from '../api/operations/explain.ts';
import { featureOperations } from '../api/operations/features.ts';
import { flavorOperations } from '../api/operations/flavors.ts';
import { graphOperations } from '../api/operations/graph.ts';
import { healthMonitorOperations } from '../api/operations/health-monitors.ts';
import { ipGroupOperations } from '../api/operations/ip-groups.ts';
import { jobOperations } from '../api/operations/jobs.ts';
import { l7PolicyOperations } from '../api/operations/l7-policies.ts';
import { l7RuleOperations } from '../api/operations/l7-rules.ts';
import { listenerOperations } from '../api/operations/listeners.ts';
import { loadBalancerOperations } from '../api/operations/load-balancers.ts';
import { logtankOperations } from '../api/operations/logtanks.ts';
import { masterSlavePoolOperations } from '../api/operations/master-slave-pools.ts';
import { memberCheckOperations } from '../api/operations/member-checks.ts';
import { memberHistoryOperations } from '../api/operations/member-history.ts';
import { memberOperations } from '../api/operations/members.ts';
import { memberOperationsV2 } from '../api/operations/members-v2.ts';
import { type MetricsSource, metricsOperation } from '../api/operations/metrics.ts';
import { networkUseOperations } from '../api/operations/network-use.ts';
import { poolOperations } from '../api/operations/pools.ts';
import { publicOperations } from '../api/operations/public.ts';
import { quotaOperations } from '../api/operations/quotas.ts';
import { recycleBinOperations } from '../api/operations/recycle-bin.ts';
import { securityPolicyOperations } from '../api/operations/security-policies.ts';
import { tagOperations } from '../api/operations/tags.ts';
import { topologyOperation } from '../api/operations/topology.ts';
import { upgradeOperations } from '../api/operations/upgrade.ts';
import { accessKeyOperations } from '../cloud/access-keys.ts';
import { cloudServerOperations } from '../cloud/cloud-servers.ts';
import { computeChoiceOperations } from '../cloud/compute-choices.ts';
import { computeServerOperations } from '../cloud/compute-servers.ts';
import { directoryOperations } from '../cloud/directory.ts';
import { discoveryOperations } from '../cloud/discovery.ts';
import { elbowServerOperations } from '../cloud/elbow-servers.ts';
import { enterpriseProjectOperations } from '../cloud/enterprise-projects.ts';
import { floatingIpOperations } from '../cloud/neutron/floating-ips.ts';
import { neutronNetworkOperations } from '../cloud/neutron/networks.ts';
import { neutronRouterOperations } from '../cloud/neutron/routers.ts';
import { neutronSubnetOperations } from '../cloud/neutron/subnets.ts';
import { portOperations } from '../cloud/ports.ts';
import { projectOperations } from '../cloud/projects.ts';
import { publicIpOperations } from '../cloud/public-ips.ts';
import { subnetOperations } from '../cloud/subnets.ts';
import { temporaryKeyOperation } from '../cloud/temporary-keys.ts';
import { tokenOperations } from '../cloud/tokens.ts';
import { vpcOperations } from '../cloud/vpcs.ts';
import type { Operation } from '../model/operation.ts';
import type { Identity } from '../service/identity/identity.ts';
import type { MemberChecks } from '../service/member-checks/member-checks.ts';
import type { LiveRegion } from '../service/region.ts';

export interface OperationParts {
  readonly region: LiveRegion;
  readonly identity: Identity;
  readonly stream: Parameters<typeof elbowOperations>[1];
  readonly memberChecks: MemberChecks;
  /** Null while emulation is off. */
  readonly emulation: EmulationParts | null;
  readonly health: Parameters<typeof memberHistoryOperations>[1];
  readonly explainer: ExplanationSource;
  readonly metrics: MetricsSource;
}

export function allOperations(parts: OperationParts): Operation[] {
  const { region, identity, stream, memberChecks, health, emulation, explainer, metrics } = parts;
  const genuine = [
    ...loadBalancerOperations(region),
    topologyOperation(region),
    ...batchCreateOperations(region),
    ...availabilityZoneChangeOperations(region),
    ...upgradeOperations(region),
    ...cloneOperations(region),
    ...domainNameOperations(region),
    ...chargeModeOperations(region),
    ...listenerOperations(region),
    ...poolOperations(region),
    ...masterSlavePoolOperations(region),
    ...memberOperations(region),
    ...memberOperationsV2(region),
    ...memberCheckOperations(memberChecks),
    ...healthMonitorOperations(region),
    ...l7PolicyOperations(region),
    ...l7RuleOperations(region),
    ...certificateOperations(region),
    ...ipGroupOperations(region),
    ...securityPolicyOperations(region),
    ...availabilityZoneOperations(region),
    ...flavorOperations(),
    ...quotaOperations(region),
    ...tagOperations(region),
    ...logtankOperations(region),
    ...featureOperations(region),
    ...deletionOperations(region),
    ...recycleBinOperations(region),
    ...jobOperations(region),
    ...networkUseOperations(region),
    ...tokenOperations(identity, region.inventory),
    ...projectOperations(region),
    ...directoryOperations(identity.directory, region.inventory),
    ...accessKeyOperations(identity.accessKeys),
    temporaryKeyOperation(identity),
    ...discoveryOperations(),
    ...vpcOperations(region),
    ...subnetOperations(region),
    ...publicIpOperations(region),
    ...portOperations(region),
    ...neutronNetworkOperations(region),
    ...neutronSubnetOperations(region),
    ...neutronRouterOperations(region),
    ...floatingIpOperations(region),
    ...cloudServerOperations(region),
    ...computeServerOperations(region),
    ...computeChoiceOperations(region),
    ...elbowServerOperations(region),
    ...enterpriseProjectOperations(region),
    ...elbowOperations(region, stream),
    appliedOperation(region, stream),
    ...memberHistoryOperations(region, health),
    ...eventOperations(region),
    explainOperation(explainer),
    ...graphOperations(region),
    ...auditOperations(region),
    metricsOperation(region, metrics),
  ];
  const documented = [...emulated(genuine, emulation), ...emulationOperations(emulation)];
  return [...documented, ...publicOperations(documented)];
}

/** Operations as emulation has them: its own controls stay as they are, or nobody could end it. */
function emulated(operations: readonly Operation[], emulation: EmulationParts | null): readonly Operation[] {
  if (!emulation) return operations;
  const { pending, faults } = emulation;
  return pending.pass(operations).map((each) => faults.befall(each));
}
