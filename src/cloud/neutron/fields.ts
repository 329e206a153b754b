/** Fields that the answers and requests of Neutron have in common. */
import { type Static, type TSchema, Type } from 'typebox';
import { orLeftOut } from '../../model/field.ts';
import { NetworkName } from '../../model/network-fields.ts';
import { described } from '../../model/schemas.ts';
import { exactly, pageParameters } from '../selection.ts';

export const group = 'Neutron';

export const text = (description: string, example?: string) => described(description, Type.String(), example);

export const textOrNull = (description: string) =>
  described(description, Type.Union([Type.String(), Type.Null()]));

/** What every answer has. */
export const ownership = {
  id: text('Its id.'),
  name: text('Its name.', 'web'),
  tenant_id: text('The project.'),
  project_id: text('The project.'),
};

export const stamps = {
  created_at: text('When it was created, UTC.', '2026-01-31T09:30:00Z'),
  updated_at: text('When it was last changed, UTC.', '2026-01-31T09:30:00Z'),
};

export const alwaysActive = {
  status: text('Always ACTIVE.', 'ACTIVE'),
  admin_state_up: described('Always true.', Type.Boolean()),
};

/** What a request may say of a name and a state. */
export const naming = {
  name: orLeftOut(described('A name, which need not be unique.', NetworkName, 'web')),
  description: orLeftOut(described('Whatever the owner wants to note.', Type.String({ maxLength: 255 }))),
  admin_state_up: orLeftOut(described('Only true.', Type.Literal(true))),
};

/** A field that clients send and that changes nothing. */
export const ignored = <S extends TSchema>(schema: S) =>
  orLeftOut(described('Accepted, and without effect.', schema));

/** The filters of every list. */
export const query = {
  ...pageParameters,
  id: exactly('Those with these ids.'),
  name: exactly('Those with these names.'),
};

/** A request's names, of which none is null. */
export function namesOf({ name, description }: { name?: string | null; description?: string | null }): {
  name?: string;
  description?: string;
} {
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

export type Body<S extends TSchema> = Static<S>;
