/** Security policies: what they say, and that one in use stays. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, pick } from '../command.ts';
import { quotas } from '../ground.ts';
import { listeners, type SecurityPolicy, securityPolicies } from '../kinds.ts';
import { type Modelled, references } from '../resource.ts';
import type { World } from '../world.ts';

const list = '/elb/security-policies';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const ciphers = ['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'];
const anyProtocol = fc.constantFrom('TLSv1.2', 'TLSv1.3');

function usersOf(world: World, id: string) {
  return listeners.all(world).filter(({ securityPolicy }) => securityPolicy === id);
}

const create: fc.Arbitrary<Command> = anyProtocol.map((protocol) => ({
  plan: (_world, project) => ({
    project,
    method: 'POST',
    path: list,
    body: { security_policy: { protocols: [protocol], ciphers } },
    expect: (world) => ({
      faults: faultsOf([securityPolicies.all(world, project).length >= quotas.security_policy, fault.quota]),
      status: 201,
      apply: (after, { security_policy: { id } }) => securityPolicies.put(after, { id, project, protocol }),
    }),
  }),
}));

const update: fc.Arbitrary<Command> = fc
  .record({ which: pick, protocol: anyProtocol })
  .map(({ which, protocol }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, securityPolicies, which);
      return {
        project,
        method: 'PUT',
        path: at({ id }),
        body: { security_policy: { protocols: [protocol] } },
        expect: (world) => {
          const found = securityPolicies.find(world, project, id);
          return {
            faults: faultsOf([!found, fault.notFound]),
            status: 200,
            apply: (after) => {
              if (found) securityPolicies.put(after, { ...found, protocol });
            },
          };
        },
      };
    },
  }));

function removal(project: string, id: string): Call {
  return {
    project,
    method: 'DELETE',
    path: at({ id }),
    expect: (world) => ({
      faults: faultsOf(
        [!securityPolicies.find(world, project, id), fault.notFound],
        [usersOf(world, id).length > 0, fault.conflict],
      ),
      status: 204,
      apply: (after) => securityPolicies.remove(after, id),
    }),
  };
}

export const securityPolicyModel: Modelled<SecurityPolicy> = {
  kind: securityPolicies,
  list,
  plural: 'security_policies',
  at,
  create: { weight: 1, arbitrary: create },
  commands: [
    { weight: 1, arbitrary: update },
    {
      weight: 1,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, securityPolicies, which)),
      })),
    },
  ],
  shown: (world, { id, project, protocol }) => ({
    id,
    project_id: project,
    protocols: [protocol],
    ciphers,
    listeners: references(usersOf(world, id)),
  }),
  used: { security_policy: (world, project) => securityPolicies.all(world, project).length },
  remove: ({ project, id }) => removal(project, id),
};
