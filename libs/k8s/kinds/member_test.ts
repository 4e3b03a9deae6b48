// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  address,
  CLUSTER_ID_LABEL,
  CREATED_AT_ANNOTATION,
  cidr,
  clusterId,
  formatAddress,
  formatCidr,
  GATEWAYS_ANNOTATION,
  type MemberCluster,
} from "@strait/model";
import { Random } from "@strait/model/testing";
import { ClusterKind } from "./cluster_kind.ts";
import { type Endpoint, EndpointKind } from "./endpoint_kind.ts";
import { clusterObject, readCluster } from "./member_cluster.ts";
import { type EndpointToWrite, endpointObject, readEndpoint } from "./member_endpoint.ts";

const spec = {
  cluster_id: "east",
  cable_name: "submariner-cable-east-172-31-1-2",
  hostname: "gw1",
  subnets: ["100.1.0.0/16", "10.1.0.0/16"],
  private_ip: "172.31.1.2",
  public_ip: "",
  nat_enabled: true,
  backend: "libreswan",
};
const name = "east-submariner-cable-east-172-31-1-2";
const created = "2026-11-21T10:00:00Z";

function endpoint(changes: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): Endpoint {
  const decoded = EndpointKind.decode({
    metadata: { name, uid: "u1", creationTimestamp: created, ...metadata },
    spec: { ...spec, ...changes },
  });
  if (!decoded.ok) throw new TypeError(decoded.reason);
  return decoded.value;
}

describe("An Endpoint of Submariner 0.19", () => {
  test("is read: its own node is the only gateway", () => {
    const read = readEndpoint(endpoint({ backend_config: { "udp-port": "4600" }, healthCheckIP: "10.1.0.1" }));
    expect(read).toMatchObject({
      ok: true,
      value: {
        clusterId: "east",
        publicIps: [],
        natEnabled: true,
        createdAt: Date.parse(created),
        uid: "u1",
        gateways: [{ hostname: "gw1", port: 4600, publicIps: [], healthCheckIps: [address("10.1.0.1")] }],
      },
    });
    expect(read.ok && read.value.subnets.map(formatCidr)).toEqual(["100.1.0.0/16", "10.1.0.0/16"]);
  });

  test("may have subnets with host bits, twice or empty", () => {
    const read = readEndpoint(endpoint({ subnets: ["10.1.2.3/16", "", "10.1.0.0/16", "fd01::1/48"] }));
    expect(read.ok && read.value.subnets.map(formatCidr)).toEqual(["10.1.0.0/16", "fd01::/48"]);
  });
});

test("An Endpoint's lists count before its single fields, but not when they are empty", () => {
  const read = readEndpoint(endpoint({ privateIPs: ["fd31::1", "172.31.1.9"], publicIPs: [], public_ip: "198.51.100.1" }));
  expect(read.ok && read.value.privateIps.map(formatAddress)).toEqual(["172.31.1.9", "fd31::1"]);
  expect(read.ok && read.value.publicIps.map(formatAddress)).toEqual(["198.51.100.1"]);
});

test("A pulled Endpoint is as old as the broker's", () => {
  const old = "2026-11-21T09:00:00Z";
  const read = readEndpoint(endpoint({}, { annotations: { [CREATED_AT_ANNOTATION]: old } }));
  expect(read.ok && read.value.createdAt).toBe(Date.parse(old));
});

test("An Endpoint whose time cannot be read is the oldest", () => {
  const read = readEndpoint(endpoint({}, { creationTimestamp: "yesterday" }));
  expect(read.ok && read.value.createdAt).toBe(0);
});

describe("An Endpoint is refused", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `10.${i}.0.0/16`);
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ["where the id is no id", { cluster_id: "East" }, {}, "no cluster id"],
    ["where the id is of another cluster than the name", { cluster_id: "west" }, {}, "is not of cluster west"],
    ["where the cable is another's", { cable_name: "submariner-cable-west-172-31-1-2" }, {}, "is not of cluster east"],
    ["where the name is not its own", {}, { name: "east" }, `its name must be ${name}`],
    ["where the label names another", {}, { labels: { [CLUSTER_ID_LABEL]: "west" } }, "cluster west wrote it"],
    ["where a subnet is malformed", { subnets: ["10.1.0.0"] }, {}, "no subnet"],
    ["where a prefix is too long", { subnets: ["10.1.0.0/33"] }, {}, "out of range"],
    ["where a subnet is everything", { subnets: ["0.0.0.0/0"] }, {}, "this-host"],
    ["where a subnet is loopback", { subnets: ["127.0.0.0/8"] }, {}, "loopback"],
    ["where a subnet would swallow IPv4", { subnets: ["::ffff:0:0/96"] }, {}, "subnets"],
    ["where it announces nothing", { subnets: [] }, {}, "announces no subnets"],
    ["where it announces too much", { subnets: many(65) }, {}, "more than 64"],
    ["where it has no address", { private_ip: "" }, {}, "names no address"],
    ["where its address is malformed", { private_ip: "172.31.1" }, {}, "no IP address"],
    ["where its address is loopback", { private_ip: "127.0.0.1" }, {}, "loopback"],
    ["where its public address is malformed", { public_ip: "example.com" }, {}, "public_ip"],
    ["where what answers pings is malformed", { healthCheckIP: "x" }, {}, "healthCheckIP"],
    ["where the port is 0", { backend_config: { "udp-port": "0" } }, {}, "udp-port"],
    ["where the port is no number", { backend_config: { "udp-port": "0x10" } }, {}, "udp-port"],
    ["where a text is too long", { hostname: "x".repeat(600) }, {}, "hostname has more than 512"],
    ["where an option is too long", { backend_config: { k: "x".repeat(600) } }, {}, "k has more than 512"],
    ["where the host has no name", { hostname: "" }, {}, "hostname must have"],
    [
      "where its list of gateways is malformed",
      {},
      { annotations: { [GATEWAYS_ANNOTATION]: "[]" } },
      "list of gateways is empty",
    ],
  ])("%s", (_, changes, metadata, reason) => {
    expect(readEndpoint(endpoint(changes, metadata))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe("An Endpoint of ours", () => {
  const ours: EndpointToWrite = {
    clusterId: clusterId("east"),
    cableName: spec.cable_name,
    hostname: "gw1",
    subnets: [cidr("10.1.0.0/16"), cidr("fd01::/48")],
    privateIps: [address("172.31.1.2"), address("172.31.1.3"), address("fd31::2")],
    publicIps: [],
    natEnabled: false,
    backend: "vxlan",
    backendConfig: { "udp-port": "4500" },
    healthCheckIps: [address("10.1.0.1"), address("fd01::1")],
    gateways: [
      { hostname: "gw1", privateIps: [address("172.31.1.2")], publicIps: [], port: 4500, healthCheckIps: [address("10.1.0.1")] },
      { hostname: "gw2", privateIps: [address("172.31.1.9")], publicIps: [], port: 4500, healthCheckIps: [] },
    ],
  };

  test("fills the single fields with IPv4 and the lists with one address of each family", () => {
    const written = endpointObject(ours, "submariner-operator");
    expect(written).toMatchObject({
      apiVersion: "submariner.io/v1",
      kind: "Endpoint",
      metadata: { name, namespace: "submariner-operator" },
      spec: { private_ip: "172.31.1.2", public_ip: "", healthCheckIP: "10.1.0.1", privateIPs: ["172.31.1.2", "fd31::2"] },
    });
    expect("publicIPs" in written.spec).toBe(false);
  });

  test("fits its own definition and is read as it was written", () => {
    const written = endpointObject(ours, "submariner-operator");
    const decoded = EndpointKind.decode(JSON.parse(JSON.stringify(written)));
    expect(decoded.ok && readEndpoint(decoded.value)).toMatchObject({
      ok: true,
      value: { ...ours, privateIps: [address("172.31.1.2"), address("fd31::2")] },
    });
  });

  test("without IPv4 has its IPv6 address in the single field", () => {
    const written = endpointObject({ ...ours, privateIps: [address("fd31::2")] }, "ns");
    expect(written.spec.private_ip).toBe("fd31::2");
  });
});

test("A Cluster is read as it was written, its empty global_cidr as a list", () => {
  const cluster: MemberCluster = {
    id: clusterId("east"),
    serviceCidrs: [cidr("100.1.0.0/16")],
    podCidrs: [cidr("10.1.0.0/16"), cidr("fd01::/48")],
    globalCidrs: [],
  };
  const written = clusterObject(cluster, "submariner-operator");
  expect(written.spec).toEqual({
    cluster_id: "east",
    service_cidr: ["100.1.0.0/16"],
    cluster_cidr: ["10.1.0.0/16", "fd01::/48"],
    global_cidr: [],
    color_codes: ["blue"],
  });
  const decoded = ClusterKind.decode(JSON.parse(JSON.stringify(written)));
  expect(decoded.ok && readCluster(decoded.value)).toEqual({ ok: true, value: cluster });
  expect(readCluster({ spec: { ...written.spec, cluster_cidr: ["x"] } })).toEqual({
    ok: false,
    reason: expect.stringContaining("cluster_cidr"),
  });
});

test("Whatever an Endpoint or Cluster holds, reading it gives a value or a reason", () => {
  const strange = [
    null,
    undefined,
    "",
    "x".repeat(300),
    0,
    -1,
    1e300,
    true,
    [],
    {},
    ["::"],
    ["10.1.0.0/16"],
    "0.0.0.0",
    "fe80::1",
    "[{}]",
    "1/2",
    "__proto__",
  ];
  let [read, refused] = [0, 0];
  for (let seed = 0; seed < 3000; seed++) {
    const random = new Random(seed);
    const strangeOr = (value: unknown): unknown => (random.below(12) === 0 ? strange[random.below(strange.length)] : value);
    const wild = (members: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(members).map(([key, value]) => [key, strangeOr(value)]));
    const annotations = {
      [GATEWAYS_ANNOTATION]: random.pick(["[]", "[{}]", "null", "{", '[{"hostname":"a","privateIPs":["172.31.1.2"],"port":1}]']),
    };
    const metadata = wild({ name, uid: "u", creationTimestamp: created, ...(random.below(2) === 0 && { annotations }) });
    const wildSpec = wild({
      ...spec,
      backend_config: wild({ "udp-port": "4500" }),
      privateIPs: ["172.31.1.2"],
      healthCheckIPs: [],
    });
    const decoded = EndpointKind.decode(strangeOr({ metadata, spec: wildSpec }));
    const result = decoded.ok ? readEndpoint(decoded.value) : decoded;
    if (result.ok) read++;
    else {
      refused++;
      expect(result.reason.length).toBeLessThan(700);
    }
    const cluster = ClusterKind.decode({
      metadata,
      spec: wild({ cluster_id: "east", service_cidr: ["100.1.0.0/16"], cluster_cidr: [], global_cidr: [] }),
    });
    expect(typeof (cluster.ok ? readCluster(cluster.value) : cluster).ok).toBe("boolean");
  }
  expect(Math.min(read, refused)).toBeGreaterThan(300);
});
