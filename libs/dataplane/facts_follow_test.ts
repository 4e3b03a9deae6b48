// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFile, formatAddress, type NodeFacts } from "@strait/model";
import { Random } from "@strait/model/testing";
import { Netlink, subscribe } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import { resultsDir } from "./cni_cache.ts";
import { ensureStraitDevice } from "./devices.ts";
import { FactFinder, findFacts } from "./facts.ts";
import { workerFile } from "./testing/desired.ts";
import { ownLink } from "./testing/ground.ts";

/**
 * Facts whose lists' orders say nothing. Link-local addresses come some time after their link, when the test may be a step
 * further: they are left out.
 */
function unordered({ uplinks, paths, podInterfaces, podRoutes, ...rest }: NodeFacts): unknown {
  const text = (value: unknown) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner));
  const sorted = (list: readonly unknown[]) => list.map(text).sort();
  const pods = podInterfaces.map((pod) => ({ ...pod, pods: sorted(pod.pods), sources: sorted(pod.sources) }));
  return {
    ...rest,
    hostAddresses: sorted(rest.hostAddresses),
    uplinks: sorted(uplinks.map((link) => ({ ...link, addresses: sorted(link.addresses.filter(({ family }) => family === 4)) }))),
    paths: sorted(paths),
    podRoutes: sorted(podRoutes),
    pods: sorted(pods),
  };
}

inOwnNamespace(import.meta.path, () => {
  test("facts that follow the kernel's news are what a fresh look finds, whatever happens to links, addresses, routes and records", async () => {
    using netlink = new Netlink();
    const uplink = ownLink(netlink);
    const { link: device } = ensureStraitDevice(netlink);
    const cache = mkdtempSync(join(tmpdir(), "st-follow-"));
    mkdirSync(resultsDir(cache));
    const netns = `st${process.pid}follow`;
    ip("link set lo up");
    ip(`netns add ${netns}`);
    ip(`address add 172.31.1.3/24 dev ${uplink.name}`);
    ip("link add stvxlan type vxlan id 4096 dstport 4789 nolearning");
    ip("link set stvxlan up");
    for (const n of [0, 1, 2, 3]) {
      Bun.spawnSync(["bridge", "fdb", "append", `66:00:00:00:00:0${n}`, "dev", "stvxlan", "dst", `172.31.1.${2 + n}`]);
    }
    const { uplinks: _found, ...base } = workerFile(uplink.name);
    let file: ClusterFile = { ...base, cniCacheDir: cache };
    const ended = new AbortController();
    const events = subscribe({ groups: ["link", "address", "route", "rule"] }, ended.signal)[Symbol.asyncIterator]();
    const finder = new FactFinder(netlink);
    finder.find(file, device.ifindex);
    const random = new Random(5);
    let marker = 0;
    try {
      for (let step = 0; step < 120; step++) {
        const done = change(random, { cache, netns, uplink: uplink.name });
        if (done !== undefined) finder.noticed(done);
        if (random.below(10) === 0) file = { ...file, nodes: random.shuffled(file.nodes) };
        // A change of our own closes the list of news.
        const text = `10.250.0.${++marker}`;
        ip(`route add ${text}/32 dev lo table 77`);
        for (;;) {
          const { value: event } = await events.next();
          finder.take(event);
          if (event.kind === "route" && event.route.table === 77) break;
        }
        const followed = unordered(finder.find(file, device.ifindex));
        expect(followed, `step ${step}`).toEqual(unordered(findFacts(netlink, file, device.ifindex)));
      }
    } finally {
      ended.abort();
      ip(`netns del ${netns}`);
      ip("link del stvxlan");
      rmSync(cache, { recursive: true });
      netlink.deleteLink(uplink.ifindex);
    }
  });

  test.each([
    ["appended", "route append 10.1.4.0/26 via 172.31.1.4", "route del 10.1.4.0/26 via 172.31.1.2", "172.31.1.4"],
    ["put before it", "route prepend 10.1.4.0/26 via 172.31.1.4", "route del 10.1.4.0/26 via 172.31.1.4", "172.31.1.2"],
    ["for a kind of service", "route add 10.1.4.0/26 tos 0x10 via 172.31.1.4", "route del 10.1.4.0/26 tos 0x10", "172.31.1.2"],
    ["over a device", "route append 10.1.4.0/26 dev stmany", "route del 10.1.4.0/26 via 172.31.1.2", undefined],
  ])(
    "of two routes to one prefix, one %s, that one is known which is left when the other goes",
    async (_, second, gone, left) => {
      using netlink = new Netlink();
      const uplink = ownLink(netlink);
      const { link: device } = ensureStraitDevice(netlink);
      ip("link add stmany type bridge");
      ip("link set stmany up");
      ip(`address add 172.31.1.3/24 dev ${uplink.name}`);
      const { uplinks: _found, ...file } = workerFile(uplink.name);
      const ended = new AbortController();
      const events = subscribe({ groups: ["link", "route"] }, ended.signal)[Symbol.asyncIterator]();
      const finder = new FactFinder(netlink);
      const vias = () => finder.find(file, device.ifindex).podRoutes.map(({ via }) => via && formatAddress(via));
      try {
        ip("route add 10.1.4.0/26 via 172.31.1.2");
        expect(vias()).toEqual(["172.31.1.2"]);
        for (const [step, line] of [second, gone].entries()) {
          ip(line);
          ip(`route add 10.250.1.${step}/32 dev stmany table 77`);
          for (;;) {
            const { value: event } = await events.next();
            finder.take(event);
            if (event.kind === "route" && formatAddress(event.route.destination.address) === `10.250.1.${step}`) break;
          }
          expect(vias()).toHaveLength(1);
        }
        expect(vias()).toEqual([left]);
      } finally {
        ended.abort();
        ip("link del stmany");
        netlink.deleteLink(uplink.ifindex);
      }
    },
  );
});

/** Makes one change; the name of the CNI's record that changed, if one did. What is not possible just now is passed over. */
function change(random: Random, { cache, netns, uplink }: { cache: string; netns: string; uplink: string }): string | undefined {
  const n = random.below(4);
  const pod = `stpod${n}`;
  const attempt = (line: string): undefined => {
    try {
      ip(line);
    } catch {
      // For example a route over an interface that is not there: the kernel's "no" is as good a step as any.
    }
  };
  const record = `net-c${n}-eth0`;
  const interfaces = [{ name: pod }, { name: "eth0", sandbox: "/run/netns/x" }];
  const steps: readonly (() => string | undefined)[] = [
    () => attempt(`link add ${pod} type veth peer name eth${n} netns ${netns}`),
    () => attempt(`link del ${pod}`),
    () => attempt(`link set ${pod} up`),
    () => attempt(`link set ${pod} up`),
    () => attempt(`link set ${pod} down`),
    () => attempt(`route add 10.1.1.${10 + n}/32 dev ${pod}`),
    () => attempt(`route replace 10.1.1.${10 + random.below(4)}/32 dev ${pod}`),
    () => attempt(`route del 10.1.1.${10 + n}/32`),
    () => attempt(`address add 10.1.1.1/32 dev ${pod}`),
    () => attempt(`address del 10.1.1.1/32 dev ${pod}`),
    () => attempt(`address add 10.1.1.${10 + n}/32 dev lo`),
    () => attempt(`address del 10.1.1.${10 + n}/32 dev lo`),
    () => attempt(`link set ${uplink} mtu ${random.pick([1500, 1400, 1279])}`),
    () => attempt(`link set ${uplink} ${random.pick(["up", "up", "down"])}`),
    () => attempt(`address add 172.31.1.3/24 dev ${uplink}`),
    () => attempt(`address del 172.31.1.3/24 dev ${uplink}`),
    () => attempt(`route add 172.31.1.2/32 via 172.31.1.9`),
    () => attempt(`route del 172.31.1.2/32`),
    () => attempt(`route add 172.31.0.0/16 dev ${pod}`),
    () => attempt(`route add 10.1.${4 + n}.0/26 via 172.31.1.${2 + random.below(4)}`),
    () => attempt(`route replace 10.1.${4 + n}.0/26 via 172.31.1.${2 + random.below(4)}`),
    () => attempt(`route replace blackhole 10.1.${4 + n}.0/26`),
    () => attempt(`route append 10.1.${4 + n}.0/26 via 172.31.1.${2 + random.below(4)} metric ${random.below(2)}`),
    () => attempt(`route del 10.1.${4 + n}.0/26`),
    () => attempt(`route replace 10.1.${4 + n}.0/26 via 10.1.${4 + n}.1 dev stvxlan onlink`),
    () => attempt(`neighbour replace 10.1.${4 + n}.1 lladdr 66:00:00:00:00:0${n} dev stvxlan nud permanent`),
    () => attempt(`link set stvxlan ${random.pick(["up", "up", "down"])}`),
    () => {
      writeFileSync(
        join(resultsDir(cache), record),
        JSON.stringify({ result: { interfaces, ips: [{ interface: 1, address: `10.1.1.${20 + random.below(9)}/24` }] } }),
      );
      return record;
    },
    () => {
      rmSync(join(resultsDir(cache), record), { force: true });
      return record;
    },
  ];
  return random.pick(steps)();
}
