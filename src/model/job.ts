/** A job: what a call did to several resources, and how it went with each of them (rules digest 3.6). */
import { type Static, Type } from 'typebox';
import { field, orNull } from './field.ts';
import type { Match } from './filter.ts';
import { type RecordOf, resource } from './resource.ts';
import { described, Id, named, oneOf, Timestamp } from './schemas.ts';

export type JobType =
  | 'UPGRADE'
  | 'cloneLoadbalancer'
  | 'cloneListener'
  | 'batchCreateV2Loadbalancer'
  | 'batchCreateV3Loadbalancer'
  | 'batchDeleteLoadbalancer'
  | 'batchDeleteListener'
  | 'restoreLoadbalancer';

/** What a sub job does: the same as its job, or one of the steps of an upgrade. */
export type SubJobType = JobType | 'UPGRADE_INIT' | 'UPGRADE_TRAFFIC_SWITCH' | 'UPGRADE_COMPLETE';

const JobStatus = oneOf(
  'INIT',
  'RUNNING',
  'FAIL',
  'SUCCESS',
  'ROLLBACKING',
  'COMPLETE',
  'ROLLBACK_FAIL',
  'CANCEL',
);

const JobEntity = named(
  'JobEntity',
  Type.Object({
    resource_id: described('Its id.', Type.String()),
    resource_type: described('What it is.', oneOf('loadbalancer', 'listener')),
  }),
);
export type JobEntity = Static<typeof JobEntity>;

const SubJob = named(
  'SubJob',
  Type.Object({
    job_id: described('Its id.', Type.String()),
    job_type: described('What was done.', Type.String(), 'batchDeleteLoadbalancer'),
    status: described('SUCCESS, or FAIL.', JobStatus),
    begin_time: described('When it began, UTC.', Timestamp),
    end_time: described('When it ended, UTC.', Timestamp),
    project_id: described('The project.', Type.String()),
    resource_id: described('What it was done to.', orNull(Type.String())),
    error_code: described('The code of the failure; null if there was none.', orNull(Type.String())),
    error_msg: described('What the failure says.', orNull(Type.String())),
    entities: described('What came of it.', Type.Array(JobEntity)),
  }),
);
export type SubJob = Static<typeof SubJob>;

/** The jobs of which a column, or the same key of one of their sub jobs, has the value. */
const inSubJobsToo = (column: string): Match => ({
  kind: 'any',
  of: [
    { kind: 'column', column },
    { kind: 'element', column: 'sub_jobs', key: column },
  ],
});

const text = { schema: Type.String(), arity: 'one' } as const;

export const job = resource({
  name: 'job',
  plural: 'jobs',
  label: 'job',
  table: 'jobs',
  audited: false,
  fields: {
    id: field(Id, 'The job’s id, as it is stored.', { answered: false }),
    job_id: field(Id, 'The job’s id.', { computed: true }),
    project_id: field(Type.String(), 'The project, always that of the path.'),
    job_type: field(Type.String(), 'What was done, as batchDeleteLoadbalancer.', {
      filter: 'one',
      example: 'batchDeleteLoadbalancer',
    }),
    status: field(JobStatus, 'SUCCESS, or FAIL when one of its sub jobs failed.', {
      filter: 'one',
      example: 'SUCCESS',
    }),
    begin_time: field(Timestamp, 'When it began, UTC.'),
    end_time: field(Timestamp, 'When it ended, UTC.'),
    resource_id: field(orNull(Type.String()), 'What it was done to; null for several resources.'),
    error_code: field(orNull(Type.String()), 'The code of the first failure; null if there was none.'),
    error_msg: field(orNull(Type.String()), 'What the first failure says.'),
    sub_jobs: field(Type.Array(SubJob), 'What became of each resource.'),
  },
  filters: {
    job_id: { ...text, description: 'The job’s id.', match: { kind: 'column', column: 'id' } },
    resource_id: {
      ...text,
      description: 'What the job, or one of its sub jobs, was done to.',
      match: inSubJobsToo('resource_id'),
    },
    error_code: {
      ...text,
      description: 'The error code of the job, or of one of its sub jobs.',
      match: inSubJobsToo('error_code'),
    },
    begin_time: {
      schema: Timestamp,
      arity: 'one',
      description: 'Only jobs that began then or later: 2026-01-31T23:59:59, UTC.',
      match: { kind: 'since', column: 'begin_time' },
    },
  },
});

export type Job = RecordOf<(typeof job)['fields']>;
