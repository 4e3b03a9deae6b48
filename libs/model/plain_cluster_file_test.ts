// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { parseClusterFile } from "./parse_cluster_file.ts";
import { plainClusterFile, readPlainClusterFile } from "./plain_cluster_file.ts";

const TEXT = `
cluster: east
node: gw1
subnets: [10.1.0.0/16, "fd01::/48"]
podSubnets: ["fd01::/48"]
mtu: 1400
listen: "[::1]:9000"
delivery: stack
nodes:
  - { name: gw1, addresses: [172.31.1.2, "fd31:1::2"], subnets: [10.1.0.0/24], gateway: true, standby: true, left: true, ready: false }
clusters:
  - { id: west, subnets: [10.2.0.0/16], gateways: [{ name: gw1, addresses: [172.31.9.3], leaving: true }] }
`;

test("a config comes back from JSON as it was, and its JSON is a strait.yaml", () => {
  const parsed = parseClusterFile(TEXT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  const text = JSON.stringify(plainClusterFile(parsed.value));
  for (const key of ["podSubnets", "delivery", "standby", "left", "ready", "leaving"]) expect(text).toContain(`"${key}":`);
  expect(readPlainClusterFile(JSON.parse(text))).toEqual({ ok: true, value: parsed.value });
  expect(parseClusterFile(text)).toEqual({ ok: true, value: parsed.value });
});

test.each<[string, unknown, string]>([
  ["nothing", undefined, "the file must be a map of keys"],
  ["a bad address", { cluster: "east", node: "a", subnets: ["10.1.0.0/16"], nodes: [{ name: "a", addresses: ["x"] }] }, '"x"'],
  [
    "a node that is not there",
    { cluster: "east", node: "b", subnets: ["10.1.0.0/16"], nodes: [{ name: "a", addresses: ["10.0.0.1"] }] },
    'node "b" is not among the nodes',
  ],
])("a plain config is refused with a reason: %s", (_name, plain, reason) => {
  const read = readPlainClusterFile(plain);
  expect(read.ok ? "" : read.reason).toContain(reason);
});
