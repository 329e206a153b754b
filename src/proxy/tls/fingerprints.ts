/** What a ClientHello looks like, as short texts by which kinds of clients are told apart. */
import { hash } from 'node:crypto';
import type { ClientHello } from './client-hello.ts';

const SERVER_NAME = 0;
const PROTOCOLS = 16;

/** JA3: MD5 over what is offered, in its order. */
export function ja3(hello: ClientHello): string {
  const { legacyVersion, ciphers, extensions, groups, pointFormats } = hello;
  const lists = [ciphers, extensions, groups, pointFormats].map((list) => list.join('-'));
  return hash('md5', [legacyVersion, ...lists].join(','));
}

const versionNames: Readonly<Record<number, string>> = {
  772: '13',
  771: '12',
  770: '11',
  769: '10',
  768: 's3',
};

/** JA4: a readable part, then hashes of the sorted suites and of the sorted extensions with the signature algorithms. */
export function ja4(hello: ClientHello): string {
  const { ciphers, extensions, signatureAlgorithms } = hello;
  const version = versionNames[Math.max(...hello.versions, 0) || hello.legacyVersion] ?? '00';
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const protocol = ends(hello.protocols[0] ?? '');
  const others = extensions.filter((each) => each !== SERVER_NAME && each !== PROTOCOLS);
  const signatures = signatureAlgorithms.map(digits).join();
  const offered = others.map(digits).sort().join() + (signatures === '' ? '' : `_${signatures}`);
  return [
    `t${version}${name}${count(ciphers)}${count(extensions)}${protocol}`,
    shortHash(ciphers.map(digits).sort().join()),
    shortHash(others.length === 0 ? '' : offered),
  ].join('_');
}

function count(list: readonly number[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0');
}

function digits(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** The first and last character of a protocol's name, or of its hexadecimal digits when they are not printable. */
function ends(protocol: string): string {
  if (protocol === '') return '00';
  const text = /^[0-9A-Za-z](.*[0-9A-Za-z])?$/s.test(protocol)
    ? protocol
    : Buffer.from(protocol, 'latin1').toString('hex');
  return text.charAt(0) + text.charAt(text.length - 1);
}

function shortHash(text: string): string {
  return text === '' ? '0'.repeat(12) : hash('sha256', text).slice(0, 12);
}
