// SPDX-License-Identifier: Apache-2.0

/** Who wants which key, where only one can have it: the first by an order of the caller's. */
export class Claimants<Who> {
  readonly #wanted = new Map<string, Who | Who[]>();
  readonly #before: (a: Who, b: Who) => number;

  constructor(before: (a: Who, b: Who) => number) {
    this.#before = before;
  }

  #all(key: string): readonly Who[] {
    const held = this.#wanted.get(key);
    return held === undefined ? [] : Array.isArray(held) ? held : [held];
  }

  /** Who has the key. */
  winner(key: string): Who | undefined {
    return this.#all(key)[0];
  }

  /** Wants a key. Returns the others who want it too. */
  add(key: string, who: Who): readonly Who[] {
    const others = this.#all(key);
    // Nearly always one alone wants a key, so that one is held without a list.
    this.#wanted.set(key, others.length === 0 ? who : [...others, who].sort(this.#before));
    return others;
  }

  /** Wants it no more. Returns those who still do. */
  remove(key: string, who: Who): readonly Who[] {
    const rest = this.#all(key).filter((other) => other !== who);
    if (rest.length > 0) this.#wanted.set(key, [...rest]);
    else this.#wanted.delete(key);
    return rest;
  }
}
