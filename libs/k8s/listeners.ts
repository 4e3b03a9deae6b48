// SPDX-License-Identifier: Apache-2.0

/**
 * Those who want to hear of something. One that throws does not keep the news from the others.
 *
 * @example
 * const listeners = new Listeners<number>((error) => log.error("a listener failed", { reason: error }));
 * const off = listeners.add((value) => use(value));
 */
export class Listeners<T> {
  readonly #all = new Set<(news: T) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Returns what ends it. */
  add(listener: (news: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  tell(news: T): void {
    for (const listener of [...this.#all]) {
      try {
        listener(news);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
