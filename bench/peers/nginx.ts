/** nginx, with the settings that match Elbow's. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tlsCipher, tlsPair, tlsVersion } from '../support/tls-ground.ts';
import { programVersion } from '../support/versions.ts';
import { type Mode, type Peer, startOnFreePort } from './peer.ts';

const command = 'nginx';

/** What forwards TCP and UDP is built in, or, as Debian has it, a module in a package of its own. */
const isStreamBuiltIn = programVersion(command, ['-V'], /(--with-stream)(?!\S)/) !== null;
const streamModule = join(
  programVersion(command, ['-V'], /--modules-path=(\S+)/) ?? '/nowhere',
  'ngx_stream_module.so',
);
const hasStream = isStreamBuiltIn || existsSync(streamModule);

export const nginx: Peer = {
  name: 'nginx',
  version: programVersion(command, ['-v'], /nginx\/(\d+\.\d+\.\d+)/),
  lacks: (mode) =>
    (mode === 'tcp' || mode === 'udp') && !hasStream ? 'its stream module is not installed' : null,
  start: ({ workshop, mode, memberPort }) => {
    const directory = workshop.directory();
    const file = join(directory, 'nginx.conf');
    return startOnFreePort(
      workshop,
      mode,
      (port) => {
        const tls = mode === 'https' ? certificate(directory) : null;
        const forwards = mode === 'tcp' || mode === 'udp';
        const section = forwards ? stream(mode, port, memberPort) : http(directory, port, memberPort, tls);
        const load = forwards && !isStreamBuiltIn ? `load_module ${streamModule};\n` : '';
        writeFileSync(file, load + global(directory) + section);
        return workshop.spawn(command, ['-p', directory, '-c', file, '-e', join(directory, 'error.log')]);
      },
      () => workshop.remove(directory),
    );
  },
};

function global(directory: string): string {
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
${user}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log crit;
events { worker_connections 16000; }
`;
}

/** Writes the certificate, and returns the directives that use it. */
function certificate(directory: string): string {
  writeFileSync(join(directory, 'certificate.pem'), tlsPair.certificate);
  writeFileSync(join(directory, 'key.pem'), tlsPair.private_key, { mode: 0o600 });
  return `ssl_certificate ${directory}/certificate.pem;
    ssl_certificate_key ${directory}/key.pem;
    ssl_protocols ${tlsVersion};
    ssl_ciphers ${tlsCipher};`;
}

/** @param tls the directives of TLS; null without it */
function http(directory: string, port: number, memberPort: number, tls: string | null): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n  ');
  return `
http {
  access_log off;
  ${temporary}
  keepalive_timeout 60s;
  keepalive_requests 1000000000;
  upstream members {
    server 127.0.0.1:${memberPort};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096${tls === null ? '' : ' ssl'};
    ${tls ?? ''}
    location / {
      proxy_pass http://members;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;
}

function stream(mode: Mode, port: number, memberPort: number): string {
  const how = mode === 'udp' ? 'udp' : 'backlog=4096';
  return `
stream {
  server {
    listen 127.0.0.1:${port} ${how};
    proxy_pass 127.0.0.1:${memberPort};
  }
}
`;
}
