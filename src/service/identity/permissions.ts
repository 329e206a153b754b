/**
 * What the policies granted to a user allow. Nothing is allowed that no statement allows, and what one denies, none
 * allows. Decisions depend on nothing but the grants, and each is worked out once.
 */
import type { Area, Extent } from '../../store/access.ts';
import type { ResourcePattern, Statement } from './statements.ts';

/** A policy, and where it holds: in the account unless it is limited to projects or an enterprise project. */
export interface Grant {
  readonly statements: readonly Statement[];
  /** Null for every project, and for what no project has. */
  readonly projectIds: ReadonlySet<string> | null;
  /** Null for every enterprise project. */
  readonly enterpriseProjectId: string | null;
}

const nothing: Extent = { allowed: [], denied: [] };

export class Permissions {
  readonly #grants: readonly Grant[];
  readonly #known = new Map<string, Extent>();

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
  }

  /** Those of the projects in which anything is granted; the same set, which may grow, when it is in all of them. */
  projectsAmong(projectIds: ReadonlySet<string>): ReadonlySet<string> {
    if (this.#grants.some((grant) => grant.projectIds === null)) return projectIds;
    return new Set([...projectIds].filter((id) => this.#grants.some((grant) => holdsIn(grant, id))));
  }

  /**
   * On which records of a type an action is allowed.
   *
   * @param action as `elb:members:list`
   * @param type as in actions: `members`
   * @param projectId null for what no project has
   */
  extentOf(action: string, type: string, projectId: string | null): Extent {
    return this.#once(`${action} ${type} ${projectId ?? ''}`, () => {
      const service = action.split(':', 1)[0] ?? '';
      return this.#extent(action, projectId, (statement) => idsOf(statement, service, type));
    });
  }

  /**
   * In which enterprise projects an action may be allowed, whatever it is done to: what things of other types can be
   * named in it.
   */
  reachOf(action: string, projectId: string | null): Extent {
    return this.#once(`${action}  ${projectId ?? ''}`, () =>
      this.#extent(action, projectId, ({ effect, resources }) =>
        resources === null || effect === 'Allow' ? [null] : [],
      ),
    );
  }

  #extent(action: string, projectId: string | null, idsIn: (statement: Statement) => IdSet[]): Extent {
    const areas = { Allow: [] as Area[], Deny: [] as Area[] };
    for (const grant of this.#grants) {
      if (!holdsIn(grant, projectId)) continue;
      for (const statement of grant.statements) {
        if (!statement.isAbout(action)) continue;
        for (const ids of idsIn(statement)) {
          areas[statement.effect].push({ enterpriseProjectId: grant.enterpriseProjectId, ids });
        }
      }
    }
    return simplified({ allowed: areas.Allow, denied: areas.Deny });
  }

  /** There are as many as there are actions, types and projects. */
  #once(key: string, work: () => Extent): Extent {
    const known = this.#known.get(key);
    if (known) return known;
    const made = work();
    this.#known.set(key, made);
    return made;
  }
}

/** Whether the extent is every record. */
export function isWhole({ allowed, denied }: Extent): boolean {
  return denied.length === 0 && allowed.some(isEverywhere);
}

function holdsIn({ projectIds }: Grant, projectId: string | null): boolean {
  return projectIds === null || (projectId !== null && projectIds.has(projectId));
}

/** Null for every id. */
type IdSet = ReadonlySet<string> | null;

/** The ids of a type that a statement is about: none, some, or all of them. */
function idsOf({ resources }: Statement, service: string, type: string): IdSet[] {
  if (!resources) return [null];
  const about = resources.filter(
    (pattern: ResourcePattern) =>
      (pattern.service === null || pattern.service === service) &&
      (pattern.type === null || pattern.type === type),
  );
  const ids = about.flatMap(({ id }) => id ?? []);
  if (ids.length < about.length) return [null];
  return ids.length > 0 ? [new Set(ids)] : [];
}

/** Without what a denied area takes away whole, so that what is left says whether anything can be allowed. */
function simplified({ allowed, denied }: Extent): Extent {
  if (denied.some(isEverywhere)) return nothing;
  const closed = new Set(
    denied.flatMap(({ enterpriseProjectId, ids }) => (ids ? [] : (enterpriseProjectId ?? []))),
  );
  const left = allowed.filter(({ enterpriseProjectId }) => !closed.has(enterpriseProjectId ?? ''));
  return left.length > 0 ? { allowed: left, denied } : nothing;
}

function isEverywhere({ enterpriseProjectId, ids }: Area): boolean {
  return enterpriseProjectId === null && ids === null;
}
