/** Member checks: begun by a call, made in the background, and asked for until they are done (rules digest 2.4.8). */
import type { Kysely } from 'kysely';
import { invalid } from '../../model/errors.ts';
import { healthMonitor } from '../../model/health-monitor.ts';
import { member } from '../../model/member.ts';
import {
  type CheckFinding,
  type CheckSubject,
  groupOfSubject,
  type MemberCheck,
  type MemberCheckRequest,
  memberCheck,
} from '../../model/member-check.ts';
import type { Logger } from '../../observe/log.ts';
import { find, insert, update } from '../../store/rows.ts';
import type { Tables } from '../../store/schema.ts';
import { attachmentsOf } from '../attachments.ts';
import { KnownNetworks } from '../networks/known-networks.ts';
import { newId } from '../new-id.ts';
import { require, requireAnyPool, requireListener, requireLoadBalancer } from '../references.ts';
import { type Region, timestamp } from '../region.ts';
import { countChecks, findings, type StoredFacts } from './check.ts';
import { probedChecks } from './probed-checks.ts';
import { type ProbeOutcome, type Prober, planProbe } from './prober.ts';
import { storedChecks } from './stored-checks.ts';

/** A check that is begun and not done. */
interface Begun {
  readonly isRehearsal: boolean;
  readonly record: MemberCheck;
  readonly facts: StoredFacts;
  readonly subjects: readonly CheckSubject[];
}

/** Probes of checks under way at once; further checks wait for their turn. */
const maxAtOnce = 64;

export class MemberChecks {
  readonly #region: Region;
  readonly #prober: Prober;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  /** By id: waiting, or under way. */
  readonly #begun = new Map<string, Begun>();
  readonly #waiting: Begun[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(region: Region, prober: Prober, log: Logger) {
    this.#region = region;
    this.#prober = prober;
    this.#log = log;
  }

  /** Begins a check and returns the id of its job. What is stored is checked at once; a probe comes after the answer. */
  async create(projectId: string, memberId: string, request: MemberCheckRequest): Promise<string> {
    const { listener_id, subject } = request.member_check;
    const subjects: readonly CheckSubject[] =
      subject === 'all' ? ['config', 'networkAcl', 'securityGroup'] : [subject];
    const begun = await this.#region.store.write(async (tx) => {
      const facts = await this.#factsOf(tx.db, projectId, memberId, listener_id);
      const id = newId(tx.at);
      const now = timestamp(tx.at);
      const finished = countChecks(storedChecks, subjects);
      const record: MemberCheck = {
        id,
        job_id: id,
        project_id: projectId,
        member_id: memberId,
        listener_id,
        status: 'processing',
        check_item_total_num: finished + countChecks(probedChecks, subjects),
        check_item_finished_num: finished,
        result: resultOf(subjects, 'processing', findings(storedChecks, subjects, facts, id)),
        created_at: now,
        updated_at: now,
      };
      await insert(tx, memberCheck, record);
      return { record, facts, subjects, isRehearsal: tx.isRehearsal };
    });
    if (begun.isRehearsal) return begun.record.id;
    this.#begun.set(begun.record.id, begun);
    this.#waiting.push(begun);
    this.#runNext();
    return begun.record.id;
  }

  /** A job as far as it has come. One that a control plane left undone when it ended has failed. */
  async show(projectId: string, id: string): Promise<MemberCheck> {
    const isUnderWay = this.#begun.has(id);
    const found = await require(this.#region.store.reader, memberCheck, projectId, id);
    return found.status === 'processing' && !isUnderWay ? { ...found, status: 'failed' } : found;
  }

  /** Ends what is under way; nothing is probed or stored afterwards. */
  async stop(): Promise<void> {
    this.#waiting.length = 0;
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  #runNext(): void {
    if (this.#running.size >= maxAtOnce) return;
    const next = this.#waiting.shift();
    if (!next) return;
    const running = this.#finish(next).finally(() => {
      this.#begun.delete(next.record.id);
      this.#running.delete(running);
      this.#runNext();
    });
    this.#running.add(running);
  }

  async #finish(begun: Begun): Promise<void> {
    const { record, facts, subjects } = begun;
    try {
      const planned = planProbe(facts);
      const outcome: ProbeOutcome =
        'cause' in planned
          ? { kind: 'impossible', cause: planned.cause }
          : await this.#prober.probe(planned, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      const probed = { ...facts, outcome, probe: 'cause' in planned ? null : planned };
      const status = outcome.kind === 'inconclusive' ? 'failed' : 'processed';
      const found = [
        ...findings(storedChecks, subjects, facts, record.id),
        ...findings(probedChecks, subjects, probed, record.id),
      ];
      const done = status === 'processed' ? record.check_item_total_num : record.check_item_finished_num;
      await this.#region.store.write((tx) =>
        update(tx, memberCheck, record, {
          status,
          check_item_finished_num: done,
          result: resultOf(subjects, status, found),
          updated_at: timestamp(tx.at),
        }),
      );
    } catch (error) {
      this.#log.error({ err: error, job: record.id }, 'a member check could not be finished');
    }
  }

  async #factsOf(
    db: Kysely<Tables>,
    projectId: string,
    memberId: string,
    listenerId: string,
  ): Promise<StoredFacts> {
    const checked = await require(db, member, projectId, memberId);
    const pool = await requireAnyPool(db, projectId, checked.pool_id);
    const listener = await requireListener(db, projectId, listenerId);
    const { listeners } = await attachmentsOf(db, pool);
    if (!listeners.some(({ id }) => id === listenerId)) {
      const ids = listeners.map(({ id }) => id).join(', ');
      throw invalid(
        'member_check.listener_id',
        `the listener ${listenerId} sends no requests to the member's pool ${pool.id}; ` +
          (ids ? `these do: ${ids}.` : 'no listener does.'),
      );
    }
    const known = new KnownNetworks(db, this.#region.inventory);
    const subnet = checked.subnet_cidr_id ? await known.subnet(checked.subnet_cidr_id) : undefined;
    return {
      member: checked,
      pool,
      listener,
      loadBalancer: await requireLoadBalancer(db, projectId, listener.loadbalancer_id),
      monitor: pool.healthmonitor_id
        ? ((await find(db, healthMonitor, projectId, pool.healthmonitor_id)) ?? null)
        : null,
      vpcId: subnet?.vpc.id ?? null,
    };
  }
}

function resultOf(
  subjects: readonly CheckSubject[],
  check_status: MemberCheck['status'],
  found: readonly CheckFinding[],
): MemberCheck['result'] {
  const result: MemberCheck['result'] = { config: null, acl: null, security_group: null };
  for (const subject of subjects) {
    const check_items = found.filter((each) => each.subject === subject);
    const check_result = check_items.every(({ severity }) => severity !== 'Major');
    result[groupOfSubject[subject]] = { check_result, check_status, check_items };
  }
  return result;
}
