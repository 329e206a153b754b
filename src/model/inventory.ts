/**
 * The inventory: the networks, servers, projects, users and quotas that a region knows and that load balancers
 * refer to. It is declared in a file; without one there is the local region.
 */
import { type Static, Type } from 'typebox';
import { Group, Policy } from './policy.ts';
import { DeclaredQuotas } from './quota.ts';
import { Id, oneOf, spelled, strict } from './schemas.ts';

const ProjectId = spelled(
  'digits and lowercase letters, 32 at most',
  Type.String({ pattern: '^[0-9a-z]{1,32}$', description: 'Digits and lowercase letters.' }),
);
const Word = Type.String({ minLength: 1, maxLength: 64 });
const Cidr = Type.String({ minLength: 1, maxLength: 64, description: 'A network, as 10.0.0.0/24.' });

export const Server = strict({
  id: Id,
  name: Type.Optional(Type.String()),
  addresses: Type.Array(Type.String(), { minItems: 1 }),
  availability_zone: Type.Optional(Word),
  state: Type.Optional(oneOf('running', 'stopped')),
});

export const Subnet = strict({
  id: Id,
  neutron_subnet_id: Id,
  name: Type.Optional(Type.String()),
  cidr: Cidr,
  cidr_v6: Type.Optional(Cidr),
  availability_zone: Type.Optional(Word),
  /** `any`: every address is a running server. `declared`: only those of the VPC's servers. */
  servers: Type.Optional(oneOf('any', 'declared')),
});

export const Vpc = strict({
  id: Id,
  name: Type.Optional(Type.String()),
  project: Type.Optional(ProjectId),
  cidr: Type.Optional(Cidr),
  subnets: Type.Array(Subnet),
  servers: Type.Optional(Type.Array(Server)),
});

export const InventoryFile = strict({
  region: Type.Optional(
    strict({ name: Word, availability_zones: Type.Array(Word, { minItems: 1, maxItems: 64 }) }),
  ),
  projects: Type.Optional(Type.Array(strict({ id: ProjectId, name: Word }), { minItems: 1 })),
  users: Type.Optional(
    Type.Array(
      strict({
        name: Word,
        password: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        projects: Type.Optional(Type.Array(ProjectId)),
        /** Without them nothing limits what the user does in its projects. */
        groups: Type.Optional(Type.Array(Word)),
        access_keys: Type.Optional(
          Type.Array(strict({ access: Word, secret: Type.String({ minLength: 1, maxLength: 128 }) })),
        ),
      }),
    ),
  ),
  policies: Type.Optional(Type.Array(Policy)),
  groups: Type.Optional(Type.Array(Group)),
  enterprise_projects: Type.Optional(Type.Array(strict({ id: Id, name: Word }))),
  /** Networks that count as private beside those of RFC 1918 and RFC 6598. */
  private_networks: Type.Optional(Type.Array(Cidr)),
  vpcs: Type.Optional(Type.Array(Vpc)),
  /** Where the public IPs that load balancers ask for come from. */
  public_network: Type.Optional(Cidr),
  publicips: Type.Optional(Type.Array(strict({ id: Id, address: Type.String() }))),
  /** -1, as everywhere by default, is no limit. */
  quotas: Type.Optional(DeclaredQuotas),
});

export type InventoryFile = Static<typeof InventoryFile>;
export type Server = Static<typeof Server>;
export type Subnet = Static<typeof Subnet>;
export type Vpc = Static<typeof Vpc>;
