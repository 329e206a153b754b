import { hostOfAuthority, pathAndQuery, type RequestFacts } from '../../dataplane/matching/request-facts.ts';
import { FieldTable } from './field-table.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { ClientFacts } from './request-plan.ts';

/** The header block that was looked into last: requests are decided upon one at a time. */
const fields = new FieldTable();
let owner: IncomingRequest | null = null;

/** A connection's requests are nearly always for one host, in the same spelling. */
let lastAuthority = '';
let lastHost = '';

/** A request as policies and sessions see it, read from its head only as far as they ask. */
export class IncomingRequest implements RequestFacts {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly client: ClientFacts;
  /** The host as the client wrote it, with its port. */
  readonly authority: string;
  /** The header block as it would go to a member. */
  readonly forwarded: Buffer;
  readonly #input: Buffer;
  readonly #blockStart: number;
  readonly #blockEnd: number;

  /**
   * @param target in origin form
   * @param block the client's header block, in `input`; it has been read without fault
   */
  constructor(
    method: string,
    target: string,
    headers: RequestHeaders,
    client: ClientFacts,
    input: Buffer,
    block: { readonly start: number; readonly end: number },
  ) {
    this.method = method;
    [this.path, this.query] = pathAndQuery(target);
    this.authority = headers.host;
    if (headers.host !== lastAuthority) {
      lastAuthority = headers.host;
      lastHost = hostOfAuthority(headers.host);
    }
    this.host = lastHost;
    this.forwarded = headers.forwarded;
    this.client = client;
    this.#input = input;
    this.#blockStart = block.start;
    this.#blockEnd = block.end;
  }

  get clientAddress(): string {
    return this.client.address;
  }

  headers(name: string): readonly string[] {
    if (owner !== this) {
      fields.fill(this.#input, this.#blockStart, this.#blockEnd);
      owner = this;
    }
    const values: string[] = [];
    for (let index = 0; index < fields.count; index += 1) {
      if (fields.hasName(index, name)) values.push(fields.valueAt(index));
    }
    return values;
  }
}
