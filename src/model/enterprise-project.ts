/** Enterprise projects: resources of any project are grouped by them, and permissions may be granted for one (EPS v1.0). */
import { type Static, Type } from 'typebox';
import { described, integer, named, oneOf, strict } from './schemas.ts';

/** Whether resources can be put into it. */
export const enabled = 1;
export const disabled = 2;

/** The one that everything is in unless told otherwise. */
export const defaultEnterpriseProject = '0';

const Name = described(
  'Letters, digits, - and _; no other has it, and "default" is not in it.',
  Type.String({ minLength: 1, maxLength: 255 }),
  'team-a',
);
const Description = described('What it is for.', Type.String({ maxLength: 512 }), '');
const Kind = oneOf('prod', 'poc');

export const EnterpriseProjectRequest = strict({
  name: Name,
  description: Type.Optional(Description),
  type: Type.Optional(described('prod if not given.', Kind)),
});

export const EnterpriseProjectAction = strict({
  action: described('What to do with it.', oneOf('enable', 'disable')),
});

export const EnterpriseProject = named(
  'EnterpriseProject',
  Type.Object({
    id: described('Its id; 0 is the default one.', Type.String()),
    name: described('Its name.', Type.String(), 'team-a'),
    description: Description,
    type: described('prod or poc.', Type.String(), 'prod'),
    status: described('1 for enabled, 2 for disabled.', integer(enabled, disabled)),
    created_at: described('When it was made, UTC.', Type.String(), '2026-01-31T09:30:00Z'),
    updated_at: described('When it was last changed, UTC.', Type.String(), '2026-01-31T09:30:00Z'),
  }),
);

export type EnterpriseProject = Static<typeof EnterpriseProject>;
export type EnterpriseProjectRequest = Static<typeof EnterpriseProjectRequest>;

/** Only these letters, and not the name of the default one (EPS v1.0). */
export function isUsableName(name: string): boolean {
  return /^[\p{L}\d_-]+$/u.test(name) && !/default/i.test(name);
}
