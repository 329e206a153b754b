/**
 * The certificates and keys of `test/data`, made once for these tests, valid for a hundred years and trusted by
 * nobody: rsa and ec stand for themselves, leaf was issued by ca, sm2 are two pairs for a SM2 server.
 */
import { readFileSync } from 'node:fs';

/** @param name as `rsa` for a certificate, `rsa.key` for its private key */
export function pem(name: string): string {
  return readFileSync(new URL(`../data/${name}.pem`, import.meta.url), 'utf8');
}

/** The fields of a certificate of type server; without `pair`, of the RSA one. */
export function serverPair(pair: 'rsa' | 'ec' | 'leaf' = 'rsa') {
  return { certificate: pem(pair), private_key: pem(`${pair}.key`) };
}
