/** The operations of tags, under the paths of v3 and those of v2.0 that Terraform calls. */
import { type TObject, Type } from 'typebox';
import type { Call, Operation } from '../../model/operation.ts';
import { described, GivenTag, maxTags, named, oneOf, strict, Tag } from '../../model/schemas.ts';
import type { Region } from '../../service/region.ts';
import {
  changeTags,
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
];

export function tagOperations(region: Region): Operation[] {
  return kinds.flatMap((kind) => [
    ...operationsOf(region, kind, 'v3', '', Tag),
    ...operationsOf(region, kind, 'v2.0', 'V2', GivenTag),
  ]);
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
      action: `elb:${plural}:list`,
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
      action: `elb:${plural}:get`,
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
      action: `elb:${plural}:put`,
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
