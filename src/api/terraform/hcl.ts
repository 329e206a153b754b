/** Writes Terraform's configuration language. */

/** An expression, written as it is: `huaweicloud_elb_pool.web.id`. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** As comments show it. */
  toJSON(): string {
    return this.text;
  }
}

export type Value =
  | string
  | number
  | boolean
  | Expression
  | readonly Value[]
  | { readonly [key: string]: Value };

/** What is between the braces of a block, in order. */
export type Body = readonly Line[];

export type Line =
  | { readonly kind: 'attribute'; readonly name: string; readonly value: Value }
  | { readonly kind: 'block'; readonly name: string; readonly body: Body }
  | { readonly kind: 'comment'; readonly text: string };

export function attribute(name: string, value: Value): Line {
  return { kind: 'attribute', name, value };
}

/** A block of the outermost level, as `resource "type" "name" { … }`. */
export function blockText(words: string, body: Body): string {
  return `${words} {\n${bodyText(body, '  ')}}\n`;
}

function bodyText(body: Body, indent: string): string {
  const widest = Math.max(0, ...body.map((line) => (line.kind === 'attribute' ? line.name.length : 0)));
  return body.map((line) => lineText(line, indent, widest)).join('');
}

function lineText(line: Line, indent: string, widest: number): string {
  switch (line.kind) {
    case 'comment':
      return `${indent}# ${line.text.replaceAll('\n', ' ')}\n`;
    case 'block':
      return `${indent}${line.name} {\n${bodyText(line.body, `${indent}  `)}${indent}}\n`;
    default:
      return `${indent}${line.name.padEnd(widest)} = ${valueText(line.value, indent)}\n`;
  }
}

function valueText(value: Value, indent: string): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return stringText(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item, indent)).join(', ')}]`;
  const inner = Object.entries(value).map(
    ([key, item]) => `${indent}  ${stringText(key)} = ${valueText(item, `${indent}  `)}\n`,
  );
  return inner.length === 0 ? '{}' : `{\n${inner.join('')}${indent}}`;
}

/** A quoted text in which nothing is a template, with escapes for what may not stand in one. */
function stringText(text: string): string {
  const escaped = text.replaceAll(/["\\\p{Cc}]/gu, (character) => {
    const known = escapes[character];
    return known ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped.replaceAll(/([$%])\{/g, '$1$1{')}"`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
