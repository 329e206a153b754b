/** The one place where a call is allowed or refused, once its caller is known and before anything is read for it. */
import { notAllowed } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import { CallAccess, typeOfAction } from '../service/identity/call-access.ts';
import type { Identity } from '../service/identity/identity.ts';
import { isWhole, type Permissions } from '../service/identity/permissions.ts';
import type { Access } from '../service/page-query.ts';

/** What a call may do. */
export interface Authorized {
  /** The caller, with the projects alone in which the call is allowed. */
  readonly caller: Caller;
  /** Null for everything in these projects. */
  readonly access: Access | null;
  readonly mayIn: (enterpriseProjectId: string) => boolean;
}

/** What the request says of where. */
interface Place {
  readonly projectId: string | undefined;
  readonly query: () => URLSearchParams;
}

/** What a caller may whom nothing limits. */
export const everything = { access: null, mayIn: () => true } as const;

/** @throws Refusal (403) that names the action; it is the same whether or not there is what the call names */
export function authorize(
  { directory }: Identity,
  operation: Operation,
  caller: Caller,
  place: Place,
): Authorized {
  const permissions = directory.user(caller.userId)?.permissions ?? null;
  const { action, actionScope, checksEach = false } = operation;
  if (!permissions || actionScope === 'own') return { caller, ...everything };
  if (action === undefined) throw notAllowed(operation.id, 'for anybody who is in a group');
  if (actionScope === 'domain') return { caller, access: null, mayIn: inDomain(permissions, action) };
  if (place.projectId !== undefined) {
    checkIn(permissions, operation, action, place.projectId);
    checkList(permissions, operation, action, place.projectId, place.query());
  }
  const projectIds = [...caller.projectIds].filter(
    (id) => id === place.projectId || isAllowedIn(permissions, operation, action, id),
  );
  if (projectIds.length === 0) throw notAllowed(action, 'in any project');
  const isLimited = checksEach || projectIds.some((id) => !isUnlimited(permissions, action, id));
  return {
    caller: { ...caller, projectIds: new Set(projectIds) },
    access: isLimited ? new CallAccess(permissions, action, checksEach) : null,
    mayIn: everything.mayIn,
  };
}

function extentIn(permissions: Permissions, action: string, projectId: string | null) {
  return permissions.extentOf(action, typeOfAction(action), projectId);
}

function isUnlimited(permissions: Permissions, action: string, projectId: string): boolean {
  return isWhole(extentIn(permissions, action, projectId)) && isWhole(permissions.reachOf(action, projectId));
}

function isAllowedIn(
  permissions: Permissions,
  { actionScope }: Operation,
  action: string,
  projectId: string,
): boolean {
  const extent = extentIn(permissions, action, projectId);
  return actionScope === 'project' ? isWhole(extent) : extent.allowed.length > 0;
}

function checkIn(permissions: Permissions, operation: Operation, action: string, projectId: string): void {
  if (isAllowedIn(permissions, operation, action, projectId)) return;
  const whole = operation.actionScope === 'project' ? 'the whole of ' : '';
  throw notAllowed(action, `in ${whole}the project ${projectId}`);
}

/**
 * A list is of the enterprise projects that it asks for. Without any it is of all, and then the action must be allowed
 * for more than single ones; all_granted_eps are those in which it is.
 */
function checkList(
  permissions: Permissions,
  { query: parameters = {} }: Operation,
  action: string,
  projectId: string,
  query: URLSearchParams,
): void {
  // Networks say of which enterprise project they are, and are all of the project’s.
  if (!Object.hasOwn(parameters, 'enterprise_project_id') || !action.startsWith('elb:')) return;
  const asked = query.getAll('enterprise_project_id');
  if (asked.includes('all_granted_eps')) return;
  const { allowed } = extentIn(permissions, action, projectId);
  if (asked.length === 0 && !allowed.some(({ enterpriseProjectId }) => enterpriseProjectId === null)) {
    throw notAllowed(
      action,
      'in all enterprise projects; give enterprise_project_id=all_granted_eps for those in which they do',
    );
  }
  const refused = asked.find((id) => !isAllowedInEnterpriseProject(permissions, action, projectId, id));
  if (refused !== undefined) throw notAllowed(action, `in the enterprise project ${refused}`);
}

function isAllowedInEnterpriseProject(
  permissions: Permissions,
  action: string,
  projectId: string | null,
  id: string,
): boolean {
  const { allowed, denied } = extentIn(permissions, action, projectId);
  const isOf = ({ enterpriseProjectId }: (typeof allowed)[number]) =>
    enterpriseProjectId === null || enterpriseProjectId === id;
  return allowed.some(isOf) && !denied.some((area) => area.ids === null && isOf(area));
}

/** @throws Refusal (403) when the action is allowed in none */
function inDomain(permissions: Permissions, action: string): Authorized['mayIn'] {
  if (extentIn(permissions, action, null).allowed.length === 0) throw notAllowed(action, 'in the domain');
  return (id) => isAllowedInEnterpriseProject(permissions, action, null, id);
}
