/** Puts the parts of a control plane together, starts them, and stops them in the opposite order. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { certificateOperations } from '../api/operations/certificates.ts';
import { elbowOperations } from '../api/operations/elbow.ts';
import { healthMonitorOperations } from '../api/operations/health-monitors.ts';
import { ipGroupOperations } from '../api/operations/ip-groups.ts';
import { listenerOperations } from '../api/operations/listeners.ts';
import { loadBalancerOperations } from '../api/operations/load-balancers.ts';
import { memberOperations } from '../api/operations/members.ts';
import { poolOperations } from '../api/operations/pools.ts';
import { publicOperations } from '../api/operations/public.ts';
import { securityPolicyOperations } from '../api/operations/security-policies.ts';
import { createServer } from '../api/server.ts';
import { identityOperations } from '../cloud/identity.ts';
import { networkOperations } from '../cloud/networks.ts';
import { Publisher } from '../dataplane/publisher.ts';
import { StreamServer } from '../dataplane/stream-server.ts';
import { HealthChecks } from '../health/health-checks.ts';
import type { InventoryFile } from '../model/inventory.ts';
import type { Logger } from '../observe/log.ts';
import { Directory, type UserDeclaration } from '../service/identity/directory.ts';
import { Identity } from '../service/identity/identity.ts';
import { Tokens } from '../service/identity/tokens.ts';
import { Inventory } from '../service/inventory.ts';
import { Secrets } from '../service/secrets.ts';
import { refreshServers } from '../service/server-states.ts';
import { Store } from '../store/store.ts';
import type { Credentials } from './credentials.ts';

export interface ControlPlaneOptions {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly inventory: InventoryFile;
  readonly credentials: Credentials;
  readonly log: Logger;
}

const trimIntervalMs = 60 * 60 * 1000;

export interface ControlPlane {
  /** `http://host:port`, with the port really taken. */
  readonly url: string;
  readonly inventory: Inventory;
  readonly stop: () => Promise<void>;
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, host, port, credentials, log } = options;
  const projects = options.inventory.projects ?? [
    { id: credentials.project_id, name: options.inventory.region?.name ?? 'local-1' },
  ];
  const inventory = new Inventory(options.inventory, projects);
  const store = await Store.open({ directory });
  try {
    const region = { store, inventory, secrets: new Secrets(credentials.secrets_key) };
    await refreshServers(region);
    const users = await Directory.of(
      credentials.domain,
      declaredUsers(options, [...inventory.projects.keys()]),
    );
    const identity = new Identity(users, new Tokens(credentials.token_key));
    const publisher = new Publisher(store, log);
    const stream = new StreamServer(publisher, credentials.proxy_token, log);
    const health = new HealthChecks(region, log);
    const operations = [
      ...loadBalancerOperations(region),
      ...listenerOperations(region),
      ...poolOperations(region),
      ...memberOperations(region),
      ...healthMonitorOperations(region),
      ...certificateOperations(region),
      ...ipGroupOperations(region),
      ...securityPolicyOperations(region),
      ...identityOperations(identity, inventory),
      ...networkOperations(inventory),
      ...elbowOperations(region, stream),
    ];
    operations.push(...publicOperations(operations));
    const app = createServer({ operations, identity, log });
    stream.attach(app.server);
    const trimming = setInterval(() => trim(store, log), trimIntervalMs);
    trim(store, log);
    await publisher.start();
    await health.start();
    await app.listen({ host, port });
    const url = urlOf(host, app.server.address() as AddressInfo);
    writeControlFile(directory, url, credentials.proxy_token);
    return {
      url,
      inventory,
      stop: async () => {
        clearInterval(trimming);
        rmSync(join(directory, 'control.json'), { force: true });
        await health.stop();
        stream.close();
        await app.close();
        await publisher.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function trim(store: Store, log: Logger): void {
  store.trim().catch((error: unknown) => log.warn({ err: error }, 'the change log could not be trimmed'));
}

/** The user of the credentials, and those that the inventory declares. */
function declaredUsers(
  { inventory, credentials }: ControlPlaneOptions,
  projectIds: string[],
): UserDeclaration[] {
  const first: UserDeclaration = {
    name: credentials.user,
    password: credentials.password,
    accessKeys: [{ access: credentials.access_key, secret: credentials.secret_key }],
    projectIds,
  };
  const declared = (inventory.users ?? []).map((user) => ({
    name: user.name,
    ...(user.password === undefined ? {} : { password: user.password }),
    accessKeys: user.access_keys ?? [],
    projectIds: user.projects ?? projectIds,
  }));
  return [first, ...declared];
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Where the local proxy finds us, now and after a restart. */
function writeControlFile(directory: string, url: string, token: string): void {
  const path = join(directory, 'control.json');
  const reachable = url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  writeFileSync(`${path}.new`, JSON.stringify({ url: reachable, token }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
