/** Projects that are made through the API, beside those that the inventory declares. */
import { randomBytes } from 'node:crypto';
import { conflict } from '../../model/errors.ts';
import type { Caller } from '../../model/operation.ts';
import { noProject, recordChange } from '../../store/change-log.ts';
import type { Project } from '../inventory.ts';
import type { Region } from '../region.ts';
import { checkMayMakeProjects } from './authority.ts';

/** What the audit calls one. */
export const projectType = 'project';

/**
 * Has the inventory know the projects that were made.
 *
 * @throws InventoryError when the inventory has come to declare another project of the same name
 */
export async function loadProjects({ store, inventory }: Region): Promise<void> {
  const rows = await store.reader.selectFrom('projects').selectAll().orderBy('created_at').execute();
  for (const { id, name, description } of rows) inventory.addProject({ id, name, description });
}

/**
 * Makes a project, which every user who is not declared with projects of its own has from now on.
 *
 * @throws Refusal for a caller that may not, and for a name that is taken
 */
export async function createProject(
  { store, inventory }: Region,
  caller: Caller,
  { name, description }: { readonly name: string; readonly description: string },
): Promise<Project> {
  checkMayMakeProjects(caller);
  const project = { id: randomBytes(16).toString('hex'), name, description };
  await store.write(async (tx) => {
    const taken = inventory.projectNamed(name)?.id ?? (await madeWithName(name));
    if (taken !== undefined)
      throw conflict(`The project ${taken} has the name ${name} already; use that one.`);
    await tx.db
      .insertInto('projects')
      .values({ ...project, created_at: tx.at.getTime() })
      .execute();
    const change = { project_id: noProject, type: projectType, id: project.id, parent_id: null };
    await recordChange(
      tx,
      { ...change, operation: 'create' },
      { before: null, after: { name, description } },
    );

    // One that was written a moment ago need not be in the inventory yet.
    async function madeWithName(wanted: string): Promise<string | undefined> {
      const row = await tx.db
        .selectFrom('projects')
        .select('id')
        .where('name', '=', wanted)
        .executeTakeFirst();
      return row?.id;
    }
  });
  inventory.addProject(project);
  return project;
}
