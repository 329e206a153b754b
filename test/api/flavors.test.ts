import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { flavorId, makeLoadBalancer } from './fixtures.ts';

interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

async function list(query = ''): Promise<Flavor[]> {
  const { status, body } = await controlPlane.api.get(`/elb/flavors${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.flavors;
}

const idOf = (name: string) => flavorId(controlPlane.api, name);

test('the documented flavors are listed by ascending id, fixed and elastic', async () => {
  const flavors = await list();
  assert.deepEqual(
    flavors.map(({ id }) => id),
    flavors.map(({ id }) => id).sort(),
  );
  const sizes = ['s1.small', 's2.small', 's1.medium', 's2.medium', 's1.large', 's2.large', 'pro.max'];
  assert.deepEqual(
    flavors.map(({ name }) => name).sort(),
    ['L4', 'L7'].flatMap((kind) => sizes.map((size) => `${kind}_flavor.elb.${size}`)).sort(),
  );
  for (const { name, type } of flavors) {
    assert.equal(type, name.slice(0, 2) + (name.endsWith('pro.max') ? '_elastic_max' : ''));
  }
});

test('a flavor is answered with exactly its documented keys and capacity', async () => {
  const { api } = controlPlane;
  const id = await idOf('L7_flavor.elb.s2.medium');
  assert.equal(id, '9d13079c-5fe6-4fc9-a0bc-92e6b4ac101c', 'ids stay the same from version to version');
  const { status, body } = await api.get(`/elb/flavors/${id}`);
  assert.equal(status, 200);
  const { request_id, ...rest } = body;
  assert.equal(typeof request_id, 'string');
  assert.deepEqual(rest, {
    flavor: {
      id,
      name: 'L7_flavor.elb.s2.medium',
      type: 'L7',
      info: {
        connection: 2_000_000,
        cps: 20_000,
        qps: 40_000,
        https_cps: 2_000,
        bandwidth: 400_000,
        lcu: 100,
      },
      shared: true,
      project_id: api.projectId,
      flavor_sold_out: false,
      public_border_group: 'center',
      category: 0,
    },
  });
  const elastic = await api.get(`/elb/flavors/${await idOf('L4_flavor.elb.pro.max')}`);
  assert.deepEqual(elastic.body.flavor.info, {
    connection: 20_000_000,
    cps: 400_000,
    bandwidth: 10_000_000,
  });
});

test('flavors are filtered by every documented key, any of several values', async () => {
  const names = async (query: string) => (await list(query)).map(({ name }) => name).sort();
  assert.equal((await names('?type=L4&type=L4_elastic_max')).length, 7);
  assert.deepEqual(await names('?type=L7_elastic_max&list_all=true'), ['L7_flavor.elb.pro.max']);
  assert.deepEqual(await names('?type=L7_elastic_max&list_all=false'), ['L7_flavor.elb.pro.max']);
  assert.deepEqual(await names('?name=L4_flavor.elb.s1.small&name=nothing'), ['L4_flavor.elb.s1.small']);
  assert.deepEqual(await names(`?id=${await idOf('L4_flavor.elb.s2.large')}`), ['L4_flavor.elb.s2.large']);
  assert.equal((await names('?shared=true&flavor_sold_out=false&category=0')).length, 14);
  for (const query of ['?shared=false', '?flavor_sold_out=true', '?category=21', '?public_border_group=x']) {
    assert.deepEqual(await names(query), [], query);
  }
});

test('pages of flavors join into the whole list, forwards and backwards', async () => {
  const { api } = controlPlane;
  const whole = (await list()).map(({ id }) => id);
  const forwards: string[] = [];
  for (let marker = ''; ; ) {
    const { body } = await api.get(`/elb/flavors?limit=5${marker && `&marker=${marker}`}`);
    const page = (body.flavors as Flavor[]).map(({ id }) => id);
    forwards.push(...page);
    assert.equal(body.page_info.current_count, page.length);
    assert.equal(body.page_info.previous_marker, page[0]);
    if (body.page_info.next_marker === undefined) break;
    assert.equal(body.page_info.next_marker, page.at(-1));
    marker = body.page_info.next_marker;
  }
  assert.deepEqual(forwards, whole);
  const before = await api.get(`/elb/flavors?limit=3&page_reverse=true&marker=${whole[5]}`);
  assert.deepEqual(
    (before.body.flavors as Flavor[]).map(({ id }) => id),
    whole.slice(2, 5),
  );
  assert.deepEqual((await api.get('/elb/flavors?limit=0')).body.page_info, { current_count: 0 });
});

test('what a flavor list cannot be asked for is refused with what would be right', async () => {
  const { api } = controlPlane;
  const message = async (query: string) => {
    const { status, body } = await api.get(`/elb/flavors${query}`);
    assert.equal(status, 400, query);
    assert.equal(body.error_code, 'ELB.8902');
    return body.error_msg;
  };
  assert.match(await message('?type=L9'), /'type': got "L9", expected one of L4, L7, L4_elastic_max/);
  assert.match(await message('?shared=maybe'), /'shared': got "maybe", expected true or false/);
  assert.match(await message('?list_all=2'), /'list_all': got "2", expected true or false/);
  assert.match(await message('?marker=nothing'), /'marker': there is no flavor "nothing"/);
  const missing = await api.get('/elb/flavors/nothing');
  assert.equal(missing.status, 404);
  assert.equal(missing.body.error_msg, 'flavor nothing could not be found.');
});

test('a load balancer takes flavors of the right type only', async () => {
  evidence('loadbalancer.l4_flavor_id', 'enforced');
  evidence('loadbalancer.l7_flavor_id', 'enforced');
  const { api } = controlPlane;
  const l4 = await idOf('L4_flavor.elb.s1.small');
  const l7 = await idOf('L7_flavor.elb.s1.small');
  const plain = await makeLoadBalancer(api);
  assert.equal(plain.l4_flavor_id, null);
  assert.equal(plain.charge_mode, 'lcu');
  const lb = await makeLoadBalancer(api, { l4_flavor_id: l4, l7_flavor_id: l7 });
  assert.equal(lb.l4_flavor_id, l4);
  assert.equal(lb.l7_flavor_id, l7);
  assert.equal(lb.charge_mode, 'flavor');

  const attempt = (changes: object) => api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: changes });
  const wrongType = await attempt({ l4_flavor_id: l7 });
  assert.equal(wrongType.status, 400);
  assert.match(
    wrongType.body.error_msg,
    /'loadbalancer.l4_flavor_id': the flavor L7_flavor.elb.s1.small has type L7, expected one of L4, L4_elastic_max/,
  );
  const missing = await attempt({ l7_flavor_id: 'nothing' });
  assert.equal(missing.status, 404);
  assert.equal(missing.body.error_code, 'ELB.8904');
  const elastic = await idOf('L7_flavor.elb.pro.max');
  assert.equal((await makeLoadBalancer(api, { l7_flavor_id: elastic })).charge_mode, 'lcu');
  const changed = await attempt({ l7_flavor_id: elastic });
  assert.equal(changed.body.loadbalancer.l7_flavor_id, elastic);
  assert.deepEqual(
    (await api.get(`/elb/loadbalancers?l7_flavor_id=${elastic}&id=${lb.id}`)).body.loadbalancers,
    [(await api.get(`/elb/loadbalancers/${lb.id}`)).body.loadbalancer],
  );

  const created = await api.post('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: lb.vip_subnet_cidr_id,
      availability_zone_list: ['az1'],
      l7_flavor_id: l4,
    },
  });
  assert.equal(created.status, 400);
  assert.match(created.body.error_msg, /'loadbalancer.l7_flavor_id'.*has type L4, expected one of L7/);
});
