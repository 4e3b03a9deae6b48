// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type ApiUse, apiCost, connectionsOf, countRequests } from "./api_meter.ts";

const SOCKETS = `ESTAB 0 0 172.31.1.2:40000 172.31.1.250:6443 users:(("strait",pid=77,fd=20)) cubic bytes_sent:1000 bytes_acked:1000 bytes_received:5000 segs_out:3
ESTAB 0 0 [fd31:1::2]:40001 [fd31:9::fa]:6443 users:(("strait",pid=77,fd=21)) cubic bytes_sent:30 bytes_received:7
ESTAB 0 0 127.0.0.1:32780 127.0.0.1:50000 users:(("strait",pid=77,fd=22)) cubic bytes_sent:9 bytes_received:9
ESTAB 0 0 172.31.1.2:40002 172.31.1.250:6443 users:(("kubelet",pid=777,fd=20)) cubic bytes_sent:1 bytes_received:1
`;

test("connectionsOf knows the connections of one process, without those of the node itself", () => {
  expect([...connectionsOf(SOCKETS, 77)]).toEqual([
    ["172.31.1.2:40000 172.31.1.250:6443", { received: 5000, sent: 1000 }],
    ["[fd31:1::2]:40001 [fd31:9::fa]:6443", { received: 7, sent: 30 }],
  ]);
  expect(connectionsOf("", 77).size).toBe(0);
});

test("countRequests counts what Strait's accounts asked, and nobody else's", () => {
  const line = (username: string): string => JSON.stringify({ kind: "Event", user: { username } });
  const log = [
    "submariner-operator:submariner-gateway",
    "submariner-operator:submariner-routeagent",
    "default:submariner-gateway",
    "submariner-operator:default",
  ];
  expect(countRequests(log.map((name) => line(`system:serviceaccount:${name}`)).join("\n"))).toBe(2);
  expect(countRequests("")).toBe(0);
});

test("apiCost is the difference, with all of a connection that is new", () => {
  const use = (requests: number, connections: [string, { received: number; sent: number }][]): ApiUse => ({
    requests,
    connections: new Map(connections),
  });
  const before = use(5, [
    ["a", { received: 100, sent: 10 }],
    ["gone", { received: 1, sent: 1 }],
  ]);
  const after = use(7, [
    ["a", { received: 150, sent: 12 }],
    ["new", { received: 30, sent: 3 }],
  ]);
  expect(apiCost(before, after)).toEqual({ requests: 2, received: 80, sent: 5 });
});
