/** Load balancers that pass through PENDING_CREATE, PENDING_UPDATE and PENDING_DELETE for a while, as in the cloud. */
import { conflict } from '../../model/errors.ts';
import type { Answer, Call, Operation } from '../../model/operation.ts';

/** How long each state lasts, in milliseconds; 0 for not at all. */
export interface PendingTimes {
  readonly create_ms: number;
  readonly update_ms: number;
  readonly delete_ms: number;
}

type State = 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE';

interface Pending {
  readonly state: State;
  readonly until: number;
  /** What was shown before it was deleted. */
  readonly last: Answer | null;
}

type Shown = Record<string, unknown> & { readonly id?: string };

const one = '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}';
const many = '/v3/{project_id}/elb/loadbalancers';

export class PendingStates {
  readonly #now: () => number;
  readonly #pending = new Map<string, Pending>();
  times: PendingTimes = { create_ms: 0, update_ms: 0, delete_ms: 0 };

  /** @param now the clock's milliseconds, which may be moved on */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The operations of load balancers as their states leave them; others as they are. */
  pass(operations: readonly Operation[]): Operation[] {
    const show = operations.find(({ method, path }) => method === 'GET' && path === one);
    return operations.map((operation) => {
      const { method, path, handle } = operation;
      if (path === many && method === 'POST')
        return { ...operation, handle: (call) => this.#create(handle, call) };
      if (path === many && method === 'GET')
        return { ...operation, handle: (call) => this.#list(handle, call) };
      if (path !== one) return operation;
      if (method === 'GET') return { ...operation, handle: (call) => this.#show(handle, call) };
      if (method === 'PUT') return { ...operation, handle: (call) => this.#update(handle, call) };
      return { ...operation, handle: (call) => this.#delete(handle, show?.handle ?? handle, call) };
    });
  }

  async #create(handle: Operation['handle'], call: Call): Promise<Answer> {
    const answer = await handle(call);
    const { loadbalancer } = answer.body as { loadbalancer?: Shown };
    if (loadbalancer?.id) this.#begin(loadbalancer.id, 'PENDING_CREATE', this.times.create_ms);
    return this.#rewrite(answer);
  }

  async #update(handle: Operation['handle'], call: Call): Promise<Answer> {
    const id = idOf(call);
    const pending = this.#of(id);
    if (pending) {
      throw conflict(`The load balancer ${id} is ${pending.state}; wait until it is ACTIVE.`);
    }
    const answer = await handle(call);
    this.#begin(id, 'PENDING_UPDATE', this.times.update_ms);
    return this.#rewrite(answer);
  }

  /** It is deleted at once; only what it was is still shown for a while. */
  async #delete(handle: Operation['handle'], show: Operation['handle'], call: Call): Promise<Answer> {
    const id = idOf(call);
    const last = this.times.delete_ms > 0 ? await show(call) : null;
    const answer = await handle(call);
    this.#begin(id, 'PENDING_DELETE', this.times.delete_ms, last);
    return answer;
  }

  async #show(handle: Operation['handle'], call: Call): Promise<Answer> {
    const last = this.#of(idOf(call))?.last;
    const isOwn = (last?.body as { loadbalancer?: Shown } | undefined)?.loadbalancer?.['project_id'];
    return this.#rewrite(last && isOwn === call.params['project_id'] ? last : await handle(call));
  }

  async #list(handle: Operation['handle'], call: Call): Promise<Answer> {
    return this.#rewrite(await handle(call));
  }

  #begin(id: string, state: State, lastsMs: number, last: Answer | null = null): void {
    for (const known of [...this.#pending.keys()]) this.#of(known);
    if (lastsMs > 0) this.#pending.set(id, { state, until: this.#now() + lastsMs, last });
    else this.#pending.delete(id);
  }

  /** What is over is forgotten. */
  #of(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending || pending.until > this.#now()) return pending;
    this.#pending.delete(id);
    return undefined;
  }

  #rewrite(answer: Answer): Answer {
    const body = answer.body as { loadbalancer?: Shown; loadbalancers?: readonly Shown[] };
    if (body.loadbalancer)
      return { ...answer, body: { ...body, loadbalancer: this.#restate(body.loadbalancer) } };
    if (!body.loadbalancers) return answer;
    return {
      ...answer,
      body: { ...body, loadbalancers: body.loadbalancers.map((each) => this.#restate(each)) },
    };
  }

  #restate(shown: Shown): Shown {
    const pending = shown.id === undefined ? undefined : this.#of(shown.id);
    return pending ? { ...shown, provisioning_status: pending.state } : shown;
  }
}

function idOf({ params }: Call): string {
  return params['loadbalancer_id'] ?? '';
}
