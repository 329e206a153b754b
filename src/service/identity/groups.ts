/** The groups of the inventory file, and what being in them allows. */
import type { InventoryFile } from '../../model/inventory.ts';
import type { Group } from '../../model/policy.ts';
import { systemPolicies } from '../../model/system-policies.ts';
import { InventoryError } from '../inventory.ts';
import { type Grant, Permissions } from './permissions.ts';
import { readStatements, type Statement } from './statements.ts';

export class Groups {
  readonly #grants = new Map<string, readonly Grant[]>();

  /** @throws InventoryError that names the entry and says what would be right */
  constructor({ policies = [], groups = [] }: InventoryFile, projectIds: ReadonlySet<string>) {
    const statements = new Map<string, readonly Statement[]>();
    for (const { name, document } of [...systemPolicies, ...policies]) {
      if (statements.has(name)) throw new InventoryError(`there are two policies with the name "${name}"`);
      statements.set(name, readStatements(document, `the policy "${name}"`));
    }
    for (const group of groups) {
      if (this.#grants.has(group.name)) {
        throw new InventoryError(`there are two groups with the name "${group.name}"`);
      }
      this.#grants.set(group.name, grantsOf(group, statements, projectIds));
    }
  }

  /**
   * What a user may do.
   *
   * @param groups the names of the user's groups; undefined for one whom nothing limits
   * @returns null for everything
   */
  permissionsOf(user: string, groups: readonly string[] | undefined): Permissions | null {
    if (!groups) return null;
    return new Permissions(
      groups.flatMap((name) => {
        const grants = this.#grants.get(name);
        if (grants) return grants;
        throw new InventoryError(
          `the user ${user}: there is no group "${name}"${choice(this.#grants.keys())}`,
        );
      }),
    );
  }
}

function grantsOf(
  { name, grants }: Group,
  policies: ReadonlyMap<string, readonly Statement[]>,
  known: ReadonlySet<string>,
): Grant[] {
  return grants.map(({ policy, projects, enterprise_project }, index) => {
    const where = `the group "${name}", grants[${index}]`;
    const statements = policies.get(policy);
    if (!statements)
      throw new InventoryError(`${where}: there is no policy "${policy}"${choice(policies.keys())}`);
    if (projects && enterprise_project !== undefined) {
      throw new InventoryError(
        `${where}: it has projects and an enterprise_project; give one of them, or neither for the account`,
      );
    }
    const unknown = projects?.find((id) => !known.has(id));
    if (unknown !== undefined) {
      throw new InventoryError(`${where}: there is no project ${unknown}${choice(known)}`);
    }
    return {
      statements,
      projectIds: projects ? new Set(projects) : null,
      enterpriseProjectId: enterprise_project ?? null,
    };
  });
}

function choice(names: Iterable<string>): string {
  const all = [...names];
  return all.length > 0 ? `, only ${all.join(', ')}` : '';
}
