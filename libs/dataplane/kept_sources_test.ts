// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { cidr } from "@strait/model";
import { Nftables } from "@strait/netlink";
import { inOwnNamespace } from "@strait/netlink/testing";
import { removeKeptSources, writeKeptSources } from "./kept_sources.ts";

const sources = [cidr("10.1.0.0/16"), cidr("fd01::/48")];
const listed = (): string => Bun.spawnSync(["nft", "list", "ruleset"]).stdout.toString();

test("writeKeptSources without nf_tables says what cannot be", () => {
  expect(() => writeKeptSources(undefined, sources)).toThrow("the kernel has no nf_tables, so others' masquerading");
  expect(writeKeptSources(undefined, [])).toBe(0);
  expect(removeKeptSources(undefined)).toBe(0);
});

inOwnNamespace(import.meta.path, () => {
  test("the table is written once, again where it differs or somebody emptied it, and removed", () => {
    using nftables = Nftables.open();
    expect(writeKeptSources(nftables, sources)).toBe(1);
    expect(writeKeptSources(nftables, sources)).toBe(0);
    const text = listed();
    expect(text).toContain("type nat hook postrouting priority -199; policy accept;");
    expect(text.match(/snat ip/g)).toHaveLength(4);
    expect(writeKeptSources(nftables, sources.slice(1))).toBe(1);
    expect(listed()).not.toContain("10.1.0.0/16");
    Bun.spawnSync(["nft", "flush", "table", "inet", "strait"]);
    expect(writeKeptSources(nftables, sources)).toBe(1);
    expect(listed()).toBe(text);
    // As an earlier version made it, at another place among the chains.
    Bun.spawnSync(["nft", "-f", "-"], {
      stdin: Buffer.from(`delete table inet strait\n${text.replace("priority -199", "priority 99")}`),
    });
    expect(listed()).toContain("priority srcnat - 1");
    expect(writeKeptSources(nftables, sources)).toBe(1);
    expect(listed()).toBe(text);
    expect([removeKeptSources(nftables), removeKeptSources(nftables)]).toEqual([1, 0]);
    expect(listed()).toBe("");
  });

  test("tables of others, of that name in another family too, stay", () => {
    using nftables = Nftables.open();
    Bun.spawnSync(["nft", "add", "table", "ip", "strait"]);
    writeKeptSources(nftables, sources);
    expect(removeKeptSources(nftables)).toBe(1);
    expect(listed()).toContain("table ip strait");
  });
}, ["nft"]);
