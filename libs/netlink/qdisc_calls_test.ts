// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ifIndex } from "@strait/model";
import { Netlink } from "./netlink.ts";
import { inOwnNamespace, ip } from "./testing/own_namespace.ts";

function tc(...args: string[]): unknown {
  return JSON.parse(Bun.spawnSync(["tc", "-j", ...args]).stdout.toString());
}

inOwnNamespace(import.meta.path, () => {
  test("ensureClsact adds what tc calls clsact, once", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "st0", up: true, peer: { name: "st1" } });
    expect(netlink.ensureClsact(ifindex)).toBe(true);
    expect(netlink.ensureClsact(ifindex)).toBe(false);
    expect(tc("qdisc", "show", "dev", "st0")).toContainEqual(
      expect.objectContaining({ kind: "clsact", handle: "ffff:", parent: "ffff:fff1" }),
    );
    expect(netlink.qdiscs(ifindex)).toContainEqual({ ifindex, kind: "clsact", handle: 0xffff0000, parent: 0xfffffff1 });
    expect(netlink.qdiscs().some((qdisc) => qdisc.kind === "clsact")).toBe(true);
    expect(netlink.deleteClsact(ifindex)).toBe(true);
    expect(netlink.deleteClsact(ifindex)).toBe(false);
    expect(netlink.qdiscs(ifindex).some((qdisc) => qdisc.kind === "clsact")).toBe(false);
  });

  test("ensureClsact does not take somebody's ingress qdisc for its own, deleteClsact leaves it", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "st2", peer: { name: "st3" } });
    Bun.spawnSync(["tc", "qdisc", "add", "dev", "st2", "ingress"]);
    expect(() => netlink.ensureClsact(ifindex)).toThrow("EEXIST (an ingress qdisc is in its place)");
    expect(netlink.deleteClsact(ifindex)).toBe(false);
    expect(netlink.qdiscs(ifindex).some((qdisc) => qdisc.kind === "ingress")).toBe(true);
  });

  test("filters lists everybody's filters of one hook with kind, priority and handle", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "st4", up: true, peer: { name: "st5" } });
    expect(netlink.filters(ifindex, "ingress")).toEqual([]);
    netlink.ensureClsact(ifindex);
    expect(netlink.filters(ifindex, "ingress")).toEqual([]);
    const add = (line: string) => Bun.spawnSync(["tc", "filter", "add", "dev", "st4", ...line.split(" ")]).exitCode;
    expect(add("ingress protocol ip pref 7 u32 match u32 0 0")).toBe(0);
    expect(add("ingress protocol all pref 9 u32 match u32 0 0")).toBe(0);
    const found = netlink.filters(ifindex, "ingress");
    // u32 keeps its filters in tables, which are listed too.
    expect(found).toContainEqual({ kind: "u32", priority: 7, handle: 0x80000800, protocol: 0x0800 });
    expect(found.map(({ priority, protocol }) => `${priority} ${protocol}`)).toEqual(["7 2048", "7 2048", "9 3", "9 3"]);
    expect(netlink.filters(ifindex, "egress")).toEqual([]);
    expect(netlink.filters(ifIndex(9999), "ingress")).toEqual([]);
  });

  test("ensureClsact for no link is a KernelError", () => {
    using netlink = new Netlink();
    ip("link set lo up");
    expect(() => netlink.ensureClsact(ifIndex(9999))).toThrow(/^cannot add clsact to link 9999 \(by index\): ENODEV/);
  });
});
