import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runElbow } from '../support/command.ts';
import { ElbowProcess } from '../support/elbow-process.ts';

let directory: string;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'elbow-command-'));
});

after(() => rmSync(directory, { recursive: true, force: true }));

const optionsOf = {
  serve: [
    'listen',
    'data',
    'database',
    'config',
    'workers',
    'bind',
    'no-proxy',
    'tls',
    'tls-cert',
    'tls-key',
    'audit-days',
    'log-level',
  ],
  proxy: ['control', 'token', 'control-ca', 'data', 'workers', 'bind', 'name', 'drain-timeout', 'log-level'],
} as const;

describe('help', () => {
  test('names the commands', async () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { code, output } = await runElbow(args);
      assert.equal(code, 0);
      for (const command of ['serve', 'proxy', 'demo'])
        assert.match(output, new RegExp(`^ +${command} `, 'm'));
    }
  });

  for (const [command, options] of Object.entries(optionsOf)) {
    test(`of ${command} names every option with its environment variable`, async () => {
      const { code, output } = await runElbow([command, '--help']);
      assert.equal(code, 0);
      for (const option of options) {
        const variable = `ELBOW_${option.toUpperCase().replaceAll('-', '_')}`;
        assert.match(output, new RegExp(`^ +--${option} .*\\[${variable}\\]$`, 'm'));
      }
    });
  }
});

describe('what cannot be understood ends with code 2 and one line that says why', () => {
  const wrong: readonly (readonly [string, readonly string[], Record<string, string>, RegExp])[] = [
    ['an unknown command', ['sevre'], {}, /no command "sevre".*serve, proxy/],
    ['an unknown option', ['serve', '--lisen', 'x'], {}, /--lisen.*--help/],
    ['an argument too many', ['serve', 'now'], {}, /'now'.*--help/],
    ['an option without its value', ['serve', '--listen'], {}, /--listen.*--help/],
    ['a flag with a value', ['serve', '--no-proxy=1'], {}, /--no-proxy.*--help/],
    ['a listen address without a port', ['serve', '--listen', '127.0.0.1'], {}, /HOST:PORT/],
    ['a port beyond all ports', ['serve', '--listen', '127.0.0.1:70000'], {}, /HOST:PORT/],
    ['a number that is none', ['serve', '--workers', 'many'], {}, /--workers.*"many"/],
    ['no workers at all', ['serve', '--workers', '0'], {}, /--workers.*from 1/],
    ['an audit that keeps nothing', ['serve', '--audit-days', '0'], {}, /--audit-days.*from 1/],
    ['an unknown way to bind', ['serve', '--bind', 'some'], {}, /--bind.*own or any.*"some"/],
    ['an unknown log level', ['serve', '--log-level', 'loud'], {}, /--log-level.*debug.*"loud"/],
    ['another database', ['serve', '--database', 'postgres://db'], {}, /--database.*SQLite/],
    ['an inventory file that is not there', ['serve', '--config', '/nowhere.yaml'], {}, /\/nowhere\.yaml/],
    ['a wrong variable', ['serve'], { ELBOW_WORKERS: 'many' }, /ELBOW_WORKERS.*"many"/],
    ['a wrong flag variable', ['serve'], { ELBOW_NO_PROXY: 'perhaps' }, /ELBOW_NO_PROXY.*"perhaps"/],
    ['a wrong project id', ['serve'], { ELBOW_PROJECT_ID: 'Not One' }, /ELBOW_PROJECT_ID/],
    ['a proxy without a control plane', ['proxy'], {}, /--control is required/],
    ['a proxy without a token', ['proxy', '--control', 'http://127.0.0.1:1'], {}, /--token is required/],
    ['a control plane that is no URL', ['proxy', '--control', 'nonsense'], {}, /--control.*"nonsense"/],
    ['a control plane of another kind', ['proxy', '--control', 'ftp://a'], {}, /--control.*"ftp:\/\/a"/],
  ];
  for (const [name, args, environment, message] of wrong) {
    test(name, async () => {
      const data = join(directory, name.replaceAll(' ', '-'));
      const { code, output, errors } = await runElbow(args, { ELBOW_DATA: data, ...environment });
      assert.equal(code, 2, errors);
      assert.equal(output, '');
      assert.match(errors, message);
      assert.equal(errors.trim().split('\n').length, 1, errors);
    });
  }
});

describe('what cannot be done ends with code 1 and one line that says why', () => {
  test('a port in use, and no proxy is left behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const data = join(directory, 'port-in-use');
    try {
      const { code, errors } = await runElbow(['--listen', `127.0.0.1:${port}`, '--data', data]);
      assert.equal(code, 1, errors);
      assert.match(errors, new RegExp(`127\\.0\\.0\\.1:${port} is in use.*--listen`));
      assert.equal(errors.trim().split('\n').length, 1, errors);
      assert.throws(() => readFileSync(join(data, 'proxy', 'process.json')), { code: 'ENOENT' });
    } finally {
      other.close();
    }
  });

  test('credentials that are corrupt, which are left as they are', async () => {
    const data = join(directory, 'corrupt');
    mkdirSync(data);
    const path = join(data, 'credentials.json');
    for (const text of ['{"user": "elb', '', 'null', '[]', '{"password": 7}', '{"user": ""}']) {
      writeFileSync(path, text);
      const { code, errors } = await runElbow(['--listen', '127.0.0.1:0', '--data', data]);
      assert.equal(code, 1, `${text}: ${errors}`);
      assert.match(errors, /credentials\.json cannot be used: .*delete it to get new credentials/);
      assert.equal(errors.trim().split('\n').length, 1, errors);
      assert.equal(readFileSync(path, 'utf8'), text);
    }
  });

  test('a data directory that another process holds, whose credentials stay as they are', async () => {
    await using elbow = await ElbowProcess.start(['--no-proxy']);
    const kept = readFileSync(join(elbow.directory, 'credentials.json'), 'utf8');
    const args = ['--listen', '127.0.0.1:0', '--data', elbow.directory];
    const { code, errors } = await runElbow(args, { ELBOW_PASSWORD: 'another' });
    assert.equal(code, 1);
    assert.match(errors, /in use by another elbow process.*--data/);
    assert.equal(errors.trim().split('\n').length, 1, errors);
    assert.equal(readFileSync(join(elbow.directory, 'credentials.json'), 'utf8'), kept);
    assert.equal((await elbow.api.get('/elb/pools')).status, 200);
  });

  test('a data directory that cannot be made', async () => {
    const file = join(directory, 'a-file');
    writeFileSync(file, '');
    const { code, errors } = await runElbow(['--listen', '127.0.0.1:0', '--data', join(file, 'data')]);
    assert.equal(code, 1);
    assert.match(errors, /a-file/);
    assert.equal(errors.trim().split('\n').length, 1, errors);
  });
});

test('every option of serve can come from the environment', async () => {
  const config = join(directory, 'elbow.yaml');
  writeFileSync(config, 'region: { name: somewhere-1, availability_zones: [somewhere-1a] }\n');
  await using elbow = await ElbowProcess.start([], {
    ELBOW_LISTEN: '[::1]:0',
    ELBOW_CONFIG: config,
    ELBOW_NO_PROXY: 'true',
    ELBOW_LOG_LEVEL: 'info',
    ELBOW_WORKERS: '1',
    ELBOW_BIND: 'any',
    ELBOW_DATABASE: 'sqlite',
  });
  assert.match(elbow.api.url, /^http:\/\/\[::1\]:\d+$/);
  assert.match(elbow.output, /somewhere-1/);
  assert.equal(elbow.proxyPid(), null);
  assert.deepEqual(await elbow.signal('SIGTERM'), { code: 0, signal: null });
  assert.match(elbow.log, /"msg":"stopping"/);
});
