/**
 * An operation of the API: one method and path, what it takes and answers, and the function that does it. The
 * HTTP server, its validation and the OpenAPI document are made from these.
 */
import type { TSchema } from 'typebox';
import type { Refusal } from './errors.ts';
import type { ValidationOptions } from './validation.ts';

/** Who calls, once authenticated. */
export interface Caller {
  readonly userId: string;
  readonly userName: string;
  readonly domainId: string;
  /** The projects that the caller may act in. */
  readonly projectIds: ReadonlySet<string>;
  /** Whether it is the user of the installation's own credentials, who manages those of others. */
  readonly isAdministrator: boolean;
  readonly credential: Credential;
}

/** By what a caller is known. */
export interface Credential {
  readonly kind: 'none' | 'token' | 'access key' | 'temporary access key' | 'metrics token';
  /** The only project that it is for; null for all of its user's. */
  readonly projectId: string | null;
  /** When it ends, in milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
}

/** One call of an operation, its path and body already checked. */
export interface Call {
  readonly requestId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body; undefined when the operation takes none. */
  readonly body: unknown;
  /** The caller; a public operation gets one that may do nothing. */
  readonly caller: Caller;
  /** Whether the caller is allowed the operation’s action in an enterprise project: asked by those of the domain. */
  readonly mayIn: (enterpriseProjectId: string) => boolean;
  /** `http://host:port`, as the caller reached us. */
  readonly origin: string;
}

export interface Answer {
  /** The JSON body; undefined for none. */
  readonly body?: unknown;
  /** A body that is not JSON; its content type is among the headers. */
  readonly text?: string;
  /**
   * A body that comes piece by piece, perhaps without end; its content type is among the headers. A piece is asked for
   * once the one before is on its way. The signal says that nobody takes them any more.
   */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A query parameter as documented. */
export interface QueryParameter {
  readonly schema: TSchema;
  readonly arity: 'many' | 'one';
  readonly description: string;
}

/** Whether a call can be rehearsed: every write of what projects have, and of Elbow's own but for its pretences. */
export function isRehearsable({ method, path, isPublic = false }: Operation): boolean {
  if (path.startsWith('/elbow/v1/emulation/')) return false;
  return (
    method !== 'GET' &&
    method !== 'HEAD' &&
    !isPublic &&
    /^\/(v[\d.]+\/\{project_id\}|v2\.0|elbow\/v1)\//.test(path)
  );
}

export interface Operation {
  /** As in the official SDKs: `CreateMember`. */
  readonly id: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With parameters in braces: `/v3/{project_id}/elb/pools`. */
  readonly path: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /**
   * What its caller must be allowed, as `elb:members:list`; a public operation has none (rules digest 1.10). What has
   * none is for those alone whose groups do not limit them.
   */
  readonly action?: string;
  /**
   * Where it must be allowed: in the enterprise projects of what the call is about, unless told otherwise; in the
   * `project` as a whole, for what all of it shares; in the `domain`, for what no project has. What is the caller's
   * `own` is always allowed.
   */
  readonly actionScope?: 'project' | 'domain' | 'own';
  /**
   * Whether everything that it creates, deletes or exports must be allowed by itself too: with its action alone, one
   * could delete pools that one may not delete.
   */
  readonly checksEach?: boolean;
  /** The group it is listed under. */
  readonly group: string;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** Headers that the call must have, by name, each with what it holds; the credential’s are not among them. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Headers of the answer, by name, each with what it holds; X-Request-Id is not among them. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  readonly body?: TSchema;
  /** How a wrong body is worded. */
  readonly bodyOptions?: ValidationOptions;
  /** The largest body that it takes, where that is more than others do. */
  readonly maxBodyBytes?: number;
  /** Whether the body may also be YAML, by its content type. */
  readonly takesYaml?: boolean;
  readonly answer?: TSchema;
  /** The content type of the answer, when that is a stream. */
  readonly answerForm?: 'text/event-stream';
  /** Content types that the answer may have beside JSON, when the call asks for them. */
  readonly otherForms?: readonly string[];
  /** The status of success. */
  readonly status: number;
  /** Refusals that do not follow from the path, the body and the query: documents show them. */
  readonly refusals?: readonly Refusal[];
  /** Whether it is served without authentication. */
  readonly isPublic?: boolean;
  /** Whether it may also be called with the token that scrapers of metrics hold. */
  readonly takesMetricsToken?: boolean;
  /** Whether the body of the answer gets the request id: not in the identity API. */
  readonly carriesRequestId?: boolean;
  readonly handle: (call: Call) => Promise<Answer>;
}
