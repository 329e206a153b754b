/**
 * Every error a caller can get: its code and status (rules digest 1.4 and 1.5), and functions that word it. A
 * message names the field, what is wrong with its value, and what would be right.
 */

const statuses = {
  'SYS.0401': 401,
  'SYS.0403': 403,
  'APIGW.0101': 404,
  'ELB.1202': 400,
  'ELB.5013': 400,
  'ELB.5020': 400,
  'ELB.5051': 400,
  'ELB.8902': 400,
  'ELB.8904': 404,
  'ELB.8905': 409,
  'ELB.8906': 500,
  'ELB.8907': 409,
  'ELB.8931': 400,
  'ELB.8932': 400,
  'ELB.8933': 400,
  'ELB.8934': 400,
  'ELB.8938': 400,
  'ELB.8939': 400,
  'ELB.8950': 400,
  'ELB.8959': 400,
  'ELB.9802': 403,
  'ELB.9899': 400,
} as const;

export type ErrorCode = keyof typeof statuses;

/** Every code there is. */
export const errorCodes = Object.keys(statuses) as ErrorCode[];

/** Who is said to call, where nobody has shown it: what of it may be kept, and is no secret. */
export interface Claimant {
  readonly user?: { readonly id: string; readonly name: string };
  /** The id of an access key. */
  readonly accessKey?: string;
}

/** An answer that refuses a call. Nothing has been changed when it is raised. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly claimant: Claimant;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { claimant?: Claimant } = {}) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
    this.status = statuses[code];
    this.claimant = options.claimant ?? {};
  }
}

/** A value that breaks a rule of its field: `member.weight`, the fault, and what would be right. */
export function invalid(field: string, problem: string): Refusal {
  return new Refusal('ELB.8902', `Invalid input for '${field}': ${problem}`);
}

/** Something that is not there, or belongs to another project: the two are told apart to nobody. */
export function notFound(label: string, id: string): Refusal {
  return new Refusal('ELB.8904', `${label} ${id} could not be found.`);
}

/** What the state of other resources does not allow; the message says which, and how to go on. */
export function conflict(message: string): Refusal {
  return new Refusal('ELB.8907', message);
}

export function quotaExceeded(key: string, limit: number): Refusal {
  return new Refusal('ELB.8905', `Quota exceeded for resources: ['${key}']. The limit is ${limit}.`);
}

export function unrecognized(attributes: readonly string[]): Refusal {
  return new Refusal('ELB.8902', `Unrecognized attribute(s) '${attributes.join(', ')}'`);
}

export function unauthenticated(message: string, claimant: Claimant = {}): Refusal {
  return new Refusal('SYS.0401', message, { claimant });
}

export function forbidden(message: string): Refusal {
  return new Refusal('SYS.0403', message);
}

/**
 * What the policies of the caller do not allow (rules digest 1.5: ELB.9802 for an action of the API itself).
 *
 * @param where in which enterprise project, or how it would be allowed
 */
export function notAllowed(action: string, where: string): Refusal {
  const code = action.startsWith('elb:') ? 'ELB.9802' : 'SYS.0403';
  return new Refusal(code, `The policies of the caller do not allow ${action} ${where}.`);
}
