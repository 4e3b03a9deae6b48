// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import type { DaemonSet, Node, Pod } from "@strait/k8s";
import { daemonPods } from "./daemon_pods.ts";

const node = (name: string, gateway = false): Node => ({
  metadata: { name, labels: gateway ? { gateway: "true" } : {} },
});
const set = (image: string, nodeSelector?: Record<string, string>): DaemonSet => ({
  metadata: { name: "agent", namespace: "ops", uid: "u1", generation: 3 },
  spec: {
    selector: { matchLabels: { app: "agent" } },
    template: {
      metadata: { name: "", labels: { app: "agent" } },
      spec: { containers: [{ name: "c", image }], ...(nodeSelector ? { nodeSelector } : {}) },
    },
  },
});
const ready = (pod: Pod): Pod => ({ ...pod, status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } });
const NODES = [node("gw1", true), node("w1")];
const all = (image: string) => daemonPods(set(image), NODES, []).create.map(ready);

describe("a DaemonSet", () => {
  test("gets one pod on every node that fits, owned by it", () => {
    const { create, remove } = daemonPods(set("a"), NODES, []);
    expect(create.map(({ spec }) => spec?.nodeName)).toEqual(["gw1", "w1"]);
    expect(create[0]?.metadata).toMatchObject({ namespace: "ops", labels: { app: "agent" }, ownerReferences: [{ uid: "u1" }] });
    expect(remove).toEqual([]);
    expect(daemonPods(set("a", { gateway: "true" }), NODES, []).create.map(({ spec }) => spec?.nodeName)).toEqual(["gw1"]);
  });

  test("names a pod by node and template, so that none is made twice", () => {
    expect(all("a").map(({ metadata }) => metadata.name)).toEqual(all("a").map(({ metadata }) => metadata.name));
    expect(all("a")[0]?.metadata.name).not.toBe(all("b")[0]?.metadata.name);
  });

  test("is content when all pods run, and says so in its status", () => {
    expect(daemonPods(set("a"), NODES, all("a"))).toMatchObject({
      create: [],
      remove: [],
      status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 2, observedGeneration: 3 },
    });
  });

  test("loses the pod of a node that is gone or fits no more, and one that ended", () => {
    expect(daemonPods(set("a"), [node("w1")], all("a")).remove.map(({ spec }) => spec?.nodeName)).toEqual(["gw1"]);
    const [first, second] = all("a");
    if (first === undefined || second === undefined) throw new TypeError("no pods");
    const failed = { ...first, status: { phase: "Failed" } };
    expect(daemonPods(set("a"), NODES, [failed, second]).remove).toEqual([failed]);
  });

  test("renews pods of an older template one at a time, those that do not run at once", () => {
    const old = all("a");
    expect(daemonPods(set("b"), NODES, old).remove).toHaveLength(1);
    const [first, ...rest] = old;
    if (first === undefined) throw new TypeError("no pods");
    const broken = { ...first, status: { phase: "Pending" } };
    expect(daemonPods(set("b"), NODES, [broken, ...rest]).remove).toEqual([broken]);
    const going = { ...first, metadata: { ...first.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    expect(daemonPods(set("b"), NODES, [going, ...rest]).remove).toEqual([]);
  });
});
