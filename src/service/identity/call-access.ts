/** What a call may see and write, where the permissions of its caller are not everything. */
import { notAllowed } from '../../model/errors.ts';
import { actionOn, isOfEnterpriseProjects, permissionType, type Verb } from '../../model/permission.ts';
import type { Resource } from '../../model/resource.ts';
import { type Access, covers, type Extent, type Subject } from '../../store/access.ts';
import { isWhole, type Permissions } from './permissions.ts';

/** The type whose records an action is done to: those in the recycle bin are load balancers. */
export function typeOfAction(action: string): string {
  const [, type = ''] = action.split(':');
  return type === 'recycleBin' ? 'loadbalancers' : type;
}

const verbs = { create: 'create', update: 'put', delete: 'delete' } as const;

export class CallAccess implements Access {
  readonly #permissions: Permissions;
  readonly #action: string;
  readonly #type: string;
  readonly #checksEach: boolean;
  /** What the records refer to that the call has seen: naming it tells nobody that it is there. */
  readonly #referred = new Set<string>();

  /** @param checksEach whether all that the call makes and deletes must be allowed by itself too */
  constructor(permissions: Permissions, action: string, checksEach: boolean) {
    this.#permissions = permissions;
    this.#action = action;
    this.#type = typeOfAction(action);
    this.#checksEach = checksEach;
  }

  /**
   * A call may know of what its action is allowed on, of other things in the enterprise projects in which it is
   * allowed, and of everything that its caller may get. Of what no enterprise project has, as of a job, whoever knows
   * the id may know.
   */
  sees(of: Resource, record: Subject): boolean {
    if (!isOfEnterpriseProjects(of) || this.#referred.has(record.id)) return true;
    const isSeen =
      covers(this.#own(of, record.project_id), record) ||
      covers(this.#extent(of, 'get', record.project_id), record);
    if (isSeen) for (const id of referencesOf({ ...record })) this.#referred.add(id);
    return isSeen;
  }

  listed(of: Resource, projectId: string): Extent | null {
    if (!isOfEnterpriseProjects(of)) return null;
    const extent = this.#own(of, projectId);
    return isWhole(extent) ? null : extent;
  }

  checkWrite(of: Resource, record: Subject, operation: keyof typeof verbs): void {
    if (!isOfEnterpriseProjects(of)) return;
    if (permissionType(of) === this.#type && !covers(this.#own(of, record.project_id), record)) {
      throw refused(this.#action, record);
    }
    // What a call updates on the way, as the statuses of members, follows from what it was asked for.
    if (this.#checksEach && operation !== 'update') this.check(of, record, verbs[operation]);
  }

  check(of: Resource, record: Subject, verb: Verb): void {
    if (!isOfEnterpriseProjects(of) || covers(this.#extent(of, verb, record.project_id), record)) return;
    throw refused(actionOn(of, verb), record);
  }

  /** Where the call's own action is allowed on records of a type. */
  #own(of: Resource, projectId: string): Extent {
    return permissionType(of) === this.#type
      ? this.#permissions.extentOf(this.#action, this.#type, projectId)
      : this.#permissions.reachOf(this.#action, projectId);
  }

  #extent(of: Resource, verb: Verb, projectId: string): Extent {
    return this.#permissions.extentOf(actionOn(of, verb), permissionType(of), projectId);
  }
}

function refused(action: string, { enterprise_project_id }: Subject) {
  return notAllowed(action, `on this resource, which is in the enterprise project ${enterprise_project_id}`);
}

/** The fields that name other records of the project: each was checked when it was set. */
const references = [
  ...['loadbalancer_id', 'listener_id', 'pool_id', 'l7policy_id', 'healthmonitor_id', 'publicips'],
  ...['default_pool_id', 'default_tls_container_ref', 'client_ca_tls_container_ref', 'sni_container_refs'],
  ...['ipgroup', 'security_policy_id', 'quic_config'],
  ...['redirect_pool_id', 'redirect_listener_id', 'redirect_pools_config'],
] as const;

function referencesOf(record: Readonly<Record<string, unknown>>): string[] {
  return references.flatMap((field) => {
    const value = record[field];
    return value
      ? (JSON.stringify(value).match(/[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [])
      : [];
  });
}
