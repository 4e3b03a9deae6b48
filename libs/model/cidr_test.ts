// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { type Address, address, addressBits } from "./address.ts";
import {
  type Cidr,
  cidr,
  cidrOf,
  compareCidr,
  contains,
  covers,
  formatCidr,
  hostCidr,
  overlaps,
  parseCidr,
  sameCidr,
} from "./cidr.ts";
import { Random } from "./testing/random.ts";

/** The dumb model: a prefix is the text of its leading bits. */
function bitsOf(c: Cidr): string {
  return `${c.address.family}:${c.address.value.toString(2).padStart(addressBits(c.address.family), "0").slice(0, c.prefixLength)}`;
}

function bitsOfAddress(a: Address): string {
  return bitsOf(hostCidr(a));
}

describe("parseCidr", () => {
  test.each(["0.0.0.0/0", "10.1.0.0/16", "10.1.2.3/32", "::/0", "fd01::/48", "fd01::1/128"])("reads %s", (text) => {
    expect(formatCidr(cidr(text))).toBe(text);
  });

  test("says what was probably meant where host bits are set", () => {
    expect(parseCidr("10.1.2.3/16")).toEqual({ ok: false, reason: "10.1.2.3/16 has host bits set: write 10.1.0.0/16" });
    expect(parseCidr("fd01::1/48")).toEqual({ ok: false, reason: "fd01::1/48 has host bits set: write fd01::/48" });
  });

  test.each(["", "10.1.0.0", "10.1.0.0/", "10.1.0.0/33", "10.1.0.0/-1", "10.1.0.0/016", "10.1.0.0/1e1", "::/129", "/16", "a/8"])(
    "refuses %p",
    (text) => {
      expect(parseCidr(text)).toEqual({ ok: false, reason: expect.any(String) });
      expect(() => cidr(text)).toThrow(TypeError);
    },
  );
});

describe("Prefixes agree with a comparison of bit strings on", () => {
  test("contains, covers, overlaps and equality", () => {
    const random = new Random(2);
    let inside = 0;
    for (let i = 0; i < 5000; i++) {
      const a = random.cidr();
      const b = random.cidr(a.address);
      const point = random.address(a.address.family, a.address);
      expect(contains(a, point)).toBe(bitsOfAddress(point).startsWith(bitsOf(a)));
      expect(covers(a, b)).toBe(bitsOf(b).startsWith(bitsOf(a)));
      expect(overlaps(a, b)).toBe(bitsOf(a).startsWith(bitsOf(b)) || bitsOf(b).startsWith(bitsOf(a)));
      expect(overlaps(b, a)).toBe(overlaps(a, b));
      expect(sameCidr(a, b)).toBe(bitsOf(a) === bitsOf(b));
      if (contains(a, point)) inside++;
    }
    expect(inside).toBeGreaterThan(500);
  });

  test("the choice of the longest match", () => {
    const random = new Random(3);
    for (let i = 0; i < 300; i++) {
      const table = Array.from({ length: 30 }, () => random.cidr(address("10.1.0.0")));
      const point = random.address(4, address("10.1.0.0"));
      const matches = table.filter((c) => contains(c, point)).sort((a, b) => b.prefixLength - a.prefixLength);
      const dumb = table
        .filter((c) => bitsOfAddress(point).startsWith(bitsOf(c)))
        .sort((a, b) => bitsOf(b).length - bitsOf(a).length);
      expect(matches[0] && formatCidr(matches[0])).toBe(dumb[0] && formatCidr(dumb[0]));
    }
  });
});

test("cidrOf cuts host bits and refuses lengths that do not fit", () => {
  expect(cidrOf(address("10.1.2.3"), 16)).toEqual(cidr("10.1.0.0/16"));
  expect(() => cidrOf(address("10.1.2.3"), 33)).toThrow(RangeError);
  expect(() => cidrOf(address("10.1.2.3"), 1.5)).toThrow(RangeError);
});

test("compareCidr puts the broader of two nested prefixes first", () => {
  expect([cidr("10.0.0.0/16"), cidr("10.0.0.0/8")].sort(compareCidr).map(formatCidr)).toEqual(["10.0.0.0/8", "10.0.0.0/16"]);
});
