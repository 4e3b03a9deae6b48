// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, cidr, covers, formatCidr, overlaps, sameCidr } from "@strait/model";
import { Random } from "@strait/model/testing";
import { canonical } from "./canonical.ts";
import { Claimants } from "./claimants.ts";
import { type Claim, Claims } from "./claims.ts";

/** The dumb model: a list that is looked through. */
class DumbClaims {
  list: Claim[] = [];

  conflict(prefix: Claim["cidr"], owner: string): boolean {
    return this.list.some((held) => held.owner !== owner && overlaps(held.cidr, prefix));
  }

  add(claim: Claim): void {
    if (this.list.some((held) => held.owner === claim.owner && covers(held.cidr, claim.cidr))) return;
    this.list = [...this.list.filter((held) => !covers(claim.cidr, held.cidr)), claim];
  }
}

describe("Claims", () => {
  test("agree with a list that is looked through", () => {
    let [taken, refused] = [0, 0];
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const claims = new Claims();
      const dumb = new DumbClaims();
      for (let step = 0; step < 60; step++) {
        const owner = random.pick(["east", "west", "north"]);
        if (random.below(15) === 0) {
          claims.removeOf(owner);
          dumb.list = dumb.list.filter((held) => held.owner !== owner);
        }
        const prefix = random.cidr(address("10.1.2.3"));
        const found = claims.conflict(prefix, owner);
        expect(found !== undefined).toBe(dumb.conflict(prefix, owner));
        const claim = { cidr: prefix, owner, what: owner };
        if (found) {
          expect(dumb.list.some((held) => held.owner === found.owner && sameCidr(held.cidr, found.cidr))).toBe(true);
          expect(overlaps(found.cidr, prefix)).toBe(true);
          expect(() => claims.add(claim)).toThrow(RangeError);
          refused++;
        } else {
          claims.add(claim);
          dumb.add(claim);
          taken++;
        }
      }
    }
    expect(Math.min(taken, refused)).toBeGreaterThan(500);
  });

  test("tell IPv4 and IPv6 apart", () => {
    const claims = new Claims();
    claims.add({ cidr: cidr("10.0.0.0/8"), owner: "east", what: "cluster east" });
    expect(claims.conflict(cidr("a00::/8"), "west")).toBe(undefined);
    expect(claims.conflict(cidr("::/97"), "west")).toBe(undefined);
    expect(claims.conflict(cidr("10.255.255.255/32"), "west")?.what).toBe("cluster east");
    expect(claims.conflict(cidr("11.0.0.0/8"), "west")).toBe(undefined);
  });

  test("of one owner grow together", () => {
    const claims = new Claims();
    for (const text of ["10.1.0.0/16", "10.2.0.0/16", "10.0.0.0/8", "10.3.0.0/16"])
      claims.add({ cidr: cidr(text), owner: "e", what: "e" });
    expect(formatCidr(claims.conflict(cidr("10.3.0.0/16"), "w")?.cidr ?? cidr("::/128"))).toBe("10.0.0.0/8");
    claims.removeOf("e");
    expect(claims.conflict(cidr("10.1.0.0/16"), "w")).toBe(undefined);
  });
});

test("Claimants give a key to the first by the caller's order, and name the others", () => {
  const wanted = new Claimants<string>((a, b) => (a < b ? -1 : 1));
  expect(wanted.add("k", "b")).toEqual([]);
  expect(wanted.add("k", "a")).toEqual(["b"]);
  expect(wanted.winner("k")).toBe("a");
  expect(wanted.remove("k", "a")).toEqual(["b"]);
  expect(wanted.winner("k")).toBe("b");
  expect(wanted.remove("k", "b")).toEqual([]);
  expect(wanted.remove("k", "b")).toEqual([]);
  expect(wanted.winner("k")).toBe(undefined);
});

describe("canonical", () => {
  test("does not depend on the order of members or on undefined ones", () => {
    expect(canonical({ b: [{ d: 1, c: 2 }], a: undefined })).toBe(canonical({ b: [{ c: 2, d: 1 }] }));
  });

  test.each<[unknown, unknown]>([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: null }, {}],
    [{ a: "1" }, { a: 1 }],
    [[], {}],
  ])("tells %p from %p", (a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });
});
