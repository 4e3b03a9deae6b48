// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { SLOTS } from "@strait/model";
import { Random } from "@strait/model/testing";
import { fillSlots, type SlotMember } from "./slot_table.ts";

function counts(slots: readonly number[]): Map<number, number> {
  const out = new Map<number, number>();
  for (const hop of slots) out.set(hop, (out.get(hop) ?? 0) + 1);
  return out;
}

function moved(before: readonly number[], after: readonly number[]): number {
  return after.filter((hop, slot) => hop !== before[slot]).length;
}

function members(random: Random, most = 12): SlotMember[] {
  const hops = random.shuffled(Array.from({ length: 40 }, (_, i) => i + 1)).slice(0, 1 + random.below(most));
  return hops.map((hop) => ({ hop }));
}

/**
 * The dumb model of "as few as possible" with equal weights: every balanced table gives some members floor and the rest
 * floor + 1 slots, so what can stay is at most what each holds up to its share, the larger shares to those that hold most.
 */
function fewestMoves(previous: readonly number[], list: readonly SlotMember[], size: number): number {
  const have = counts(previous);
  const held = list.map(({ hop }) => have.get(hop) ?? 0).sort((a, b) => b - a);
  const floor = Math.floor(size / list.length);
  const larger = size % list.length;
  return size - held.reduce((kept, count, i) => kept + Math.min(count, floor + (i < larger ? 1 : 0)), 0);
}

describe("fillSlots", () => {
  test("gives every member its share within one slot and names members only", () => {
    const random = new Random(1);
    for (let i = 0; i < 200; i++) {
      const list = members(random);
      const slots = fillSlots([], list);
      const share = SLOTS / list.length;
      expect(slots).toHaveLength(SLOTS);
      expect([...counts(slots).keys()].sort()).toEqual(list.map((m) => m.hop).sort());
      for (const count of counts(slots).values()) expect(Math.abs(count - share)).toBeLessThan(1);
    }
  });

  test("moves as few slots as possible when members come and go", () => {
    const random = new Random(2);
    for (let i = 0; i < 200; i++) {
      const size = random.pick([8, 16, 256]);
      let slots = fillSlots([], members(random, 8), size);
      for (let step = 0; step < 4; step++) {
        const list = members(random, 8);
        const next = fillSlots(slots, list, size);
        expect(moved(slots, next)).toBe(fewestMoves(slots, list, size));
        expect(
          Math.max(...counts(next).values()) - Math.min(...counts(next).values(), Math.floor(size / list.length)),
        ).toBeLessThan(2);
        slots = next;
      }
    }
  });

  test("moves the slots of a lost member only", () => {
    const before = fillSlots([], [{ hop: 1 }, { hop: 2 }, { hop: 3 }, { hop: 4 }]);
    const after = fillSlots(before, [{ hop: 1 }, { hop: 2 }, { hop: 4 }]);
    for (const [slot, hop] of before.entries()) if (hop !== 3) expect(after[slot]).toBe(hop);
  });

  test("of its own answer is its own answer", () => {
    const random = new Random(3);
    for (let i = 0; i < 100; i++) {
      const list = members(random).map(({ hop }) => ({ hop, weight: 1 + random.below(5) }));
      const slots = fillSlots([], list);
      expect(fillSlots(slots, list)).toEqual(slots);
    }
  });

  test("does not depend on the order of its members", () => {
    const random = new Random(4);
    for (let i = 0; i < 50; i++) {
      const list = members(random);
      const previous = fillSlots([], members(random));
      expect(fillSlots(previous, random.shuffled(list))).toEqual(fillSlots(previous, list));
    }
  });

  test("keeps weighted shares within one slot of the exact ones", () => {
    const random = new Random(5);
    for (let i = 0; i < 100; i++) {
      const list = members(random).map(({ hop }) => ({ hop, weight: 1 + random.below(9) }));
      const total = list.reduce((sum, m) => sum + m.weight, 0);
      const have = counts(fillSlots(fillSlots([], members(random)), list));
      for (const { hop, weight } of list) expect(Math.abs((have.get(hop) ?? 0) - (SLOTS * weight) / total)).toBeLessThan(1);
    }
  });

  test("mixes members over the table when it starts from nothing", () => {
    const slots = fillSlots([], [{ hop: 1 }, { hop: 2 }]);
    const runs = slots.filter((hop, slot) => hop !== slots[slot - 1]).length;
    expect(runs).toBeGreaterThan(SLOTS / 4);
  });

  test("without members is all zeros, and with more members than slots gives each at most one", () => {
    expect(fillSlots([1, 1, 1, 1], [], 4)).toEqual([0, 0, 0, 0]);
    const many = Array.from({ length: 10 }, (_, i) => ({ hop: i + 1 }));
    expect(new Set(fillSlots([], many, 4)).size).toBe(4);
  });

  test.each<[string, SlotMember[]]>([
    ["a hop that is there twice", [{ hop: 1 }, { hop: 1 }]],
    ["hop 0", [{ hop: 0 }]],
    ["weight 0", [{ hop: 1, weight: 0 }]],
    ["an endless weight", [{ hop: 1, weight: Number.POSITIVE_INFINITY }]],
  ])("refuses %s", (_, list) => {
    expect(() => fillSlots([], list)).toThrow(RangeError);
  });
});
