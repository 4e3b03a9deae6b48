// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Node } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { nodesToLabel } from "./gateway_nodes.ts";

const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

function node(name: string, { ready = true, labels = {} }: { ready?: boolean; labels?: Record<string, string> } = {}): Node {
  return { metadata: { name, labels }, status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] } };
}
const master = node("a-master", { labels: { [CONTROL_PLANE]: "" } });
const gateway = node("gw", { labels: { [NAMES.gatewayLabel]: "true" } });

test.each<[string, Node[], string[], boolean, string[]]>([
  ["the first worker that is ready", [master, node("w2"), node("w1"), node("w0", { ready: false })], [], true, ["w1"]],
  ["a control plane node where nothing else is ready", [master, node("w1", { ready: false })], [], true, ["a-master"]],
  ["none where one is a gateway already", [gateway, node("w1")], [], true, []],
  ["none where the user does not want it", [node("w1")], [], false, []],
  ["those that are named and are none yet", [gateway, node("w1"), node("w2")], ["w2", "gw"], true, ["w2"]],
  ["a named one also where no choice is wanted", [node("w1")], ["w1"], false, ["w1"]],
])("strait join labels %s", (_name, nodes, named, choose, labelled) => {
  expect(nodesToLabel(nodes, named, choose)).toEqual(labelled);
});

test("strait join refuses a gateway node that does not exist, and a cluster without a node that is ready", () => {
  expect(() => nodesToLabel([node("w1")], ["w9"], true)).toThrow("--gateway-node w9: the cluster has no such node");
  expect(() => nodesToLabel([node("w1", { ready: false })], [], true)).toThrow("no node is ready, so none can be a gateway");
});
