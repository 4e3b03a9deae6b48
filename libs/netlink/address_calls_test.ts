// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, formatAddress, ifIndex } from "@strait/model";
import { Netlink } from "./netlink.ts";
import { inOwnNamespace, ip, ipJson } from "./testing/own_namespace.ts";

inOwnNamespace(import.meta.path, () => {
  test("addresses() lists what `ip address` does, of both families", () => {
    using netlink = new Netlink();
    ip("link set lo up");
    ip("link add st0 type veth peer name st1");
    ip("link set st0 up");
    ip("link set st1 up");
    ip("address add 10.1.0.1/24 dev st0");
    ip("address add 10.1.0.2/24 dev st0");
    ip("address add 10.9.0.1 peer 10.9.0.2/32 dev st1");
    ip("address add fd01::1/64 dev st0 nodad");
    const expected = ipJson("address").flatMap((link) =>
      (link["addr_info"] as Record<string, unknown>[]).map((info) => ({
        ifindex: link["ifindex"],
        address: info["local"],
        prefixLength: info["prefixlen"],
        peer: info["address"],
        scope: info["scope"],
        label: info["label"],
        secondary: info["secondary"] === true,
      })),
    );
    const seen = netlink.addresses().map((entry) => ({
      ifindex: entry.ifindex,
      address: formatAddress(entry.address),
      prefixLength: entry.prefixLength,
      peer: entry.peer && formatAddress(entry.peer),
      scope: entry.scope,
      label: entry.label,
      secondary: entry.secondary,
    }));
    const order = (a: { ifindex: unknown; address: unknown }) => `${a.ifindex} ${a.address}`;
    const sorted = <T extends { ifindex: unknown; address: unknown }>(all: T[]) =>
      all.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
    expect(sorted(seen)).toEqual(sorted(expected) as typeof seen);
    expect(seen.some((entry) => entry.secondary)).toBe(true);
  });

  test("addresses() of one link and family leaves out the others", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "bridge", name: "stb0" });
    netlink.addAddress({ ifindex, address: address("10.2.0.1"), prefixLength: 16 });
    netlink.addAddress({ ifindex, address: address("fd02::1"), prefixLength: 64 });
    expect(netlink.addresses({ ifindex }).map((entry) => formatAddress(entry.address))).toEqual(["10.2.0.1", "fd02::1"]);
    expect(netlink.addresses({ ifindex, family: 6 }).map((entry) => formatAddress(entry.address))).toEqual(["fd02::1"]);
    expect(netlink.addresses({ ifindex: ifIndex(9999) })).toEqual([]);
  });

  test("addAddress twice is the same as once, deleteAddress says whether it was there", () => {
    using netlink = new Netlink();
    const { ifindex } = netlink.addLink({ kind: "bridge", name: "stb1", up: true });
    for (const wanted of [
      { ifindex, address: address("10.3.0.1"), prefixLength: 16, noPrefixRoute: true },
      { ifindex, address: address("fd03::1"), prefixLength: 64, noDad: true, noPrefixRoute: true },
    ]) {
      netlink.addAddress(wanted);
      netlink.addAddress(wanted);
      const found = netlink.addresses({ ifindex }).filter((entry) => entry.address.value === wanted.address.value);
      expect(found).toMatchObject([{ tentative: false, scope: "global" }]);
      expect(
        netlink
          .routes({ protocol: 2 })
          .filter(
            (route) =>
              route.destination.prefixLength === wanted.prefixLength &&
              route.hops[0]?.ifindex === ifindex &&
              route.destination.address.value !== 0xfe80n << 112n,
          ),
      ).toEqual([]);
      expect(netlink.deleteAddress(wanted)).toBe(true);
      expect(netlink.deleteAddress(wanted)).toBe(false);
    }
  });

  test("an address for no link is a KernelError that names both", () => {
    using netlink = new Netlink();
    const wanted = { ifindex: ifIndex(9999), address: address("10.3.0.1"), prefixLength: 16 };
    expect(() => netlink.addAddress(wanted)).toThrow(/^cannot add address 10\.3\.0\.1\/16 on link 9999 \(by index\): ENODEV/);
  });
});
