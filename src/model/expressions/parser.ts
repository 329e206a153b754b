/** Reads regular expressions as JavaScript writes them, but for what cannot be run in linear time. */
import {
  anyButLineEnds,
  type CharacterSet,
  charactersWhere,
  complementOf,
  digits,
  spaces,
  unionOf,
  wordCharacters,
} from './character-set.ts';
import type { Node } from './syntax-tree.ts';

/** Groups within groups: more would be no help to anybody. */
const maxDepth = 32;

/** Why a text is no expression; the message says what is wrong with it. */
export class ExpressionFault extends Error {}

const sets: Readonly<Record<string, CharacterSet>> = {
  ...{ d: digits, D: complementOf(digits), w: wordCharacters, W: complementOf(wordCharacters) },
  ...{ s: spaces, S: complementOf(spaces) },
};

const controls: Readonly<Record<string, string>> = {
  ...{ t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', 0: '\0' },
};

export interface ParsedExpression {
  readonly node: Node;
  /** How many groups it has. */
  readonly groups: number;
}

/** @throws ExpressionFault */
export function parseExpression(text: string): ParsedExpression {
  const parser = new Parser(text);
  const node = parser.choice(0);
  if (!parser.isAtEnd) throw new ExpressionFault('a ")" has no "("');
  return { node, groups: parser.groups };
}

class Parser {
  readonly #text: string;
  #at = 0;
  groups = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  choice(depth: number): Node {
    if (depth > maxDepth) throw new ExpressionFault(`groups are nested more than ${maxDepth} deep`);
    const nodes = [this.#sequence(depth)];
    while (this.#takes('|')) nodes.push(this.#sequence(depth));
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'choice', nodes };
  }

  #sequence(depth: number): Node {
    const nodes: Node[] = [];
    while (!this.isAtEnd && !this.#sees('|') && !this.#sees(')')) nodes.push(this.#repeated(depth));
    return { kind: 'sequence', nodes };
  }

  #repeated(depth: number): Node {
    const firstGroup = this.groups + 1;
    const node = this.#atom(depth);
    const times = this.#times();
    if (times === null) return node;
    if (node.kind === 'place') throw new ExpressionFault('a place such as ^ or \\b cannot be repeated');
    const isLazy = this.#takes('?');
    if (this.#times() !== null) throw new ExpressionFault('nothing to repeat');
    const [min, max] = times;
    if (min > max) throw new ExpressionFault(`{${min},${max}} counts down`);
    return { kind: 'repeat', node, min, max, isLazy, firstGroup, lastGroup: this.groups + 1 };
  }

  /** How often, as [least, most]; null when nothing is said. */
  #times(): readonly [number, number] | null {
    if (this.#takes('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#takes('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#takes('?')) return [0, 1];
    const counted = this.#takesPattern(/\{(\d+)(,?)(\d*)\}/y);
    if (!counted) return null;
    const [, min = '', comma, max] = counted;
    return [Number(min), comma === '' ? Number(min) : max ? Number(max) : Number.POSITIVE_INFINITY];
  }

  #atom(depth: number): Node {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group(depth);
      case '[':
        return { kind: 'characters', set: this.#class() };
      case '.':
        return { kind: 'characters', set: anyButLineEnds };
      case '^':
        return { kind: 'place', place: 'start' };
      case '$':
        return { kind: 'place', place: 'end' };
      case '*':
      case '+':
      case '?':
        throw new ExpressionFault('nothing to repeat');
      case '\\':
        return this.#escape();
      default:
        return { kind: 'characters', set: only(character) };
    }
  }

  #group(depth: number): Node {
    let index = 0;
    if (this.#takes('?')) {
      if (this.#takesPattern(/<[A-Za-z_]\w*>/y)) index = ++this.groups;
      else if (!this.#takes(':')) throw new ExpressionFault('lookahead and lookbehind are not supported');
    } else {
      index = ++this.groups;
    }
    const node = this.choice(depth + 1);
    if (!this.#takes(')')) throw new ExpressionFault('a "(" has no ")"');
    return index === 0 ? node : { kind: 'group', index, node };
  }

  #escape(): Node {
    if (this.#takes('b')) return { kind: 'place', place: 'word-edge' };
    if (this.#takes('B')) return { kind: 'place', place: 'no-word-edge' };
    if (this.#takesPattern(/[1-9]|k/y)) throw new ExpressionFault('references to groups are not supported');
    return { kind: 'characters', set: this.#escapedSet() };
  }

  /** What stands behind a backslash, in a class or outside. */
  #escapedSet(): CharacterSet {
    const code = this.#takesPattern(/x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})/y);
    if (code) return only(String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16)));
    if (this.isAtEnd) throw new ExpressionFault('a "\\" stands at the end');
    const character = this.#next();
    return sets[character] ?? only(controls[character] ?? character);
  }

  #class(): CharacterSet {
    const isComplement = this.#takes('^');
    const parts: CharacterSet[] = [];
    while (!this.#takes(']')) {
      const first = this.#classAtom();
      if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') {
        parts.push(first);
        continue;
      }
      this.#at += 1;
      parts.push(rangeOf(first, this.#classAtom()));
    }
    const union = unionOf(parts);
    return isComplement ? complementOf(union) : union;
  }

  #classAtom(): CharacterSet {
    if (this.isAtEnd) throw new ExpressionFault('a "[" has no "]"');
    const character = this.#next();
    if (character !== '\\') return only(character);
    return this.#takes('b') ? only('\b') : this.#escapedSet();
  }

  #next(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    return character;
  }

  #sees(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #takes(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at += 1;
    return true;
  }

  /** @param pattern a sticky one */
  #takesPattern(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }
}

function only(wanted: string): CharacterSet {
  return charactersWhere((character) => character === wanted);
}

/** All characters from the one to the other; with a set as `\d` at an end, the two and the hyphen. */
function rangeOf(first: CharacterSet, last: CharacterSet): CharacterSet {
  const from = first.indexOf(1);
  const to = last.indexOf(1);
  if (first.lastIndexOf(1) !== from || last.lastIndexOf(1) !== to) return unionOf([first, only('-'), last]);
  if (from > to) throw new ExpressionFault('a range in a class counts down');
  return charactersWhere((_, code) => code >= from && code <= to);
}
