/** How permissions are named: by the actions of operations, and by what these are done to (rules digest 1.10). */
import type { Resource } from './resource.ts';

/** What is done to a resource, in the words of actions. */
export type Verb = 'create' | 'get' | 'list' | 'put' | 'delete';

/** A kind of resource as actions name it: `l7rules`, `security-policies`; empty for what is not stored. */
export function permissionType({ table }: Pick<Resource, 'table'>): string {
  return table === 'publicips' ? 'publicIps' : table.replaceAll('_', '-');
}

/** The service whose a resource is, as actions begin. */
export function permissionService({ table }: Pick<Resource, 'table'>): string {
  return table === 'publicips' ? 'vpc' : 'elb';
}

/** The action of doing something to a resource, as `elb:members:list`. */
export function actionOn(of: Pick<Resource, 'table'>, verb: Verb): string {
  return `${permissionService(of)}:${permissionType(of)}:${verb}`;
}

/**
 * Whether an action on it may be allowed in some enterprise projects, and not in others. Networks are all of the
 * project's, though they say of one.
 */
export function isOfEnterpriseProjects({ fields, table }: Resource): boolean {
  return fields['enterprise_project_id'] !== undefined && table !== 'vpcs';
}
