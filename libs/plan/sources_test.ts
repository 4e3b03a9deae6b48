// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, cidr, formatAddress, nodeName } from "@strait/model";
import { sourcesOf } from "./sources.ts";

const subnets = [cidr("10.1.0.0/16"), cidr("fd01::/48")];

test.each<[what: string, node: readonly string[], held: readonly string[], wanted: readonly string[]]>([
  ["the lowest inside the node's own subnets", ["10.1.1.0/24"], ["10.1.0.5", "10.1.1.9", "10.1.1.1"], ["10.1.1.1"]],
  ["one inside the cluster's where the node has none of its own", ["10.1.1.0/24"], ["10.1.0.5", "172.31.1.2"], ["10.1.0.5"]],
  ["the first address of an IPv4 subnet, which is like any other", ["10.1.1.0/24"], ["10.1.1.0", "10.1.1.1"], ["10.1.1.0"]],
  ["not that of all routers of an IPv6 subnet", ["fd01:0:0:1::/64"], ["fd01:0:0:1::", "fd01:0:0:1::1"], ["fd01:0:0:1::1"]],
  ["that one where there is no other", ["fd01:0:0:1::/64"], ["fd01:0:0:1::"], ["fd01:0:0:1::"]],
  ["that one of its own before another node's", ["fd01:0:0:1::/64"], ["fd01:0:0:1::", "fd01:0:0:2::1"], ["fd01:0:0:1::"]],
  ["the first of two on a link between two routers", ["fd01:0:0:1::/127"], ["fd01:0:0:1::", "fd01:0:0:1::1"], ["fd01:0:0:1::"]],
  ["nothing outside of what the cluster announces", ["10.1.1.0/24"], ["172.31.1.2", "fd31::2"], []],
])("sourcesOf takes %s", (_, node, held, wanted) => {
  const own = { name: nodeName("gw1"), addresses: [], subnets: node.map(cidr), gateway: true };
  const sources = sourcesOf({ subnets }, own, { hostAddresses: held.map(address) });
  expect(Object.values(sources).map(formatAddress)).toEqual([...wanted]);
});
