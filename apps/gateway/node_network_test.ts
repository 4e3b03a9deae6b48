// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, formatAddress, type IfIndex, ifIndex } from "@strait/model";
import { inOwnNamespace, ip, ipJson } from "@strait/netlink/testing";
import { openNodeNetwork } from "./node_network.ts";

inOwnNamespace(import.meta.path, () => {
  // An uplink, a bridge with a pod, a pod of ptp, and our device.
  ip("link set lo up");
  ip("link add eth0 type veth peer name far0");
  ip("link add cni0 type bridge");
  ip("link add pod0 type veth peer name in0");
  ip("link add strait1 type vxlan external dstport 4500 noudpcsum");
  for (const name of ["eth0", "far0", "cni0", "pod0", "in0", "strait1"]) ip(`link set ${name} up`);
  ip("address add 172.31.1.2/24 dev eth0");
  ip("address add fd31::2/64 dev eth0 nodad");
  ip("address add 10.1.0.1/24 dev cni0");
  ip("address add 10.1.9.1/32 dev pod0");
  const index = (name: string): IfIndex => ifIndex(Number(ipJson("link", "show", name)[0]?.["ifindex"]));
  const on = (name: string): string[] =>
    ipJson("address", "show", name)
      .flatMap((link) => link["addr_info"] as Record<string, string>[])
      .filter(({ scope }) => scope === "global")
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`);

  test("addresses are told with what they are on: a bridge's is the node's own, a pod's interface's is not", () => {
    const network = openNodeNetwork();
    const held = network.held(new Set([index("pod0"), index("cni0")]));
    expect(Object.fromEntries(held.map(({ address, on }) => [formatAddress(address), on]))).toEqual({
      "172.31.1.2": "other",
      "fd31::2": "other",
      "10.1.0.1": "other",
      "10.1.9.1": "pod",
    });
    network.close();
  });

  test("the way out is that of the default route, then of a hint, then none", () => {
    const network = openNodeNetwork();
    expect(network.outside([])).toEqual([]);
    expect(network.outside([address("172.31.1.9"), address("fd31::9")]).map(formatAddress)).toEqual(["172.31.1.2", "fd31::2"]);
    ip("route add default via 172.31.1.1");
    expect(network.outside([]).map(formatAddress)).toEqual(["172.31.1.2"]);
    network.close();
  });

  test("our device is given exactly the addresses it should have, and told as ours", () => {
    const network = openNodeNetwork();
    expect(network.assign([address("10.1.7.0"), address("fd01::")])).toBe(true);
    expect(on("strait1")).toEqual(["10.1.7.0/32", "fd01::/128"]);
    expect(network.held(new Set()).filter((entry) => entry.on === "ours")).toHaveLength(2);
    expect(network.assign([address("10.1.7.0")])).toBe(true);
    expect(network.assign([address("10.1.8.0")])).toBe(true);
    expect(on("strait1")).toEqual(["10.1.8.0/32"]);
    expect(network.assign([])).toBe(true);
    expect(on("strait1")).toEqual([]);
    ip("link del strait1");
    expect(network.assign([address("10.1.7.0")])).toBe(false);
    network.close();
  });
});
