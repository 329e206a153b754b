/** The tables, as Kysely knows them: those of the resources follow from the model. */
import type { Generated } from 'kysely';
import { certificate } from '../model/certificate.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { ipGroup } from '../model/ip-group.ts';
import { job } from '../model/job.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { logtank } from '../model/logtank.ts';
import { member } from '../model/member.ts';
import { memberCheck } from '../model/member-check.ts';
import { pool } from '../model/pool.ts';
import { port } from '../model/port.ts';
import { publicIp } from '../model/public-ip.ts';
import type { Resource } from '../model/resource.ts';
import { securityPolicy } from '../model/security-policy.ts';
import { server } from '../model/server.ts';
import { subnet } from '../model/subnet.ts';
import { vpc } from '../model/vpc.ts';

/** Every stored resource. A new one is added here and in a migration. */
export const resources: readonly Resource[] = [
  loadBalancer,
  listener,
  pool,
  member,
  healthMonitor,
  l7Policy,
  l7Rule,
  ipGroup,
  securityPolicy,
  certificate,
  logtank,
  job,
  memberCheck,
  publicIp,
  vpc,
  subnet,
  port,
  server,
];

/** A column's value as the database holds it: booleans as 0 or 1, objects and lists as JSON text. */
export type ColumnValue = string | number | null;

export type Row = Record<string, ColumnValue>;

/** What was done to a resource; or that a call was refused, which changes none. */
export type Operation = 'create' | 'update' | 'delete' | 'refuse';

/** One change of one resource. The revisions of a store only grow. */
export interface ChangeRow {
  revision: Generated<number>;
  project_id: string;
  /** The resource's name, as `member`. */
  type: string;
  id: string;
  /** The id of the resource it belongs to, as a member's pool. */
  parent_id: string | null;
  operation: Operation;
  /** Milliseconds since the epoch. */
  at: number;
}

/** A pool that a policy sends requests to, found from either side. */
interface PolicyPoolRow {
  l7policy_id: string;
  listener_id: string;
  pool_id: string;
}

/** A view: a pool, and a listener that sends requests to it, whether as its default pool or by a policy. */
interface PoolListenerRow {
  pool_id: string;
  listener_id: string;
}

/** What health checking found of a member, beside the change that it is. */
export interface MemberTransitionRow {
  /** That of the change. */
  revision: number;
  member_id: string;
  /** Milliseconds since the epoch, when it was found. */
  at: number;
  verdict: string;
  /** JSON; null when ONLINE. */
  reason: string | null;
  latency_ms: number | null;
}

/** What the audit keeps of a change. */
export interface AuditRow extends Omit<ChangeRow, 'revision'> {
  /** That of the change. */
  revision: number;
  /** Null for what Elbow did by itself, as are the columns of its call. */
  user_id: string | null;
  user_name: string | null;
  address: string | null;
  request_id: string | null;
  /** The operation called, or the task of Elbow's own. */
  operation_id: string | null;
  /** JSON; null for a creation. */
  before: string | null;
  /** JSON; null for a deletion. */
  after: string | null;
}

/** One element of a list that a resource has in a column, by which the resource is found. */
export interface ElementRow {
  /** Table, column and key, with dots between. */
  path: string;
  value: string | number;
  project_id: string;
  /** Of the resource. */
  id: string;
}

/** A pool that a policy sends requests to, found from either side. */
interface PolicyPoolRow {
  l7policy_id: string;
  listener_id: string;
  pool_id: string;
}

/** A view: a pool, and a listener that sends requests to it, whether as its default pool or by a policy. */
interface PoolListenerRow {
  pool_id: string;
  listener_id: string;
}

/** An enterprise project that a call has made. */
export interface EnterpriseProjectRow {
  id: string;
  name: string;
  description: string;
  type: string;
  status: number;
  /** As timestamps are answered, both. */
  created_at: string;
  updated_at: string;
}

/** A load balancer in the recycle bin. */
export interface RecycledRow {
  id: string;
  project_id: string;
  /** As timestamps are answered, both. */
  recycled_at: string;
  auto_terminate_time: string;
  /** 1 when the public IPs that were made for it go with it in the end. */
  releases_public_ips: number;
  /** A JSON list: the pools that were its own and stayed, since others use them or they were to stay. */
  shared_pool_ids: string;
}

/** A row of another table that belongs to a load balancer in the recycle bin. */
interface RecycledRecordRow {
  id: string;
  table_name: string;
  loadbalancer_id: string;
  project_id: string;
  /** JSON of the whole row, as its record. */
  record: string;
}

/** An access key that was made through the API. */
export interface AccessKeyRow {
  access: string;
  user_id: string;
  sealed_secret: string;
  status: 'active' | 'inactive';
  description: string;
  /** Milliseconds since the epoch. */
  created_at: number;
}

/** A token that is refused though it has not expired. */
interface RevokedTokenRow {
  audit_id: string;
  /** Milliseconds since the epoch: then it need not be remembered any more. */
  expires_at: number;
}

/** A project that was made through the API. */
interface ProjectRow {
  id: string;
  name: string;
  description: string;
  /** Milliseconds since the epoch. */
  created_at: number;
}

export interface Tables {
  loadbalancers: Row;
  listeners: Row;
  pools: Row;
  members: Row;
  healthmonitors: Row;
  l7policies: Row;
  l7rules: Row;
  l7policy_pools: PolicyPoolRow;
  pool_listeners: PoolListenerRow;
  logtanks: Row;
  certificates: Row;
  ipgroups: Row;
  security_policies: Row;
  elements: ElementRow;
  jobs: Row;
  member_checks: Row;
  publicips: Row;
  enterprise_projects: EnterpriseProjectRow;
  vpcs: Row;
  subnets: Row;
  ports: Row;
  servers: Row;
  recycled_loadbalancers: RecycledRow;
  recycled_records: RecycledRecordRow;
  access_keys: AccessKeyRow;
  revoked_tokens: RevokedTokenRow;
  projects: ProjectRow;
  changes: ChangeRow;
  member_transitions: MemberTransitionRow;
  audit: AuditRow;
  settings: { key: string; value: string };
}
