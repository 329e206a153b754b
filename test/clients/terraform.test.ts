/**
 * The provider huaweicloud of Terraform. Its requests for `terraform/main.tf`, recorded from an unmodified provider
 * (1.97.1, on golangsdk), are sent again as they were; the provider is not in any registry that tests reach.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ElbowProcess } from '../support/elbow-process.ts';
import { signedHeaders } from '../support/signed-request.ts';

type Fields = Record<string, unknown>;

interface Recorded {
  readonly phase: 'create' | 'plan' | 'update' | 'plan again' | 'destroy';
  readonly method: string;
  /** With names in braces for ids. */
  readonly path: string;
  readonly body?: Fields;
  readonly status: number;
  /** Where in the answer the ids are that names stand for. */
  readonly ids?: Readonly<Record<string, string>>;
}

const requests: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('./terraform/requests.json', import.meta.url), 'utf8'),
);

/**
 * What the provider neither computes nor asks to be replaced: anything but what was sent, or nothing where nothing
 * was, is a difference in every plan.
 */
const notComputed: Readonly<Record<string, readonly string[]>> = {
  loadbalancer: ['vip_subnet_cidr_id', 'ipv6_vip_virsubnet_id', 'description', 'protection_reason'],
  listener: [
    ...[
      'description',
      'ipgroup',
      'port_ranges',
      'default_tls_container_ref',
      'sni_container_refs',
      'quic_config',
    ],
    ...['client_ca_tls_container_ref', 'security_policy_id', 'protection_reason', 'ssl_early_data_enable'],
  ],
  pool: [
    'name',
    'description',
    'session_persistence',
    'protection_reason',
    'member_deletion_protection_enable',
  ],
  member: ['name', 'subnet_cidr_id'],
  healthmonitor: ['name'],
  l7policy: ['description'],
  certificate: ['name', 'description', 'domain'],
  ipgroup: ['description'],
};

/** Sent, and never read back: secrets, and what becomes something else. */
const notReadBack = new Set(['private_key', 'publicip']);

/** What Terraform leaves empty and then takes as computed. */
const computedWhenEmpty = new Set(['protocol', 'host', 'port', 'path', 'content_type']);

/** Sends the recorded requests and keeps what was last sent of each resource. */
class Replay {
  readonly #elbow: ElbowProcess;
  readonly #ids: Map<string, string>;
  readonly sent = new Map<string, Fields>();

  constructor(elbow: ElbowProcess) {
    this.#elbow = elbow;
    const pems = ['leaf', 'leaf.key', 'ca'].map(
      (name) =>
        [`${name}.pem`, readFileSync(new URL(`../data/${name}.pem`, import.meta.url), 'utf8')] as const,
    );
    this.#ids = new Map([['project', elbow.projectId], ...pems]);
  }

  /** Sends one request, signed as golangsdk signs, and returns the resource that it answers, if it does. */
  async send({ method, path, body, status, ids = {} }: Recorded): Promise<{ url: string; resource: Fields }> {
    const url = this.#filled(path);
    // golangsdk ends bodies with a newline and signs them so.
    const text = body === undefined ? '' : `${JSON.stringify(this.#filledIn(body))}\n`;
    const response = await fetch(this.#elbow.api.url + url, {
      method,
      headers: signedHeaders({
        ...{ method, url, body: text, access: 'TESTAK0123456789', secret: 'testsk-secret-0123456789' },
        signedHeaders: ['accept', 'content-type', 'user-agent', 'x-sdk-date'],
        headers: {
          ...{ accept: 'application/json', 'content-type': 'application/json;charset=utf8' },
          'user-agent': 'terraform-provider-iac golangsdk/2.0.0',
        },
      }),
      ...(text && { body: text }),
    });
    const answer = await response.text();
    assert.equal(response.status, status, `${method} ${url} ${text}${answer}`);
    const parsed = answer ? JSON.parse(answer) : {};
    for (const [name, place] of Object.entries(ids)) this.#ids.set(name, valueAt(parsed, place));
    const [resource] = Object.values(parsed);
    const made = (resource ?? {}) as Fields;
    if (body) this.#remember(method, url, this.#filledIn(body) as Record<string, Fields>, made);
    return { url, resource: made };
  }

  #remember(method: string, url: string, body: Record<string, Fields>, made: Fields): void {
    const [, kind, id] = /^\/v2\.0\/[^/]+\/(\w+)\/([\w-]+)\/tags\/action$/.exec(url) ?? [];
    if (kind) {
      // All tags are taken away and all that are wanted put there.
      const place = `/v3/${this.#elbow.projectId}/elb/${kind}/${id}`;
      const tags = (body['action'] as unknown) === 'create' ? body['tags'] : [];
      this.sent.set(place, { ...this.sent.get(place), tags });
      return;
    }
    const place = method === 'POST' ? `${url}/${made['id']}` : url;
    this.sent.set(place, { ...this.sent.get(place), ...Object.values(body)[0] });
  }

  #filled(text: string): string {
    return text.replaceAll(/(?<!\$)\{([\w.-]+)\}/g, (_, name) => {
      const id = this.#ids.get(name);
      assert.ok(id, `no id for ${name}`);
      return id;
    });
  }

  #filledIn(body: Fields): unknown {
    return JSON.parse(JSON.stringify(body), (_, value) =>
      typeof value === 'string' ? this.#filled(value) : value,
    );
  }
}

function valueAt(answer: unknown, place: string): string {
  return place.split('.').reduce((at, step) => (at as Fields)[step], answer) as string;
}

/** Whether nothing was said: what a client takes for the attribute's absence. */
function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || value === false || isEmptyList(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Checks that what was sent is what is read back; more may be read, inside of it too. */
function assertReadBack(sent: unknown, read: unknown, where: string): void {
  if (Array.isArray(sent) && Array.isArray(read)) {
    assert.equal(read.length, sent.length, where);
    const [given, got] = [sent, read].map((list) => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
    given?.forEach((item, index) => {
      assertReadBack(item, got?.[index], `${where}[${index}]`);
    });
  } else if (sent !== null && typeof sent === 'object') {
    for (const [name, value] of Object.entries(sent)) {
      if (notReadBack.has(name) || (value === '' && computedWhenEmpty.has(name))) continue;
      assertReadBack(value, (read as Fields)[name] ?? ownerIn(read as Fields, name), `${where}.${name}`);
    }
  } else if (isEmpty(sent)) assert.ok(isEmpty(read), `${where}: sent nothing, read ${JSON.stringify(read)}`);
  else assert.deepEqual(read, sent, where);
}

/** What a resource was made in is read back as a list: loadbalancer_id as `loadbalancers[0].id`. */
function ownerIn(read: Fields, name: string): unknown {
  const [owner] = (read[name.replace(/_id$/, 's')] ?? []) as Fields[];
  return owner?.['id'];
}

/** Tags and addresses are sets. */
function keyOf(item: unknown): string {
  const { key, ip } = (item ?? {}) as Fields;
  return String(key ?? ip ?? '');
}

test('what Terraform sends is read back equal, so that plans after an apply and an update are empty', async (t) => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const replay = new Replay(elbow);
  const compared = new Map<string, Set<string>>();
  for (const phase of ['create', 'plan', 'update', 'plan again', 'destroy'] as const) {
    await t.test(phase, async () => {
      for (const request of requests.filter((each) => each.phase === phase)) {
        const { url, resource } = await replay.send(request);
        const sent = replay.sent.get(url);
        if (!phase.startsWith('plan') || !sent) continue;
        assertReadBack(sent, resource, url);
        const kind =
          /\/elb\/.*?(\w+?)(?:ies|s)\/[\w-]+$/.exec(url)?.[1]?.replace(/^l7polic$/, 'l7policy') ?? '';
        for (const name of notComputed[kind] ?? []) {
          if (sent[name] === undefined)
            assert.ok(isEmpty(resource[name]), `${url} has a ${name} that nobody gave`);
        }
        compared.set(phase, (compared.get(phase) ?? new Set()).add(kind));
      }
    });
  }
  // Every kind of resource was compared after each apply.
  for (const kinds of compared.values()) {
    for (const kind of Object.keys(notComputed)) assert.ok(kinds.has(kind), `${kind} among ${[...kinds]}`);
  }
  assert.equal(compared.size, 2);
});
