/** The HTTP server: operations on one port, with authentication, validation and errors as the API has them. */
import type { IncomingMessage } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { peerAddress } from '../model/address.ts';
import { forbidden, Refusal } from '../model/errors.ts';
import { type Answer, type Call, type Caller, isRehearsable, type Operation } from '../model/operation.ts';
import { validator } from '../model/validation.ts';
import type { Logger } from '../observe/log.ts';
import type { Identity } from '../service/identity/identity.ts';
import { newId } from '../service/new-id.ts';
import { planOf } from '../service/plan.ts';
import type { RefusedCalls } from '../service/refused-calls.ts';
import type { LiveRegion, Origin } from '../service/region.ts';
import { type Authorized, authorize, everything } from './authorization.ts';
import { readJsonBody, readYamlBody } from './body.ts';
import type { CallMetrics } from './call-metrics.ts';
import { planBody, readDryRun } from './dry-run.ts';
import { errorAnswer } from './error-answer.ts';
import { scraperOf } from './metrics-token.ts';
import { refusePlainText } from './plain-text.ts';
import { sendStream } from './streamed-answer.ts';
import { refuseUnreadable } from './unreadable-request.ts';

/** No body of the cloud's API comes near this: the largest is a batch of 200 members. */
const maxBodyBytes = 1024 * 1024;

const nobody: Caller = {
  ...{ userId: '', userName: '', domainId: '', projectIds: new Set(), isAdministrator: false },
  credential: { kind: 'none', projectId: null, expiresAt: null },
};

const noBody = Buffer.alloc(0);
const noQuery = new URLSearchParams();

/** What a server shows to its clients over TLS. */
export interface ServerCertificate {
  /** PEM: the certificate, and the chain behind it if there is one. */
  readonly cert: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

export interface ServerParts {
  readonly operations: readonly Operation[];
  readonly identity: Identity;
  readonly refusedCalls: RefusedCalls;
  readonly region: LiveRegion;
  /** Whether a request becomes a stream in another protocol, which somebody else takes over. */
  readonly takesUpgrade: (request: IncomingMessage) => boolean;
  readonly log: Logger;
  readonly calls: CallMetrics;
  /** What scrapers of metrics present. */
  readonly metricsToken: string;
  /** Null serves plain HTTP. */
  readonly certificate: ServerCertificate | null;
}

/** A server ready to listen. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { operations, takesUpgrade, log, calls, certificate } = parts;
  const app = Fastify({
    loggerInstance: undefined,
    bodyLimit: maxBodyBytes,
    // Ids that ascend with time, since the audit finds changes by them.
    genReqId: () => newId(new Date()),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, newId(new Date())),
    // An offer of another protocol that is not ours is passed over: clients of HTTP/2 make one with each request.
    ...(certificate
      ? { https: { shouldUpgradeCallback: takesUpgrade, minVersion: 'TLSv1.2', ...certificate } }
      : { http: { shouldUpgradeCallback: takesUpgrade } }),
  });
  if (certificate) refusePlainText(app.server as SecureServer, () => newId(new Date()));
  // So is an expectation that is not understood (RFC 9110 section 10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.removeAllContentTypeParsers();
  // Bodies stay bytes until the signature over them has been checked, whatever content type a client names.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // The official Node SDK sends and signs a body with its GETs of projects.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.addHook('onResponse', async (request, reply) => {
    const { operationId = '' } = (request.routeOptions.config ?? {}) as { operationId?: string };
    calls.note(operationId, reply.statusCode, reply.elapsedTime);
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0];
    const refusal = new Refusal(
      'APIGW.0101',
      `There is no ${request.method} ${path} here; /docs lists the operations.`,
    );
    sendError(refusal, request, reply, log);
  });
  const stopping = new AbortController();
  // Streams have no end of their own, and the server waits for whatever is being answered.
  app.addHook('preClose', async () => stopping.abort());
  for (const operation of operations) addRoute(app, operation, { ...parts, stopping: stopping.signal });
  return app as unknown as FastifyInstance;
}

function addRoute(
  app: { route: FastifyInstance['route'] },
  operation: Operation,
  parts: ServerParts & { readonly stopping: AbortSignal },
): void {
  const { identity, region, log, stopping } = parts;
  const rehearsable = isRehearsable(operation);
  const checkBody = operation.body && validator(operation.body, operation.bodyOptions);
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    bodyLimit: operation.maxBodyBytes ?? maxBodyBytes,
    config: { operationId: operation.id },
    handler: async (request, reply) => {
      const bytes = (request.body as Buffer | undefined) ?? noBody;
      let caller = nobody;
      try {
        if (!operation.isPublic) caller = callerOf(request, bytes, operation, parts);
        checkProject(request, caller, operation);
        const authorized = operation.isPublic
          ? { caller, ...everything }
          : authorize(identity, operation, caller, paramsOf(request));
        const body = checkBody ? readBody(request, operation, bytes) : undefined;
        checkBody?.(body);
        const call = callOf(request, authorized, body);
        const origin = originOf(request, caller, operation);
        if (rehearsable && readDryRun(call.query)) {
          const rehearsed = () => planOf(region, () => operation.handle(call));
          const plan = await region.store.runAs(origin, rehearsed, authorized.access);
          const planned = { ...planBody(operation, plan), request_id: request.id };
          return sendBody(request, reply.status(200), planned);
        }
        const answer = await region.store.runAs(origin, () => operation.handle(call), authorized.access);
        const { stream } = answer;
        if (!stream) return send(request, reply, operation, answer);
        reply.hijack();
        const headers = { ...answer.headers, 'x-request-id': request.id, connection: 'close' };
        reply.raw.writeHead(operation.status, headers).flushHeaders();
        const sent = () => sendStream(reply.raw, stream, { stopping });
        return region.store.runAs(origin, sent, authorized.access).catch((error: unknown) => {
          log.error({ err: error, request_id: request.id }, 'a stream broke off');
        });
      } catch (error) {
        noteRefusal(error, request, caller, operation, parts);
        throw error;
      }
    },
  });
}

/** Keeps in the audit that a call was refused for who made it. */
function noteRefusal(
  error: unknown,
  request: FastifyRequest,
  caller: Caller,
  operation: Operation,
  { region, refusedCalls }: ServerParts,
): void {
  if (!(error instanceof Refusal) || (error.status !== 401 && error.status !== 403)) return;
  const { project_id: asked = '' } = request.params as { project_id?: string };
  const origin = originOf(request, caller, operation);
  const user = caller.credential.kind === 'none' ? (error.claimant.user ?? null) : origin.user;
  const projectId = region.inventory.projects.has(asked) ? asked : null;
  refusedCalls.note({ refusal: error, origin: { ...origin, user }, projectId });
}

function readBody({ headers }: FastifyRequest, { takesYaml = false }: Operation, bytes: Buffer): unknown {
  return takesYaml && headers['content-type']?.includes('yaml') ? readYamlBody(bytes) : readJsonBody(bytes);
}

function callerOf(
  { method, url, headers }: FastifyRequest,
  body: Buffer,
  { takesMetricsToken }: Operation,
  { identity, metricsToken }: ServerParts,
): Caller {
  const scraper = takesMetricsToken ? scraperOf(headers.authorization, metricsToken) : null;
  return scraper ?? identity.authenticate({ method, url, headers, body });
}

/** One that is not there is refused in the same words as one that is somebody else's. */
function checkProject(request: FastifyRequest, caller: Caller, { isPublic }: Operation): void {
  const { project_id: projectId } = request.params as { project_id?: string };
  if (isPublic || projectId === undefined || caller.projectIds.has(projectId)) return;
  throw forbidden(`The credential gives no access to the project ${projectId}.`);
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  const at = url.indexOf('?');
  return at < 0 ? noQuery : new URLSearchParams(url.slice(at + 1));
}

/** What of a request says where an action must be allowed. */
function paramsOf(request: FastifyRequest) {
  const { project_id: projectId } = request.params as { project_id?: string };
  return { projectId, query: () => queryOf(request) };
}

function callOf(request: FastifyRequest, { caller, mayIn }: Authorized, body: unknown): Call {
  return {
    requestId: request.id,
    params: request.params as Record<string, string>,
    query: queryOf(request),
    mayIn,
    headers: request.headers,
    body,
    caller,
    origin: `${request.protocol}://${request.host}`,
  };
}

function originOf(
  { ip, id: requestId }: FastifyRequest,
  { userId, userName }: Caller,
  { id: operationId }: Operation,
): Origin {
  return {
    user: { id: userId, name: userName },
    address: peerAddress(ip),
    requestId,
    operationId,
  };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: Operation,
  { body, text, headers }: Answer,
): FastifyReply {
  reply.status(operation.status).header('x-request-id', request.id);
  if (headers) reply.headers(headers);
  if (text !== undefined) return reply.send(text);
  if (body === undefined) return reply.send();
  return sendBody(
    request,
    reply,
    operation.carriesRequestId === false ? body : { ...(body as object), request_id: request.id },
  );
}

function sendBody(request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('x-request-id', request.id).type('application/json').send(JSON.stringify(body));
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, body } = errorAnswer(error, request.id);
  if (status >= 500) {
    log.error(
      { err: error, method: request.method, url: request.url, request_id: request.id },
      'a call failed',
    );
  }
  reply.status(status).header('x-request-id', request.id).type('application/json').send(JSON.stringify(body));
}
