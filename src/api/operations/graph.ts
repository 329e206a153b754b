/** Elbow’s own: a load balancer with all that belongs to it as one document. */
import { Type } from 'typebox';
import { stringify } from 'yaml';
import { forbidden, invalid } from '../../model/errors.ts';
import { GraphDocument } from '../../model/graph.ts';
import type { Answer, Caller, Operation } from '../../model/operation.ts';
import { described, Id, named, oneOf, Reference } from '../../model/schemas.ts';
import { applyGraph } from '../../service/graph/apply.ts';
import { type Exported, exportGraph } from '../../service/graph/export.ts';
import type { Region } from '../../service/region.ts';
import { terraformOf } from '../terraform/terraform.ts';

const group = 'Elbow';

/** Enough for a load balancer with as many members as pools take by default, 10,000 of them in one pool. */
const maxDocumentBytes = 8 * 1024 * 1024;

const Difference = Type.Object(
  {
    before: Type.Unknown({ description: 'The value that there was.' }),
    after: Type.Unknown({ description: 'The value that there is now.' }),
  },
  { description: 'A field that has changed.' },
);

const AppliedChange = named(
  'AppliedChange',
  Type.Object({
    action: described('What was done.', oneOf('create', 'update', 'delete')),
    type: Type.String({ description: 'The kind of resource, as listener.' }),
    id: described('The resource.', Type.String()),
    name: Type.String({ description: 'Its key in the document, or the name of what was deleted.' }),
    fields: Type.Optional(
      Type.Record(Type.String(), Difference, {
        description: 'What an update changed, or why it was made anew; keys stand for ids.',
      }),
    ),
    replaces: Type.Optional(
      described('The one it was made in place of, since no call changes that so.', Type.String()),
    ),
  }),
);

const formats: Readonly<Record<string, (exported: Exported) => Answer>> = {
  json: ({ document }) => ({ body: document }),
  yaml: ({ document }) => ({
    text: stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }),
    headers: { 'content-type': 'application/yaml; charset=utf-8' },
  }),
  terraform: (exported) => ({
    text: terraformOf(exported),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  }),
};

export function graphOperations(region: Region): Operation[] {
  return [
    {
      id: 'ExportLoadBalancer',
      action: 'elbow:loadbalancers:export',
      checksEach: true,
      method: 'GET',
      path: '/elbow/v1/loadbalancers/{loadbalancer_id}/export',
      group,
      summary: 'Export a load balancer with its listeners, pools, members and all they refer to',
      query: {
        format: {
          schema: oneOf('json', 'yaml', 'terraform'),
          arity: 'one',
          description: 'The form of the document; json unless given.',
        },
      },
      answer: GraphDocument,
      otherForms: ['application/yaml', 'text/plain'],
      status: 200,
      carriesRequestId: false,
      handle: async ({ caller, params: { loadbalancer_id = '' }, query }) => {
        const format = query.get('format') ?? 'json';
        const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
        if (!write) throw invalid('format', `got "${format}", expected one of json, yaml, terraform.`);
        return write(await exportGraph(region, caller.projectIds, loadbalancer_id));
      },
    },
    {
      id: 'ApplyLoadBalancer',
      action: 'elbow:loadbalancers:apply',
      checksEach: true,
      method: 'PUT',
      path: '/elbow/v1/loadbalancers/apply',
      group,
      summary: 'Make a load balancer, found by its name, and all that belongs to it what a document says',
      query: {
        project_id: {
          schema: Type.String(),
          arity: 'one',
          description: 'The project to apply to; needed by a caller that has several.',
        },
        loadbalancer_id: {
          schema: Id,
          arity: 'one',
          description:
            'The load balancer to apply to, as when the document renames it; found by name without.',
        },
      },
      body: GraphDocument,
      takesYaml: true,
      maxBodyBytes: maxDocumentBytes,
      answer: Type.Object({
        loadbalancer: Reference,
        changes: described(
          'What was done, in that order; nothing where all was so already.',
          Type.Array(AppliedChange),
        ),
      }),
      status: 200,
      handle: async ({ caller, query, body }) => {
        const projectId = projectOf(caller, query.get('project_id'));
        const target = { projectId, loadBalancerId: query.get('loadbalancer_id') };
        const { loadBalancer, changes } = await applyGraph(region, target, body as GraphDocument);
        return { body: { loadbalancer: { id: loadBalancer.id }, changes } };
      },
    },
  ];
}

function projectOf({ projectIds }: Caller, asked: string | null): string {
  if (asked !== null) {
    if (projectIds.has(asked)) return asked;
    throw forbidden(`The credential gives no access to the project ${asked}.`);
  }
  const [only, second] = projectIds;
  if (only !== undefined && second === undefined) return only;
  throw invalid('project_id', `it is required, since there are several: ${[...projectIds].join(', ')}.`);
}
