// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address } from "./address.ts";
import { diff } from "./delta.ts";
import { clusterId, ifIndex, nodeName, parseClusterId, parseIfIndex, parseNodeName } from "./ids.ts";
import { mac, macFromBytes, macToBytes, parseMac, vtepMac } from "./mac.ts";
import { innerMtu, linkMtu, parseLinkMtu, vxlanOverhead } from "./mtu.ts";
import { addRow, emptyRows, keyOf, sameRow } from "./rows.ts";
import { Random } from "./testing/random.ts";

describe("Ids", () => {
  test("are DNS labels for clusters, subdomains for nodes, numbers from 1 for interfaces", () => {
    expect(clusterId("east-1")).toBe(clusterId("east-1"));
    expect(nodeName("w1.example.com")).toBe(nodeName("w1.example.com"));
    expect(ifIndex(7)).toBe(ifIndex(7));
  });

  test.each(["", "-a", "a-", "A", "a.b", "a".repeat(64), "a b", "é"])("refuse %p as a cluster", (text) => {
    expect(parseClusterId(text).ok).toBe(false);
  });

  test.each(["", ".", "a..b", "a.", "A", `${"a.".repeat(127)}`])("refuse %p as a node", (text) => {
    expect(parseNodeName(text).ok).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])("refuse %p as an interface index", (value) => {
    expect(parseIfIndex(value).ok).toBe(false);
  });
});

describe("vtepMac", () => {
  test("holds an IPv4 address and is locally administered unicast", () => {
    expect(vtepMac(address("172.31.1.2"))).toBe(mac("02:53:ac:1f:01:02"));
    const random = new Random(4);
    for (let i = 0; i < 500; i++) expect((macToBytes(vtepMac(random.address()))[0] ?? 0) & 3).toBe(2);
  });

  test("differs for thousands of neighbouring IPv6 addresses", () => {
    const macs = new Set(Array.from({ length: 5000 }, (_, i) => vtepMac(address(`fd31:1::${i.toString(16)}`))));
    expect(macs.size).toBe(5000);
  });

  test("a MAC survives bytes and is refused where it is none", () => {
    expect(macFromBytes(macToBytes(mac("02:53:AC:1F:01:02")))).toBe(mac("02:53:ac:1f:01:02"));
    expect(parseMac("02:53").ok).toBe(false);
    expect(() => macFromBytes(new Uint8Array(5))).toThrow(RangeError);
  });
});

describe("MTU", () => {
  test("loses 50 bytes to VXLAN over IPv4 and 70 over IPv6", () => {
    expect([vxlanOverhead(4), vxlanOverhead(6)]).toEqual([50, 70]);
    expect(Number(innerMtu(linkMtu(1500), 4))).toBe(1450);
    expect(Number(innerMtu(linkMtu(1500), 6))).toBe(1430);
  });

  test.each([1279, 0, 1500.5, 65537, Number.NaN])("refuses %p as a link's", (bytes) => {
    expect(parseLinkMtu(bytes).ok).toBe(false);
  });
});

describe("diff", () => {
  test("agrees with doing it one by one, on random tables", () => {
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      const table = (): Map<string, number> =>
        new Map(Array.from({ length: random.below(20) }, () => [`k${random.below(15)}`, random.below(3)]));
      const [desired, actual] = [table(), table()];
      const { put, remove, kept } = diff(desired, actual, Object.is);
      const result = new Map(actual);
      for (const key of remove) expect(result.delete(key)).toBe(true);
      for (const [key, value] of put) {
        expect(result.get(key)).not.toBe(value);
        result.set(key, value);
      }
      expect(new Map([...result].sort())).toEqual(new Map([...desired].sort()));
      expect(kept + put.size).toBe(desired.size);
    }
  });

  test("of a table with itself is nothing", () => {
    const table = new Map([["a", 1]]);
    expect(diff(table, table, Object.is)).toEqual({ put: new Map(), remove: new Set(), kept: 1 });
  });
});

describe("Rows", () => {
  test("are equal member by member, an absent member equals an undefined one", () => {
    const row = { address: address("10.1.0.1"), ifindex: ifIndex(3), hostMac: mac("02:00:00:00:00:01") };
    expect(sameRow(row, { ...row, address: address("10.1.0.1") })).toBe(true);
    expect(sameRow({ ...row, mac: undefined }, row)).toBe(true);
    expect(sameRow(row, { ...row, mac: mac("02:00:00:00:00:02") })).toBe(false);
    expect(sameRow(row, { ...row, address: address("10.1.0.2") })).toBe(false);
    expect(sameRow({ flags: ["node"] }, { flags: ["node", "gateway"] })).toBe(false);
  });

  test("of one key replace each other", () => {
    const rows = emptyRows();
    for (const hop of [1, 2]) addRow(rows, "slots", { cluster: 1, slot: 5, hop });
    expect([...rows.slots]).toEqual([[keyOf("slots", { cluster: 1, slot: 5, hop: 9 }), { cluster: 1, slot: 5, hop: 2 }]]);
  });
});
