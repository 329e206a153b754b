/** The public IP of a load balancer, as answered and as asked for (rules digest 2.1.1 and 2.1.2). */
import { Type } from 'typebox';
import { orNull } from './field.ts';
import { integer, oneOf, strict } from './schemas.ts';

export const PublicIp = Type.Object({
  publicip_id: Type.String(),
  publicip_address: Type.String(),
  ip_version: Type.Integer(),
});
/** The same under its older names. */
export const Eip = Type.Object({
  eip_id: Type.String(),
  eip_address: Type.String(),
  ip_version: Type.Integer(),
});

/** A public IP to make, with the bandwidth it shares or gets. */
export const NewPublicIp = strict({
  ip_version: Type.Optional(orNull(Type.Integer({ enum: [4, 6] }))),
  network_type: Type.String({ minLength: 1, maxLength: 36 }),
  billing_info: Type.Optional(orNull(Type.String({ maxLength: 1024 }))),
  description: Type.Optional(orNull(Type.String({ maxLength: 255 }))),
  bandwidth: strict({
    name: Type.Optional(orNull(Type.String({ maxLength: 64, pattern: '^[\\p{L}\\p{Nd}_.-]*$' }))),
    size: Type.Optional(orNull(integer(0, 99999))),
    charge_mode: Type.Optional(orNull(oneOf('bandwidth', 'traffic'))),
    share_type: Type.Optional(orNull(oneOf('PER', 'WHOLE'))),
    billing_info: Type.Optional(orNull(Type.String({ maxLength: 1024 }))),
    id: Type.Optional(orNull(Type.String({ maxLength: 36 }))),
  }),
});
