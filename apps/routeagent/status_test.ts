// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, hostCidr, ifIndex, type Mac } from "@strait/model";
import { clusterFile, nodeFacts, nodeView } from "@strait/node/testing";
import { planAgent } from "@strait/plan";
import { agentStatus } from "./status.ts";

test("the agent's status tells its pods by interface", () => {
  const pod = address("10.1.0.5");
  const facts = nodeFacts({
    podInterfaces: [
      { name: "veth5", ifindex: ifIndex(5), mac: "02:00:00:00:00:05" as Mac, sources: [hostCidr(pod)], pods: [{ address: pod }] },
    ],
  });
  const status = agentStatus(nodeView({ owner: "agent", plan: planAgent, facts }));
  expect(status.pods).toEqual([{ interface: "veth5", ifindex: 5, addresses: ["10.1.0.5"], sources: ["10.1.0.5/32"] }]);
});

test("the agent's status tells the node's part, and its hops by node name", () => {
  const status = agentStatus(nodeView({ owner: "agent", plan: planAgent }));
  expect(status.role).toBe("gateway");
  expect(status.hops).toMatchObject([{ kind: "node", peer: "w1", remote: "172.31.1.3", owner: "agent" }]);
  const nodes = clusterFile().nodes.map((node) => ({ ...node, gateway: node.name === "w1" }));
  expect(agentStatus(nodeView({ owner: "agent", plan: planAgent, file: clusterFile({ nodes }) })).role).toBe("worker");
});

test("the agent's status tells how pods' packets pass the node and why", () => {
  const [sources, pods, mac] = [[], [], "02:00:00:00:00:05" as Mac];
  const podInterfaces = [{ name: "veth5", ifindex: ifIndex(5), mac, sources, pods, watchedBy: "tc program policy at egress" }];
  const of = (forward: NonNullable<ReturnType<typeof nodeFacts>["forward"]>) =>
    agentStatus(nodeView({ owner: "agent", plan: planAgent, facts: nodeFacts({ podInterfaces, forward }) })).delivery;
  expect(of({ filters: ["table inet calico, chain forward"], masquerades: true })).toEqual({
    way: "stack",
    why: "through the node's stack: table inet calico, chain forward filters what is forwarded",
    exceptions: [],
  });
  expect(of({ filters: [], masquerades: true })).toEqual({
    way: "direct",
    why: "past the node's stack: nobody filters what is forwarded",
    exceptions: [{ interface: "veth5", why: "through the node's stack: there is a tc program policy at egress" }],
  });
});
