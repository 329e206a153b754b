/** How permissions are named: by the actions of operations, and by what these are done to (rules digest 1.10). */
import type { Resource } from './resource.ts';

/** What is done to a resource, in the words of actions. */
export type Verb = 'create' | 'get' | 'list' | 'put' | 'delete';

/** A kind of resource as actions name it: `l7rules`, `security-policies`; empty for what is not stored. */
export function permissionType({ table }: Pick<Resource, 'table'>): string {
  return table === 'publicips' ? 'publicIps' : table.replaceAll('_', '-');
}

/** The action of doing something to a resource, as `elb:members:list`. */
export function actionOn(of: Pick<Resource, 'table'>, verb: Verb): string {
  const service = of.table === 'publicips' ? 'vpc' : 'elb';
  return `${service}:${permissionType(of)}:${verb}`;
}
