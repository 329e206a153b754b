/** Numbers that look random and are always the same for a seed (xorshift128, Marsaglia 2003). */
export class Chance {
  #state: [number, number, number, number];

  constructor(seed: number) {
    this.#state = [seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162];
    for (let round = 0; round < 20; round++) this.#next();
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** Whether something happens that happens `share` of the time. */
  happens(share: number): boolean {
    return this.#next() < share * 2 ** 32;
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('there is nothing to choose from');
    return choice;
  }

  /** Hexadecimal digits, eight for each draw. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  #next(): number {
    const [a, b, c, d] = this.#state;
    const t = a ^ (a << 11);
    const next = (d ^ (d >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    this.#state = [b, c, d, next];
    return next;
  }
}
