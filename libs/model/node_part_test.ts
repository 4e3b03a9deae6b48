// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type NodePart, partOf } from "./node_part.ts";

test.each<[what: string, node: Parameters<typeof partOf>[0], part: NodePart]>([
  ["a gateway", { gateway: true }, "gateway"],
  ["a gateway that has not left", { gateway: true, left: false }, "gateway"],
  ["a gateway that has left", { gateway: true, left: true }, "left"],
  ["no gateway", { gateway: false }, "worker"],
  ["no gateway, whatever else its entry says", { gateway: false, left: true }, "worker"],
])("the part of %s", (_, node, part) => {
  expect(partOf(node)).toBe(part);
});
