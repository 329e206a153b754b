import type { HeaderEdits, HeaderValue } from '../../dataplane/policy-configuration.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import type { RequestPlan } from '../http/request-plan.ts';

/** Headers that a policy sets and takes away. */
export class HeaderEditor {
  /** The lower-case names of fields that do not stay as they are. */
  readonly replacedNames: readonly Uint8Array[];
  readonly #set: HeaderEdits['set'];

  constructor({ set, remove }: HeaderEdits) {
    this.#set = set;
    const names = [...set.map(({ name }) => name), ...remove];
    this.replacedNames = names.map((name) => Buffer.from(name.toLowerCase(), 'latin1'));
  }

  /** The lines of the fields that are set, each with its end. */
  linesFor(request: IncomingRequest, plan: RequestPlan): string {
    let lines = '';
    for (const { name, value } of this.#set) {
      const text = textOf(value, request, plan);
      if (text !== null) lines += `${name}: ${text}\r\n`;
    }
    return lines;
  }
}

/** Null when there is nothing to set a header to. */
function textOf(value: HeaderValue, request: IncomingRequest, plan: RequestPlan): string | null {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'copy': {
      const values = request.headers(value.of.toLowerCase());
      return values.length === 0 ? null : values.join(', ');
    }
    case 'fact':
      return plan.valueOf(value.source, request.client, request.authority);
  }
}
