/**
 * The statements of policies, read into what decides. An action is `service:type:verb` and a resource
 * `SERVICE:region:domain:type:id`, as the cloud writes them; letters of either case are the same.
 */
import { isOfEnterpriseProjects, permissionService, permissionType } from '../../model/permission.ts';
import type { PolicyDocument, PolicyStatement } from '../../model/policy.ts';
import { resources } from '../../store/schema.ts';
import { InventoryError } from '../inventory.ts';

/** What a resource pattern leaves open is null. */
export interface ResourcePattern {
  /** As actions begin: `elb`. */
  readonly service: string | null;
  /** As in actions: `members`. */
  readonly type: string | null;
  readonly id: string | null;
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Whether it is about an action. */
  readonly isAbout: (action: string) => boolean;
  /** Null for every resource. */
  readonly resources: readonly ResourcePattern[] | null;
}

/** What patterns can name by an id, each by the word that the cloud has for it. */
const types: ReadonlyMap<string, string> = new Map(
  resources
    .filter((of) => isOfEnterpriseProjects(of) && permissionService(of) === 'elb')
    .map((of) => [of.table === 'l7rules' ? 'l7rule' : of.name.replaceAll('_', '-'), permissionType(of)]),
);

/**
 * @param where names the policy in messages
 * @throws InventoryError that names the statement and says what would be right
 */
export function readStatements(document: PolicyDocument, where: string): Statement[] {
  return document.Statement.map((statement, index) =>
    readStatement(statement, `${where}, Statement[${index}]`),
  );
}

function readStatement(
  { Effect, Action, Resource, Condition = {} }: PolicyStatement,
  where: string,
): Statement {
  const [condition] = Object.keys(Condition);
  if (condition !== undefined) {
    throw new InventoryError(
      `${where}: the Condition "${condition}" is not understood, and none is; grant the policy to another group instead`,
    );
  }
  const actions = Action.map((pattern, index) => readAction(pattern, `${where}, Action[${index}]`));
  const patterns = Resource?.map((pattern, index) => readResource(pattern, `${where}, Resource[${index}]`));
  return {
    effect: Effect,
    isAbout: (action) => spellings(action).some((each) => actions.some((pattern) => pattern.test(each))),
    resources: patterns && !patterns.some(isEverything) ? patterns : null,
  };
}

/** The verb `put` has the newer name `update` (rules digest 1.10). */
export function spellings(action: string): string[] {
  return action.endsWith(':put') ? [action, action.replace(/put$/, 'update')] : [action];
}

/**
 * What matches the actions of a pattern.
 *
 * @throws InventoryError
 */
export function readAction(pattern: string, where: string): RegExp {
  if (!/^[\w*-]+:[\w*-]+:[\w*-]+$/.test(pattern)) {
    throw new InventoryError(
      `${where}: got "${pattern}", expected service:type:verb, as elb:members:list, with * for any part of them`,
    );
  }
  // Several stars beside each other are as one, and slower.
  return new RegExp(`^${pattern.replaceAll(/\*+/g, '[^:]*')}$`, 'i');
}

function readResource(pattern: string, where: string): ResourcePattern {
  if (pattern === '*') return everything;
  const [service = '', region, domain, type = '', id = '', ...more] = pattern.split(':');
  if (more.length > 0 || !/^(\*|[A-Za-z]+)$/.test(service) || !/^(\*|[^*\s]+)$/.test(id)) {
    throw new InventoryError(
      `${where}: got "${pattern}", expected * or SERVICE:*:*:type:id, as ELB:*:*:member:<id>, with a whole id or *`,
    );
  }
  if (region !== '*' || domain !== '*') {
    throw new InventoryError(
      `${where}: got "${pattern}", expected * for region and domain, since there is one of each`,
    );
  }
  const named = types.get(type.toLowerCase());
  if (type !== '*' && named === undefined) {
    throw new InventoryError(
      `${where}: there is no type "${type}"; expected * or one of ${[...types.keys()].join(', ')}`,
    );
  }
  return {
    service: service === '*' ? null : service.toLowerCase(),
    type: named ?? null,
    id: id === '*' ? null : id,
  };
}

const everything: ResourcePattern = { service: null, type: null, id: null };

function isEverything({ service, type, id }: ResourcePattern): boolean {
  return service === null && type === null && id === null;
}
