// SPDX-License-Identifier: Apache-2.0

/**
 * News for one reader, one pending piece at most: whoever reads it looks at everything anyway.
 *
 * @example
 * while (await news.next()) lookAtEverything();
 */
export class News {
  #pending = false;
  #ended = false;
  #wake = (): void => {};

  tell(): void {
    this.#pending = true;
    this.#wake();
  }

  /** What is pending is not read any more. */
  end(): void {
    this.#ended = true;
    this.#wake();
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
