// SPDX-License-Identifier: Apache-2.0
import type { Place } from "./place.ts";

/**
 * Makes places forget what ICMP errors taught them about path MTUs (the kernel remembers for ten minutes), so that one
 * measurement does not colour the next.
 *
 * @example
 * await forgetPathMtu(...lab.pods);
 */
export async function forgetPathMtu(...places: readonly Place[]): Promise<void> {
  await Promise.all(places.flatMap((place) => ([4, 6] as const).map((family) => place.ns.ip(["route flush cache"], { family }))));
}
