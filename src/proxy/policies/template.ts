/** Texts with places that are filled in from a request (rules digest 2.6.3). */

/** What fills the places: `${name}` from `parts`, `$1` to `$9` from `groups`. */
export interface TemplateValues {
  readonly parts: Readonly<Record<string, string>>;
  groups(): readonly (string | undefined)[];
}

type Piece = string | { readonly part: string } | { readonly group: number };

const place = /\$(?:\{(protocol|host|port|path|query)\}|([0-9])|[A-Za-z][A-Za-z0-9]*)/g;

/**
 * A text taken apart once and filled in for each request. A group that there is not is nothing, and so is `$` with a
 * word; any other `$` stands for itself.
 */
export class Template {
  readonly #pieces: readonly Piece[];

  constructor(text: string) {
    const pieces: Piece[] = [];
    let end = 0;
    for (const match of text.matchAll(place)) {
      if (match.index > end) pieces.push(text.slice(end, match.index));
      end = match.index + match[0].length;
      const [, part, group] = match;
      if (part !== undefined) pieces.push({ part });
      else if (group !== undefined) pieces.push({ group: Number(group) });
    }
    if (end < text.length) pieces.push(text.slice(end));
    this.#pieces = pieces;
  }

  fill({ parts, groups }: TemplateValues): string {
    let text = '';
    for (const piece of this.#pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('part' in piece) text += parts[piece.part] ?? '';
      // $0 is no group.
      else if (piece.group > 0) text += groups()[piece.group] ?? '';
    }
    return text;
  }
}
