import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { runElbow } from '../support/command.ts';
import { runInBash } from '../support/documented-commands.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { pem } from '../support/pem.ts';
import { until } from '../support/until.ts';

let directory: string;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'elbow-tls-'));
});

after(() => rmSync(directory, { recursive: true, force: true }));

const trustedAt = (elbow: ElbowProcess) => join(elbow.directory, 'tls', 'certificate.pem');

/** Writes a certificate for 127.0.0.1 and its key into the two files. */
async function writePair(cert: string, key: string): Promise<string> {
  const made = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  writeFileSync(key, made.private);
  writeFileSync(cert, made.cert);
  return made.cert;
}

/** The fingerprint of what a server shows to those who connect now. */
function shownBy(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function proxyRuns(elbow: ElbowProcess): Promise<void> {
  await until(async () => {
    const { proxies } = (await elbow.api.get('/elbow/v1/proxies')).body;
    return proxies.some(({ revision }: { revision: number | null }) => revision !== null);
  });
}

describe('--tls makes a certificate', () => {
  test('clients that trust it are served, as printed, and the proxy too', async () => {
    await using elbow = await ElbowProcess.start(['--tls', '--workers', '1']);
    assert.match(elbow.api.url, /^https:/);
    assert.equal(statSync(join(elbow.directory, 'tls', 'key.pem')).mode & 0o777, 0o600);
    const [, printed = ''] =
      /list the load balancers:\n\n([\s\S]*?)\n\nThe operations/.exec(elbow.output) ?? [];
    assert.match(await runInBash(printed, directory), /^\{"loadbalancers":\[\]/);
    await proxyRuns(elbow);
    const catalog = (await elbow.api.get('/v3/auth/catalog')).body.catalog;
    for (const { endpoints } of catalog) {
      assert.ok(endpoints[0].url.startsWith(elbow.api.url), endpoints[0].url);
    }
  });

  test('by every local name, and the same one after a restart', async () => {
    await using elbow = await ElbowProcess.start(['--tls', '--no-proxy']);
    const before = readFileSync(trustedAt(elbow), 'utf8');
    const { port } = new URL(elbow.api.url);
    for (const host of ['localhost', '127.0.0.1']) {
      assert.equal((await fetch(`https://${host}:${port}/healthz`)).status, 200);
    }
    await elbow.signal('SIGTERM');
    await elbow.restart();
    assert.equal(readFileSync(trustedAt(elbow), 'utf8'), before);
    assert.equal((await elbow.api.get('/elb/pools')).status, 200);
  });

  test('one that does not name the host, or cannot be read, is made anew', async () => {
    await using elbow = await ElbowProcess.start(['--tls', '--no-proxy']);
    for (const spoilt of ['no certificate', pem('rsa')]) {
      await elbow.signal('SIGTERM');
      writeFileSync(trustedAt(elbow), spoilt);
      await elbow.restart();
      assert.notEqual(readFileSync(trustedAt(elbow), 'utf8'), spoilt);
      assert.equal((await elbow.api.get('/elb/pools')).status, 200);
    }
  });

  test('plain HTTP is told to use https, and silence or noise does no harm', async () => {
    await using elbow = await ElbowProcess.start(['--tls', '--no-proxy']);
    const { port } = new URL(elbow.api.url);
    const reply = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      get(`http://127.0.0.1:${port}/v3/auth/catalog`, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      }).on('error', reject);
    });
    assert.equal(reply.status, 400);
    const { error_code, error_msg, request_id } = JSON.parse(reply.text);
    assert.equal(error_code, 'ELB.8902');
    assert.match(error_msg, /plain HTTP.*https:\/\//);
    assert.match(request_id, /^[0-9a-f-]{36}$/);
    for (const bytes of ['', '\x16', '\x16\x03\x01\xff\xff', '\0\0\0\0']) {
      const socket = connect(Number(port), '127.0.0.1');
      await new Promise<void>((resolve) => {
        socket.on('error', () => {});
        socket.on('close', () => resolve());
        socket.end(bytes, 'latin1');
        socket.resume();
      });
    }
    assert.equal((await elbow.api.get('/elb/pools')).status, 200);
  });

  test('a proxy elsewhere trusts it with --control-ca, and without it trusts nobody', async () => {
    await using elbow = await ElbowProcess.start(['--tls', '--no-proxy']);
    const { proxy_token } = JSON.parse(readFileSync(join(elbow.directory, 'credentials.json'), 'utf8'));
    const base = ['proxy', '--control', elbow.api.url, '--token', proxy_token, '--workers', '1'];
    const running = runElbow(
      [...base, '--control-ca', trustedAt(elbow), '--data', join(directory, 'a')],
      {},
      3000,
    );
    await proxyRuns(elbow);
    const { errors } = await runElbow([...base, '--data', join(directory, 'b')], {}, 1500);
    assert.match(errors, /certificate/);
    await running;
  });
});

describe('--tls-cert and --tls-key', () => {
  test('are served, and a renewed certificate is taken up while connections go on', async () => {
    const cert = join(directory, 'cert.pem');
    const key = join(directory, 'key.pem');
    setDefaultCACertificates([await writePair(cert, key)]);
    await using elbow = await ElbowProcess.start(['--tls-cert', cert, '--tls-key', key, '--workers', '1']);
    await proxyRuns(elbow);
    const first = await shownBy(elbow.api.url);
    const { hostname, port } = new URL(elbow.api.url);
    const kept = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false });
    await new Promise((resolve) => kept.once('secureConnect', resolve));
    writeFileSync(cert, 'half a certif');
    await until(() => elbow.log.includes('a changed certificate is not used'));
    assert.equal(await shownBy(elbow.api.url), first, 'what is wrong is not served');
    setDefaultCACertificates([await writePair(cert, key)]);
    await until(async () => (await shownBy(elbow.api.url)) !== first);
    kept.write('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    let answered = '';
    for await (const text of kept.setEncoding('utf8')) answered += text;
    assert.match(answered, /^HTTP\/1\.1 200 /);
    const control = JSON.parse(readFileSync(join(elbow.directory, 'control.json'), 'utf8'));
    assert.equal(control.certificate, readFileSync(cert, 'utf8'), 'the proxy finds the new one');
  });

  test('what cannot be served is told with the option and the file, and nothing starts', async () => {
    const file = (name: string, text: string) => {
      const path = join(directory, name);
      writeFileSync(path, text);
      return path;
    };
    const cert = file('rsa.pem', pem('rsa'));
    const key = file('rsa.key.pem', pem('rsa.key'));
    const other = file('ec.key.pem', pem('ec.key'));
    const rows: readonly (readonly [readonly string[], RegExp])[] = [
      [['--tls-cert', cert], /--tls-key is missing/],
      [['--tls-key', key], /--tls-cert is missing/],
      [['--tls-cert', '/nowhere.pem', '--tls-key', key], /--tls-cert:.*\/nowhere\.pem/],
      [['--tls-cert', key, '--tls-key', key], /--tls-cert:.*does not hold a certificate/],
      [['--tls-cert', cert, '--tls-key', cert], /--tls-key:.*does not hold a private key/],
      [['--tls-cert', cert, '--tls-key', other], /--tls-key:.*is not the key of/],
    ];
    for (const [args, message] of rows) {
      const { code, errors } = await runElbow([
        ...['serve', '--listen', '127.0.0.1:0', '--no-proxy', '--data', join(directory, 'unused')],
        ...args,
      ]);
      assert.equal(code, 2, args.join(' '));
      assert.match(errors, message);
      assert.ok(!errors.includes('PRIVATE KEY'), 'no key is repeated');
    }
  });
});
