// SPDX-License-Identifier: Apache-2.0

/**
 * A function that asks at most once per turn of the event loop, and answers the same to all who ask in it: many metrics of one
 * scrape read the kernel's maps once and agree with each other.
 *
 * @example
 * const counters = oncePerTurn(() => dataplane.counters());
 */
export function oncePerTurn<T>(ask: () => T): () => T {
  let known: { readonly answer: T } | undefined;
  return () => {
    if (known) return known.answer;
    const answer = ask();
    known = { answer };
    queueMicrotask(() => {
      known = undefined;
    });
    return answer;
  };
}
