// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { nodeFacts, nodeView } from "@strait/node/testing";
import { planGateway } from "@strait/plan";
import { gatewayStatus } from "./status.ts";

const TRAFFIC = { txPackets: 1n, txBytes: 100n, rxPackets: 2n, rxBytes: 200n };

test("the gateway's status tells each cable with its lane and counters", () => {
  const first = gatewayStatus(nodeView({ owner: "gateway", plan: planGateway }));
  const index = first.hops[0]?.index ?? 0;
  const counters = { reasons: [], traffic: new Map([[index, TRAFFIC]]) };
  const status = gatewayStatus(nodeView({ owner: "gateway", plan: planGateway, counters }));
  expect(status.cables).toMatchObject([
    { cluster: "west", gateway: "gw1", reasons: [], lanes: [{ remote: "172.31.9.3", ...TRAFFIC }] },
  ]);
});

test("the gateway's status says why a cable cannot be made", () => {
  const status = gatewayStatus(nodeView({ owner: "gateway", plan: planGateway, facts: nodeFacts({ paths: [] }) }));
  expect(status.cables).toMatchObject([{ cluster: "west", gateway: "gw1", lanes: [] }]);
  expect(status.cables[0]?.reasons).toHaveLength(1);
});
