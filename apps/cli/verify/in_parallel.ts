// SPDX-License-Identifier: Apache-2.0

/**
 * Works on all items, at most `most` of them at a time, in their order.
 *
 * @returns a promise per item, in order; one that fails does not stop the others
 * @example
 * for (const done of inParallel(checks, 6, run)) await done;
 */
export function inParallel<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): readonly Promise<R>[] {
  const slots = items.map((item) => ({ item, ...Promise.withResolvers<R>() }));
  const waiting = slots.values();
  const worker = async (): Promise<void> => {
    for (const { item, resolve, reject } of waiting) await work(item).then(resolve, reject);
  };
  for (let index = 0; index < Math.min(most, items.length); index++) void worker();
  // Whoever waits for an earlier one has not looked at this one yet: its failure is no unhandled one.
  for (const { promise } of slots) promise.catch(() => undefined);
  return slots.map(({ promise }) => promise);
}
