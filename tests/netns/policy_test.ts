// SPDX-License-Identifier: Apache-2.0
/**
 * A node that filters what it forwards, as CNIs with network policies do, and masquerades what leaves its pods' range: what it refuses
 * between clusters is refused, what it allows passes with its own source, and without the policy packets go straight again.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createLab, type Family, forgetPathMtu, labObstacle, type Node, type Place, type Pod } from "@strait/lab";
import { describeIf, requires, testIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { payloadOf } from "./support/sizes.ts";
import { counts, dropsSince, status } from "./support/status.ts";
import { SteadyLoad } from "./support/steady_load.ts";
import { until } from "./support/until.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 2 },
] as const;

/** As Calico's: what connection tracking calls invalid goes, one pod gets nothing. The range is masqueraded as early as kindnet does it. */
const policy = (denied: Pod, [v4, v6]: readonly string[]): string => `
table inet guard {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state invalid drop
    ct state established,related accept
    ip daddr ${denied.address(4)} drop
    ip6 daddr ${denied.address(6)} drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat - 5; policy accept;
    ip saddr ${v4} ip daddr != ${v4} masquerade
    ip6 saddr ${v6} ip6 daddr != ${v6} masquerade
  }
}
`;

describeIf(labObstacle() ?? requires({ commands: ["nft"] }))("nodes that filter what they forward", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: NODES },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let workers: readonly Node[] = [];
  /** Allowed both ways; `denied` are refused what a policy refuses. */
  let from: Pod;
  let to: Pod;
  let denied: readonly Pod[] = [];

  const run = async (node: Node, argv: readonly string[], stdin = ""): Promise<void> => {
    const { code, stderr } = await node.exec(argv, { stdin });
    expect({ argv, code, stderr: code === 0 ? "" : stderr }).toEqual({ argv, code: 0, stderr: "" });
  };
  const way = async (wanted: "direct" | "stack"): Promise<readonly string[]> => {
    const whys: string[] = [];
    for (const node of workers) {
      whys.push(
        await until(`${node.label} to lead pods' packets ${wanted}`, async () => {
          const { delivery } = await status(lab.app("routeagent", node));
          return delivery?.way === wanted ? delivery.why : undefined;
        }),
      );
    }
    return whys;
  };
  const reached = async (a: Place, b: Place, family: Family) =>
    (await lab.ping(a, b, { family, count: 2, timeout: patience(400) })).received > 0;

  /** Every kind of traffic both ways, each with its own source; how it was led, by the counters of both workers. */
  const passes = async () => {
    const before = await Promise.all(workers.map((node) => counts(lab.app("routeagent", node))));
    for (const family of FAMILIES) {
      for (const [a, b] of [
        [from, to],
        [to, from],
      ] as const) {
        const what = `${a.label} → ${b.label}, IPv${family}`;
        const options = { family, timeout: patience(5000) };
        const ping = await lab.ping(a, b, { ...options, count: 3 });
        expect({ what, ok: ping.ok, output: ping.output }).toMatchObject({ what, ok: true });
        const datagram = await lab.udp(a, b, { ...options, tries: 3 });
        expect({ what, ...datagram }).toMatchObject({ what, received: true, sourceSeen: a.address(family) });
        const stream = await lab.tcp(a, b, { ...options, bytes: amount(2 << 20) });
        expect({ what, ...stream }).toMatchObject({ what, sha256Equal: true, sourceSeen: a.address(family) });
      }
    }
    const after = await Promise.all(workers.map((node) => counts(lab.app("routeagent", node))));
    return workers.map((node, i) => {
      const grown = (reason: string): boolean => (after[i]?.[reason] ?? 0) > (before[i]?.[reason] ?? 0);
      const drops = dropsSince(before[i] ?? {}, after[i] ?? {});
      return { at: node.label, direct: grown("delivered_pod"), stack: grown("delivered_stack") && grown("pass_stack"), drops };
    });
  };

  /** Routers a packet meets between the pods. */
  const hops = async (family: Family): Promise<number> => {
    for (let ttl = 1; ttl < 10; ttl++) {
      const { code } = await from.exec(["ping", `-${family}`, "-n", "-c1", "-W2", `-t${ttl}`, to.address(family)]);
      if (code === 0) return ttl - 1;
    }
    return Number.NaN;
  };

  beforeAll(async () => {
    lab = await make();
    const { east, west } = lab.clusters;
    workers = [east.nodes.w1, west.nodes.w1];
    from = east.nodes.w1.pod(0);
    to = west.nodes.w1.pod(0);
    denied = [east.nodes.w1.pod(1), west.nodes.w1.pod(1)];
    await lab.startStrait({ timeout: patience(30_000) });
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  test("are not there yet: packets go past the stack, to every pod", async () => {
    await way("direct");
    for (const { direct, stack, drops } of await passes())
      expect({ direct, stack, drops }).toEqual({ direct: true, stack: false, drops: {} });
    for (const family of FAMILIES) expect(await reached(from, denied[1] as Pod, family)).toBe(true);
  });

  describe("with a policy and masquerading in nf_tables", () => {
    let routers: readonly number[] = [];
    beforeAll(async () => {
      routers = [await hops(4), await hops(6)];
      const load = await SteadyLoad.start(lab, [
        [from, to],
        [to, from],
      ]);
      for (const [i, node] of workers.entries()) {
        await run(node, ["nft", "-f", "-"], policy(denied[i] as Pod, lab.cluster(node.cluster).subnets));
      }
      for (const why of await way("stack")) {
        expect(why).toBe("through the node's stack: table inet guard, chain forward filters what is forwarded");
      }
      await load.stopWithoutLoss();
    }, patience(60_000));

    test(
      "refuse what it refuses, of what comes from the other cluster",
      async () => {
        for (const family of FAMILIES) {
          expect(await reached(from, denied[1] as Pod, family)).toBe(false);
          expect(await reached(to, denied[0] as Pod, family)).toBe(false);
          // What it began itself is answered.
          expect(await reached(denied[1] as Pod, from, family)).toBe(true);
        }
      },
      patience(60_000),
    );

    test(
      "let pass what it allows, through the stack and with its own source",
      async () => {
        for (const { direct, stack, drops } of await passes()) {
          expect({ direct, stack, drops }).toEqual({ direct: false, stack: true, drops: {} });
        }
      },
      patience(60_000),
    );

    test(
      "count as one router each, and tell the MTU of what is larger, as without a policy",
      async () => {
        expect([await hops(4), await hops(6)]).toEqual([...routers]);
        for (const family of FAMILIES) {
          await forgetPathMtu(from, to);
          const ping = (packet: number, timeout: number) =>
            lab.ping(from, to, { family, df: true, size: payloadOf(packet, family), timeout: patience(timeout) });
          expect(await ping(lab.innerMtu, 1000)).toMatchObject({ ok: true });
          expect(await ping(lab.innerMtu + 1, 200)).toMatchObject({ ok: false, reportedMtu: lab.innerMtu });
          await forgetPathMtu(from, to);
        }
      },
      patience(60_000),
    );

    test(
      "get their table again where somebody takes it away",
      async () => {
        for (const node of workers) {
          await run(node, ["nft", "delete", "table", "inet", "strait"]);
          await until(
            "the table to be back",
            async () => (await node.exec(["nft", "list", "table", "inet", "strait"])).code === 0,
          );
        }
        await passes();
      },
      patience(60_000),
    );

    for (const tool of ["iptables-nft", "iptables-legacy"]) {
      testIf(requires({ commands: [tool] }))(
        `keep the sources where ${tool} masquerades too`,
        async () => {
          for (const node of workers) {
            const [range = ""] = lab.cluster(node.cluster).subnets;
            await run(node, [tool, "-t", "nat", "-A", "POSTROUTING", "-s", range, "!", "-d", range, "-j", "MASQUERADE"]);
            // Towards the pods as well: it is not what leaves alone that somebody may give another source.
            await run(node, [tool, "-t", "nat", "-A", "POSTROUTING", "!", "-s", range, "-d", range, "-j", "MASQUERADE"]);
          }
          for (const { stack, drops } of await passes()) expect({ stack, drops }).toEqual({ stack: true, drops: {} });
        },
        patience(60_000),
      );
    }

    test(
      "lead packets straight again when the policy is gone",
      async () => {
        const load = await SteadyLoad.start(lab, [
          [from, to],
          [to, from],
        ]);
        for (const node of workers) await run(node, ["nft", "delete", "table", "inet", "guard"]);
        await way("direct");
        await load.stopWithoutLoss();
        for (const { direct, stack, drops } of await passes())
          expect({ direct, stack, drops }).toEqual({ direct: true, stack: false, drops: {} });
        for (const family of FAMILIES) expect(await reached(from, denied[1] as Pod, family)).toBe(true);
      },
      patience(60_000),
    );
  });
});
