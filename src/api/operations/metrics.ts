/** The metrics of the installation, as Prometheus reads them. */
import type { Caller, Operation } from '../../model/operation.ts';
import { exposition, expositionType, type Family } from '../../observe/exposition.ts';
import { trafficFamilies } from '../../observe/traffic-families.ts';
import { memberNumbers } from '../../service/member-numbers.ts';
import type { Region } from '../../service/region.ts';
import { labelledTraffic, type ProxyTraffic } from '../../service/traffic-labels.ts';

/** Where metrics come from that are no project's. */
export interface MetricsSource {
  readonly proxies: () => readonly (ProxyTraffic & { readonly revision: number | null })[];
  /** The newest revision that proxies can have been sent. */
  readonly revision: () => number;
  /** Of the store, the API, the probes and the process. */
  readonly installation: () => Family[];
}

export function metricsOperation(region: Region, source: MetricsSource): Operation {
  return {
    id: 'ShowMetrics',
    action: 'elbow:metrics:get',
    method: 'GET',
    path: '/metrics',
    group: 'Elbow',
    summary:
      'The metrics of the caller’s projects, and for the administrator of everything, in Prometheus’ text format',
    status: 200,
    takesMetricsToken: true,
    carriesRequestId: false,
    handle: async ({ caller }) => ({
      text: exposition(await familiesFor(caller, region, source)),
      headers: { 'content-type': expositionType },
    }),
  };
}

async function familiesFor(
  { isAdministrator, projectIds }: Caller,
  region: Region,
  source: MetricsSource,
): Promise<Family[]> {
  const projects = isAdministrator ? null : projectIds;
  const rows = await labelledTraffic(region, projects, source.proxies());
  const ofProjects = [...trafficFamilies(rows), await members(region, projects)];
  return isAdministrator ? [...ofProjects, ...proxyFamilies(source), ...source.installation()] : ofProjects;
}

async function members(region: Region, projectIds: ReadonlySet<string> | null): Promise<Family> {
  const numbers = await memberNumbers(region, projectIds);
  return {
    name: 'elbow_members',
    help: 'Members by project and operating status.',
    type: 'gauge',
    samples: numbers.map(({ project_id, operating_status, number }) => ({
      labels: { project_id, operating_status },
      value: number,
    })),
  };
}

/** Of two proxies by one name, what is said is about the one that is further behind. */
function proxyFamilies(source: MetricsSource): Family[] {
  const proxies = source.proxies();
  const revisions = new Map<string, number>();
  for (const { name, revision } of proxies) {
    revisions.set(name, Math.min(revisions.get(name) ?? Number.POSITIVE_INFINITY, revision ?? 0));
  }
  const newest = source.revision();
  const perProxy = (value: (revision: number) => number) =>
    [...revisions].map(([proxy, revision]) => ({ labels: { proxy }, value: value(revision) }));
  return [
    {
      name: 'elbow_proxies_connected',
      help: 'Proxies that are connected.',
      type: 'gauge',
      samples: [{ labels: {}, value: proxies.length }],
    },
    {
      name: 'elbow_proxy_revision',
      help: 'The revision that all workers of a proxy run; 0 before the first.',
      type: 'gauge',
      samples: perProxy((revision) => revision),
    },
    {
      name: 'elbow_proxy_revisions_behind',
      help: 'How many revisions a proxy is behind the newest.',
      type: 'gauge',
      samples: perProxy((revision) => Math.max(0, newest - revision)),
    },
    {
      name: 'elbow_revision',
      help: 'The newest revision.',
      type: 'gauge',
      samples: [{ labels: {}, value: newest }],
    },
  ];
}
