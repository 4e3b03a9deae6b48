// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { KubeObject } from "@strait/k8s";
import { gatewayLabelChanged, isGatewayNode } from "./gateway_label.ts";

const node = (label?: string): KubeObject => ({
  metadata: { name: "w1", ...(label !== undefined && { labels: { "submariner.io/gateway": label } }) },
});

test.each<[string | undefined, boolean]>([
  ["true", true],
  ["false", false],
  ["", false],
  [undefined, false],
])("a node labelled %p is a gateway: %p", (label, expected) => {
  expect(isGatewayNode(node(label))).toBe(expected);
});

test("the label of a gateway changed where it came, went or says something else, and where the node is gone", () => {
  const changed = (now: string | undefined, old: string | undefined) =>
    gatewayLabelChanged({ type: "put", object: node(now), old: node(old) });
  expect([changed("true", undefined), changed(undefined, "true"), changed("false", "true")]).toEqual([true, true, true]);
  expect([changed("true", "true"), changed(undefined, undefined)]).toEqual([false, false]);
  expect(gatewayLabelChanged({ type: "put", object: node("true") })).toBe(true);
  expect(gatewayLabelChanged({ type: "put", object: node() })).toBe(false);
  expect(gatewayLabelChanged({ type: "delete", object: node() })).toBe(true);
});
