/** A control plane inside the test's own process, over a data directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../../src/cli/control-plane.ts';
import type { InventoryFile } from '../../src/model/inventory.ts';
import { createLogger } from '../../src/observe/log.ts';
import { ApiClient } from './api-client.ts';

/** The ids of the pages that the project began from, so that their examples work as printed. */
export const seed = {
  projectId: '99a3fff0d03c428eac3678da6a7d0f24',
  otherProjectId: '5f2b8ec0a1d34b7c9e10aa52c3d4e5f6',
  vpcId: 'a2c7e9d0-1f60-4a3e-8b8a-0d4a5b6c7d8e',
  subnetCidrId: 'c09f620e-3492-4429-ac15-445d5dd9ca74',
  networkId: '27e4ab69-a5ed-46c6-921a-5212be19ce87',
} as const;

/** The inventory in which those examples work: 120.10.10.0/24 counts as private, and has an IPv6 network. */
export const seedInventory: InventoryFile = {
  region: { name: 'region-1', availability_zones: ['az1', 'az2'] },
  projects: [
    { id: seed.projectId, name: 'region-1' },
    { id: seed.otherProjectId, name: 'other' },
  ],
  users: [
    {
      name: 'other',
      password: 'other-password',
      projects: [seed.otherProjectId],
      access_keys: [{ access: 'OTHERACCESSKEY000001', secret: 'other-secret' }],
    },
  ],
  private_networks: ['120.10.10.0/24'],
  enterprise_projects: [{ id: '0aad99bc-f5f6-4f78-8404-c598d76b0ed2', name: 'eps' }],
  vpcs: [
    {
      id: seed.vpcId,
      subnets: [
        {
          id: seed.networkId,
          neutron_subnet_id: seed.subnetCidrId,
          cidr: '120.10.10.0/24',
          cidr_v6: '2001:db8:a583:6a::/64',
          availability_zone: 'az1',
        },
        {
          id: '5c2d1a7e-8c1f-4b0e-9d55-0b7f2f1f9a01',
          neutron_subnet_id: '5c2d1a7e-8c1f-4b0e-9d55-0b7f2f1f9a02',
          cidr: '10.20.0.0/24',
          availability_zone: 'az2',
          servers: 'declared',
        },
      ],
      servers: [
        { id: 'a1d2c3b4-0000-4000-8000-000000000001', addresses: ['10.20.0.10'], availability_zone: 'az2' },
        { id: 'a1d2c3b4-0000-4000-8000-000000000002', addresses: ['10.20.0.11'], state: 'stopped' },
      ],
    },
    {
      id: 'b3d8f0e1-2a71-4b4f-9c9b-1e5b6c7d8e9f',
      subnets: [
        {
          id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b01',
          neutron_subnet_id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
          cidr: '10.30.0.0/24',
        },
      ],
    },
  ],
};

export interface TestControlPlane extends AsyncDisposable {
  readonly url: string;
  readonly directory: string;
  /** With a token for the project of the pages. */
  readonly api: ApiClient;
  /** Another user, who has only another project. */
  readonly other: ApiClient;
  /** Stops it and starts it over the same data, with its inventory or another; its URL and clients are others then. */
  readonly restart: (inventory?: InventoryFile) => Promise<void>;
  /** As `restart`, with something done to the data in between. */
  readonly whileStopped: (work: () => Promise<void>) => Promise<void>;
}

/** Starts a control plane without a proxy; dispose of it at the end of the test. */
export async function startTestControlPlane(
  inventory: InventoryFile = seedInventory,
  clock: () => Date = () => new Date(),
  callersClock: () => Date = () => new Date(),
  emulation = false,
): Promise<TestControlPlane> {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-test-'));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  const start = (of: InventoryFile) => startOver(directory, of, { clock, callersClock, emulation });
  let running = await start(inventory).catch((error) => {
    removeDirectory();
    throw error;
  });
  return {
    get url() {
      return running.controlPlane.url;
    },
    directory,
    get api() {
      return running.api;
    },
    get other() {
      return running.other;
    },
    restart: async (other = inventory) => {
      await running.controlPlane.stop();
      running = await start(other);
    },
    whileStopped: async (work) => {
      await running.controlPlane.stop();
      await work();
      running = await start(inventory);
    },
    [Symbol.asyncDispose]: async () => {
      await running.controlPlane.stop();
      removeDirectory();
    },
  };
}

async function startOver(
  directory: string,
  inventory: InventoryFile,
  options: { clock: () => Date; callersClock: () => Date; emulation: boolean },
) {
  const controlPlane = await startControlPlane({
    directory,
    host: '127.0.0.1',
    port: 0,
    inventory,
    credentials: () => ({
      project_id: seed.projectId,
      access_key: 'TESTAK0123456789',
      secret_key: 'testsk-secret-0123456789',
      user: 'elbow',
      password: 'correct-password',
      domain: 'elbow',
      proxy_token: 'proxy-token',
      metrics_token: 'metrics-token',
      token_key: 'token-key',
      secrets_key: 'secrets-key',
    }),
    log: createLogger('test', 'silent'),
    ...options,
  });
  return {
    controlPlane,
    api: await ApiClient.login(controlPlane.url, seed.projectId, 'elbow', 'correct-password'),
    other: await ApiClient.login(controlPlane.url, seed.otherProjectId, 'other', 'other-password'),
  };
}
