/** The examples of the document: each is what its schema says, and those of create and update requests are taken. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  seed,
  seedInventory,
  startTestControlPlane,
  type TestControlPlane,
} from '../support/control-plane.ts';
import {
  type Content,
  type Document,
  eachOperation,
  fetchDocument,
  inlined,
  operationFor,
  resolve,
} from '../support/openapi.ts';
import { serverPair } from '../support/pem.ts';
import { assertDone } from './fixtures.ts';

const publicIpId = '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50';
let cp: TestControlPlane;
let document: Document;

before(async () => {
  const publicips = [{ id: publicIpId, address: '203.0.113.9' }];
  cp = await startTestControlPlane({ ...seedInventory, publicips });
  document = await fetchDocument(cp.url);
});

after(() => cp[Symbol.asyncDispose]());

function assertFits(value: unknown, content: Content | undefined, where: string): void {
  assert.ok(content, where);
  const check = Compile(inlined(document, content['application/json'].schema) as TSchema);
  assert.deepEqual(check.Errors(value), [], `${where}: ${JSON.stringify(value)}`);
}

/** An answer without an end has neither an example nor an end to wait for. */
const isStream = (content: object | undefined) => content !== undefined && 'text/event-stream' in content;

test('every example fits its schema: bodies, answers and refusals', () => {
  for (const { operation } of eachOperation(document)) {
    const { operationId, requestBody, responses } = operation;
    const contents = [
      requestBody?.content,
      ...Object.values(responses).map((each) => resolve(document, each).content),
    ];
    for (const content of contents) {
      if (!content || isStream(content)) continue;
      const { example } = content['application/json'];
      assert.notEqual(example, undefined, operationId);
      assertFits(example, content, operationId);
    }
  }
});

test('refusals have the status they are under, and say something of their operation', () => {
  for (const { operation } of eachOperation(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (status.startsWith('2')) continue;
      const example = resolve(document, response).content?.['application/json'].example ?? {};
      const { error_code, error_msg } = example as Record<string, string>;
      assert.match(error_code ?? '', /^(ELB|SYS)\.\d{4}$/);
      assert.ok((error_msg ?? '').length > 20, operation.operationId);
      if (status === '401') assert.equal(error_code, 'SYS.0401');
      if (status === '403') assert.match(error_code ?? '', /^(SYS\.0403|ELB\.9802)$/);
      if (status === '404') assert.equal(error_code, 'ELB.8904');
      if (status === '409') assert.match(error_code ?? '', /^ELB\.890[57]$/);
    }
  }
});

/** What the examples cannot know: the networks and users of the test, and the ids of what was created before. */
const known: Record<string, unknown> = {
  ...{ vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'] },
  ...{ subnet_cidr_id: seed.subnetCidrId, project_id: seed.projectId },
  ...serverPair('leaf'),
  ...{ vpc_id: seed.vpcId, subnet_id: seed.subnetCidrId },
  // An empty port is that of no load balancer.
  ...{ publicip_id: publicIpId, floatingip_id: publicIpId, port_id: '' },
  user: { name: 'elbow', password: 'correct-password' },
  project: { name: 'region-1' },
};

function withKnown(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^10\.0\.0\.(?=\d+$)/, '120.10.10.');
  if (Array.isArray(value)) return value.map(withKnown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key in known && !(typeof inner === 'object' && key === 'certificate') ? known[key] : withKnown(inner),
    ]),
  );
}

/** What was created, by the path of its list; two kinds of pools go by the same name. */
const created = new Map<string, string>();

function fill(path: string): string {
  const list = path.replace(/\/\{\w+\}$/, '');
  const own = list !== path && created.has(list) ? `${list}/${created.get(list)}` : path;
  return own.replaceAll(/\{(\w+)\}/g, (_whole, name) => String(known[name] ?? name));
}

test('the examples of create and update requests are taken, and every answer fits its schema', async () => {
  let sent = 0;
  for (const { path, method, operation } of eachOperation(document)) {
    const { operationId, requestBody } = operation;
    const created201 = operation.responses[201] !== undefined;
    const isCreate = method === 'post' && (created201 || /^Create(Vpc|Subnet|Port)$/.test(operationId));
    const isUpdate = operationId.startsWith('Update') && method === 'put';
    if (!requestBody || !(isCreate || isUpdate)) continue;
    // Nothing here makes a public IP of the project.
    if (operationId === 'UpdatePublicip' || operationId === 'NeutronCreateFloatingIp') continue;
    const { example: printed } = requestBody.content['application/json'];
    // Elsewhere a project is one that there is.
    const body = operationId === 'CreateProject' ? printed : withKnown(printed);
    // The pool has that of version 3 by then.
    if (operationId === 'CreateMemberV2')
      Object.assign((body as typeof known)['member'] ?? {}, { protocol_port: 81 });
    const reply = await cp.api.call(method.toUpperCase(), fill(path), body);
    const status = isCreate && created201 ? 201 : 200;
    const answer = assertDone({ ...reply, body: { ...reply.body, operationId } }, status);
    const content = resolve(document, operation.responses[status] ?? { description: '' }).content;
    assertFits(reply.body, content, operationId);
    const [[wrapper = '', resource] = []] = Object.entries<Record<string, unknown>>(answer);
    const example = content?.['application/json'].example as Record<string, object>;
    if (operationId !== 'CreateToken') {
      // The limit of a listener's connections is left out where there is none.
      const shown = Object.keys(example[wrapper] ?? {}).filter((key) => key !== 'connection');
      assert.deepEqual(Object.keys(resource ?? {}).toSorted(), shown.toSorted());
    }
    // The token is for another project than the one just made.
    if (isCreate && operationId !== 'CreateProject') {
      // A network that was made can be changed, as those of the inventory cannot.
      if (/^Create(Vpc|Subnet)/.test(operationId)) known[`${wrapper}_id`] = resource?.['id'];
      if (operationId === 'CreateSubnet' || wrapper === 'network') known['network_id'] = resource?.['id'];
      known[`${wrapper}_id`] ??= resource?.['id'];
      created.set(path, String(resource?.['id'] ?? resource?.['access']));
    }
    sent += 1;
  }
  assert.ok(sent >= 19, `${sent} sent`);
  const notMade = new Set(['ShowJob', 'ShowBandwidth', 'ShowMemberHealthCheckJob']);
  known['user_id'] = (await cp.api.get('/v3/users')).body.users[0].id;
  known['region_id'] = 'region-1';
  known['flavor_id'] = (await cp.api.get('/elb/flavors')).body.flavors[0].id;
  for (const { path, method, operation } of eachOperation(document)) {
    if (method !== 'get' || ['ShowToken', 'ShowMetrics'].includes(operation.operationId)) continue;
    // A master-slave pool cannot be exported.
    if (operation.operationId === 'ExportLoadBalancer') {
      assertDone(await cp.api.delete(fill('/v3/{project_id}/elb/master-slave-pools/{pool_id}')), 204);
    }
    if (isStream(operation.responses[200]?.content)) continue;
    const reply = await cp.api.get(fill(path));
    if (reply.status === 404 && notMade.delete(operation.operationId)) continue;
    assertFits(
      assertDone(reply),
      resolve(document, operation.responses[200] ?? { description: '' }).content,
      path,
    );
  }
  assert.equal(notMade.size, 0);
});

test('a call is found by its method and path, a word of the path before an id', () => {
  const of = (method: string, path: string) => operationFor(document, method, path)?.operationId;
  assert.equal(of('GET', '/v3/p/elb/quotas/details'), 'ListQuotaDetails');
  assert.equal(of('POST', '/v3/p/elb/pools/x/members/batch-add'), 'BatchCreateMembers');
  assert.equal(of('GET', '/v3/p/elb/nothing'), undefined);
});
