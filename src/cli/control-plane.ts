/** Puts the parts of a control plane together, starts them, and stops them in the opposite order. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import { CallMetrics } from '../api/call-metrics.ts';
import { Faults } from '../api/emulation/faults.ts';
import { PendingStates } from '../api/emulation/pending.ts';
import type { EmulationParts } from '../api/operations/emulation.ts';
import { createServer, type ServerCertificate } from '../api/server.ts';
import type { OpenKey } from '../dataplane/compile-tls.ts';
import { Explainer } from '../dataplane/explainer.ts';
import { Publisher } from '../dataplane/publisher.ts';
import { SessionKeys } from '../dataplane/session-keys.ts';
import { StreamServer } from '../dataplane/stream-server.ts';
import { HealthChecks } from '../health/health-checks.ts';
import { singleProbe } from '../health/single-probe.ts';
import { VirtualClock } from '../health/virtual-clock.ts';
import { peerAddress } from '../model/address.ts';
import { unauthenticated } from '../model/errors.ts';
import type { InventoryFile } from '../model/inventory.ts';
import type { Logger } from '../observe/log.ts';
import { processFamilies } from '../observe/process-families.ts';
import { privateKeysOf } from '../service/certificates.ts';
import { Directory, type UserDeclaration } from '../service/identity/directory.ts';
import { Groups } from '../service/identity/groups.ts';
import { Identity } from '../service/identity/identity.ts';
import { checkActions } from '../service/identity/known-actions.ts';
import { loadProjects } from '../service/identity/projects.ts';
import { Inventory } from '../service/inventory.ts';
import { MemberChecks } from '../service/member-checks/member-checks.ts';
import { newId } from '../service/new-id.ts';
import { destroyExpired } from '../service/recycle-bin.ts';
import { type RefusedCall, RefusedCalls } from '../service/refused-calls.ts';
import type { LiveRegion } from '../service/region.ts';
import { Secrets } from '../service/secrets.ts';
import { refreshServers } from '../service/server-states.ts';
import { learnServers } from '../service/servers.ts';
import { ownOrigin } from '../store/origin.ts';
import { Store } from '../store/store.ts';
import type { Credentials } from './credentials.ts';
import { allOperations } from './operations.ts';

export interface ControlPlaneOptions {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly inventory: InventoryFile;
  /** Asked for once the data directory is ours: before that, they may be another process's. */
  readonly credentials: () => Credentials;
  readonly log: Logger;
  /** What time it is for all that is stored; the machine's when left out. */
  readonly clock?: () => Date;
  /** What time it is for tokens and signatures; the machine's when left out. */
  readonly callersClock?: () => Date;
  /** How many days the audit is kept; as the store has it when left out. */
  readonly auditDays?: number;
  /** Whether verdicts, states, faults and the clock can be controlled through the API. */
  readonly emulation?: boolean;
  /** What the API is served under over TLS, asked for as the credentials are; plain HTTP for null or nothing. */
  readonly certificate?: () => Promise<ServerCertificate | null>;
}

const trimIntervalMs = 60 * 60 * 1000;

/** How much longer than it may something stays in the recycle bin at most. */
const emptyIntervalMs = 60 * 1000;

export interface ControlPlane {
  /** `http://host:port` or `https://host:port`, with the port really taken. */
  readonly url: string;
  readonly inventory: Inventory;
  readonly credentials: Credentials;
  /** Serves another certificate on all connections that begin from now on. */
  readonly useCertificate: (certificate: ServerCertificate) => void;
  readonly stop: () => Promise<void>;
}

/** @throws what stops it from starting; then nothing is left running or held */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, auditDays } = options;
  const virtual = options.emulation ? new VirtualClock() : null;
  const clock = virtual ? () => virtual.date() : options.clock;
  const store = await Store.open({
    directory,
    ...(clock ? { clock } : {}),
    ...(auditDays === undefined ? {} : { auditDays }),
  });
  const running = new AsyncDisposableStack();
  running.defer(() => store.close());
  try {
    return await startOver(store, options, virtual, running);
  } catch (error) {
    await running.disposeAsync();
    throw error;
  }
}

/**
 * @param virtual the clock, with emulation
 * @param running takes what stops each part, in the order of starting
 */
async function startOver(
  store: Store,
  options: ControlPlaneOptions,
  virtual: VirtualClock | null,
  running: AsyncDisposableStack,
): Promise<ControlPlane> {
  const { directory, host, port, log } = options;
  const credentials = options.credentials();
  const certificate = (await options.certificate?.()) ?? null;
  const projects = options.inventory.projects ?? [
    { id: credentials.project_id, name: options.inventory.region?.name ?? 'local-1' },
  ];
  const inventory = new Inventory(options.inventory, projects);
  const region = { store, inventory, secrets: new Secrets(credentials.secrets_key) };
  await learnServers(region);
  await store.runAs(ownOrigin('RefreshServers'), () => refreshServers(region));
  await loadProjects(region);
  const users = declaredUsers(options.inventory, credentials, inventory.projectIds);
  const identity = await Identity.open({
    region,
    directory: await Directory.of(credentials.domain, users),
    tokenKey: credentials.token_key,
    ...(options.callersClock ? { clock: options.callersClock } : {}),
  });
  const sessionKeys = new SessionKeys(credentials.secrets_key);
  const openKey: OpenKey = (each) => privateKeysOf(region, each).private_key;
  const publisher = new Publisher(store, { sessionKeys, openKey }, log);
  const refusedCalls = new RefusedCalls(region, log, options.clock);
  running.defer(() => refusedCalls.stop());
  const stream = new StreamServer(publisher, credentials.proxy_token, log, ({ socket }) =>
    refusedCalls.note(refusedProxy(socket.remoteAddress)),
  );
  const health = new HealthChecks(region, log, virtual ? { clock: virtual } : {});
  const emulation = virtual && emulationOver(virtual, health);
  const memberChecks = new MemberChecks(region, singleProbe, log);
  const explainer = new Explainer(store.reader, sessionKeys);
  const calls = new CallMetrics();
  const metrics = {
    proxies: () => stream.proxies,
    revision: () => publisher.revision,
    installation: () => [...calls.families(), ...store.metrics(), ...health.metrics(), ...processFamilies()],
  };
  const operations = allOperations({
    ...{ region, identity, stream, memberChecks, health, emulation, explainer, metrics },
  });
  checkActions(
    options.inventory,
    operations.flatMap(({ action }) => action ?? []),
  );
  const takesUpgrade = StreamServer.takes;
  const { metrics_token: metricsToken } = credentials;
  const app = createServer({
    ...{ operations, identity, refusedCalls, region, takesUpgrade, log, calls, metricsToken, certificate },
  });
  stream.attach(app.server);
  const trimming = setInterval(() => trim(store, log), trimIntervalMs);
  running.defer(() => clearInterval(trimming));
  trim(store, log);
  await emptyRecycleBins(region, log);
  let emptied = Promise.resolve();
  const emptying = setInterval(() => {
    emptied = emptied.then(() => emptyRecycleBins(region, log));
  }, emptyIntervalMs);
  running.defer(async () => {
    clearInterval(emptying);
    await emptied;
  });
  running.defer(() => memberChecks.stop());
  running.defer(() => publisher.stop());
  await publisher.start();
  running.defer(async () => {
    stream.close();
    await app.close();
  });
  running.defer(() => health.stop());
  await health.start();
  await app.listen({ host, port });
  const url = urlOf(certificate ? 'https' : 'http', host, app.server.address() as AddressInfo);
  const { proxy_token: token } = credentials;
  writeControlFile(directory, { url, token, certificate: certificate?.cert ?? null });
  running.defer(() => rmSync(join(directory, 'control.json'), { force: true }));
  return {
    url,
    inventory,
    credentials,
    useCertificate: ({ cert, key }) => {
      (app.server as unknown as TlsServer).setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      writeControlFile(directory, { url, token, certificate: cert });
    },
    stop: () => running.disposeAsync(),
  };
}

function emulationOver(clock: VirtualClock, health: HealthChecks): EmulationParts {
  return {
    verdicts: health,
    faults: new Faults(),
    pending: new PendingStates(() => clock.now()),
    advance: async (ms) => {
      await clock.advance(ms, () => health.settle());
      return clock.date();
    },
  };
}

function trim(store: Store, log: Logger): void {
  store
    .trim()
    .catch((error: unknown) => log.warn({ err: error }, 'changes, jobs and the audit could not be trimmed'));
}

async function emptyRecycleBins(region: LiveRegion, log: Logger): Promise<void> {
  try {
    await region.store.runAs(ownOrigin('EmptyRecycleBins'), () => destroyExpired(region));
  } catch (error) {
    log.warn({ err: error }, 'the recycle bins could not be emptied');
  }
}

/** The user of the credentials, and those that the inventory declares: of all projects unless it says which. */
function declaredUsers(
  inventory: InventoryFile,
  credentials: Credentials,
  projectIds: ReadonlySet<string>,
): UserDeclaration[] {
  const first: UserDeclaration = {
    name: credentials.user,
    password: credentials.password,
    accessKeys: [{ access: credentials.access_key, secret: credentials.secret_key }],
    projectIds,
    permissions: null,
  };
  const groups = new Groups(inventory, projectIds);
  const declared = (inventory.users ?? []).map((user) => {
    const permissions = groups.permissionsOf(user.name, user.groups);
    const own = user.projects ? new Set(user.projects) : projectIds;
    return {
      name: user.name,
      ...(user.password === undefined ? {} : { password: user.password }),
      accessKeys: user.access_keys ?? [],
      projectIds: permissions?.projectsAmong(own) ?? own,
      permissions,
    };
  });
  return [first, ...declared];
}

/** A proxy that came with a wrong token, as the audit keeps it. */
function refusedProxy(address: string | undefined): RefusedCall {
  const requestId = newId(new Date());
  const operationId = 'StreamConfiguration';
  return {
    refusal: unauthenticated('The token of the proxy is wrong; give the proxy_token of credentials.json.'),
    origin: { user: null, address: peerAddress(address ?? ''), requestId, operationId },
    projectId: null,
  };
}

function urlOf(scheme: 'http' | 'https', host: string, { port }: AddressInfo): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Where the local proxy finds us, now and after a restart.
 *
 * @param control with the certificate that it will be shown, or null for plain HTTP
 */
function writeControlFile(
  directory: string,
  control: { readonly url: string; readonly token: string; readonly certificate: string | null },
): void {
  const path = join(directory, 'control.json');
  const url = control.url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  writeFileSync(`${path}.new`, JSON.stringify({ ...control, url }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
