/** Runs the program of a client against a started Elbow and turns what it reports into subtests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ElbowProcess } from '../support/elbow-process.ts';
import { type Installation, type Installed, install, Unavailable } from './installations.ts';

/** One line of a program's output: what it tried, and why it did not work if it did not. */
interface Report {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** A test that needs an installed client: skipped by name where it cannot be had, or failed if it must be there. */
export function clientTest(
  name: string,
  installation: Installation,
  run: (t: TestContext, installed: Installed) => Promise<void>,
): void {
  test(name, async (t) => {
    let installed: Installed;
    try {
      installed = await install(installation);
    } catch (error) {
      if (!(error instanceof Unavailable) || process.env['ELBOW_REQUIRE_CLIENTS']) throw error;
      t.skip(error.message);
      return;
    }
    await run(t, installed);
  });
}

/** The test of a client's whole program. */
export function driveClient(client: string, installation: Installation): void {
  clientTest(`${client} drives the life of every resource it knows`, installation, async (t, { command }) => {
    await using elbow = await ElbowProcess.start(['--no-proxy']);
    await using member = await startMember();
    const [file, ...args] = command;
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(await programEnvironment(elbow)), ELBOW_MEMBER_PORT: String(member.port) },
      timeout: 120_000,
    });
    const exit = once(child, 'exit');
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    let reports = 0;
    for await (const line of createInterface(child.stdout)) {
      const report: Report = JSON.parse(line);
      reports++;
      await t.test(report.name, () => {
        if (!report.ok) throw new Error(report.detail);
      });
    }
    const [code, signal] = await exit;
    if (code !== 0 || reports === 0) {
      throw new Error(`the program ended with ${code ?? signal} after ${reports} reports: ${complaints}`);
    }
  });
}

/** What a program must know of the server that it talks to. */
export async function programEnvironment(elbow: ElbowProcess): Promise<Record<string, string>> {
  const { body } = await elbow.api.get(`/v1/${elbow.projectId}/subnets`);
  const [subnet] = body.subnets;
  return {
    ELBOW_URL: elbow.api.url,
    ELBOW_REGION: 'local-1',
    ELBOW_ZONE: 'local-1a',
    ELBOW_PROJECT_ID: elbow.projectId,
    ELBOW_ACCESS_KEY: 'TESTAK0123456789',
    ELBOW_SECRET_KEY: 'testsk-secret-0123456789',
    ELBOW_USER: 'elbow',
    ELBOW_PASSWORD: 'correct-password',
    ELBOW_DOMAIN: 'elbow',
    ELBOW_VPC_ID: subnet.vpc_id,
    ELBOW_NETWORK_ID: subnet.neutron_network_id,
    ELBOW_SUBNET_ID: subnet.neutron_subnet_id,
    /** A folder with leaf.pem and leaf.key.pem, a certificate and its key. */
    ELBOW_TEST_DATA: fileURLToPath(new URL('../data', import.meta.url)),
  };
}

/** A member that answers every request, for clients that wait until one is ONLINE. */
async function startMember(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((_, response) => response.end('member\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
