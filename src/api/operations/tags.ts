/** The operations of tags, under the paths of v3 and those of v2.0 that Terraform calls. */
import { type Static, type TObject, Type } from 'typebox';
import type { Call, Operation } from '../../model/operation.ts';
import { described, GivenTag, maxTags, named, oneOf, spelled, strict, Tag } from '../../model/schemas.ts';
import type { Region } from '../../service/region.ts';
import {
  changeTags,
  findTagged,
  listTags,
  showTags,
  type TagAction,
  type Taggable,
} from '../../service/resource-tags.ts';

const group = 'Tags';

/** An action on tags; `tag` is a tag as a version of the API takes it: clients of v2.0 leave an empty value out. */
const actionOn = (tag: TObject) =>
  strict({
    action: described('What to do with the tags.', oneOf('create', 'delete')),
    tags: described('The tags.', Type.Array(tag, { minItems: 1, maxItems: maxTags })),
  });

/** A key, with every value that it has in the project. */
const KeyAndValues = named(
  'TagValues',
  Type.Object({
    key: described('The key.', Type.String(), 'stage'),
    values: described('Its values.', Type.Array(Type.String()), ['test']),
  }),
);

interface Action {
  readonly action: TagAction;
  readonly tags: readonly GivenTag[];
}

/** The most resources that a search answers at once. */
const maxFound = 1000;

const Search = strict({
  action: described('filter for the resources, count for how many they are.', oneOf('filter', 'count')),
  tags: Type.Optional(
    described(
      'The tags that each must have; with no values, the key alone.',
      Type.Array(
        named(
          'WantedTag',
          strict({
            key: Tag.properties.key,
            values: described('One of these.', Type.Array(Tag.properties.value, { maxItems: maxTags })),
          }),
        ),
        { maxItems: maxTags },
      ),
      [{ key: 'stage', values: ['test'] }],
    ),
  ),
  matches: Type.Optional(
    described(
      'The name that each must have.',
      Type.Array(
        named(
          'WantedName',
          strict({
            key: described('What is matched.', oneOf('resource_name')),
            value: described('The exact name.', Type.String({ maxLength: 255 }), 'web'),
          }),
        ),
        { maxItems: 1 },
      ),
    ),
  ),
  limit: Type.Optional(described('How many to answer.', integerText(maxFound))),
  offset: Type.Optional(described('How many to pass over.', integerText(1_000_000))),
});

/** A number, which clients of v2.0 write as text. */
function integerText(maximum: number) {
  return Type.Union([
    Type.Integer({ minimum: 0, maximum }),
    spelled('digits', Type.String({ pattern: `^\\d{1,${String(maximum).length}}$` })),
  ]);
}

const Found = named(
  'TaggedResource',
  Type.Object({
    resource_id: described('Its id.', Type.String()),
    resource_name: described('Its name.', Type.String(), 'web'),
    resource_detail: described('Always null.', Type.Null(), null),
    tags: described('Its tags.', Type.Array(Tag)),
  }),
);

interface Kind {
  readonly kind: Taggable;
  readonly plural: string;
  readonly label: string;
  /** In the names of operations. */
  readonly name: string;
}

const kinds: readonly Kind[] = [
  { kind: 'loadbalancer', plural: 'loadbalancers', label: 'load balancer', name: 'Loadbalancer' },
  { kind: 'listener', plural: 'listeners', label: 'listener', name: 'Listener' },
  { kind: 'vpc', plural: 'vpcs', label: 'VPC', name: 'Vpc' },
  { kind: 'subnet', plural: 'subnets', label: 'subnet', name: 'Subnet' },
];

/** Networks have tags under v2.0 only. */
const inV3: readonly Taggable[] = ['loadbalancer', 'listener'];

/** As actions begin. */
function serviceOf(kind: Taggable): 'elb' | 'vpc' {
  return inV3.includes(kind) ? 'elb' : 'vpc';
}

export function tagOperations(region: Region): Operation[] {
  return kinds.flatMap((kind) => [
    ...(inV3.includes(kind.kind) ? operationsOf(region, kind, 'v3', '', Tag) : []),
    ...operationsOf(region, kind, 'v2.0', 'V2', GivenTag),
    searchOperation(region, kind),
  ]);
}

function searchOperation(region: Region, { kind, plural, label, name }: Kind): Operation {
  return {
    id: `Find${name}sByTags`,
    action: `${serviceOf(kind)}:${plural}:list`,
    method: 'POST',
    path: `/v2.0/{project_id}/${plural}/resource_instances/action`,
    group,
    carriesRequestId: false,
    summary: `Find or count ${label}s by their tags`,
    body: Search,
    answer: Type.Object({
      resources: Type.Optional(described('The resources; absent from a count.', Type.Array(Found))),
      total_count: described('How many there are.', Type.Integer()),
    }),
    status: 200,
    handle: async ({ params: { project_id = '' }, body }) => {
      const { action, tags = [], matches = [], limit = maxFound, offset = 0 } = body as Static<typeof Search>;
      const found = await findTagged(region, project_id, kind, tags, matches[0]?.value);
      if (action === 'count') return { body: { total_count: found.length } };
      const from = Number(offset);
      const resources = found.slice(from, from + Math.min(Number(limit), maxFound)).map((each) => ({
        ...{ resource_id: each.id, resource_name: each.name, resource_detail: null, tags: each.tags },
      }));
      return { body: { resources, total_count: found.length } };
    },
  };
}

function operationsOf(
  region: Region,
  { kind, plural, label, name }: Kind,
  version: string,
  suffix: string,
  tag: TObject,
): Operation[] {
  const path = `/${version}/{project_id}/${plural}`;
  const parameter = `${kind}_id`;
  const at = ({ params }: Call) => [params['project_id'] ?? '', kind, params[parameter] ?? ''] as const;
  const common = { group, carriesRequestId: false } as const;
  return [
    {
      ...common,
      id: `List${name}Tags${suffix}`,
      action: `${serviceOf(kind)}:${plural}:list`,
      method: 'GET',
      path: `${path}/tags`,
      summary: `List the tags of all ${label}s`,
      answer: Type.Object({ tags: described('The tags.', Type.Array(KeyAndValues)) }),
      status: 200,
      handle: async ({ params: { project_id = '' } }) => ({
        body: { tags: await listTags(region, project_id, kind) },
      }),
    },
    {
      ...common,
      id: `Show${name}Tags${suffix}`,
      action: `${serviceOf(kind)}:${plural}:get`,
      method: 'GET',
      path: `${path}/{${parameter}}/tags`,
      summary: `Show the tags of a ${label}`,
      answer: Type.Object({ tags: described('The tags.', Type.Array(Tag)) }),
      status: 200,
      handle: async (call) => ({ body: { tags: await showTags(region, ...at(call)) } }),
    },
    {
      ...common,
      id: `Change${name}Tags${suffix}`,
      ...(serviceOf(kind) === 'elb'
        ? { action: `elb:${plural}:put` }
        : { action: `vpc:${plural}:update`, actionScope: 'project' as const }),
      method: 'POST',
      path: `${path}/{${parameter}}/tags/action`,
      summary: `Add or remove tags of a ${label}`,
      body: actionOn(tag),
      status: 204,
      handle: async (call) => {
        const { action, tags } = call.body as Action;
        await changeTags(region, ...at(call), action, tags);
        return {};
      },
    },
  ];
}
