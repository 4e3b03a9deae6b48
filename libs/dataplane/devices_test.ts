// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { CABLE_DEVICE, CABLE_PORT, INTRA_PORT, type LinkRow, mac, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import { deviceNames, ensureDevice, ensureStraitDevice } from "./devices.ts";

const row: LinkRow = { name: CABLE_DEVICE, port: CABLE_PORT, mac: mac("02:53:ac:1f:01:02"), mtu: 65485 };

inOwnNamespace(import.meta.path, () => {
  let netlink: Netlink;
  beforeEach(() => {
    netlink = new Netlink();
  });
  afterEach(() => {
    for (const name of deviceNames) netlink.deleteLink(name);
    netlink.close();
  });

  test("ensureStraitDevice makes the device once, and brings it up where it is down", () => {
    const first = ensureStraitDevice(netlink);
    expect(first.writes).toBe(1);
    expect(first.link).toMatchObject({
      name: STRAIT_DEVICE,
      kind: "vxlan",
      vxlan: { external: true, port: INTRA_PORT, learning: false, udp6ZeroChecksumRx: true },
      flags: { up: true, noArp: true },
    });
    expect(readFileSync(`/proc/sys/net/ipv4/conf/${STRAIT_DEVICE}/rp_filter`, "utf8").trim()).toBe("2");
    expect(ensureStraitDevice(netlink)).toMatchObject({ writes: 0, link: { ifindex: first.link.ifindex } });
    ip(`link set ${STRAIT_DEVICE} down`);
    expect(ensureStraitDevice(netlink)).toMatchObject({ writes: 1, link: { ifindex: first.link.ifindex, flags: { up: true } } });
  });

  test.each([
    ["a bridge", `link add ${STRAIT_DEVICE} type bridge`],
    ["a vxlan device on another port", `link add ${STRAIT_DEVICE} type vxlan external dstport 4801`],
    ["a vxlan device with a network of its own", `link add ${STRAIT_DEVICE} type vxlan id 100 dstport ${INTRA_PORT}`],
  ])("ensureStraitDevice replaces %s that has our name", (_what, line) => {
    ip(line);
    const before = netlink.linkByName(STRAIT_DEVICE)?.ifindex;
    const { link, writes } = ensureStraitDevice(netlink);
    expect(writes).toBe(1);
    expect(link).toMatchObject({ kind: "vxlan", vxlan: { external: true, port: INTRA_PORT }, flags: { up: true } });
    expect(link.ifindex).not.toBe(before as never);
    expect(ensureStraitDevice(netlink).writes).toBe(0);
  });

  test("ensureDevice changes only what differs, and nothing the second time", () => {
    expect(ensureDevice(netlink, row)).toBe(3);
    const made = netlink.linkByName(CABLE_DEVICE);
    expect(made).toMatchObject({ mac: row.mac, mtu: row.mtu, flags: { up: true }, vxlan: { external: true, port: CABLE_PORT } });
    expect(ensureDevice(netlink, row)).toBe(0);
    ip(`link set ${CABLE_DEVICE} mtu 1500`);
    expect(ensureDevice(netlink, row)).toBe(1);
    ip(`link set ${CABLE_DEVICE} address 02:00:00:00:00:99`);
    expect(ensureDevice(netlink, row)).toBe(1);
    ip(`link set ${CABLE_DEVICE} down`);
    expect(ensureDevice(netlink, row)).toBe(1);
    expect(netlink.linkByName(CABLE_DEVICE)).toEqual(made as never);
    expect(ensureDevice(netlink, row)).toBe(0);
  });

  test("ensureDevice replaces a device of another kind that has our name, and no other", () => {
    ip(`link add ${CABLE_DEVICE} type bridge`);
    ip("link add strait10 type bridge");
    expect(ensureDevice(netlink, row)).toBeGreaterThan(0);
    expect(netlink.linkByName(CABLE_DEVICE)?.kind).toBe("vxlan");
    expect(netlink.linkByName("strait10")?.kind).toBe("bridge");
    netlink.deleteLink("strait10");
  });
});
