/** Makes access keys of the cloud's form: an id of 20 capitals and digits, a secret of 40 characters. */
import { randomBytes } from 'node:crypto';

export interface NewAccessKey {
  readonly access: string;
  readonly secret: string;
}

export function newAccessKey(): NewAccessKey {
  return {
    access: randomBytes(10).toString('hex').toUpperCase(),
    secret: randomBytes(20).toString('hex'),
  };
}
