// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import type { Node } from "@strait/k8s";
import { misfit } from "./node_fit.ts";
import { chooseNode } from "./scheduler.ts";

const node = (name: string, labels: Record<string, string> = {}, spec: Node["spec"] = {}): Node => ({
  metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
  spec,
});
const affinity = (key: string, operator: string, values?: readonly string[]) => {
  const requirement = { key, operator, ...(values ? { values } : {}) };
  const term = key === "metadata.name" ? { matchFields: [requirement] } : { matchExpressions: [requirement] };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } } };
};

describe("a pod", () => {
  test.each([
    ["without wishes", {}, true],
    ["with a selector that holds", { nodeSelector: { disk: "ssd" } }, true],
    ["with a selector that does not hold", { nodeSelector: { disk: "tape" } }, false],
    ["that wants this very node", affinity("metadata.name", "In", ["w1"]), true],
    ["that wants another node", affinity("metadata.name", "In", ["w2"]), false],
    ["that wants a label", affinity("disk", "Exists"), true],
    ["that wants no such label", affinity("disk", "DoesNotExist"), false],
    ["with an operator nobody knows", affinity("disk", "Near"), false],
  ] as const)("%s", (_what, placement, fits) => {
    expect(misfit(placement, node("w1", { disk: "ssd" })) === undefined).toBe(fits);
  });

  test("keeps off a taint it does not tolerate, and a cordoned node", () => {
    const tainted = node("w1", {}, { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] });
    expect(misfit({}, tainted)).toContain("untolerated taint {a: b}");
    expect(misfit({ tolerations: [{ operator: "Exists" }] }, tainted)).toBeUndefined();
    expect(misfit({ tolerations: [{ key: "a", value: "b" }] }, tainted)).toBeUndefined();
    expect(misfit({ tolerations: [{ key: "a", value: "c" }] }, tainted)).toBeDefined();
    expect(misfit({}, node("w1", {}, { unschedulable: true }))).toBe("node(s) were unschedulable");
  });

  test("goes to the node with the fewest pods, then the first by name, or is told why nowhere", () => {
    const nodes = [node("w2"), node("w1")];
    expect(chooseNode({}, nodes, new Map())).toEqual({ node: "w1" });
    expect(chooseNode({}, nodes, new Map([["w1", 1]]))).toEqual({ node: "w2" });
    expect(chooseNode({ nodeSelector: { no: "where" } }, nodes, new Map())).toEqual({
      reason: "0/2 nodes are available: node(s) didn't match Pod's node affinity/selector.",
    });
    expect(chooseNode({}, [], new Map())).toMatchObject({ reason: expect.stringContaining("there is no node") });
  });
});
