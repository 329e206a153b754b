/** Who may see and change what belongs to users rather than to projects: the one place where that is decided. */
import { forbidden } from '../../model/errors.ts';
import type { Caller } from '../../model/operation.ts';
import { noProject } from '../../store/change-log.ts';

/** Whether the caller may see and change what a user has: its keys, say. For all others it is not there. */
export function mayManage({ userId, isAdministrator }: Caller, ofUserId: string): boolean {
  return isAdministrator || userId === ofUserId;
}

/** The projects whose audit the caller may read, and that of what belongs to none. */
export function auditedProjects({ projectIds, isAdministrator }: Caller): ReadonlySet<string> {
  return isAdministrator ? new Set([...projectIds, noProject]) : projectIds;
}

/** @throws Refusal (403) unless the caller may make projects */
export function checkMayMakeProjects({ isAdministrator }: Caller): void {
  if (isAdministrator) return;
  throw forbidden('Only the user of the installation’s own credentials may create projects.');
}

/** @throws Refusal (403) for a credential that must not outlive itself: what it would make has no end */
export function checkMayMakeAccessKeys({ credential }: Caller): void {
  if (credential.kind !== 'temporary access key') return;
  throw forbidden(
    'A temporary access key cannot create permanent ones; use a token, or sign with a permanent key.',
  );
}
