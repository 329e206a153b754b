/** Certificates: in use by listeners in three places, and found by domains that must differ. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pem, serverPair } from '../../../support/pem.ts';
import { type Call, type Command, fault, faultsOf, idFor, pick } from '../command.ts';
import { quotas } from '../ground.ts';
import { type Certificate, certificates, listeners } from '../kinds.ts';
import type { Modelled } from '../resource.ts';
import type { World } from '../world.ts';

const list = '/elb/certificates';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const anyDomain = fc.constantFrom(null, 'a.example.com', 'b.example.com');

function isUsed(world: World, id: string): boolean {
  return listeners
    .all(world)
    .some(({ certificate, clientCa, sni }) => [certificate, clientCa, ...sni].includes(id));
}

const create: fc.Arbitrary<Command> = fc
  .record({ type: fc.constantFrom<Certificate['type']>('server', 'server', 'client'), domain: anyDomain })
  .map(({ type, domain }) => ({
    plan: (_world, project) => ({
      project,
      method: 'POST',
      path: list,
      body: {
        certificate: {
          type,
          ...(type === 'server' ? serverPair('ec') : { certificate: pem('ca') }),
          ...(domain === null ? {} : { domain }),
        },
      },
      expect: (world) => ({
        faults: faultsOf([certificates.all(world, project).length >= quotas.certificate, fault.quota]),
        status: 201,
        apply: (after, { certificate: { id } }) => certificates.put(after, { id, project, type, domain }),
      }),
    }),
  }));

/** Listeners by whose sni_container_refs a domain is found need it, and all of theirs different. */
const update: fc.Arbitrary<Command> = fc
  .record({ which: pick, domain: anyDomain })
  .map(({ which, domain }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, certificates, which);
      return {
        project,
        method: 'PUT',
        path: at({ id }),
        body: { certificate: { domain } },
        expect: (world) => {
          const found = certificates.find(world, project, id);
          const collides = listeners.all(world, project).some(({ sni }) => {
            const others = sni.filter((each) => each !== id);
            const theirs = others.map((each) => certificates.find(world, project, each)?.domain);
            return sni.includes(id) && (domain === null || theirs.includes(domain));
          });
          return {
            faults: faultsOf([!found, fault.notFound], [!!found && collides, fault.conflict]),
            status: 200,
            apply: (after) => {
              if (found) certificates.put(after, { ...found, domain });
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
        [!certificates.find(world, project, id), fault.notFound],
        [isUsed(world, id), fault.conflict],
      ),
      status: 204,
      apply: (after) => certificates.remove(after, id),
    }),
  };
}

/** Deletes what can be deleted, and says what became of each. */
const batchDelete: fc.Arbitrary<Command> = fc.array(pick, { minLength: 1, maxLength: 3 }).map((items) => ({
  plan: (before, project) => {
    const ids = items.map((each) => idFor(before, project, certificates, each));
    return {
      project,
      method: 'POST',
      path: `${list}/batch-delete`,
      body: { certificates: ids },
      expect: () => ({
        faults: [],
        status: 200,
        apply: (after, answer) => {
          const outcomes = ids.map((id) => {
            if (!certificates.find(after, project, id)) {
              return { id, ret_status: 'not found', ret_code: fault.notFound };
            }
            if (isUsed(after, id)) return { id, ret_status: 'failed', ret_code: fault.conflict };
            certificates.remove(after, id);
            return { id, ret_status: 'successful' };
          });
          assert.deepEqual(answer.certificates, outcomes);
        },
      }),
    };
  },
}));

export const certificateModel: Modelled<Certificate> = {
  kind: certificates,
  list,
  plural: 'certificates',
  at,
  create: { weight: 2, arbitrary: create },
  commands: [
    { weight: 2, arbitrary: update },
    {
      weight: 2,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, certificates, which)),
      })),
    },
    { weight: 1, arbitrary: batchDelete },
  ],
  shown: (_world, { id, project, type, domain }) => ({ id, project_id: project, type, domain }),
  used: { certificate: (world, project) => certificates.all(world, project).length },
  remove: ({ project, id }) => removal(project, id),
};
