// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, formatAddress, ifIndex, mac } from "@strait/model";
import { Netlink } from "./netlink.ts";
import { inOwnNamespace, ip, ipJson } from "./testing/own_namespace.ts";

inOwnNamespace(import.meta.path, () => {
  test("neighbours() lists what `ip neighbour` does, of both families", () => {
    using netlink = new Netlink();
    ip("link add st0 type veth peer name st1");
    ip("link set st0 up");
    ip("neighbour add 10.1.0.2 lladdr 02:00:00:00:00:02 dev st0 nud permanent");
    ip("neighbour add fd01::2 lladdr 02:00:00:00:00:02 dev st0 nud reachable router");
    ip("neighbour add 10.1.0.3 lladdr 02:00:00:00:00:03 dev st1 nud noarp");
    const names = new Map(netlink.links().map((link) => [link.ifindex, link.name]));
    const seen = netlink.neighbours().map((entry) => ({
      dst: formatAddress(entry.address),
      dev: names.get(entry.ifindex),
      lladdr: entry.mac,
      state: [entry.state.toUpperCase()],
      router: entry.router,
    }));
    const expected = ipJson("neighbour", "show", "nud", "all").map((entry) => ({
      dst: entry["dst"],
      dev: entry["dev"],
      lladdr: entry["lladdr"],
      state: entry["state"],
      router: "router" in entry,
    }));
    const order = (entry: { dst: unknown }) => String(entry.dst);
    const sorted = <T extends { dst: unknown }>(all: T[]) => all.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    expect(sorted(seen)).toEqual(sorted(expected) as typeof seen);
    expect(seen).toContainEqual({
      dst: "fd01::2",
      dev: "st0",
      lladdr: mac("02:00:00:00:00:02"),
      state: ["REACHABLE"],
      router: true,
    });
    const st1 = netlink.linkByName("st1");
    expect(netlink.neighbours(st1?.ifindex).map((entry) => formatAddress(entry.address))).toEqual(["10.1.0.3"]);
  });

  test("replaceNeighbour sets an entry anew, deleteNeighbour says whether it was there", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "sta", up: true, peer: { name: "stb", up: true } });
    for (const text of ["10.1.0.2", "fd01::2"]) {
      netlink.replaceNeighbour({ ifindex, address: address(text), mac: mac("02:00:00:00:00:02") });
      netlink.replaceNeighbour({ ifindex, address: address(text), mac: mac("02:00:00:00:00:03") });
      expect(ipJson("neighbour", "show", text, "dev", "sta")).toMatchObject([
        { lladdr: "02:00:00:00:00:03", state: ["PERMANENT"] },
      ]);
      expect(netlink.deleteNeighbour(ifindex, address(text))).toBe(true);
    }
    expect(netlink.deleteNeighbour(ifindex, address("10.1.0.99"))).toBe(false);
    expect(netlink.deleteNeighbour(ifIndex(9999), address("10.1.0.2"))).toBe(false);
  });

  test("fdb() reads the tables of a bridge and of a vxlan device", () => {
    using netlink = new Netlink();
    const bridge = netlink.addLink({ kind: "bridge", name: "stbr", up: true });
    const port = netlink.addLink({
      kind: "veth",
      name: "stp",
      up: true,
      master: bridge.ifindex,
      peer: { name: "stq", up: true },
    });
    const vxlan = netlink.addLink({ kind: "vxlan", name: "stvx", port: 4789, vni: 1000, up: true });
    netlink.replaceFdbEntry({ ifindex: port.ifindex, mac: mac("02:00:00:00:00:aa") });
    netlink.replaceFdbEntry({ ifindex: vxlan.ifindex, mac: mac("02:00:00:00:00:bb"), remote: address("172.31.0.2") });
    const shown = Bun.spawnSync(["bridge", "-j", "fdb"]).stdout.toString();
    expect(JSON.parse(shown)).toContainEqual(
      expect.objectContaining({ mac: "02:00:00:00:00:aa", ifname: "stp", master: "stbr" }),
    );
    expect(JSON.parse(shown)).toContainEqual(
      expect.objectContaining({ mac: "02:00:00:00:00:bb", ifname: "stvx", dst: "172.31.0.2" }),
    );
    expect(netlink.fdb({ master: bridge.ifindex }).find((entry) => entry.mac === "02:00:00:00:00:aa")).toMatchObject({
      ifindex: port.ifindex,
      master: bridge.ifindex,
    });
    expect(netlink.fdb({ ifindex: vxlan.ifindex })).toMatchObject([{ mac: "02:00:00:00:00:bb", remote: address("172.31.0.2") }]);
    expect(netlink.fdb().length).toBeGreaterThan(2);
    const entry = { ifindex: vxlan.ifindex, mac: mac("02:00:00:00:00:bb"), remote: address("172.31.0.2") };
    expect(netlink.deleteFdbEntry(entry)).toBe(true);
    expect(netlink.deleteFdbEntry(entry)).toBe(false);
    expect(netlink.fdb({ ifindex: ifIndex(9999) })).toEqual([]);
  });
});
