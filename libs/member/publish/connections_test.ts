// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, cidr, clusterId, formatAddress, type GatewayMember, type MemberEndpoint } from "@strait/model";
import { connectionOf, type LinkState, probeTargets, remoteLinks } from "./connections.ts";

const member = (hostname: string, ip: string, ...health: string[]): GatewayMember => ({
  hostname,
  privateIps: [address(ip)],
  publicIps: [],
  port: 4500,
  healthCheckIps: health.map(address),
});
const gw1 = member("gw1", "172.31.9.3", "10.2.0.1", "fd02::1");
const gw2 = member("gw2", "172.31.9.4", "fd02:0:0:1::1");
const west: MemberEndpoint = {
  clusterId: clusterId("west"),
  cableName: "submariner-cable-west-172-31-9-4",
  hostname: "gw2",
  subnets: [cidr("100.2.0.0/16"), cidr("10.2.0.0/16")],
  privateIps: gw2.privateIps,
  publicIps: [],
  natEnabled: false,
  backend: "vxlan",
  backendConfig: { "udp-port": "4500" },
  healthCheckIps: gw2.healthCheckIps,
  gateways: [gw1, gw2],
  createdAt: 0,
  uid: "u",
};
const [second, first] = remoteLinks([west]);
if (!first || !second) throw new Error("two links were expected");
const cable = { remote: address("172.31.9.3"), reason: undefined };
const rtt = { last: 1.2, min: 1, average: 1.1, max: 2, stdDev: 0.05 };
const state = (change: Partial<LinkState>): LinkState => ({
  cable,
  probe: undefined,
  unprobed: "it names no address",
  receiving: false,
  ...change,
});

test("there is a link to each gateway of a cluster, the one of the Endpoint first", () => {
  expect(remoteLinks([west]).map(({ key }) => key)).toEqual(["west/gw2", "west/gw1"]);
});

test("probes go between addresses of one family, IPv4 first, and not where there is no pair", () => {
  const targets = (...own: string[]) =>
    [...probeTargets([first, second], own.map(address))].map(([key, { to, from }]) => [
      key,
      formatAddress(to),
      from && formatAddress(from),
    ]);
  expect(targets("10.1.0.1", "fd01::1")).toEqual([
    ["west/gw1", "10.2.0.1", "10.1.0.1"],
    ["west/gw2", "fd02:0:0:1::1", "fd01::1"],
  ]);
  expect(targets("10.1.0.1").map(([key]) => key)).toEqual(["west/gw1"]);
  expect(targets()).toEqual([]);
});

test("a connection is what its probe says, with round-trip times as Go writes them", () => {
  const probe = { status: "connected", message: "", rtt } as const;
  expect(connectionOf(first, state({ probe }))).toEqual({
    status: "connected",
    statusMessage: "",
    endpoint: expect.objectContaining({
      cluster_id: "west",
      hostname: "gw1",
      private_ip: "172.31.9.3",
      healthCheckIP: "10.2.0.1",
      subnets: ["100.2.0.0/16", "10.2.0.0/16"],
    }),
    usingIP: "172.31.9.3",
    usingNAT: false,
    latencyRTT: { last: "1.2ms", min: "1ms", average: "1.1ms", max: "2ms", stdDev: "50µs" },
  });
});

test.each<[string, Partial<LinkState>, string, string]>([
  ["a cable that could not be made", { cable: { remote: undefined, reason: "no route" } }, "error", "no route"],
  ["a cable that is not there yet", { cable: { remote: undefined, reason: undefined } }, "error", "the cable is not made yet"],
  [
    "a probe without answer",
    { probe: { status: "error", message: "silent", rtt: undefined }, receiving: true },
    "error",
    "silent",
  ],
  ["packets that come, unprobed", { receiving: true }, "connected", ""],
  ["silence, unprobed", {}, "connecting", "no packets come from it, and it is not probed: it names no address"],
])("a connection is judged by what is known: %s", (_, change, status, statusMessage) => {
  expect(connectionOf(first, state(change))).toMatchObject({ status, statusMessage });
});

test("a connection that does not go to a private address says that it uses NAT", () => {
  const remote = address("203.0.113.7");
  expect(connectionOf(first, state({ cable: { remote, reason: undefined } }))).toMatchObject({
    usingIP: "203.0.113.7",
    usingNAT: true,
  });
});
