/** One wrong request and the refusal it gets. */

/** Method, path below the project, body, status, code, and what the message says. */
export type Row = readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
  message: RegExp,
];

/** The ids of what is there while wrong requests come. */
export interface Ground {
  readonly lb: string;
  readonly closedLb: string;
  readonly gateway: string;
  readonly listener: string;
  readonly tcpListener: string;
  readonly pool: string;
  readonly tcpPool: string;
  readonly member: string;
  readonly monitor: string;
  /** A listener with advanced forwarding, and a policy of it. */
  readonly advanced: string;
  readonly policy: string;
}

/** A request that is wrong in itself: 400 ELB.8902. */
export function wrong(method: string, path: string, body: unknown, message: RegExp): Row {
  return [method, path, body, 400, 'ELB.8902', message];
}

/** A request that names what is not there: 404 ELB.8904. */
export function absent(method: string, path: string, body: unknown, message: RegExp): Row {
  return [method, path, body, 404, 'ELB.8904', message];
}

/** A request that the state of others does not allow: 409 ELB.8907. */
export function conflicting(method: string, path: string, body: unknown, message: RegExp): Row {
  return [method, path, body, 409, 'ELB.8907', message];
}

/** The same fault of a field for several values. */
export function each(
  values: readonly unknown[],
  make: (value: unknown) => unknown,
  method: string,
  path: string,
  message: RegExp,
): Row[] {
  return values.map((value) => wrong(method, path, make(value), message));
}
