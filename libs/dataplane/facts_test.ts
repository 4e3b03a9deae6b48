// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFile, formatAddress, formatCidr } from "@strait/model";
import { Netlink, subscribe } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import { resultsDir } from "./cni_cache.ts";
import { ensureStraitDevice } from "./devices.ts";
import { FactFinder, findFacts } from "./facts.ts";
import { workerFile } from "./testing/desired.ts";
import { type OwnLink, ownLink } from "./testing/ground.ts";

inOwnNamespace(import.meta.path, () => {
  let netlink: Netlink;
  let link: OwnLink;
  let cache: string;
  beforeEach(() => {
    netlink = new Netlink();
    link = ownLink(netlink);
    cache = mkdtempSync(join(tmpdir(), "st-facts-"));
    ip(`address add 172.31.1.3/24 dev ${link.name}`);
  });
  afterEach(() => {
    netlink.deleteLink(link.ifindex);
    netlink.deleteLink("strait0");
    netlink.close();
    rmSync(cache, { recursive: true });
  });

  const look = (change: Partial<ClusterFile> = {}, gateway = false) => {
    const { uplinks: _found, ...file } = workerFile(link.name);
    const nodes = file.nodes.map((node) => (node.name === "w1" ? { ...node, gateway } : node));
    const { link: device } = ensureStraitDevice(netlink);
    const facts = findFacts(netlink, { ...file, nodes, cniCacheDir: cache, ...change }, device.ifindex);
    return {
      uplinks: facts.uplinks.map(({ name, mtu }) => `${name} ${mtu}`),
      paths: facts.paths.map(({ remote, local, via, mtu }) =>
        [formatAddress(remote), formatAddress(local), via && formatAddress(via), mtu].filter(Boolean).join(" "),
      ),
      pods: facts.podInterfaces.flatMap(({ pods }) => pods.map(({ address }) => formatAddress(address))),
      host: facts.hostAddresses.map(formatAddress),
      routes: facts.podRoutes
        .map(({ destination, via }) => [formatCidr(destination), via && formatAddress(via)].filter(Boolean).join(" "))
        .sort(),
    };
  };

  test("facts of a worker: the uplink is where its nodes are, gateways of other clusters are none of its business", () => {
    ip(`route add 172.31.9.0/24 via 172.31.1.1`);
    expect(look()).toEqual({
      uplinks: [`${link.name} 1500`],
      paths: ["172.31.1.2 172.31.1.3 1500"],
      pods: [],
      host: ["172.31.1.3"],
      routes: [],
    });
  });

  test("facts of a gateway: paths to other clusters' gateways too, by the routers the kernel would take", () => {
    ip(`route add 172.31.9.0/24 via 172.31.1.1 mtu 1400`);
    expect(look({}, true).paths).toEqual(["172.31.1.2 172.31.1.3 1500", "172.31.9.3 172.31.1.3 172.31.1.1 1400"]);
  });

  test("facts take the narrower of what the link and the file say, and leave out what is narrower than 1280", () => {
    expect(look({ mtu: 1450 } as Partial<ClusterFile>)).toMatchObject({
      uplinks: [`${link.name} 1450`],
      paths: ["172.31.1.2 172.31.1.3 1450"],
    });
    ip(`link set ${link.name} mtu 1279`);
    expect(look()).toMatchObject({ uplinks: [], paths: [] });
  });

  test("facts know only the uplinks the file names, where it names any; one that is not there is left out", () => {
    expect(look({ uplinks: [link.peer, "nothing0"] })).toMatchObject({ uplinks: [`${link.peer} 1500`], paths: [] });
  });

  test("facts: a node without a route has no path, one of our own addresses is none, nor is a way through our device", () => {
    ip(`address del 172.31.1.3/24 dev ${link.name}`);
    expect(look().paths).toEqual([]);
    ip(`address add 172.31.1.2/24 dev ${link.name}`);
    expect(look().paths).toEqual([]);
    ip(`address del 172.31.1.2/24 dev ${link.name}`);
    ip("address add 172.31.1.3/24 dev strait0");
    expect(look().paths).toEqual([]);
  });

  test("facts know the CNI's routes to other nodes' pods, and no default, blackhole, foreign, own or split ones", () => {
    for (const route of [
      "10.1.4.0/26 via 172.31.1.2",
      "10.1.5.7/32 via 172.31.1.4",
      // Of two metrics the kernel takes the lower.
      "10.1.6.0/26 via 172.31.1.5 metric 20",
      "10.1.6.0/26 via 172.31.1.6 metric 10",
      "default via 172.31.1.1",
      "blackhole 10.1.7.0/26",
      `10.1.8.0/26 dev ${link.name}`,
      "10.9.0.0/26 via 172.31.1.2",
      "10.1.9.0/26 via 172.31.1.2 table 77",
      "10.1.10.0/26 nexthop via 172.31.1.2 nexthop via 172.31.1.4",
    ])
      ip(`route add ${route}`);
    expect(look().routes).toEqual(["10.1.4.0/26 172.31.1.2", "10.1.5.7/32 172.31.1.4", "10.1.6.0/26 172.31.1.6", "10.1.8.0/26"]);
  });

  test("facts follow a next hop behind a VXLAN device to the node that the CNI told it", () => {
    ip("link add vxlan.calico type vxlan id 4096 dstport 4789 nolearning");
    try {
      ip("address add 10.1.0.1/32 dev vxlan.calico");
      ip("link set vxlan.calico up");
      ip("route add 10.1.4.0/26 via 10.1.4.1 dev vxlan.calico onlink");
      expect(look().routes).toEqual([]);
      ip("neighbour add 10.1.4.1 lladdr 66:00:00:00:00:02 dev vxlan.calico nud permanent");
      expect(look().routes).toEqual([]);
      Bun.spawnSync(["bridge", "fdb", "append", "66:00:00:00:00:02", "dev", "vxlan.calico", "dst", "172.31.1.2"]);
      expect(look()).toMatchObject({ routes: ["10.1.4.0/26 172.31.1.2"], host: ["172.31.1.3", "10.1.0.1"] });
    } finally {
      ip("link del vxlan.calico");
    }
  });

  test.each([
    ["kube-proxy in IPVS mode", "kube-ipvs0", ["172.31.1.3"]],
    ["a node's DNS cache", "nodelocaldns", ["172.31.1.3"]],
    ["nobody", "cni0", ["172.31.1.3", "10.1.200.1"]],
  ])("facts leave out the addresses of Services that %s puts on a device %s", (_, device, host) => {
    ip(`link add ${device} type bridge`);
    try {
      ip(`address add 10.1.200.1/32 dev ${device}`);
      expect(look().host).toEqual(host);
    } finally {
      ip(`link del ${device}`);
    }
  });

  test("facts know the pods of the CNI's records in the cache the file names", () => {
    const name = `st${process.pid}facts`;
    ip(`netns add ${name}`);
    try {
      ip(`link add stpod type veth peer name eth0 netns ${name}`);
      ip("link set stpod up");
      mkdirSync(resultsDir(cache));
      const result = {
        interfaces: [{ name: "stpod" }, { name: "eth0", sandbox: `/run/netns/${name}` }],
        ips: [{ interface: 1, address: "10.1.1.9/24" }],
      };
      expect(look().pods).toEqual([]);
      writeFileSync(join(resultsDir(cache), "net-c-eth0"), JSON.stringify({ result }));
      expect(look().pods).toEqual(["10.1.1.9"]);
    } finally {
      ip(`netns del ${name}`);
    }
  });

  test("facts that could not be found to their end are found anew, with all that the news told of before", async () => {
    let refused = false;
    class Moody extends Netlink {
      override fdb(...args: Parameters<Netlink["fdb"]>): ReturnType<Netlink["fdb"]> {
        if (refused) throw new Error("not now");
        return super.fdb(...args);
      }
    }
    using moody = new Moody();
    const { uplinks: _found, ...file } = workerFile(link.name);
    const { link: device } = ensureStraitDevice(netlink);
    const finder = new FactFinder(moody);
    const ended = new AbortController();
    const events = subscribe({ groups: ["link", "address", "route"] }, ended.signal);
    const routes = () =>
      finder.find({ ...file, cniCacheDir: cache }, device.ifindex).podRoutes.map(({ destination }) => formatCidr(destination));
    ip("link add vxlan.calico type vxlan id 4096 dstport 4789 nolearning");
    try {
      ip("link set vxlan.calico up");
      ip("neighbour add 10.1.4.1 lladdr 66:00:00:00:00:02 dev vxlan.calico nud permanent");
      Bun.spawnSync(["bridge", "fdb", "append", "66:00:00:00:00:02", "dev", "vxlan.calico", "dst", "172.31.1.2"]);
      expect(routes()).toEqual([]);
      ip("route add 10.1.4.0/26 via 10.1.4.1 dev vxlan.calico onlink");
      ip("route add 10.1.5.0/26 via 172.31.1.2");
      ip(`route add 10.250.0.1/32 dev ${link.name} table 77`);
      for await (const event of events) {
        finder.take(event);
        if (event.kind === "route" && event.route.table === 77) break;
      }
      refused = true;
      expect(routes).toThrow("not now");
      refused = false;
      expect(routes().sort()).toEqual(["10.1.4.0/26", "10.1.5.0/26"]);
    } finally {
      ended.abort();
      ip("link del vxlan.calico");
    }
  });
});
