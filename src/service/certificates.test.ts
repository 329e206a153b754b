import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Store } from '../store/store.ts';
import { createCertificate, listCertificates, showCertificate, updateCertificate } from './certificates.ts';
import { Inventory } from './inventory.ts';
import { Secrets } from './secrets.ts';

const pem = (name: string) => readFileSync(new URL(`../../test/data/${name}.pem`, import.meta.url), 'utf8');

test('without the key they were sealed with private keys are gone, and all else goes on', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-certificates-'));
  const store = await Store.open({ directory });
  try {
    const inventory = new Inventory({}, [{ id: 'p', name: 'p' }]);
    const pair = { certificate: pem('rsa'), private_key: pem('rsa.key') };
    const before = { store, inventory, secrets: new Secrets('first') };
    const { id } = (await createCertificate(before, 'p', pair)).certificate;
    assert.equal((await showCertificate(before, 'p', id)).keys.private_key, pair.private_key);

    const after = { ...before, secrets: new Secrets('second') };
    assert.equal((await showCertificate(after, 'p', id)).keys.private_key, null);
    const all = { conditions: [], marker: undefined, limit: 10, reverse: false };
    assert.equal((await listCertificates(after, 'p', all)).records.length, 1);
    const renamed = await updateCertificate(after, 'p', id, { name: 'n' });
    assert.deepEqual([renamed.certificate.name, renamed.keys.private_key], ['n', null]);
    await assert.rejects(updateCertificate(after, 'p', id, { certificate: pair.certificate }), {
      code: 'ELB.8902',
      message: /private_key': it is required/,
    });
    assert.equal((await showCertificate(before, 'p', id)).keys.private_key, pair.private_key, 'it was kept');
    const renewed = await updateCertificate(after, 'p', id, { private_key: pair.private_key });
    assert.equal(renewed.keys.private_key, pair.private_key);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
