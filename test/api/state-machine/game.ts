/** Plays rounds of calls against the API and the model, and keeps a record that a person can read. */
import assert from 'node:assert/strict';
import type { Reply } from '../../support/api-client.ts';
import type { Call, Command } from './command.ts';
import { type Ground, projects } from './ground.ts';
import { resources } from './resources.ts';
import { checkAgreement, checkTimes, type Snapshot, takeSnapshot } from './snapshot.ts';
import { checkStatuses } from './statuses.ts';
import { checkSameRefusal, checkStrangers, type IdFilter, withoutForeign } from './strangers.ts';
import { checkWalk, type Walk, walkThrough } from './walk.ts';
import { copyOf, type World } from './world.ts';

/** Which of the projects does something. */
type Player = 0 | 1 | 2;

export interface Round {
  /** In flight at once. */
  readonly moves: readonly { readonly player: Player; readonly command: Command }[];
  readonly walks: readonly { readonly player: Player; readonly walk: Walk }[];
}

interface Sent {
  readonly call: Call;
  readonly reply: Reply;
}

export class Game {
  readonly #ground: Ground;
  readonly #startedAt = Date.now();
  readonly #names = new Map<string, string>();
  readonly #record: string[] = [];
  #world: World = {};
  #snapshot: Snapshot;

  private constructor(ground: Ground, snapshot: Snapshot) {
    this.#ground = ground;
    this.#snapshot = snapshot;
    for (const [index, id] of projects.entries()) this.#names.set(id, 'ABC'[index] ?? id);
  }

  static async start(ground: Ground): Promise<Game> {
    return new Game(ground, await takeSnapshot(ground));
  }

  /** The calls so far, a line each, with names for ids; calls that were in flight at once have a bar before them. */
  record(): string {
    return this.readable(this.#record.join('\n'));
  }

  readable(text: string): string {
    let readable = text;
    for (const [id, name] of this.#names) readable = readable.replaceAll(id, name);
    return readable;
  }

  async play({ moves, walks }: Round): Promise<void> {
    const before = this.#world;
    const calls = moves.map(({ player, command }) => command.plan(before, projects[player]));
    const sending = calls.map(async (call) => ({ call, reply: await this.#send(call) }));
    const walking = walks.map(({ player, walk }) => walkThrough(this.#ground.client(projects[player]), walk));
    const sent = await Promise.all(sending);
    const walked = await Promise.all(walking);
    for (const each of sent) this.#note(each, sent.length > 1);
    const touched = new Set(calls.map(({ project }) => project));
    const snapshot = await takeSnapshot(this.#ground, touched, this.#snapshot);
    this.#world = explain(before, sent, snapshot);
    checkTimes(this.#snapshot, snapshot, this.#startedAt);
    if (sent.every(({ reply }) => reply.status >= 400)) {
      assert.deepEqual(snapshot, this.#snapshot, 'what is refused changes nothing');
    }
    this.#snapshot = snapshot;
    for (const each of walked) checkWalk(each, before, this.#world);
    if (sent.length === 1 && sent[0]) await this.#lookAgain(before, sent[0]);
  }

  /** What cannot be asked after every round for its cost. */
  async inspect(filters: readonly IdFilter[]): Promise<void> {
    assert.deepEqual(await takeSnapshot(this.#ground), this.#snapshot, 'a call is about its own project');
    await checkStatuses(this.#world, this.#ground);
    await checkStrangers(this.#world, this.#ground, filters);
  }

  /** Deletes everything, which must be possible from wherever the game has come to. */
  async clear(): Promise<void> {
    const callsFor = (part: 'release' | 'remove') =>
      resources.flatMap(({ kind, [part]: call }) => (call ? kind.all(this.#world).map(call) : []));
    for (const part of ['release', 'remove'] as const) {
      for (const call of callsFor(part)) {
        const sent = { call, reply: await this.#send(call) };
        this.#note(sent, false);
        assert.ok(sent.reply.status < 300, 'everything can be deleted');
        this.#world = applied(this.#world, sent);
      }
    }
    checkAgreement({}, await takeSnapshot(this.#ground));
  }

  async #send({ project, method, path, body }: Call): Promise<Reply> {
    return this.#ground.client(project).call(method, path, body);
  }

  /** What was done is there at once; what was deleted is not there a second time; foreign ids are nobody's. */
  async #lookAgain(before: World, { call, reply }: Sent): Promise<void> {
    if (reply.status === 201 || (reply.status === 200 && call.method === 'PUT')) {
      const [wrapper = ''] = Object.keys(reply.body);
      const { id } = reply.body[wrapper];
      const path = call.method === 'PUT' ? call.path : `${call.path}/${id}`;
      const shown = await this.#ground.client(call.project).get(path);
      assert.deepEqual(shown.body[wrapper], reply.body[wrapper], `${path} shows what was answered`);
    }
    if (call.method === 'DELETE' && reply.status === 204) {
      assert.equal((await this.#send(call)).status, 404, 'what is deleted is not there');
    }
    const twin = withoutForeign(before, call);
    if (twin && reply.status >= 400) checkSameRefusal(this.#world, reply, await this.#send(twin));
  }

  #note({ call, reply }: Sent, isBeside: boolean): void {
    const { project, method, path, body } = call;
    const made = reply.status < 300 ? this.#nameNew(reply.body) : '';
    const said = reply.status >= 400 ? `${reply.body?.error_code}: ${reply.body?.error_msg}` : made;
    const sent = body === undefined ? '' : ` ${JSON.stringify(body).replaceAll(/-----BEGIN[^"]*/g, '…')}`;
    this.#record.push(`${isBeside ? '| ' : ''}${project} ${method} ${path}${sent} → ${reply.status} ${said}`);
  }

  /** Names what an answer is the first to tell of: `pool#2`. */
  #nameNew(body: Readonly<Record<string, unknown>> | null): string {
    const made: string[] = [];
    for (const [key, value] of Object.entries(body ?? {})) {
      for (const { id } of [value].flat() as { readonly id?: string }[]) {
        if (id === undefined || this.#names.has(id)) continue;
        const kind = key.replace(/s$/, '');
        const number = [...this.#names.values()].filter((name) => name.startsWith(`${kind}#`)).length + 1;
        this.#names.set(id, `${kind}#${number}`);
        made.push(id);
      }
    }
    return made.join(', ');
  }
}

/** The world that a call makes of another; throws when the model expects another answer. */
function applied(world: World, { call, reply }: Sent): World {
  const { faults, status, apply } = call.expect(world);
  const wanted = faults.length > 0 ? [...new Set(faults)].join(' or ') : `${status}`;
  const got = reply.status >= 400 ? reply.body?.error_code : `${reply.status}`;
  const fits = faults.length > 0 ? faults.includes(got) : reply.status === status;
  assert.ok(
    fits,
    `${call.method} ${call.path}: expected ${wanted}, got ${got} ${reply.body?.error_msg ?? ''}`,
  );
  const after = copyOf(world);
  if (faults.length === 0) apply(after, reply.body);
  return after;
}

/**
 * The world after calls that were in flight at once: that of some order of them in which the model expects each of
 * the answers, and in which there is in the end what the API says there is.
 */
function explain(before: World, sent: readonly Sent[], snapshot: Snapshot): World {
  const failures: Error[] = [];
  for (const order of orders(sent)) {
    try {
      const world = order.reduce(applied, before);
      checkAgreement(world, snapshot);
      return world;
    } catch (error) {
      failures.push(error as Error);
    }
  }
  const [first] = failures;
  if (failures.length < 2 || !first) throw first ?? new Error('there is always one order');
  const why = [...new Set(failures.map(({ message }) => message))].join('\n');
  throw new Error(`no order of the calls explains their answers and what there is:\n${why}`);
}

function* orders<T>(of: readonly T[]): Generator<readonly T[]> {
  if (of.length < 2) yield of;
  else {
    for (const [index, first] of of.entries()) {
      for (const rest of orders(of.toSpliced(index, 1))) yield [first, ...rest];
    }
  }
}
