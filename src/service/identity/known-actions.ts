/** Refuses patterns of actions that no operation has: a denial with a slip in it would deny nothing, and say nothing. */
import type { InventoryFile } from '../../model/inventory.ts';
import { InventoryError } from '../inventory.ts';
import { readAction, spellings } from './statements.ts';

/**
 * @param actions those of all operations; of services that have none, anything may be said
 * @throws InventoryError that names the place and says which actions there are
 */
export function checkActions({ policies = [] }: InventoryFile, actions: readonly string[]): void {
  const known = [...new Set(actions.flatMap(spellings))].sort();
  for (const { name, document } of policies) {
    for (const [at, { Action }] of document.Statement.entries()) {
      for (const [index, pattern] of Action.entries()) {
        const where = `the policy "${name}", Statement[${at}], Action[${index}]`;
        const [service = '', type = ''] = pattern.toLowerCase().split(':');
        const served = known.filter((action) => action.startsWith(`${service}:`));
        const matcher = readAction(pattern, where);
        if (served.length === 0 || served.some((action) => matcher.test(action))) continue;
        const near = served.filter((action) => action.toLowerCase().startsWith(`${service}:${type}:`));
        throw new InventoryError(
          `${where}: "${pattern}" is no action; there are ${(near.length > 0 ? near : served).join(', ')}`,
        );
      }
    }
  }
}
