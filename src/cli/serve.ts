/** `elbow serve`: the control plane, and a proxy beside it. */
import { resolve } from 'node:path';
import { createLogger } from '../observe/log.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { loadCredentials, presetCredentials } from './credentials.ts';
import { hostAndPort } from './host-and-port.ts';
import { readInventoryFile } from './inventory-file.ts';
import { LocalProxy } from './local-proxy.ts';
import { helpText, readOptions, UsageError } from './options.ts';
import { logOption, trafficOptions } from './shared-options.ts';
import { untilSignal } from './signals.ts';
import { CertificateWatch } from './tls/certificate-watch.ts';
import { generatedCertificatePath } from './tls/generated-certificate.ts';
import { type CertificateSource, certificateSource, readCertificate } from './tls/server-certificate.ts';

const options = {
  listen: { kind: 'text', value: 'HOST:PORT', help: 'Where the API is served', default: '127.0.0.1:9696' },
  data: { kind: 'text', value: 'DIR', help: 'Where everything is kept', default: 'elbow-data' },
  database: { kind: 'text', value: 'URL', help: 'Another database than SQLite in the data directory' },
  config: { kind: 'text', value: 'FILE', help: 'The inventory: networks, servers, users and quotas' },
  ...trafficOptions,
  'no-proxy': { kind: 'flag', help: 'Serve the API only; proxies run elsewhere' },
  tls: { kind: 'flag', help: 'Serve https, with a certificate made for this machine’s own names' },
  'tls-cert': {
    kind: 'text',
    value: 'FILE',
    help: 'Serve https with this certificate (PEM, with its chain)',
  },
  'tls-key': { kind: 'text', value: 'FILE', help: 'The private key of --tls-cert (PEM)' },
  'audit-days': {
    kind: 'number',
    value: 'N',
    help: 'How long the audit of changes is kept',
    default: 90,
    min: 1,
  },
  emulation: { kind: 'flag', help: 'Let callers force verdicts, states, faults and time, for tests' },
  ...logOption('warn'),
} as const;

export async function serve(args: readonly string[]): Promise<void> {
  const values = readOptions(options, args, process.env);
  if (values.help) {
    console.log(
      helpText(
        'elbow serve [options]',
        'Serves the API, and carries traffic in a process beside it.',
        options,
      ),
    );
    return;
  }
  if (values.database !== undefined && !values.database.startsWith('sqlite')) {
    throw new UsageError('--database: only SQLite in the data directory is supported so far; leave it out.');
  }
  const log = createLogger('control-plane', values['log-level']);
  const directory = resolve(values.data);
  const address = hostAndPort('--listen', values.listen);
  const inventory = values.config === undefined ? {} : readInventoryFile(values.config);
  const preset = presetCredentials(process.env);
  const { tls, 'tls-cert': cert, 'tls-key': key } = values;
  const source = certificateSource({ tls, cert, key }, directory, address.host);
  const controlPlane = await startControlPlane({
    directory,
    ...address,
    inventory,
    auditDays: values['audit-days'],
    emulation: values.emulation,
    credentials: () => loadCredentials(directory, preset),
    certificate: async () => (source ? readCertificate(source) : null),
    log,
  });
  const proxy = values['no-proxy']
    ? null
    : new LocalProxy({
        directory,
        workers: values.workers,
        bindAny: values.bind === 'any',
        accessLog: values['access-log'] ?? null,
        accessLogSizeMib: values['access-log-size'],
        accessLogFiles: values['access-log-files'],
        logLevel: values['log-level'],
        log,
      });
  proxy?.start();
  console.log(welcome(controlPlane, directory, source));
  const watch = source && CertificateWatch.start(source, controlPlane.useCertificate, log);
  const signal = await untilSignal();
  log.info({ signal }, 'stopping');
  watch?.stop();
  await proxy?.stop();
  await controlPlane.stop();
}

/** What a newcomer needs to make the first call. */
function welcome(
  { url, inventory, credentials }: ControlPlane,
  directory: string,
  source: CertificateSource | null,
): string {
  const { user, password, domain, access_key } = credentials;
  const region = inventory.region;
  const [project] = inventory.projects.values();
  const trust = source?.kind === 'generated' ? ` --cacert ${generatedCertificatePath(directory)}` : '';
  return `
Elbow serves the ELB v3 API at ${url}

  region      ${region} (${inventory.availabilityZones.join(', ')})
  project     ${project?.id} (${project?.name})
  user        ${user} of domain ${domain}, password ${password}
  access key  ${access_key} (its secret is in ${directory}/credentials.json)

Get a token and list the load balancers:

  TOKEN=$(curl -si${trust} ${url}/v3/auth/tokens -d '{"auth":{"identity":{"methods":["password"],
    "password":{"user":{"name":"${user}","password":"${password}","domain":{"name":"${domain}"}}}}}}' |
    sed -n 's/^x-subject-token: //Ip' | tr -d '\\r')
  curl -s${trust} -H "X-Auth-Token: $TOKEN" ${url}/v3/${project?.id}/elb/loadbalancers

The operations are at ${url}/docs. Ctrl-C stops everything.
`;
}
