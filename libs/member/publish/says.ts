// SPDX-License-Identifier: Apache-2.0

/**
 * Whether an object that is there says all that is wanted: every member wanted is there and equal, members that are not wanted
 * do not count (a newer release wrote them, or the server). Lists are compared whole and in order. Unlike Submariner's test it
 * looks at addresses and subnets too.
 *
 * @example
 * says({ a: 1, b: 2 }, { a: 1 }) // true
 */
export function says(there: unknown, wanted: unknown): boolean {
  if (Object.is(there, wanted)) return true;
  if (Array.isArray(wanted)) {
    return Array.isArray(there) && there.length === wanted.length && wanted.every((item, i) => says(there[i], item));
  }
  if (typeof there !== "object" || typeof wanted !== "object" || there === null || wanted === null) return false;
  const found = there as Record<string, unknown>;
  return Object.entries(wanted).every(([key, value]) => value === undefined || says(found[key], value));
}
