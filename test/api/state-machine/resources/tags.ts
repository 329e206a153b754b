/** Tags of load balancers and listeners: overwritten by key, deleted by key and value, twice as well as once. */
import fc from 'fast-check';
import { type Command, fault, faultsOf, idFor, pick } from '../command.ts';
import { type Listener, type LoadBalancer, listeners, loadBalancers } from '../kinds.ts';
import type { Weighted } from '../resource.ts';
import type { Kind } from '../world.ts';

type Tags = Readonly<Record<string, string>>;

const tag = fc.record({ key: fc.constantFrom('env', 'team'), value: fc.constantFrom('', 'x', 'y') });
const someTags = fc.uniqueArray(tag, { minLength: 1, maxLength: 2, selector: ({ key }) => key });

function changed(before: Tags, action: string, tags: readonly { key: string; value: string }[]): Tags {
  const after = { ...before };
  for (const { key, value } of tags) {
    if (action === 'create') after[key] = value;
    else if (after[key] === value) delete after[key];
  }
  return after;
}

const actionOn = (kind: Kind<LoadBalancer | Listener>, plural: string): fc.Arbitrary<Command> =>
  fc
    .record({ which: pick, action: fc.constantFrom('create', 'create', 'delete'), tags: someTags })
    .map(({ which, action, tags }) => ({
      plan: (before, project) => {
        const id = idFor(before, project, kind, which);
        return {
          project,
          method: 'POST',
          path: `/${plural}/${id}/tags/action`,
          body: { action, tags },
          expect: (world) => {
            const found = kind.find(world, project, id);
            return {
              faults: faultsOf([!found, fault.notFound]),
              status: 204,
              apply: (after) => {
                if (found) kind.put(after, { ...found, tags: changed(found.tags, action, tags) });
              },
            };
          },
        };
      },
    }));

/** The load balancers and listeners show them; there is nothing else to look at. */
export const tagActions: readonly Weighted[] = [
  { weight: 1, arbitrary: actionOn(loadBalancers as Kind<LoadBalancer | Listener>, 'loadbalancers') },
  { weight: 1, arbitrary: actionOn(listeners as unknown as Kind<LoadBalancer | Listener>, 'listeners') },
];
