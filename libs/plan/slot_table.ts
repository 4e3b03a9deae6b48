// SPDX-License-Identifier: Apache-2.0
import { SLOTS } from "@strait/model";

/** A hop that takes part in a slot table. Without a weight it counts 1. */
export interface SlotMember {
  readonly hop: number;
  readonly weight?: number;
}

/** A fixed pseudo-random number for a slot and a hop (Murmur3's finaliser over both). */
function score(slot: number, hop: number): number {
  let x = (Math.imul(slot + 1, 0x9e3779b1) ^ Math.imul(hop + 1, 0x85ebca6b)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** How many slots each member gets: its exact share rounded down or up, up preferably where it has that many already. */
function quotas(members: readonly SlotMember[], have: ReadonlyMap<number, number>, size: number): Map<number, number> {
  const total = members.reduce((sum, member) => sum + (member.weight ?? 1), 0);
  const shares = members.map(({ hop, weight }) => {
    const exact = (size * (weight ?? 1)) / total;
    const floor = Math.floor(exact);
    return { hop, floor, fraction: exact - floor, spare: (have.get(hop) ?? 0) > floor ? 1 : 0 };
  });
  let rest = shares.reduce((left, share) => left - share.floor, size);
  shares.sort((a, b) => b.spare - a.spare || b.fraction - a.fraction || a.hop - b.hop);
  const out = new Map<number, number>();
  for (const share of [...shares.filter((s) => s.fraction > 0), ...shares.filter((s) => s.fraction === 0)]) {
    out.set(share.hop, share.floor + (rest > 0 ? 1 : 0));
    if (rest > 0) rest--;
  }
  return out;
}

/**
 * Fills a table of flow-hash slots with hops. Every member gets its share within one slot, as few slots as possible move
 * from what `previous` says, and two processes that start from nothing agree (which slot goes to whom is decided by
 * rendezvous hashing, Thaler and Ravishankar 1998, with quotas).
 *
 * @param previous the table as it is; [] or zeros where there is none. Hops that are no member any more are replaced
 * @returns `size` hops, all 0 where there are no members
 * @throws RangeError where a hop appears twice, is not a positive integer, or has no positive weight
 * @example
 * fillSlots([], [{ hop: 7 }], 4) // [7, 7, 7, 7]
 */
export function fillSlots(previous: readonly number[], members: readonly SlotMember[], size = SLOTS): number[] {
  for (const { hop, weight } of members) {
    if (!Number.isInteger(hop) || hop < 1) throw new RangeError(`hop ${hop} must be a positive integer`);
    if (weight !== undefined && !(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`weight ${weight} must be positive`);
  }
  if (new Set(members.map((m) => m.hop)).size !== members.length) throw new RangeError("a hop is in the table's members twice");
  const slots = Array.from({ length: size }, () => 0);
  if (members.length === 0) return slots;

  const held = new Map<number, number[]>(members.map(({ hop }) => [hop, []]));
  for (let slot = 0; slot < size; slot++) held.get(previous[slot] ?? 0)?.push(slot);
  const quota = quotas(members, new Map([...held].map(([hop, list]) => [hop, list.length])), size);
  for (const [hop, list] of held) {
    list.sort((a, b) => score(b, hop) - score(a, hop) || a - b);
    for (const slot of list.slice(0, quota.get(hop))) slots[slot] = hop;
    quota.set(hop, Math.max(0, (quota.get(hop) ?? 0) - list.length));
  }

  const free = slots.flatMap((hop, slot) => (hop === 0 ? [slot] : []));
  const takers = members.filter(({ hop }) => (quota.get(hop) ?? 0) > 0);
  const offers = free.flatMap((slot) => takers.map(({ hop }) => ({ slot, hop, score: score(slot, hop) })));
  offers.sort((a, b) => b.score - a.score || a.slot - b.slot || a.hop - b.hop);
  for (const { slot, hop } of offers) {
    const left = quota.get(hop) ?? 0;
    if (slots[slot] !== 0 || left === 0) continue;
    slots[slot] = hop;
    quota.set(hop, left - 1);
  }
  return slots;
}
