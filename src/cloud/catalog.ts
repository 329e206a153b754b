/** The service catalog: under which URL each service is reached. All of them are on our one port. */

interface Service {
  readonly type: string;
  readonly name: string;
  /** Where it is below our origin; with {project_id} for a service whose URL names a project. */
  readonly path: string;
}

/** What clients look for, and what they put behind each URL (otc-sdk, openstacksdk). */
const services: readonly Service[] = [
  { type: 'elbv3', name: 'elbv3', path: '/v3/{project_id}' },
  { type: 'elb', name: 'elb', path: '/v1.0' },
  { type: 'network', name: 'vpc', path: '' },
  { type: 'vpc', name: 'vpc', path: '/v1' },
  { type: 'compute', name: 'nova', path: '/v2.1/{project_id}' },
  { type: 'ecs', name: 'ecs', path: '/v1/{project_id}' },
  { type: 'eps', name: 'eps', path: '/v1.0' },
  { type: 'identity', name: 'iam', path: '/v3' },
];

/**
 * The catalog for a project; for none, as with a token for the domain, the services whose URLs name one are left out.
 *
 * @param origin as the caller reached us, so that a client behind another name finds its way back
 */
export function catalogFor(region: string, projectId: string | null, origin: string): unknown[] {
  return services
    .filter(({ path }) => projectId !== null || !path.includes('{project_id}'))
    .map(({ type, name, path }) => {
      const url = `${origin}${path.replace('{project_id}', projectId ?? '')}`;
      return {
        id: type,
        type,
        name,
        endpoints: [{ id: type, interface: 'public', region, region_id: region, url }],
      };
    });
}
