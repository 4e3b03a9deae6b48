// SPDX-License-Identifier: Apache-2.0

/** A real API server's own bounds: 5 to 10 minutes. */
const USUAL_SECONDS = 300;
/** About a minute passes between two bookmarks of a real API server; with jitter, 75 s. */
const BOOKMARKS_MS = 80_000;

/**
 * Seconds after which the server shall end a watch. With more patience than bookmarks need, 5 to 10 minutes; with less, before
 * patience ends: the server's last bookmark comes two seconds before the end, and a quarter is left for it to arrive.
 *
 * @param random jitter, in [0, 1).
 */
export function watchSeconds(silentAfterMs: number, random: number): number {
  if (silentAfterMs < BOOKMARKS_MS) return Math.max(1, Math.floor((silentAfterMs / 1000) * 0.75));
  return Math.floor(USUAL_SECONDS * (1 + random));
}

/** Whether a version is older than another; versions of one kind on one server are numbers that grow, anything else is not compared. */
export function olderThan(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length !== b.length ? a.length < b.length : a < b;
}
