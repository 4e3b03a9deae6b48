// SPDX-License-Identifier: Apache-2.0
/** Nodes on which something else than the config changes: the first pod comes late, pods go, our device is deleted. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rowCodecs } from "@strait/codec";
import { BpfMap } from "@strait/ffi";
import { type CniPlugin, createLab, labObstacle, type Node } from "@strait/lab";
import type { MapName } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";
import { status } from "./support/status.ts";
import { until } from "./support/until.ts";

const pinned = (node: Node, path: string) => join(node.bpffs, "strait/v1", path);

/** How many rows of a node's map are in use. */
function rows(node: Node, map: MapName): number {
  using opened = BpfMap.openPinned(pinned(node, rowCodecs[map].map));
  return [...opened.entries({ written: true })].length;
}

const podPins = (node: Node) => readdirSync(pinned(node, "links")).filter((name) => name.startsWith("pod-"));

for (const cni of ["bridge", "ptp"] as const satisfies readonly CniPlugin[]) {
  describeIf(labObstacle())(`nodes of two clusters, pods by ${cni},`, () => {
    const make = () =>
      createLab({
        clusters: ["east", "west"].map((id) => ({
          id,
          cni,
          nodes: [
            { name: "gw1", gateway: true },
            { name: "w1", pods: id === "west" ? 1 : 0 },
          ],
        })),
      });
    let lab: Awaited<ReturnType<typeof make>>;
    let worker: Node;

    beforeAll(async () => {
      lab = await make();
      await lab.startStrait({ timeout: patience(30_000) });
      worker = lab.node("east/w1");
    }, patience(60_000));
    afterAll(() => lab[Symbol.asyncDispose]());

    test(
      "join the first pod they ever had, whose records nobody could watch before",
      async () => {
        expect(existsSync(join(worker.cniDir, "results"))).toBe(false);
        expect([rows(worker, "pods"), rows(worker, "sources")]).toEqual([0, 0]);
        const pod = await worker.addPod();
        await until("both of its addresses to have rows", () => rows(worker, "pods") === 2 && rows(worker, "sources") === 2);
        for (const family of [4, 6] as const) {
          expect((await lab.ping(pod, lab.node("west/w1").pod(), { family })).ok).toBe(true);
        }
      },
      patience(20_000),
    );

    test(
      "leave neither row nor pin of pods that are gone",
      async () => {
        const second = await worker.addPod();
        await until("the second pod's rows", () => rows(worker, "pods") === 4);
        for (const pod of [second, worker.pod(0)]) await worker.removePod(pod);
        await until("the rows to be gone", () => rows(worker, "pods") === 0 && rows(worker, "sources") === 0);
        await until("the pins to be gone", () => podPins(worker).length === 0);
        await worker.addPod();
        await until("a later pod's rows", () => rows(worker, "pods") === 2);
      },
      patience(20_000),
    );

    test.each(["east/w1", "east/gw1"])(
      "get strait0 back after it was deleted by hand (%s)",
      async (label) => {
        const node = lab.node(label);
        const device = async () => {
          const { stdout } = await node.exec(["ip", "-j", "link", "show", "strait0"]);
          return (JSON.parse(stdout || "[]") as { ifindex: number }[])[0]?.ifindex;
        };
        const [from, to] = [worker.pod(0), lab.node("west/w1").pod()];
        const before = await device();
        await node.exec(["ip", "link", "delete", "strait0"]);
        await until("another strait0", async () => ![undefined, before].includes(await device().catch(() => undefined)));
        for (const family of [4, 6] as const) {
          await until(
            `pods to reach each other over IPv${family}`,
            async () => (await lab.ping(from, to, { family, timeout: 300 })).ok,
          );
        }
        const apps = lab.apps.filter((app) => app.node === node);
        for (const app of apps) await until("its failures to be over", async () => (await status(app)).problems.length === 0);
        const now = await device();
        await until("the programs of the old device to be gone", () => {
          const names = readdirSync(pinned(node, "programs"));
          return names.length === 1 && names[0]?.endsWith(`-${now}`);
        });
        await until("the attachments of the old device to be gone", () => {
          const names = readdirSync(pinned(node, "links"));
          return !names.some((name) => name.startsWith(`device-${before}-`));
        });
      },
      patience(30_000),
    );
  });
}
