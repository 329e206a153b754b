/** Turns what an expression says into steps for a machine that reads each character once. */
import type { CharacterSet } from './character-set.ts';
import { ExpressionFault, type ParsedExpression } from './parser.ts';
import type { Node, Place } from './syntax-tree.ts';

/** The most steps: together with the longest text they bound what matching can cost. */
const maxSteps = 512;

export type Step =
  | { readonly kind: 'read'; readonly set: CharacterSet }
  | { readonly kind: 'at'; readonly place: Place }
  /** Goes on at both, rather at the first. */
  | { readonly kind: 'fork'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  /** Notes where it is: at 2 × group where the group begins, behind it where the group ends. */
  | { readonly kind: 'note'; readonly slot: number }
  /** Forgets the notes of the slots from `from` to before `to`. */
  | { readonly kind: 'forget'; readonly from: number; readonly to: number }
  | { readonly kind: 'match' };

/** @throws ExpressionFault when it would be too long */
export function programOf({ node }: ParsedExpression): readonly Step[] {
  const steps: Step[] = [];
  emit(node, steps);
  push(steps, { kind: 'match' });
  return steps;
}

function push<S extends Step>(steps: Step[], step: S): S {
  if (steps.length >= maxSteps) {
    throw new ExpressionFault(`repeated as it says, it has more than ${maxSteps} steps`);
  }
  steps.push(step);
  return step;
}

function emit(node: Node, steps: Step[]): void {
  switch (node.kind) {
    case 'characters':
      push(steps, { kind: 'read', set: node.set });
      return;
    case 'place':
      push(steps, { kind: 'at', place: node.place });
      return;
    case 'sequence':
      for (const each of node.nodes) emit(each, steps);
      return;
    case 'choice':
      emitChoice(node.nodes, steps);
      return;
    case 'group':
      push(steps, { kind: 'note', slot: 2 * node.index });
      emit(node.node, steps);
      push(steps, { kind: 'note', slot: 2 * node.index + 1 });
      return;
    case 'repeat':
      emitRepeat(node, steps);
  }
}

function emitChoice(nodes: readonly Node[], steps: Step[]): void {
  const jumps: { to: number }[] = [];
  for (const [index, each] of nodes.entries()) {
    const isLast = index === nodes.length - 1;
    const fork = isLast ? null : push(steps, { kind: 'fork', first: steps.length + 1, second: 0 });
    emit(each, steps);
    if (fork === null) continue;
    jumps.push(push(steps, { kind: 'jump', to: 0 }));
    fork.second = steps.length;
  }
  for (const jump of jumps) jump.to = steps.length;
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, steps: Step[]): void {
  for (let count = 0; count < node.min; count++) emitOnce(node, steps);
  if (node.max === Number.POSITIVE_INFINITY) {
    const fork = push(steps, { kind: 'fork', first: 0, second: 0 });
    const at = steps.length - 1;
    emitOnce(node, steps);
    push(steps, { kind: 'jump', to: at });
    aim(fork, at + 1, steps.length, node.isLazy);
    return;
  }
  const forks: { readonly fork: { first: number; second: number }; readonly inside: number }[] = [];
  for (let count = node.min; count < node.max; count++) {
    const fork = push(steps, { kind: 'fork', first: 0, second: 0 });
    forks.push({ fork, inside: steps.length });
    emitOnce(node, steps);
  }
  for (const { fork, inside } of forks) aim(fork, inside, steps.length, node.isLazy);
}

/** ECMA-262 22.2.2.3.1: each time round begins with what its groups held forgotten. */
function emitOnce({ node, firstGroup, lastGroup }: Extract<Node, { kind: 'repeat' }>, steps: Step[]): void {
  if (lastGroup > firstGroup) push(steps, { kind: 'forget', from: 2 * firstGroup, to: 2 * lastGroup });
  emit(node, steps);
}

function aim(fork: { first: number; second: number }, inside: number, behind: number, isLazy: boolean): void {
  fork.first = isLazy ? behind : inside;
  fork.second = isLazy ? inside : behind;
}
