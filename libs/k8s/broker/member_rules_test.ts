// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type MemberWrite, memberMayWrite, memberOf } from "./member_rules.ts";

const label = (id: string) => ({ labels: { "submariner-io/clusterID": id } });
const cluster = (id: string, owner = id) => ({ metadata: { name: id, ...label(owner) }, spec: { cluster_id: id } });
const endpointName = (id: string) => `${id}-submariner-cable-${id}-10-0-0-1`;
const endpoint = (id: string, more: object = {}) => ({
  metadata: { name: endpointName(id), ...label(id) },
  spec: { cluster_id: id, cable_name: `submariner-cable-${id}-10-0-0-1`, ...more },
});
const slice = (owner: string, source?: string) => ({
  metadata: {
    labels: {
      "submariner-io/clusterID": owner,
      ...(source !== undefined && { "multicluster.kubernetes.io/source-cluster": source }),
    },
  },
});
const serviceImport = (ids: readonly string[], more: object = {}) => ({
  metadata: { annotations: Object.fromEntries(ids.map((id) => [`timestamp.submariner.io/${id}`, "1"])) },
  spec: { type: "ClusterSetIP", ports: [] },
  status: { clusters: ids.map((id) => ({ cluster: id })) },
  ...more,
});
const inGroup =
  (group: string, plural: string) =>
  (name: string, object?: object, old?: object): MemberWrite => ({ group, plural, name, object, old });
const clusters = inGroup("submariner.io", "clusters");
const endpoints = inGroup("submariner.io", "endpoints");
const slices = inGroup("discovery.k8s.io", "endpointslices");
const imports = inGroup("multicluster.x-k8s.io", "serviceimports");
const gone = undefined;

/** What "east" may do. */
const allowed: [name: string, write: MemberWrite][] = [
  ["create its Cluster", clusters("east", cluster("east"))],
  ["change its Cluster", clusters("east", cluster("east"), cluster("east"))],
  ["remove its Cluster", clusters("east", gone, cluster("east"))],
  ["create its Endpoint", endpoints(endpointName("east"), endpoint("east"))],
  ["create its Endpoint of an IPv6 address", endpoints("east-submariner-cable-east-fd00--1", endpoint("east"))],
  ["remove its Endpoint", endpoints(endpointName("east"), gone, endpoint("east"))],
  ["create an EndpointSlice", slices("web-x1", slice("east", "east"))],
  ["remove its EndpointSlice", slices("web-x1", gone, slice("east"))],
  ["create a ServiceImport with its annotation", imports("web", serviceImport(["east"]))],
  ["join a ServiceImport of others", imports("web", serviceImport(["west", "east"]), serviceImport(["west"]))],
  ["leave a ServiceImport of others", imports("web", serviceImport(["west"]), serviceImport(["west", "east"]))],
  [
    "add a port to a ServiceImport that it contributes to",
    imports(
      "web",
      serviceImport(["west", "east"], { spec: { type: "ClusterSetIP", ports: [{ port: 1 }] } }),
      serviceImport(["west", "east"]),
    ),
  ],
  [
    "change the order of status.clusters",
    imports("web", serviceImport(["a", "east", "west"]), serviceImport(["west", "a", "east"])),
  ],
  ["remove a ServiceImport that only it contributes to", imports("web", gone, serviceImport(["east"]))],
  ["remove a ServiceImport that nobody contributes to", imports("web", gone, serviceImport([]))],
  [
    "take a finalizer away",
    clusters("east", cluster("east"), { ...cluster("east"), metadata: { name: "east", ...label("east"), finalizers: ["x"] } }),
  ],
];
for (const [name, write] of allowed)
  test(`memberMayWrite lets a member ${name}`, () =>
    expect(memberMayWrite("east", write)).toEqual({ ok: true, value: undefined }));

const refused: [name: string, write: MemberWrite][] = [
  ["create another's Cluster", clusters("west", cluster("west"))],
  ["create a Cluster of its name that says another id", clusters("east", { ...cluster("east"), spec: { cluster_id: "west" } })],
  ["create a Cluster of another name with its id", clusters("west", { ...cluster("west"), spec: { cluster_id: "east" } })],
  ["create its Cluster with another's label", clusters("east", cluster("east", "west"))],
  ["create its Cluster without a label", clusters("east", { spec: { cluster_id: "east" } })],
  ["take over another's Cluster by label", clusters("west", cluster("west", "east"), cluster("west"))],
  ["take over another's Cluster by id", clusters("west", cluster("east"), cluster("west"))],
  ["remove another's Cluster", clusters("west", gone, cluster("west"))],
  [
    "give its Cluster a finalizer",
    clusters("east", { ...cluster("east"), metadata: { ...label("east"), finalizers: ["x"] } }, cluster("east")),
  ],
  [
    "give its Cluster an owner",
    clusters("east", { ...cluster("east"), metadata: { ...label("east"), ownerReferences: [{ uid: "1" }] } }, cluster("east")),
  ],
  ["create another's Endpoint", endpoints(endpointName("west"), endpoint("west"))],
  ["create an Endpoint of another under its own name", endpoints(endpointName("east"), endpoint("west"))],
  [
    "create an Endpoint with another's cable",
    endpoints(endpointName("east"), endpoint("east", { cable_name: "submariner-cable-west-10-0-0-1" })),
  ],
  ["create an Endpoint of any name", endpoints("east-x", endpoint("east"))],
  [
    "take the name of a cluster whose id starts as its own",
    endpoints("east-submariner-cable-east-x-submariner-cable-east-x-10-0-0-1", endpoint("east")),
  ],
  ["change another's Endpoint", endpoints(endpointName("west"), endpoint("west", { private_ip: "10.0.0.9" }), endpoint("west"))],
  [
    "relabel another's Endpoint",
    endpoints(endpointName("west"), { ...endpoint("west"), metadata: label("east") }, endpoint("west")),
  ],
  ["remove another's Endpoint", endpoints(endpointName("west"), gone, endpoint("west"))],
  ["create another's EndpointSlice", slices("web-x1", slice("west"))],
  ["create an EndpointSlice that says it comes from another", slices("web-x1", slice("east", "west"))],
  ["create an EndpointSlice without a label", slices("web-x1", { metadata: {} })],
  ["relabel another's EndpointSlice", slices("web-x1", slice("east"), slice("west"))],
  ["give its EndpointSlice away", slices("web-x1", slice("west"), slice("east"))],
  ["remove another's EndpointSlice", slices("web-x1", gone, slice("west"))],
  ["create a ServiceImport in another's name", imports("web", serviceImport(["west"]))],
  ["create a ServiceImport in nobody's name", imports("web", serviceImport([]))],
  ["put another into status.clusters", imports("web", serviceImport(["east", "west"]), serviceImport(["east"]))],
  ["take another out of status.clusters", imports("web", serviceImport(["east"]), serviceImport(["east", "west"]))],
  [
    "change another's timestamp",
    imports(
      "web",
      {
        ...serviceImport(["east", "west"]),
        metadata: { annotations: { "timestamp.submariner.io/east": "1", "timestamp.submariner.io/west": "2" } },
      },
      serviceImport(["east", "west"]),
    ),
  ],
  [
    "write a ServiceImport that it does not contribute to",
    imports("web", serviceImport(["west"], { spec: { type: "ClusterSetIP", ports: [{ port: 1 }] } }), serviceImport(["west"])),
  ],
  [
    "change the type of a shared ServiceImport",
    imports("web", serviceImport(["east", "west"], { spec: { type: "Headless", ports: [] } }), serviceImport(["east", "west"])),
  ],
  [
    "change the address of a shared ServiceImport",
    imports(
      "web",
      serviceImport(["east", "west"], { spec: { type: "ClusterSetIP", ips: ["243.0.0.1"], ports: [] } }),
      serviceImport(["east", "west"]),
    ),
  ],
  ["remove a ServiceImport that others contribute to", imports("web", gone, serviceImport(["east", "west"]))],
  ["remove a ServiceImport of others", imports("web", gone, serviceImport(["west"]))],
  ["write Secrets", inGroup("", "secrets")("x", {})],
  ["write Roles", inGroup("rbac.authorization.k8s.io", "roles")("x", {})],
  ["write what is named as a member of every object", inGroup("", "constructor")("x", {})],
];
for (const [name, write] of refused) {
  test(`memberMayWrite does not let a member ${name}`, () =>
    expect(memberMayWrite("east", write)).toMatchObject({ ok: false, reason: expect.stringMatching(/cluster/) }));
}

test("memberOf knows members by their account in the broker's namespace only", () => {
  const of = (user: string) => memberOf(user, "b");
  expect(of("system:serviceaccount:b:cluster-east")).toBe("east");
  for (const user of [
    "system:serviceaccount:b:cluster-",
    "system:serviceaccount:c:cluster-east",
    "system:serviceaccount:b:submariner-k8s-broker-admin",
    "cluster-east",
    "admin",
  ])
    expect([user, of(user)]).toEqual([user, undefined]);
});
