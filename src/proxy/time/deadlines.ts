/**
 * Coarse deadlines for many connections at the price of two number writes each time one moves.
 *
 * A wheel of slots turns one slot a tick. Moving a deadline further away, which every request does several
 * times, only writes the new due tick: when the old slot comes up the entry is put where it now belongs.
 *
 *     slots  [ ][ ][a][ ][b]...        a.slotTick = 2, a.dueTick = 9: looked at in tick 2, moved on to 9
 *               ^ nowTick
 *
 * It fires between the timeout and two ticks after it.
 */

/** Who is told that its deadline passed. It may arm the deadline again. */
export interface DeadlineOwner {
  onDeadline(): void;
}

/** One owner's place on the wheel. */
export class Deadline {
  readonly owner: DeadlineOwner;
  /** Tick after which the owner is told; 0 when disarmed. */
  dueTick = 0;
  /** Tick whose slot holds this entry; 0 when it is not on the wheel. */
  slotTick = 0;
  previous: Deadline | null = null;
  next: Deadline | null = null;

  constructor(owner: DeadlineOwner) {
    this.owner = owner;
  }
}

const SLOTS = 1024;

export class Deadlines {
  readonly #tickMs: number;
  readonly #clock: () => number;
  readonly #slots: (Deadline | null)[] = new Array<Deadline | null>(SLOTS).fill(null);
  #nowTick = 1;
  #startedAt: number;
  #entries = 0;
  #isClosed = false;
  #timer: NodeJS.Timeout | null = null;

  /** `clock` gives monotonic milliseconds. */
  constructor(clock: () => number, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#startedAt = clock() - tickMs;
  }

  /** The owner is told once `timeoutMs` from now, unless the deadline is moved or cancelled before. */
  arm(deadline: Deadline, timeoutMs: number): void {
    if (this.#isClosed) return;
    if (this.#timer === null) this.#start();
    const dueTick = this.#nowTick + Math.ceil(timeoutMs / this.#tickMs) + 1;
    deadline.dueTick = dueTick;
    if (deadline.slotTick === 0) this.#place(deadline);
    else if (dueTick < deadline.slotTick) {
      this.#unlink(deadline);
      this.#place(deadline);
    }
  }

  /** Nothing will be told until it is armed again; the entry leaves the wheel when its slot comes up. */
  disarm(deadline: Deadline): void {
    deadline.dueTick = 0;
  }

  /** Takes the entry off the wheel at once: for owners that end. */
  remove(deadline: Deadline): void {
    deadline.dueTick = 0;
    if (deadline.slotTick !== 0) this.#unlink(deadline);
  }

  /** Stops the clockwork; nothing is told afterwards, whoever still arms or removes a deadline. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #start(): void {
    // An idle wheel stood still: bring it to the present before anything is measured from it.
    this.#nowTick = Math.max(this.#nowTick, this.#presentTick());
    this.#timer = setInterval(() => this.#turn(), this.#tickMs);
    this.#timer.unref();
  }

  #presentTick(): number {
    return Math.floor((this.#clock() - this.#startedAt) / this.#tickMs);
  }

  #turn(): void {
    const present = this.#presentTick();
    // After a long stall every slot is visited once, no more: deadlines are compared with ticks, not slots.
    const first = Math.max(this.#nowTick + 1, present - SLOTS + 1);
    this.#nowTick = Math.max(this.#nowTick, present);
    for (let tick = first; tick <= present; tick += 1) this.#visit(tick % SLOTS);
    if (this.#entries === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #visit(slot: number): void {
    let entry = this.#slots[slot] ?? null;
    this.#slots[slot] = null;
    // Detach the whole slot first: owners may arm, disarm or remove any deadline while we walk.
    const due: Deadline[] = [];
    while (entry !== null) {
      const next: Deadline | null = entry.next;
      entry.previous = null;
      entry.next = null;
      entry.slotTick = 0;
      this.#entries -= 1;
      if (entry.dueTick > this.#nowTick) this.#place(entry);
      else if (entry.dueTick !== 0) due.push(entry);
      entry = next;
    }
    for (const deadline of due) {
      if (deadline.dueTick === 0 || deadline.dueTick > this.#nowTick) continue;
      deadline.dueTick = 0;
      deadline.owner.onDeadline();
    }
  }

  #place(deadline: Deadline): void {
    const slotTick = Math.min(deadline.dueTick, this.#nowTick + SLOTS - 1);
    const slot = slotTick % SLOTS;
    const head = this.#slots[slot] ?? null;
    deadline.slotTick = slotTick;
    deadline.previous = null;
    deadline.next = head;
    if (head !== null) head.previous = deadline;
    this.#slots[slot] = deadline;
    this.#entries += 1;
  }

  #unlink(deadline: Deadline): void {
    if (deadline.previous !== null) deadline.previous.next = deadline.next;
    else this.#slots[deadline.slotTick % SLOTS] = deadline.next;
    if (deadline.next !== null) deadline.next.previous = deadline.previous;
    deadline.previous = null;
    deadline.next = null;
    deadline.slotTick = 0;
    this.#entries -= 1;
  }
}
