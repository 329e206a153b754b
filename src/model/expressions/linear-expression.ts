/**
 * Regular expressions that cannot hang whoever runs them. All ways to match are followed at once, so a text costs at
 * most its length times the steps of the expression (at most 512), whatever either of them is: RE2's bound, which
 * JavaScript's own expressions do not have. What cannot be run so (references to groups, lookaround) is refused.
 *
 * The method is Thompson's, with the groups as Pike has them (https://swtch.com/~rsc/regexp/regexp2.html).
 */
import { wordCharacters } from './character-set.ts';
import { ExpressionFault, parseExpression } from './parser.ts';
import { programOf, type Step } from './program.ts';
import type { Place } from './syntax-tree.ts';

/** Where groups begin and end, by slot; -1 for nowhere. */
type Notes = readonly number[];

export class LinearExpression {
  readonly #steps: readonly Step[];
  readonly #slots: number;
  /** The ways that are followed before and after the character at hand, the preferred first. */
  #now: Ways;
  #next: Ways;

  /** @throws ExpressionFault when the text is no expression, or none that can be run in linear time */
  constructor(text: string) {
    const parsed = parseExpression(text);
    this.#steps = programOf(parsed);
    this.#slots = 2 * (parsed.groups + 1);
    this.#now = new Ways(this.#steps.length);
    this.#next = new Ways(this.#steps.length);
  }

  /** Whether some part of the text matches. */
  test(text: string): boolean {
    return this.#run(text, false) !== null;
  }

  /**
   * What the groups of the first match hold, the whole of it at 0; undefined for a group that took no part. Null when
   * nothing matches.
   */
  groups(text: string): (string | undefined)[] | null {
    const notes = this.#run(text, true);
    if (notes === null) return null;
    return Array.from({ length: this.#slots / 2 }, (_, group) => {
      const start = notes[2 * group] ?? -1;
      const end = notes[2 * group + 1] ?? -1;
      return start === -1 || end === -1 ? undefined : text.slice(start, end);
    });
  }

  #run(text: string, wantsGroups: boolean): Notes | null {
    let matched: Notes | null = null;
    const nothing: Notes = wantsGroups ? new Array<number>(this.#slots).fill(-1) : [];
    this.#now.clear();
    for (let at = 0; at <= text.length; at++) {
      // A match may begin at each place, behind all ways that began before.
      if (matched === null)
        this.#follow(this.#now, 0, text, at, wantsGroups ? noted(nothing, 0, at) : nothing);
      const code = at < text.length ? text.charCodeAt(at) : -1;
      this.#next.clear();
      for (let index = 0; index < this.#now.count; index++) {
        const position = this.#now.steps[index] as number;
        const step = this.#steps[position] as Step;
        const notes = this.#now.notes[index] as Notes;
        if (step.kind === 'match') {
          if (!wantsGroups) return notes;
          matched = noted(notes, 1, at);
          break;
        }
        if (step.kind === 'read' && step.set[code] === 1) {
          this.#follow(this.#next, position + 1, text, at + 1, notes);
        }
      }
      [this.#now, this.#next] = [this.#next, this.#now];
      if (matched !== null && this.#now.count === 0) break;
    }
    return matched;
  }

  /** Adds all steps that read a character, or match, and are reached from `position` without reading one. */
  #follow(ways: Ways, position: number, text: string, at: number, notes: Notes): void {
    if (!ways.visit(position)) return;
    const step = this.#steps[position] as Step;
    switch (step.kind) {
      case 'read':
      case 'match':
        ways.add(position, notes);
        return;
      case 'jump':
        this.#follow(ways, step.to, text, at, notes);
        return;
      case 'fork':
        this.#follow(ways, step.first, text, at, notes);
        this.#follow(ways, step.second, text, at, notes);
        return;
      case 'at':
        if (isAt(step.place, text, at)) this.#follow(ways, position + 1, text, at, notes);
        return;
      case 'note':
        this.#follow(ways, position + 1, text, at, notes.length === 0 ? notes : noted(notes, step.slot, at));
        return;
      case 'forget':
        this.#follow(ways, position + 1, text, at, without(notes, step.from, step.to));
    }
  }
}

/** Why a text cannot be used as an expression, or null when it can. */
export function faultOfExpression(text: string): string | null {
  try {
    new LinearExpression(text);
    return null;
  } catch (error) {
    if (error instanceof ExpressionFault) return error.message;
    throw error;
  }
}

/** The steps at which ways to match are, each at most once. */
class Ways {
  readonly steps: Int32Array;
  readonly notes: Notes[] = [];
  count = 0;
  readonly #visits: Int32Array;
  #round = 1;

  constructor(size: number) {
    this.steps = new Int32Array(size);
    this.#visits = new Int32Array(size);
  }

  clear(): void {
    this.count = 0;
    this.#round += 1;
    if (this.#round < 0x7fffffff) return;
    this.#visits.fill(0);
    this.#round = 1;
  }

  visit(step: number): boolean {
    if (this.#visits[step] === this.#round) return false;
    this.#visits[step] = this.#round;
    return true;
  }

  add(step: number, notes: Notes): void {
    this.steps[this.count] = step;
    this.notes[this.count] = notes;
    this.count += 1;
  }
}

function noted(notes: Notes, slot: number, at: number): Notes {
  const changed = notes.slice();
  changed[slot] = at;
  return changed;
}

function without(notes: Notes, from: number, to: number): Notes {
  return notes.length === 0 ? notes : notes.map((at, slot) => (slot >= from && slot < to ? -1 : at));
}

function isAt(place: Place, text: string, at: number): boolean {
  switch (place) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'word-edge':
      return isWord(text, at - 1) !== isWord(text, at);
    case 'no-word-edge':
      return isWord(text, at - 1) === isWord(text, at);
  }
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && wordCharacters[text.charCodeAt(at)] === 1;
}
