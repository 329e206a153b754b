/** The flavors that load balancers may name (rules digest 3.8). */
import { invalid, notFound } from '../model/errors.ts';
import { type Flavor, flavor, offers } from '../model/flavor.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { derivedId } from './derived-id.ts';
import { fixedPage } from './fixed-pages.ts';
import type { Page, PageQuery } from './page-query.ts';

const flavors: ReadonlyMap<string, Omit<Flavor, 'project_id'>> = new Map(
  offers.map((offer) => {
    const id = derivedId(`flavor ${offer.name}`);
    const common = { shared: true, flavor_sold_out: false, public_border_group: 'center', category: 0 };
    return [id, { ...offer, ...common, id }];
  }),
);

export function listFlavors(projectId: string, query: PageQuery): Page<Flavor> {
  const mine = [...flavors.values()].map((each) => ({ ...each, project_id: projectId }));
  return fixedPage(flavor, mine, query);
}

/** @throws Refusal (404) */
export function showFlavor(projectId: string, id: string): Flavor {
  const found = flavors.get(id);
  if (!found) throw notFound(flavor.label, id);
  return { ...found, project_id: projectId };
}

const typesOf = {
  l4_flavor_id: ['L4', 'L4_elastic_max'],
  l7_flavor_id: ['L7', 'L7_elastic_max'],
} as const satisfies Record<string, readonly Flavor['type'][]>;

/** The two flavors of a load balancer, or as many of them as a request gives. */
type Asked = Partial<Pick<LoadBalancer, keyof typeof typesOf>>;

/** A load balancer with a fixed flavor is billed by it, and any other by use (rules digest LB-5). */
export function chargeModeOf(projectId: string, asked: Asked): LoadBalancer['charge_mode'] {
  const ids = [asked.l4_flavor_id, asked.l7_flavor_id].filter((id) => typeof id === 'string' && id !== '');
  const fixed = ids.some((id) => !showFlavor(projectId, String(id)).type.includes('elastic'));
  return fixed ? 'flavor' : 'lcu';
}

/** Refuses flavors of a request that are not there, or are for the other kind of listeners. */
export function checkFlavors(projectId: string, asked: Asked): void {
  for (const key of ['l4_flavor_id', 'l7_flavor_id'] as const) {
    const id = asked[key];
    if (id) checkFlavor(projectId, key, id, `loadbalancer.${key}`);
  }
}

/** @param field how a refusal names what the id came in */
export function checkFlavor(projectId: string, key: keyof typeof typesOf, id: string, field: string): void {
  const { name, type } = showFlavor(projectId, id);
  const types: readonly Flavor['type'][] = typesOf[key];
  if (!types.includes(type)) {
    throw invalid(field, `the flavor ${name} has type ${type}, expected one of ${types.join(', ')}.`);
  }
}
