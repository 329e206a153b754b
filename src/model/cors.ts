/** What a policy tells browsers of requests from other origins (rules digest 2.6.3). */
import { type Static, Type } from 'typebox';
import { ipVersion } from './address.ts';
import { invalid } from './errors.ts';
import { orLeftOut } from './field.ts';
import { madeWhole, type PartsOf } from './made-whole.ts';
import { described, integer, named, strict } from './schemas.ts';

const List = Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 50 });
const MaxAge = integer(-1, 172_800);

const parts = {
  allow_origin: described('The origins, or *.', List, ['https://www.example.com']),
  allow_methods: described('The methods.', List, ['GET']),
  allow_headers: described('The headers of requests, or *.', List),
  expose_headers: described('The headers of answers that pages may read, or *.', List),
  allow_credentials: described('Whether cookies come along.', Type.Boolean()),
  max_age: described('Seconds that browsers may keep the answer; -1 for none.', MaxAge, 60),
};

export const Cors = named('Cors', strict(parts));

export const CorsInput = named(
  'NewCors',
  strict({
    allow_origin: orLeftOut(parts.allow_origin),
    allow_methods: orLeftOut(parts.allow_methods),
    allow_headers: orLeftOut(parts.allow_headers),
    expose_headers: orLeftOut(parts.expose_headers),
    allow_credentials: orLeftOut(parts.allow_credentials),
    max_age: orLeftOut(parts.max_age),
  }),
);

export type Cors = Static<typeof Cors>;

/** Lists that a request leaves out are empty; browsers keep no answer unless a request says how long. */
export function cors(asked: PartsOf<Cors>): Cors {
  const start: Cors = {
    ...{ allow_origin: [], allow_methods: [], allow_headers: [], expose_headers: [] },
    ...{ allow_credentials: false, max_age: -1 },
  };
  return madeWhole(start, null, asked);
}

/** The methods that rules and CORS know. */
export const httpMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** @param path how messages name the object */
export function checkCors(config: Cors, path: string): void {
  checkOrigins(config.allow_origin, `${path}.allow_origin`);
  checkWords(config.allow_methods, `${path}.allow_methods`, `one of ${httpMethods.join(', ')}`, (method) =>
    httpMethods.includes(method),
  );
  for (const key of ['allow_headers', 'expose_headers'] as const) {
    checkWords(config[key], `${path}.${key}`, 'the name of a header, or "*"', (name) =>
      /^(\*|[A-Za-z0-9_-]{1,40})$/.test(name),
    );
  }
}

/** A scheme, a domain whose first label may be a wildcard, and a port. */
const origin =
  /^https?:\/\/((?:\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:\d{1,5})?$/;

function checkOrigins(origins: readonly string[], field: string): void {
  if (new Set(origins).size !== origins.length) throw invalid(field, 'the same origin is there twice.');
  if (origins.includes('*')) {
    if (origins.length > 1) throw invalid(field, '"*" is every origin, so it stands alone.');
    return;
  }
  checkWords(origins, field, 'as https://a.example.com or http://*.example.com:8080, or "*"', (each) => {
    const [, host = ''] = origin.exec(each) ?? [];
    return host !== '' && !ipVersion(host);
  });
}

function checkWords(
  words: readonly string[],
  field: string,
  right: string,
  isRight: (word: string) => boolean,
): void {
  const index = words.findIndex((word) => !isRight(word));
  if (index >= 0) throw invalid(`${field}[${index}]`, `got "${words[index]}", expected ${right}.`);
}
