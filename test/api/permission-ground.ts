/** Users with groups of every kind, in two enterprise projects that each have a load balancer with all below it. */
import type { Policy } from '../../src/model/policy.ts';
import { ApiClient } from '../support/api-client.ts';
import {
  seed,
  seedInventory,
  startTestControlPlane,
  type TestControlPlane,
} from '../support/control-plane.ts';
import {
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
  makeRule,
  places,
} from './fixtures.ts';

/** The enterprise project that the users of the tests are granted policies in, and another. */
export const mine = places.enterpriseProject;
export const theirs = '1c66f3f2-7d3a-4b8e-9f43-2f6f3f0b7c11';

export const policyOf = (name: string, ...Statement: Policy['document']['Statement']): Policy => ({
  name,
  document: { Version: '1.1', Statement },
});

interface Declared {
  /** The policies of the user’s one group, each by its name or as it is. */
  readonly policies: readonly (string | Policy)[];
  /** Where all of them hold; the account without. */
  readonly enterprise_project?: string;
  readonly projects?: string[];
  /** Further policies, each for an enterprise project of its own. */
  readonly beside?: readonly { readonly policy: string | Policy; readonly enterprise_project: string }[];
}

/** A control plane with users of these permissions beside the one who has all of them. */
export class PermissionGround implements AsyncDisposable {
  readonly controlPlane: TestControlPlane;
  /** Of the user whom nothing limits. */
  readonly api: ApiClient;

  private constructor(controlPlane: TestControlPlane) {
    this.controlPlane = controlPlane;
    this.api = controlPlane.api;
  }

  static async start(users: Readonly<Record<string, Declared>>): Promise<PermissionGround> {
    const declared = new Set(
      Object.values(users).flatMap(({ policies, beside = [] }) => [
        ...policies,
        ...beside.map(({ policy }) => policy),
      ]),
    );
    const controlPlane = await startTestControlPlane({
      ...seedInventory,
      enterprise_projects: [
        { id: mine, name: 'mine' },
        { id: theirs, name: 'theirs' },
      ],
      policies: [...declared].filter((each) => typeof each !== 'string'),
      groups: Object.entries(users).map(([name, { policies, beside = [], ...where }]) => ({
        name,
        grants: [...policies.map((policy) => ({ ...where, policy })), ...beside].map((grant) => ({
          ...grant,
          policy: typeof grant.policy === 'string' ? grant.policy : grant.policy.name,
        })),
      })),
      users: [
        ...(seedInventory.users ?? []),
        ...Object.keys(users).map((name) => ({ name, password: 'a password', groups: [name] })),
      ],
    });
    return new PermissionGround(controlPlane);
  }

  as(user: string): Promise<ApiClient> {
    return ApiClient.login(this.controlPlane.url, seed.projectId, user, 'a password');
  }

  /** A load balancer of an enterprise project with one of each below it. */
  async tree(enterprise_project_id: string) {
    const { api } = this;
    const lb = await makeLoadBalancer(api, { name: 'lb', enterprise_project_id });
    const pool = await makePool(api, { loadbalancer_id: lb.id, enterprise_project_id });
    const other = await makePool(api, { loadbalancer_id: lb.id, enterprise_project_id });
    const listener = await makeListener(api, lb.id, { default_pool_id: pool.id });
    const member = await makeMember(api, pool.id);
    const monitor = await makeMonitor(api, pool.id);
    const policy = await makePolicy(api, listener.id, { redirect_pool_id: other.id });
    const rule = await makeRule(api, policy.id);
    const ipgroup = await api.create('/elb/ipgroups', {
      ipgroup: { name: 'a', ip_list: [{ ip: '10.0.0.0/8' }], enterprise_project_id },
    });
    return { lb, pool, other, listener, member, monitor, policy, rule, ipgroup };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controlPlane[Symbol.asyncDispose]();
  }
}
