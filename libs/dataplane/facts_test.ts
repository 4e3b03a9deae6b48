// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFile, formatAddress } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import { resultsDir } from "./cni_cache.ts";
import { ensureStraitDevice } from "./devices.ts";
import { findFacts } from "./facts.ts";
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
    };
  };

  test("facts of a worker: the uplink is where its nodes are, gateways of other clusters are none of its business", () => {
    ip(`route add 172.31.9.0/24 via 172.31.1.1`);
    expect(look()).toEqual({
      uplinks: [`${link.name} 1500`],
      paths: ["172.31.1.2 172.31.1.3 1500"],
      pods: [],
      host: ["172.31.1.3"],
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
});
