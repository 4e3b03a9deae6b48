// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readEndpoint } from "@strait/k8s";
import { connectionOf, remoteLinks } from "@strait/member";
import { address } from "@strait/model";
import { Metrics } from "@strait/obs";
import type { ConnectionState } from "./connection_book.ts";
import { type GatewayView, registerGatewayMetrics } from "./gateway_metrics.ts";
import { remoteEndpoint } from "./testing/clusters.ts";

const read = readEndpoint(remoteEndpoint("west", "172.31.9.3") as never);
if (!read.ok) throw new Error(read.reason);
const [link] = remoteLinks([read.value]);
if (!link) throw new Error("a link was expected");

const rtt = { last: 1.5, min: 1, average: 1.2, max: 2, stdDev: 0.1 };
function state(status: "connected" | "error"): ConnectionState {
  if (!link) throw new Error("a link was expected");
  const cable = { remote: address("172.31.9.3"), reason: undefined };
  const probe = { status, message: "", rtt };
  const connection = connectionOf(link, { cable, probe, unprobed: "", receiving: false });
  return { link, connection, rtt, establishedAt: status === "connected" ? 1_700_000_000_999 : undefined };
}

const traffic = { rxBytes: 9_007_199_254_740_993n, txBytes: 7n } as never;
const view = (change: Partial<GatewayView> = {}): GatewayView => ({
  cluster: "east",
  hostname: "gw1",
  endpointIp: "172.31.1.2",
  backend: "vxlan",
  leading: false,
  connections: [state("connected")],
  cables: { state: () => ({ remote: undefined, reason: undefined }), traffic: () => traffic },
  gateways: new Map([["gw1", 1_600_000_000_000]]),
  reports: 3,
  ...change,
});

/** Lines of one metric. */
function lines(of: GatewayView | (() => GatewayView), name: string): string[] {
  const metrics = new Metrics();
  registerGatewayMetrics(metrics, typeof of === "function" ? of : () => of);
  return metrics
    .render()
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `) || line === `# TYPE ${name} counter`);
}

const G =
  'cable_driver="vxlan",local_cluster="east",local_hostname="gw1",local_endpoint_ip="172.31.1.2",remote_cluster="west",remote_hostname="west-gw1",remote_endpoint_ip="172.31.9.3"';

test.each<[string, string[]]>([
  [
    "submariner_gateway_rx_bytes",
    ["# TYPE submariner_gateway_rx_bytes counter", `submariner_gateway_rx_bytes{${G}} 9007199254740993`],
  ],
  ["submariner_gateway_tx_bytes", ["# TYPE submariner_gateway_tx_bytes counter", `submariner_gateway_tx_bytes{${G}} 7`]],
  ["submariner_connections", [`submariner_connections{${G},status="connected"} 1`]],
  ["submariner_connection_established_timestamp", [`submariner_connection_established_timestamp{${G}} 1700000000`]],
  ["submariner_connection_latency_seconds", [`submariner_connection_latency_seconds{${G}} 0.0015`]],
  [
    "submariner_gateway_sync_iterations",
    ["# TYPE submariner_gateway_sync_iterations counter", "submariner_gateway_sync_iterations 3"],
  ],
  ["submariner_gateways", []],
])("%s has Submariner's labels", (name, expected) => {
  expect(lines(view(), name)).toEqual(expected);
});

test("a connection whose status changes has one series, and no time of being established while it is not", () => {
  const metrics = new Metrics();
  let now = view();
  registerGatewayMetrics(metrics, () => now);
  metrics.render();
  now = view({ connections: [state("error")] });
  const text = metrics.render();
  expect(text.match(/^submariner_connections\{.*$/gm)).toEqual([`submariner_connections{${G},status="error"} 1`]);
  expect(text).not.toContain("submariner_connection_established_timestamp{");
  expect(text).toContain('submariner_connections_short{cable_driver="vxlan",status="connected"} 0\n');
});

test("what Submariner's operator tells of the cluster is told by the leading gateway alone", () => {
  const of = view({ leading: true });
  expect(lines(of, "submariner_gateways")).toEqual(["submariner_gateways 1"]);
  expect(lines(of, "submariner_gateway_creation_timestamp")).toEqual([
    'submariner_gateway_creation_timestamp{local_cluster="east",local_hostname="gw1"} 1600000000',
  ]);
  expect(lines(of, "submariner_requested_connections")).toHaveLength(1);
});

test("a link without a cable has no byte counters", () => {
  const none = view({ cables: { state: () => ({ remote: undefined, reason: undefined }), traffic: () => undefined } });
  expect(lines(none, "submariner_gateway_rx_bytes")).toEqual(["# TYPE submariner_gateway_rx_bytes counter"]);
});
