// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { addRow, address, type ClusterFile, emptyRows, type HopRow, type MemberEndpoint, nodeName } from "@strait/model";
import { clusterFile, nodeFacts, nodeView } from "@strait/node/testing";
import { Log } from "@strait/obs";
import { planGateway } from "@strait/plan";
import { FakeTimers } from "@strait/time/testing";
import { TakingPart } from "./taking_part.ts";

const member = (hostname: string, ip: string, phase?: "joining") => ({
  hostname,
  privateIps: [address(ip)],
  publicIps: [],
  port: 4500,
  healthCheckIps: [],
  ...(phase && { phase }),
});

const endpoint = (clusterId: string, gateways: MemberEndpoint["gateways"]) =>
  ({ clusterId, hostname: gateways[0]?.hostname, gateways }) as unknown as MemberEndpoint;

/** A gateway gw2 on standby beside gw1, in a cluster with a worker; west has one gateway, which is not probed. */
function scene() {
  const timers = new FakeTimers();
  const [own, worker] = clusterFile({ node: "gw2" }).nodes;
  if (!own || !worker) throw new TypeError("the file has lost its nodes");
  const file: ClusterFile = { ...clusterFile({ node: "gw2" }), nodes: [{ ...own, standby: true }, worker] };
  const view = nodeView({ owner: "gateway", plan: planGateway, file, facts: nodeFacts() });
  const rows = emptyRows();
  const state = { log: "", takes: [] as boolean[] };
  const write = (line: string): void => {
    state.log += line;
  };
  const source = {
    remoteEndpoints: [endpoint("west", [member("gw1", "172.31.9.3")])],
    ownEndpoint: endpoint("east", [member("gw1", "172.31.1.9"), member("gw2", "172.31.1.2", "joining")]),
    takePart: (known: boolean) => void state.takes.push(known),
  };
  const options = {
    context: {
      state: view.state,
      counters: () => ({ reasons: [], traffic: new Map() }),
      present: () => rows,
      log: new Log({ write }),
      timers,
    },
    member: { source, nodeName: nodeName("gw2") },
    prober: undefined,
  };
  const part = new TakingPart(options as unknown as ConstructorParameters<typeof TakingPart>[0]);
  /** What the agent writes once it knows that this is a gateway. */
  const lead = () => addRow(rows, "hops", { index: 1, kind: "node", remote: address("172.31.1.3") } as HopRow);
  return { timers, state, part, lead, unlead: () => rows.hops.clear() };
}

describe("A gateway that joins", () => {
  test("is told of once its agent leads to the nodes, and says what it waits for where that takes long", async () => {
    const { timers, part, lead } = scene();
    part.look();
    expect(part.tellable).toBe(false);
    expect(part.reasons).toEqual([]);
    await timers.advance(11_000);
    expect(part.reasons).toEqual([expect.stringMatching(/^nobody is told of it yet: .*submariner-routeagent/)]);
    lead();
    expect([part.tellable, part.reasons]).toEqual([true, []]);
    part.stop();
  });

  test("waits for its agent anew when its label went and came back: the agent has cleared what was there", () => {
    const { part, lead, unlead } = scene();
    lead();
    expect(part.tellable).toBe(true);
    unlead();
    expect(part.tellable).toBe(true);
    part.forget();
    expect(part.tellable).toBe(false);
    part.stop();
  });

  test("says once that it takes part, however long it is until a pass applies it", async () => {
    const { timers, state, part } = scene();
    part.look();
    await timers.advance(60_000);
    expect(state.takes.length).toBeGreaterThan(1);
    expect(state.log.split("it takes part").length - 1).toBe(1);
    part.forget();
    await timers.advance(1000);
    expect(state.log.split("it takes part").length - 1).toBe(2);
    part.stop();
  });
});
