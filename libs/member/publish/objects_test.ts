// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { endpointObject, type Gateway } from "@strait/k8s";
import { address, cidr, clusterId } from "@strait/model";
import { gatewayMember, gatewayObject } from "./gateway_object.ts";
import { LiveGateways } from "./live_gateways.ts";
import { type LocalGateway, localEndpoint, withGateways } from "./local_endpoint.ts";
import { readNodeSettings } from "./node_settings.ts";
import { says } from "./says.ts";

const local: LocalGateway = {
  cluster: {
    id: clusterId("east"),
    serviceCidrs: [cidr("100.1.0.0/16"), cidr("fd00:1::/112")],
    podCidrs: [cidr("10.1.0.0/16"), cidr("fd01::/48")],
    globalCidrs: [],
  },
  hostname: "gw1",
  settings: readNodeSettings({}, {}),
  backend: "vxlan",
  natEnabled: false,
  privateIps: [address("172.31.1.2"), address("fd31::2")],
  publicIps: [],
  healthCheckIps: [address("10.1.0.1")],
};
const made = localEndpoint(local);
if (!made.ok) throw new Error(made.reason);
const endpoint = made.value;

test("the own Endpoint has Submariner's fields, services first and IPv4 first", () => {
  expect(endpointObject(endpoint, "submariner-operator")).toMatchObject({
    metadata: { name: "east-submariner-cable-east-172-31-1-2", namespace: "submariner-operator" },
    spec: {
      cluster_id: "east",
      cable_name: "submariner-cable-east-172-31-1-2",
      hostname: "gw1",
      subnets: ["100.1.0.0/16", "10.1.0.0/16", "fd00:1::/112", "fd01::/48"],
      private_ip: "172.31.1.2",
      public_ip: "",
      nat_enabled: false,
      backend: "vxlan",
      backend_config: { "udp-port": "4500", "natt-discovery-port": "4490", "preferred-server": "false" },
      healthCheckIP: "10.1.0.1",
      privateIPs: ["172.31.1.2", "fd31::2"],
    },
  });
});

test.each<[string, Partial<LocalGateway>, string]>([
  ["no address", { privateIps: [] }, "has no address towards the outside"],
  ["no subnets", { cluster: { ...local.cluster, serviceCidrs: [], podCidrs: [] } }, "subnets are not known"],
  ["another driver", { backend: "libreswan" }, 'cable driver "libreswan" is not there: use vxlan'],
])("the own Endpoint is refused with a reason: %s", (_, change, reason) => {
  expect(localEndpoint({ ...local, ...change })).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test("an Endpoint's own entry in the list of gateways is not replaced by what was seen of itself", () => {
  const other = { ...endpoint.gateways[0], hostname: "gw2" } as const;
  const all = withGateways(endpoint, [{ ...other, hostname: "gw1", port: 1 } as never, other as never]);
  expect(all.gateways.map(({ hostname, port }) => `${hostname} ${port}`)).toEqual(["gw1 4500", "gw2 4500"]);
});

const report = { namespace: "ns", version: "0.1", haStatus: "passive", endpoint, failures: ["a", "b"], connections: [] } as const;

test("a Gateway has every member that Submariner asks for, and its time of writing", () => {
  expect(gatewayObject(report, 1_700_000_000_999)).toMatchObject({
    metadata: { name: "gw1", namespace: "ns", annotations: { "update-timestamp": "1700000000" } },
    status: { version: "0.1", haStatus: "passive", statusFailure: "a; b", connections: [], localEndpoint: { hostname: "gw1" } },
  });
});

test("a Gateway lists no more connections than an object may have, and says so", () => {
  const connection = { status: "connected", statusMessage: "", endpoint: {} } as never;
  const { status } = gatewayObject({ ...report, connections: new Array(1003).fill(connection) }, 0);
  expect(status.connections).toHaveLength(1000);
  expect(status.statusFailure).toBe("a; b; 3 of 1003 connections are not listed");
});

test("a Gateway tells where its cables end, and one of Submariner's does not", () => {
  const object = gatewayObject(report, 0);
  expect(gatewayMember(object)).toEqual({ ok: true, value: endpoint.gateways[0] as never });
  expect(gatewayMember({ ...object, metadata: { name: "gw1" } } as Gateway).ok).toBe(false);
  const other = { ...object, status: { ...object.status, localEndpoint: { ...object.status.localEndpoint, hostname: "gw9" } } };
  expect(gatewayMember(other).ok).toBe(false);
});

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: [1, 2] }, { a: [1] }, false],
  [{ a: [2, 1] }, { a: [1, 2] }, false],
  [{ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }, true],
  [undefined, {}, false],
  [null, { a: 1 }, false],
  ["a", "a", true],
])("says(%p, %p) is %p", (there, wanted, same) => {
  expect(says(there, wanted)).toBe(same);
});

test("a change of subnets or addresses alone makes an Endpoint another one", () => {
  const there = endpointObject(endpoint, "ns");
  expect(says(there, endpointObject(endpoint, "ns"))).toBe(true);
  for (const change of [{ subnets: [cidr("10.9.0.0/16")] }, { publicIps: [address("203.0.113.7")] }, { healthCheckIps: [] }]) {
    const wanted = endpointObject({ ...endpoint, ...change }, "ns");
    expect(says(there, wanted) && says(wanted, there)).toBe(false);
  }
});

const beat = (name: string, stamp: number) => ({ metadata: { name, annotations: { "update-timestamp": String(stamp) } } });

test("a gateway is stale 15 s after its last sign of life, whatever its clock says", () => {
  const live = new LiveGateways();
  const slow = beat("gw1", 1);
  const names = (list: { metadata: { name: string } }[]) => list.map(({ metadata }) => metadata.name);
  live.see([slow, beat("gw2", 9_999_999_999)], 0);
  live.see([slow, beat("gw2", 9_999_999_998)], 10_000);
  expect(live.stale([slow, beat("gw2", 0)], 14_999)).toEqual([]);
  expect(names(live.stale([slow, beat("gw2", 0)], 15_000))).toEqual(["gw1"]);
  live.restart(20_000);
  expect(live.stale([slow, beat("gw2", 0)], 30_000)).toEqual([]);
  expect(live.stale([beat("gw3", 1)], 99_000)).toEqual([]);
});
