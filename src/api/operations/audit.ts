/** Elbow’s own: the audit of changes. */
import { type TSchema, Type } from 'typebox';
import { invalid } from '../../model/errors.ts';
import { orNull } from '../../model/field.ts';
import type { Operation, QueryParameter } from '../../model/operation.ts';
import { described, named, oneOf } from '../../model/schemas.ts';
import { type AuditEntry, type AuditFilters, auditedTypes, listAudit } from '../../service/audit.ts';
import { auditedProjects } from '../../service/identity/authority.ts';
import type { Region } from '../../service/region.ts';
import { pagingParameters, readPaging } from '../list-query.ts';
import { listBody, PageInfo } from '../page-info.ts';
import { readParameters } from '../parameters.ts';

const auditedOperations = ['create', 'update', 'delete', 'refuse'] as const;

const Fields = Type.Record(Type.String(), Type.Unknown());
const text = (description: string) => orNull(Type.String({ description }));

const Entry = named(
  'AuditEntry',
  Type.Object({
    id: Type.String({ description: 'The revision of the change, which proxies report once they run it.' }),
    at: Type.String({ format: 'date-time', description: 'When it was made, UTC.' }),
    project_id: described('The project of the resource; empty for what belongs to none.', Type.String()),
    resource_type: Type.String({ description: 'The kind of resource, as listener.' }),
    resource_id: described('The resource.', Type.String()),
    parent_id: text('What the resource belongs to, as the pool of a member.'),
    operation: described('What was done to it.', oneOf(...auditedOperations)),
    user_id: text('Null for what Elbow did by itself.'),
    user_name: text('Null for what Elbow did by itself.'),
    source_address: text('The address that the call came from.'),
    request_id: text('As it was answered to the call.'),
    operation_id: text('The operation called, as UpdateListener, or the task of Elbow’s own.'),
    before: described('The fields before it; null for what is new.', orNull(Fields)),
    after: described('The fields after it; null for what is gone.', orNull(Fields)),
  }),
);

const filter = (schema: TSchema, description: string): QueryParameter => ({
  schema,
  arity: 'one',
  description,
});

const filters = {
  project_id: filter(Type.String(), 'A project of the caller; all of them unless given.'),
  resource_type: filter(oneOf(...auditedTypes), 'The kind of resource.'),
  resource_id: filter(Type.String(), 'The resource, also one that is gone.'),
  operation: filter(oneOf(...auditedOperations), 'What was done to it.'),
  user_name: filter(Type.String(), 'Who did it.'),
  request_id: filter(Type.String(), 'The call that did it, as answered in request_id and X-Request-Id.'),
  from: filter(Type.String(), 'Changes of this time and later: 2026-01-31T23:59:59Z.'),
  to: filter(Type.String(), 'Changes before this time: 2026-01-31T23:59:59Z.'),
} as const;

function render(entry: AuditEntry) {
  const { revision, at, project_id, type, id, parent_id, operation, address, before, after } = entry;
  const { user_id, user_name, request_id, operation_id } = entry;
  return {
    ...{ id: String(revision), at: new Date(at).toISOString(), project_id },
    ...{ resource_type: type, resource_id: id, parent_id, operation },
    ...{ user_id, user_name, source_address: address, request_id, operation_id, before, after },
  };
}

/** The filters of a query; those that are left out are no keys of the match. */
function readFilters(query: URLSearchParams): AuditFilters {
  const read = readParameters(filters, query);
  const given = Object.entries({
    type: read.resource_type[0],
    id: read.resource_id[0],
    operation: read.operation[0],
    user_name: read.user_name[0],
    request_id: read.request_id[0],
  }).filter(([, value]) => value !== undefined);
  const from = readTime('from', read.from[0]);
  const to = readTime('to', read.to[0]);
  if (from !== undefined && to !== undefined && from > to) {
    throw invalid('from', 'it is later than to; give the earlier time as from.');
  }
  return { match: Object.fromEntries(given), from, to, projectId: read.project_id[0] };
}

/** Milliseconds since the epoch. */
function readTime(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;
  const time = form.test(text)
    ? Date.parse(/T.*(Z|[+-]\d\d:\d\d)$|^[^T]*$/.test(text) ? text : `${text}Z`)
    : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw invalid(key, `got "${text}", expected a time as 2026-01-31T23:59:59Z; write a + in it as %2B.`);
}

export function auditOperations(region: Region): Operation[] {
  return [
    {
      id: 'ListAudit',
      action: 'elbow:audit:list',
      actionScope: 'project',
      method: 'GET',
      path: '/elbow/v1/audit',
      group: 'Elbow',
      summary: 'List the changes of resources with who made them, the newest first',
      query: { ...pagingParameters, ...filters },
      answer: Type.Object({
        audit: described('The changes, the newest first.', Type.Array(Entry)),
        page_info: PageInfo,
      }),
      status: 200,
      handle: async ({ caller, query }) => {
        const asked = { ...readPaging(query), ...readFilters(query) };
        const page = await listAudit(region, auditedProjects(caller), asked);
        return { body: listBody('audit', page, asked, render) };
      },
    },
  ];
}
