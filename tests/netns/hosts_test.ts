// SPDX-License-Identifier: Apache-2.0
/** Two hosts, each a cluster of its own without pods: the gateway alone joins them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createLab, type Family, labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";

const HOST = [{ name: "host", gateway: true, pods: 0 }] as const;
/** On the loopback device: an address the host announces, which is not the one its cable ends on. */
const ADDRESS = { east: { 4: "10.1.0.9", 6: "fd01::9" }, west: { 4: "10.2.0.9", 6: "fd02::9" } } as const;

describeIf(labObstacle())("two hosts", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", nodes: HOST },
        { id: "west", nodes: HOST },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    lab = await make();
    for (const [id, address] of Object.entries(ADDRESS)) {
      const { host } = lab.clusters[id as "east" | "west"].nodes;
      for (const [family, bits] of [
        [4, 32],
        [6, 128],
      ] as const) {
        await host.exec(["ip", "addr", "add", `${address[family]}/${bits}`, "dev", "lo"]);
      }
    }
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const ping = async (family: Family): Promise<boolean> => {
    const { host } = lab.clusters.east.nodes;
    const { code } = await host.exec(["ping", "-c", "1", "-W", "1", ADDRESS.west[family]]);
    return code === 0;
  };

  test("do not reach each other without a gateway app", async () => {
    expect(await ping(4)).toBe(false);
    expect(await ping(6)).toBe(false);
  });

  test(
    "reach each other with the gateway app alone, from and to what they announce",
    async () => {
      for (const node of lab.nodes) await lab.startApp("gateway", node, { timeout: patience(30_000) });
      expect(await ping(4)).toBe(true);
      expect(await ping(6)).toBe(true);
    },
    patience(60_000),
  );
});
