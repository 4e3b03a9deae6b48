// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { cidr } from "@strait/model";
import { Netlink } from "./netlink.ts";
import type { NewRule } from "./rule.ts";
import { inOwnNamespace, ipJson } from "./testing/own_namespace.ts";

const rules: [string, NewRule, Record<string, unknown>][] = [
  [
    "by source",
    { family: 4, priority: 150, source: cidr("10.1.0.0/16"), table: 150, protocol: 83 },
    { src: "10.1.0.0", srclen: 16, table: "150" },
  ],
  [
    "by destination",
    { family: 6, priority: 151, destination: cidr("fd01::/48"), table: 4000 },
    { dst: "fd01::", dstlen: 48, table: "4000" },
  ],
  [
    "by mark",
    { family: 4, priority: 152, mark: 0xc0000000, markMask: 0xf0000000, table: 254 },
    { fwmark: "0xc0000000", fwmask: "0xf0000000" },
  ],
  ["by interface, inverted", { family: 4, priority: 153, inputInterface: "lo", not: true, table: 254 }, { iif: "lo", not: null }],
  ["that refuses", { family: 6, priority: 154, source: cidr("fd00::/16"), action: "unreachable" }, { action: "unreachable" }],
  ["with a suppressed default", { family: 4, priority: 155, table: 254, suppressPrefixLength: 0 }, { suppress_prefixlen: 0 }],
];

inOwnNamespace(import.meta.path, () => {
  test.each(rules)("a rule %s is added as ip shows it, listed and deleted", (_, rule, expected) => {
    using netlink = new Netlink();
    expect(netlink.addRule(rule)).toBe(true);
    expect(netlink.addRule(rule)).toBe(false);
    const shown = ipJson(`-${rule.family}`, "rule", "show", "priority", String(rule.priority));
    expect(shown).toMatchObject([{ priority: rule.priority, ...expected }]);
    expect(netlink.rules(rule.family).filter((one) => one.priority === rule.priority)).toMatchObject([{ ...rule }]);
    expect(netlink.deleteRule(rule)).toBe(true);
    expect(netlink.deleteRule(rule)).toBe(false);
  });

  test("rules() lists the three rules of IPv4 and the two of IPv6 that every namespace has", () => {
    using netlink = new Netlink();
    expect(netlink.rules().map((rule) => [rule.family, rule.priority, rule.table])).toEqual([
      [4, 0, 255],
      [4, 32766, 254],
      [4, 32767, 253],
      [6, 0, 255],
      [6, 32766, 254],
    ]);
  });
});
