// SPDX-License-Identifier: Apache-2.0
/** Receive packet steering of gateways' uplinks: where the kernel puts packets together, nowhere else, and taken back. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createLab, labObstacle, type Node, wireMode } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";
import { until } from "./support/until.ts";

const NODES = [
  { name: "gw1", gateway: true, pods: 0 },
  { name: "w1", pods: 0 },
] as const;
/** One CPU has nothing to spread over. */
const oneCpu = readFileSync("/sys/devices/system/cpu/online", "utf8").trim() === "0";

describeIf(labObstacle() ?? (oneCpu ? "the machine has one CPU" : undefined))("a gateway's uplinks", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", nodes: NODES },
        { id: "west", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    lab = await make();
    await lab.startStrait({ timeout: patience(30_000) });
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const isSpread = async (node: Node, uplink: string): Promise<boolean> => {
    const { stdout } = await node.exec(["cat", `/sys/class/net/${uplink}/queues/rx-0/rps_cpus`]);
    return !/^[0,]*$/.test(stdout.trim());
  };
  const gateway = (): Node => lab.clusters.east.nodes.gw1;

  test("are left alone where packets arrive whole", async () => {
    expect(await isSpread(gateway(), "eth0")).toBe(false);
    expect(await isSpread(gateway(), "eth1")).toBe(false);
  });

  test(
    "are spread where packets are put together, a worker's are not, and no longer when that ends",
    async () => {
      await wireMode(lab, "mtu");
      await until("the cluster's uplink to be spread", () => isSpread(gateway(), "eth0"));
      await until("the cable's uplink to be spread", () => isSpread(gateway(), "eth1"));
      expect(await isSpread(lab.clusters.east.nodes.w1, "eth0")).toBe(false);
      await wireMode(lab, "gso");
      await until("both to be taken back", async () => {
        return !(await isSpread(gateway(), "eth0")) && !(await isSpread(gateway(), "eth1"));
      });
    },
    patience(60_000),
  );
});
