/** The operations of jobs. */
import { Type } from 'typebox';
import { type Job, job } from '../../model/job.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import { named } from '../../model/schemas.ts';
import { listJobs, showJob } from '../../service/jobs.ts';
import type { Region } from '../../service/region.ts';
import { listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { render } from '../render.ts';

const group = 'Jobs';
const path = '/v3/{project_id}/elb/jobs';

function renderJob(of: Job): { readonly job_id: string } {
  return { ...render(job, of), job_id: of.id };
}

export function jobOperations(region: Region): Operation[] {
  const answer = named('Job', answerBody(job));
  return [
    {
      ...listOperation({ of: job, id: 'ListJobs', path, group, summary: 'List jobs', answer }),
      // Nothing says of which enterprise project a job is: what it was about may be gone.
      actionScope: 'project',
      handle: async ({ params: { project_id = '' }, query }) => {
        const asked = readListQuery(job, query);
        const jobs = await listJobs(region, project_id, asked);
        return { body: listBody(job.plural, jobs, asked, renderJob) };
      },
    },
    {
      id: 'ShowJob',
      action: 'elb:jobs:get',
      method: 'GET',
      path: `${path}/{job_id}`,
      group,
      summary: 'Show a job and what became of each resource',
      answer: Type.Object({ job: answer }),
      status: 200,
      handle: async ({ params: { project_id = '', job_id = '' } }) => ({
        body: { job: renderJob(await showJob(region, project_id, job_id)) },
      }),
    },
  ];
}
