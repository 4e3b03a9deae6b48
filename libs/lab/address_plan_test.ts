// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { clusterSubnets, nodeSubnet, underlayAddress, WAN } from "./address_plan.ts";

describe("nodeSubnet", () => {
  test.each([
    ["10.1.0.0/16", 0, "10.1.0.0/24"],
    ["10.1.0.0/16", 199, "10.1.199.0/24"],
    ["fd01::/48", 2, "fd01:0:0:2::/64"],
    ["fd01:2:3::/48", 31, "fd01:2:3:1f::/64"],
  ])("of %s for node %d is %s", (cluster, k, subnet) => {
    expect(nodeSubnet(cluster, k)).toBe(subnet);
  });

  test.each(["10.1.0.0/24", "10.1.1.0/16", "fd01::/64", "fd01:2:3:4::/48", "pods"])("refuses %s", (cluster) => {
    expect(() => nodeSubnet(cluster, 0)).toThrow(TypeError);
  });
});

describe("the address plan", () => {
  test("numbers clusters from 1 and lets a specification override its ranges", () => {
    expect(clusterSubnets({ id: "a", nodes: [] }, 1)).toEqual({ 4: "10.1.0.0/16", 6: "fd01::/48" });
    expect(clusterSubnets({ id: "a", nodes: [], subnets: { v4: "10.9.0.0/16" } }, 2)[4]).toBe("10.9.0.0/16");
  });

  test("gives the first member of the wan .2", () => {
    expect(underlayAddress(WAN, 0)).toEqual({ 4: "172.31.9.2", 6: "fd31:9::2" });
  });
});
