// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { openSync } from "node:fs";
import { KernelError } from "@strait/ffi";
import { address, ifIndex, mac } from "@strait/model";
import { Netlink } from "./netlink.ts";
import { inOwnNamespace, ip, ipJson } from "./testing/own_namespace.ts";

inOwnNamespace(import.meta.path, () => {
  test("links() lists every link as `ip link` does", () => {
    using netlink = new Netlink();
    ip("link add stl0 type veth peer name stl1");
    ip("link add stlb type bridge");
    ip("link set stl0 master stlb up");
    ip("link property add dev stl0 altname another-name-longer-than-15");
    const expected = ipJson("link").map((link) => ({
      ifindex: link["ifindex"],
      name: link["ifname"],
      mtu: link["mtu"],
      state: String(link["operstate"]).toLowerCase(),
      kind: (link["linkinfo"] as Record<string, unknown> | undefined)?.["info_kind"],
      master: link["master"],
    }));
    const names = new Map(netlink.links().map((link) => [link.ifindex, link.name]));
    const seen = netlink.links().map((link) => ({
      ifindex: link.ifindex,
      name: link.name,
      mtu: link.mtu,
      state: link.operState,
      kind: link.kind,
      master: link.master && names.get(link.master),
    }));
    expect(seen).toEqual(expected as typeof seen);
    expect(netlink.linkByName("stl0")).toMatchObject({ slaveKind: "bridge", altNames: ["another-name-longer-than-15"] });
    expect(netlink.links({ kind: "bridge" }).map((link) => link.name)).toEqual(["stlb"]);
    expect(netlink.links({ master: netlink.linkByName("stlb")?.ifindex ?? ifIndex(1) }).map((link) => link.name)).toEqual([
      "stl0",
    ]);
    expect(netlink.links({ kind: "nosuchkind" })).toEqual([]);
  });

  test("addLink makes an external vxlan device that ip describes alike", () => {
    using netlink = new Netlink();
    const made = netlink.addLink({
      kind: "vxlan",
      name: "stvx",
      port: 4800,
      external: true,
      learning: false,
      udp6ZeroChecksumRx: true,
      udp6ZeroChecksumTx: true,
      mac: mac("02:53:ac:1f:01:02"),
      mtu: 1450,
      up: true,
    });
    expect(made).toMatchObject({
      name: "stvx",
      kind: "vxlan",
      mtu: 1450,
      mac: "02:53:ac:1f:01:02",
      flags: { up: true },
      vxlan: { port: 4800, external: true, learning: false, udp6ZeroChecksumRx: true, udp6ZeroChecksumTx: true, vni: 0 },
    });
    const [seen] = ipJson("link", "show", "stvx");
    expect(seen).toMatchObject({
      mtu: 1450,
      address: "02:53:ac:1f:01:02",
      linkinfo: {
        info_kind: "vxlan",
        info_data: { external: true, port: 4800, udp_zero_csum6_rx: true, udp_zero_csum6_tx: true },
      },
    });
  });

  test("addLink makes a vxlan device with VNI, remote and local as ip would", () => {
    using netlink = new Netlink();
    for (const [name, local, remote] of [
      ["stvx4", "172.31.0.1", "172.31.0.2"],
      ["stvx6", "fd31::1", "fd31::2"],
    ] as const) {
      const made = netlink.addLink({
        kind: "vxlan",
        name,
        port: 4789,
        vni: 1000,
        local: address(local),
        remote: address(remote),
      });
      expect(made.vxlan).toMatchObject({ vni: 1000, local: address(local), remote: address(remote), external: false });
      const data = name === "stvx4" ? { id: 1000, local, remote } : { id: 1000, local6: local, remote6: remote };
      expect(ipJson("link", "show", name)).toMatchObject([{ linkinfo: { info_data: data } }]);
    }
  });

  test("addLink makes a veth pair, both ends with their own settings", () => {
    using netlink = new Netlink();
    const made = netlink.addLink({
      kind: "veth",
      name: "sta",
      up: true,
      mtu: 1400,
      peer: { name: "stb", mtu: 1300, up: true, arp: false, mac: mac("02:00:00:00:00:0b") },
    });
    const peer = netlink.linkByName("stb");
    expect(made).toMatchObject({ kind: "veth", mtu: 1400, peer: peer?.ifindex, flags: { up: true, running: true } });
    expect(peer).toMatchObject({ mtu: 1300, peer: made.ifindex, mac: "02:00:00:00:00:0b", flags: { up: true, noArp: true } });
    expect(made.linkNetnsId).toBeUndefined();
  });

  test("linkNetnsId tells a veth whose peer is in another namespace", async () => {
    using netlink = new Netlink();
    const other = Bun.spawn(["unshare", "-n", "sh", "-c", "echo ready; cat"], { stdin: "pipe", stdout: "pipe" });
    for await (const _ of other.stdout) break;
    const namespaceFd = openSync(`/proc/${other.pid}/ns/net`, "r");
    expect(() => netlink.addLink({ kind: "veth", name: "stc", peer: { name: "eth0", namespaceFd, up: true } })).toThrow(
      TypeError,
    );
    expect(netlink.namespaceId({ pid: other.pid })).toBeUndefined();
    const made = netlink.addLink({ kind: "veth", name: "stc", peer: { name: "eth0", namespaceFd } });
    expect(made.linkNetnsId).toBeNumber();
    expect(netlink.namespaceId({ pid: other.pid })).toBe(made.linkNetnsId);
    expect(netlink.namespaceId({ fd: namespaceFd })).toBe(made.linkNetnsId);
    expect(() => netlink.assignNamespaceId({ pid: other.pid })).toThrow(/EEXIST/);
    other.stdin.end();
    await other.exited;
  });

  test("addLink makes a bridge, setLink puts a port in and takes it out", () => {
    using netlink = new Netlink();
    const bridge = netlink.addLink({ kind: "bridge", name: "stbr", stp: true });
    expect(bridge.bridge).toMatchObject({ stp: true, vlanFiltering: false });
    expect(ipJson("link", "show", "stbr")).toMatchObject([{ linkinfo: { info_data: { stp_state: 1 } } }]);
    const port = netlink.addLink({ kind: "veth", name: "std", peer: { name: "ste" } }).ifindex;
    netlink.setLink(port, { master: bridge.ifindex });
    expect(ipJson("link", "show", "std")[0]).toMatchObject({ master: "stbr" });
    expect(netlink.linkByIndex(port)?.master).toBe(bridge.ifindex);
    netlink.setLink(port, { master: null });
    expect(netlink.linkByIndex(port)?.master).toBeUndefined();
  });

  test("setLink changes name, MTU, MAC, alias, state and ARP", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "stf", peer: { name: "stg" } });
    netlink.setLink(ifindex, {
      name: "sth",
      mtu: 1280,
      mac: mac("02:00:00:00:00:0f"),
      alias: "ours",
      arp: false,
      txQueueLength: 7,
    });
    netlink.setLink(ifindex, { up: true });
    expect(ipJson("link", "show", "sth")[0]).toMatchObject({
      mtu: 1280,
      address: "02:00:00:00:00:0f",
      ifalias: "ours",
      txqlen: 7,
      flags: expect.arrayContaining(["NOARP", "UP"]),
    });
    netlink.setLink(ifindex, { up: false, arp: true });
    expect(netlink.linkByIndex(ifindex)).toMatchObject({ alias: "ours", flags: { up: false, noArp: false } });
  });

  test("deleteLink says whether there was one", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "sti", peer: { name: "stj" } });
    expect(netlink.deleteLink(ifindex)).toBe(true);
    expect(netlink.deleteLink(ifindex)).toBe(false);
    expect(netlink.deleteLink("stj")).toBe(false);
    expect(netlink.linkByName("sti")).toBeUndefined();
  });

  test("a refused link is a KernelError that names it and has the kernel's words", () => {
    using netlink = new Netlink();
    netlink.addLink({ kind: "bridge", name: "stk" });
    expect(() => netlink.addLink({ kind: "bridge", name: "stk" })).toThrow("cannot add bridge link stk: EEXIST");
    netlink.addLink({ kind: "vxlan", name: "stm", port: 4500, external: true });
    const again = () => netlink.addLink({ kind: "vxlan", name: "stm2", port: 4500, external: true });
    expect(again).toThrow(KernelError);
    expect(again).toThrow("cannot add vxlan link stm2: EEXIST (A VXLAN device with the specified VNI already exists)");
    const low = () => netlink.setLink(netlink.linkByName("stk")?.ifindex ?? ifIndex(1), { mtu: 20 });
    expect(low).toThrow(/^cannot change link \d+ \(by index\): EINVAL \(mtu less than device minimum\)$/);
  });

  test("addLink makes tun and tap devices that stay, as ip shows them", () => {
    using netlink = new Netlink();
    const tun = netlink.addLink({ kind: "tun", mode: "tun", name: "sttun", mtu: 1400, up: true });
    const tap = netlink.addLink({ kind: "tun", mode: "tap", name: "sttap", mac: mac("02:00:00:00:00:aa") });
    expect(tun).toMatchObject({ mtu: 1400, flags: { up: true }, tun: { mode: "tun", persist: true, packetInfo: false } });
    expect(tun.mac).toBeUndefined();
    expect(tap).toMatchObject({ mac: "02:00:00:00:00:aa", tun: { mode: "tap", persist: true } });
    for (const [name, type] of [
      ["sttun", "tun"],
      ["sttap", "tap"],
    ] as const) {
      expect(ipJson("link", "show", name)).toMatchObject([
        { linkinfo: { info_kind: "tun", info_data: { type, pi: false, persist: true } } },
      ]);
    }
    expect(() => netlink.addLink({ kind: "tun", mode: "tun", name: "sttun" })).toThrow("cannot add tun link sttun: EBUSY");
    expect(() => netlink.addLink({ kind: "tun", mode: "tun", name: "stlow", mtu: 20 })).toThrow(/EINVAL/);
    expect(netlink.linkByName("stlow")).toBeUndefined();
    expect(netlink.deleteLink("sttun")).toBe(true);
  });

  test("features are read and switched", () => {
    using netlink = new Netlink();
    netlink.addLink({ kind: "veth", name: "stn", peer: { name: "sto" } });
    const before = netlink.features("stn").get("rx-gro")?.active;
    netlink.setFeatures("stn", { "rx-gro": !before });
    expect(netlink.features("stn").get("rx-gro")?.active).toBe(!before);
    expect(() => netlink.setFeatures("stn", { "no-such-feature": true })).toThrow(TypeError);
  });
});
