/** What a regular expression says, taken apart. */
import type { CharacterSet } from './character-set.ts';

/** A place between two characters, as `^` or `\b`. */
export type Place = 'start' | 'end' | 'word-edge' | 'no-word-edge';

export type Node =
  | { readonly kind: 'characters'; readonly set: CharacterSet }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  /** Group `index`, from 1; `node` is what is in its parentheses. */
  | { readonly kind: 'group'; readonly index: number; readonly node: Node }
  | {
      readonly kind: 'repeat';
      readonly node: Node;
      readonly min: number;
      /** Infinity for no end. */
      readonly max: number;
      /** Whether few are tried before many. */
      readonly isLazy: boolean;
      /** The groups inside are firstGroup to lastGroup - 1: each time round begins with none of them. */
      readonly firstGroup: number;
      readonly lastGroup: number;
    };
