/** The service catalog: under which URL each service is reached. All of them are on our one port. */

const services = [
  { type: 'elbv3', name: 'elbv3', path: (projectId: string) => `/v3/${projectId}` },
  { type: 'elb', name: 'elb', path: () => '/v1.0' },
  { type: 'network', name: 'vpc', path: () => '' },
  { type: 'vpc', name: 'vpc', path: () => '/v1' },
  { type: 'eps', name: 'eps', path: () => '/v1.0' },
  { type: 'identity', name: 'iam', path: () => '/v3' },
] as const;

/** @param origin as the caller reached us, so that a client behind another name finds its way back */
export function catalogFor(region: string, projectId: string, origin: string): unknown[] {
  return services.map(({ type, name, path }) => ({
    id: type,
    type,
    name,
    endpoints: [
      { id: type, interface: 'public', region, region_id: region, url: `${origin}${path(projectId)}` },
    ],
  }));
}
