/** `elbow proxy`: carries traffic, as a control plane tells it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { createLogger } from '../observe/log.ts';
import { AccessLogFile } from '../proxy/access-log/access-log-file.ts';
import { LastConfiguration } from '../proxy/last-configuration.ts';
import { serveMetrics } from '../proxy/metrics-server.ts';
import { StreamClient } from '../proxy/stream-client.ts';
import { Supervisor } from '../proxy/supervisor.ts';
import { DirectoryLock } from '../store/directory-lock.ts';
import { hostAndPort } from './host-and-port.ts';
import { processFile } from './local-proxy.ts';
import { helpText, readOptions, UsageError } from './options.ts';
import { logOption, trafficOptions } from './shared-options.ts';
import { untilSignal } from './signals.ts';

const options = {
  control: { kind: 'text', value: 'URL', help: 'The control plane, as http://10.0.0.1:9696' },
  token: { kind: 'text', value: 'TOKEN', help: 'The proxy_token of the control plane’s credentials.json' },
  'control-ca': {
    kind: 'text',
    value: 'FILE',
    help: 'What to trust of an https control plane instead of the system’s authorities (PEM)',
  },
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'Where the last configuration is kept',
    default: 'elbow-proxy-data',
  },
  ...trafficOptions,
  metrics: {
    kind: 'text',
    value: 'HOST:PORT',
    help: 'Where the proxy’s own /metrics is served, to anyone who can reach it; nowhere unless given',
  },
  name: {
    kind: 'text',
    value: 'NAME',
    help: 'How the proxy is called in the control plane',
    default: hostname(),
  },
  'drain-timeout': {
    kind: 'number',
    value: 'SECONDS',
    help: 'How long connections may finish at the end',
    default: 30,
  },
  ...logOption('info'),
} as const;

export async function proxy(args: readonly string[]): Promise<void> {
  const values = readOptions(options, args, process.env);
  if (values.help) {
    console.log(
      helpText(
        'elbow proxy --control URL --token TOKEN [options]',
        'Carries traffic, as a control plane tells it.',
        options,
      ),
    );
    return;
  }
  const control = controlUrl(values.control);
  if (control.protocol !== 'file:' && values.token === undefined) {
    throw new UsageError(
      '--token is required: the proxy_token in the credentials.json of the control plane.',
    );
  }
  const authority = readAuthority(values['control-ca']);
  const metricsAddress = values.metrics === undefined ? null : hostAndPort('--metrics', values.metrics);
  const log = createLogger('proxy', values['log-level']);
  const directory = resolve(values.data);
  const lock = DirectoryLock.take(directory);
  writeFileSync(join(directory, processFile), JSON.stringify({ pid: process.pid }), { mode: 0o600 });
  const lastConfiguration = new LastConfiguration(directory, log);
  const supervisor: Supervisor = new Supervisor({
    workers: values.workers,
    bindAny: values.bind === 'any',
    logLevel: values['log-level'],
    log,
    lastConfiguration,
    accessLog: new AccessLogFile({
      path: values['access-log'] ?? join(directory, 'access.log'),
      maxBytes: values['access-log-size'] * 1024 * 1024,
      keptFiles: values['access-log-files'],
      log,
    }),
    onReport: () => client.report(),
  });
  const client: StreamClient = new StreamClient({
    control,
    token: values.token ?? '',
    authority,
    name: values.name,
    log,
    known: () => supervisor.known,
    apply: (delta) => supervisor.apply(delta),
    report: () => supervisor.report(),
    traffic: (knowsNothing) => {
      supervisor.pruneTraffic();
      return supervisor.traffic.take(knowsNothing);
    },
  });
  const metrics = metricsAddress && (await serveMetrics(metricsAddress, supervisor));
  await supervisor.start();
  client.start();
  const signal = await untilSignal();
  log.info({ signal }, 'draining');
  client.stop();
  metrics?.close();
  await supervisor.drain(values['drain-timeout'] * 1000);
  rmSync(join(directory, processFile), { force: true });
  lock.release();
}

function controlUrl(text: string | undefined): URL {
  if (text === undefined)
    throw new UsageError('--control is required: the URL of the control plane, as http://10.0.0.1:9696.');
  const url = URL.parse(text);
  if (url && ['http:', 'https:', 'file:'].includes(url.protocol)) return url;
  throw new UsageError(`--control takes a URL such as http://10.0.0.1:9696, not "${text}".`);
}

function readAuthority(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    const text = readFileSync(path, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw new UsageError(
      `--control-ca: ${path} holds no certificate that can be read: ${(error as Error).message}.`,
    );
  }
}
