/** HAProxy, with the settings that match Elbow's. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tlsCipher, tlsPair, tlsVersion } from '../support/tls-ground.ts';
import { programVersion } from '../support/versions.ts';
import { type Mode, type Peer, startOnFreePort } from './peer.ts';

const command = 'haproxy';
const version = programVersion(command, ['-v'], /^HAProxy version (\d+\.\d+\.\d+)/m);

export const haproxy: Peer = peer('HAProxy', []);

/** With splice(2), which keeps the bytes of bodies in the kernel; it is off unless asked for. */
export const splicingHaproxy: Peer = peer('HAProxy, splicing', ['option splice-auto']);

function peer(name: string, options: readonly string[]): Peer {
  return {
    name,
    version,
    start: ({ workshop, mode, memberPort }) => {
      const directory = workshop.directory();
      const file = join(directory, 'haproxy.cfg');
      const certificate = join(directory, 'certificate.pem');
      writeFileSync(certificate, tlsPair.certificate + tlsPair.private_key, { mode: 0o600 });
      return startOnFreePort(
        workshop,
        mode,
        (port) => {
          writeFileSync(file, configuration(mode, options, port, memberPort, certificate));
          return workshop.spawn(command, ['-db', '-f', file]);
        },
        () => workshop.remove(directory),
      );
    },
  };
}

function configuration(
  mode: Mode,
  options: readonly string[],
  port: number,
  memberPort: number,
  certificate: string,
): string {
  const tls = `ssl crt ${certificate} ssl-min-ver ${tlsVersion} ssl-max-ver ${tlsVersion} ciphers ${tlsCipher}`;
  return `
global
  nbthread 1
  maxconn 6500
defaults
  mode ${mode === 'tcp' ? 'tcp' : 'http'}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  ${mode === 'tcp' ? '' : 'timeout http-keep-alive 60s\n  option forwardfor\n  http-reuse always'}
  ${options.join('\n  ')}
listen clients
  bind 127.0.0.1:${port} backlog 4096 ${mode === 'https' ? tls : ''}
  balance roundrobin
  server member 127.0.0.1:${memberPort}
`;
}
