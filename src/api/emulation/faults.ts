/** Calls that are made to fail, or to wait, for those who test how their automation takes it. */
import { setTimeout as wait } from 'node:timers/promises';
import { type ErrorCode, Refusal } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';

export interface Fault {
  /** The operation that it befalls, as CreateMember; `*` for all. */
  readonly operation: string;
  /** The error that is answered; null to answer as usual, only later. */
  readonly errorCode: ErrorCode | null;
  /** The share of calls that it befalls, up to 1. */
  readonly rate: number;
  readonly delayMs: number;
}

export class Faults {
  readonly #random: () => number;
  #faults: readonly Fault[] = [];

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get current(): readonly Fault[] {
    return this.#faults;
  }

  set(faults: readonly Fault[]): void {
    this.#faults = faults;
  }

  /** The operation as the faults leave it. A call that is refused does nothing. */
  befall(operation: Operation): Operation {
    return {
      ...operation,
      handle: async (call) => {
        for (const { operation: name, errorCode, rate, delayMs } of this.#faults) {
          if ((name !== '*' && name !== operation.id) || this.#random() >= rate) continue;
          if (delayMs > 0) await wait(delayMs);
          if (errorCode)
            throw new Refusal(errorCode, `Emulated by /elbow/v1/emulation/faults: ${operation.id} fails.`);
        }
        return operation.handle(call);
      },
    };
  }
}
