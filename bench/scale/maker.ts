/** What the records of a generated project have in common: when they were made, their ids, and how they vary. */
import type { Inventory, SubnetRecord } from '../../src/service/inventory.ts';
import type { Secrets } from '../../src/service/secrets.ts';
import { Chance } from './chance.ts';
import type { ProjectPlan } from './project-plan.ts';

const firstCreation = Date.UTC(2025, 0, 1);

export class Maker {
  readonly plan: ProjectPlan;
  readonly inventory: Inventory;
  readonly secrets: Secrets;
  readonly chance: Chance;
  readonly vpcId: string;
  readonly subnets: readonly SubnetRecord[];
  #nowMs = firstCreation;

  constructor(
    plan: ProjectPlan,
    {
      inventory,
      secrets,
      seed,
    }: { readonly inventory: Inventory; readonly secrets: Secrets; readonly seed: number },
  ) {
    this.plan = plan;
    this.inventory = inventory;
    this.secrets = secrets;
    this.chance = new Chance(seed);
    const [vpc] = inventory.vpcs.values();
    if (!vpc) throw new Error('the region has no VPC');
    this.vpcId = vpc.id;
    this.subnets = vpc.subnets;
  }

  /** What a new record begins with: its own id, made a little later than the one before. */
  birth(): { id: string; project_id: string; created_at: string; updated_at: string } {
    this.#nowMs += 20 + this.chance.below(20);
    const at = new Date(this.#nowMs).toISOString();
    const time = this.#nowMs.toString(16).padStart(12, '0');
    const tail = this.chance.hex(19);
    const id = `${time.slice(0, 8)}-${time.slice(8)}-4${tail.slice(0, 3)}-a${tail.slice(3, 6)}-${tail.slice(6, 18)}`;
    const stamp = `${at.slice(0, 19)}Z`;
    return { id, project_id: this.plan.projectId, created_at: stamp, updated_at: stamp };
  }

  /** Names as people give them: most are one of a few, with a number. */
  name(kind: string): string {
    if (this.chance.happens(0.1)) return '';
    return `${kind}-${this.chance.pick(['web', 'api', 'worker', 'cache', 'db'])}-${this.chance.below(5000)}`;
  }

  description(): string {
    return this.chance.happens(0.7) ? '' : `of team ${this.chance.below(300)}`;
  }

  enterpriseProject(): string {
    return this.chance.happens(0.8) ? '0' : this.chance.pick(enterpriseProjects).id;
  }

  protection(): { protection_status: 'nonProtection' | 'consoleProtection'; protection_reason: string } {
    return this.chance.happens(0.02)
      ? { protection_status: 'consoleProtection', protection_reason: `case ${this.chance.below(50)}` }
      : { protection_status: 'nonProtection', protection_reason: '' };
  }

  tags(): { key: string; value: string }[] {
    return ['env', 'team', 'cost']
      .filter(() => this.chance.happens(0.4))
      .map((key) => ({ key, value: String(this.chance.below(20)) }));
  }

  zone(): string {
    return this.chance.pick(this.inventory.availabilityZones);
  }

  subnet(): SubnetRecord {
    return this.chance.pick(this.subnets);
  }
}

/** As the inventory of a generated store declares them. */
export const enterpriseProjects = Array.from({ length: 12 }, (_, index) => ({
  id: `e0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  name: `department-${index}`,
}));
