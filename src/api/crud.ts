/** The operations that resources have in common, made from their description and their service. */
import { type TSchema, Type } from 'typebox';
import type { Call, Operation } from '../model/operation.ts';
import { actionOn } from '../model/permission.ts';
import {
  answerBody,
  createBody,
  type Fields,
  immutableFields,
  type Resource,
  updateBody,
} from '../model/resource.ts';
import { described, named, strict } from '../model/schemas.ts';
import type { Page, PageQuery } from '../service/page-query.ts';
import { listParameters, readListQuery } from './list-query.ts';
import { listBody, PageInfo } from './page-info.ts';

type Body = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, string>>;

/** What a service offers for a resource; `View` is what an answer is rendered from. */
export interface CrudService<View> {
  readonly create: (params: Params, body: Body) => Promise<View>;
  readonly show: (params: Params) => Promise<View>;
  readonly list: (params: Params, query: PageQuery) => Promise<Page<View>>;
  /** Left out by a resource that cannot be changed. */
  readonly update?: (params: Params, body: Body) => Promise<View>;
  readonly remove: (params: Params) => Promise<void>;
}

export interface CrudParts<F extends Fields, View> {
  readonly of: Resource<F>;
  /** The singular and plural in the names of operations: `Member`, `Members`. */
  readonly names: readonly [string, string];
  readonly group: string;
  /** The path of the list, and the name of the id behind it. */
  readonly path: string;
  readonly idParameter: string;
  /** What the answers of create and update may have beside the resource. */
  readonly beside?: Readonly<Record<string, TSchema>>;
  /** Whether the bodies hold secrets, so that messages never repeat them. */
  readonly secret?: boolean;
  readonly service: CrudService<View>;
  readonly render: (view: View) => { readonly id: string };
  /** How a list renders, where its query says how. */
  readonly renderListed?: (query: URLSearchParams) => (view: View) => { readonly id: string };
}

/** Create, list, show, update if the service does, and delete. */
export function crudOperations<F extends Fields, View>(parts: CrudParts<F, View>): Operation[] {
  const { of, names, group, path, idParameter, service, render, beside = {}, secret = false } = parts;
  const { renderListed = () => render } = parts;
  const { update } = service;
  const [one, many] = names;
  const each = `${path}/{${idParameter}}`;
  const answer = named(one, answerBody(of));
  const wrapped = Type.Object({ [of.name]: answer });
  const changed = Type.Object({ [of.name]: answer, ...beside });
  const body = (call: { body: unknown }) => (call.body as Record<string, Body>)[of.name] ?? {};
  const label = of.label;
  return [
    {
      id: `Create${one}`,
      action: actionOn(of, 'create'),
      method: 'POST',
      path,
      group,
      summary: `Create a ${label}`,
      body: strict({ [of.name]: named(`Create${one}`, createBody(of)) }),
      bodyOptions: { secret },
      answer: changed,
      status: 201,
      handle: async (call) => ({
        body: { [of.name]: render(await service.create(call.params, body(call))) },
      }),
    },
    {
      ...listOperation({ of, id: `List${many}`, path, group, summary: `List ${of.plural}`, answer }),
      handle: async (call) => {
        const query = readListQuery(of, call.query);
        const listed = await service.list(call.params, query);
        return { body: listBody(of.plural, listed, query, renderListed(call.query)) };
      },
    },
    {
      id: `Show${one}`,
      action: actionOn(of, 'get'),
      method: 'GET',
      path: each,
      group,
      summary: `Show a ${label}`,
      answer: wrapped,
      status: 200,
      handle: async (call) => ({ body: { [of.name]: render(await service.show(call.params)) } }),
    },
    ...(update
      ? [
          {
            id: `Update${one}`,
            action: actionOn(of, 'put'),
            method: 'PUT' as const,
            path: each,
            group,
            summary: `Change a ${label}`,
            body: strict({ [of.name]: named(`Update${one}`, updateBody(of)) }),
            bodyOptions: { immutable: { [of.name]: immutableFields(of) }, secret },
            answer: changed,
            status: 200,
            handle: async (call: Call) => ({
              body: { [of.name]: render(await update(call.params, body(call))) },
            }),
          },
        ]
      : []),
    {
      id: `Delete${one}`,
      action: actionOn(of, 'delete'),
      method: 'DELETE',
      path: each,
      group,
      summary: `Delete a ${label}`,
      status: 204,
      handle: async (call) => {
        await service.remove(call.params);
        return {};
      },
    },
  ];
}

/** A list call, but for what it does. */
export function listOperation(parts: {
  readonly of: Resource;
  readonly id: string;
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly answer: TSchema;
  /** As for any list of the resource, unless given. */
  readonly action?: string;
}): Omit<Operation, 'handle'> {
  const { of, id, path, group, summary, answer, action = actionOn(of, 'list') } = parts;
  return {
    id,
    action,
    method: 'GET',
    path,
    group,
    summary,
    query: listParameters(of),
    answer: Type.Object({
      [of.plural]: described('The records of the page, by ascending id.', Type.Array(answer)),
      page_info: PageInfo,
    }),
    status: 200,
  };
}
