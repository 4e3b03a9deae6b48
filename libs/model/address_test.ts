// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  address,
  addressFromBytes,
  addressOf,
  addressToBytes,
  compareAddress,
  formatAddress,
  parseAddress,
  sameAddress,
} from "./address.ts";
import { Random } from "./testing/random.ts";

describe("parseAddress", () => {
  test.each([
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["FD01::A", "fd01::a"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1:2:3:4:5:6:192.0.2.33", "1:2:3:4:5:6:c000:221"],
  ])("reads %s and prints it as %s (RFC 5952)", (text, canonical) => {
    expect(formatAddress(address(text))).toBe(canonical);
  });

  const bad = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4 ",
    "0x1.2.3.4",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
  ];
  bad.push(
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "fe80::1%eth0",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "g::",
    "::ffff:1.2.3.4",
  );
  bad.push("::ffff:0:1", "1:".repeat(40));
  test.each(bad)("refuses %p", (text) => {
    expect(parseAddress(text)).toEqual({ ok: false, reason: expect.any(String) });
    expect(() => address(text)).toThrow(TypeError);
  });

  test("agrees with the URL parser of the runtime on random IPv6 texts", () => {
    const random = new Random(6);
    for (let i = 0; i < 2000; i++) {
      const groups = Array.from({ length: 8 }, () => (random.below(2) === 0 ? "0" : random.below(0x10000).toString(16)));
      const parsed = parseAddress(groups.join(":"));
      if (!parsed.ok) continue;
      expect(`[${formatAddress(parsed.value)}]`).toBe(new URL(`http://[${groups.join(":")}]/`).hostname);
    }
  });
});

describe("An address", () => {
  test("survives text and bytes, whatever it is", () => {
    const random = new Random(1);
    for (let i = 0; i < 2000; i++) {
      const a = random.address();
      expect(address(formatAddress(a))).toEqual(a);
      expect(addressFromBytes(addressToBytes(a))).toEqual(a);
    }
  });

  test("of IPv4 is stored IPv4-mapped", () => {
    expect(addressToBytes(address("10.1.2.3")).toHex()).toBe("00000000000000000000ffff0a010203");
    expect(addressFromBytes(Uint8Array.of(10, 1, 2, 3))).toEqual(address("10.1.2.3"));
  });

  test("cannot be made from a number or bytes that do not fit", () => {
    expect(() => addressOf(4, 1n << 32n)).toThrow(RangeError);
    expect(() => addressOf(6, -1n)).toThrow(RangeError);
    expect(() => addressOf(6, 0xffff_0000_0001n)).toThrow(RangeError);
    expect(() => addressFromBytes(new Uint8Array(5))).toThrow(RangeError);
  });

  test("sorts IPv4 first, then by number, and equals only itself", () => {
    const sorted = ["9.0.0.0", "10.0.0.0", "::1", "fd00::"].map(address);
    expect(sorted.toReversed().sort(compareAddress)).toEqual(sorted);
    expect(sameAddress(address("::1"), address("0:0::1"))).toBe(true);
    expect(sameAddress(address("0.0.0.1"), address("::1"))).toBe(false);
  });
});
