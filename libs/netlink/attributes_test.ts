// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { Attributes, attribute } from "./attributes.ts";
import { concat } from "./bytes.ts";
import { reading } from "./malformed.ts";

const parse = (bytes: Uint8Array) => reading("attributes", () => Attributes.parse(bytes));

describe("attribute", () => {
  test("numbers are host order, padded to four bytes", () => {
    expect([...attribute.u32(4, 1500)]).toEqual([8, 0, 4, 0, 0xdc, 5, 0, 0]);
    expect([...attribute.u8(20, 1)]).toEqual([5, 0, 20, 0, 1, 0, 0, 0]);
    expect([...attribute.u16(5, 0x1234)]).toEqual([6, 0, 5, 0, 0x34, 0x12, 0, 0]);
  });

  test("ports are network order", () => {
    expect([...attribute.u16be(15, 4800)]).toEqual([6, 0, 15, 0, 0x12, 0xc0, 0, 0]);
  });

  test("strings end with a NUL", () => {
    expect([...attribute.string(3, "eth0")]).toEqual([9, 0, 3, 0, 101, 116, 104, 48, 0, 0, 0, 0]);
  });

  test("nested attributes carry the nested bit and their children", () => {
    expect([...attribute.nested(18, attribute.flag(1))]).toEqual([8, 0, 18, 0x80, 4, 0, 1, 0]);
  });
});

describe("Attributes", () => {
  test("what was encoded is read back, the nested bit is not part of the type", () => {
    const bytes = concat(
      attribute.u32(4, 0xffffffff),
      attribute.nested(18, attribute.string(1, "vxlan"), attribute.u16be(2, 4500)),
      attribute.u8(7, 200),
    );
    const all = Attributes.parse(bytes);
    expect(all.u32(4)).toBe(0xffffffff);
    expect(all.i32(4)).toBe(-1);
    expect(all.u8(7)).toBe(200);
    expect(all.nested(18).string(1)).toBe("vxlan");
    expect(all.nested(18).u16be(2)).toBe(4500);
    expect(all.u32(99)).toBeUndefined();
    expect(all.nested(99).has(1)).toBe(false);
  });

  test("a repeated type gives the last one alone and all of them in order", () => {
    const all = Attributes.parse(concat(attribute.u8(53, 1), attribute.u8(53, 2)));
    expect(all.u8(53)).toBe(2);
    expect(all.every(53).map((bytes) => bytes[0])).toEqual([1, 2]);
  });

  test.each([
    ["shorter than its header", [3, 0, 1, 0]],
    ["zero", [0, 0, 1, 0]],
    ["longer than the message", [9, 0, 1, 0, 1, 2, 3, 4]],
  ])("a length %s is refused", (_, bytes) => {
    expect(parse(Uint8Array.from(bytes)).ok).toBe(false);
  });

  test("an attribute too short for its type is refused, a longer one is not", () => {
    const all = Attributes.parse(concat(attribute.u8(1, 1), attribute.bytes(2, new Uint8Array(12))));
    expect(reading("x", () => all.u32(1))).toEqual({ ok: false, reason: "x: attribute 1 has 1 bytes, not 4" });
    expect(reading("x", () => all.u32(2))).toEqual({ ok: true, value: 0 });
  });

  test("errors that are bugs are not turned into refusals", () => {
    expect(() =>
      reading("x", () => {
        throw new RangeError("a bug");
      }),
    ).toThrow("a bug");
  });
});
