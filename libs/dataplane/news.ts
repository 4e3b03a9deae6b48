// SPDX-License-Identifier: Apache-2.0

/**
 * News for one reader, one pending piece at most: what they are about is kept elsewhere.
 *
 * @example
 * while (await news.next()) lookAtEverything();
 */
export class News {
  #pending = false;
  #urgent = false;
  #ended = false;
  #wake = (): void => {};

  tell(urgent = false): void {
    this.#pending = true;
    this.#urgent ||= urgent;
    this.#wake();
  }

  /** What is pending is not read any more. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Whether any of the news since the last call were urgent. */
  wereUrgent(): boolean {
    const urgent = this.#urgent;
    this.#urgent = false;
    return urgent;
  }

  /** True at the next news, false at the end. */
  async next(): Promise<boolean> {
    while (!this.#pending && !this.#ended) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#ended) return false;
    this.#pending = false;
    return true;
  }
}
