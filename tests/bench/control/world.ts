// SPDX-License-Identifier: Apache-2.0
import { ClusterKind, EndpointKind } from "@strait/k8s";
import type { FakeApiServer, RawObject } from "@strait/k8s/testing";

/** How large the cluster is that is simulated. */
export interface WorldSize {
  readonly nodes: number;
  /** Spread over the nodes evenly. */
  readonly pods: number;
  /** Other clusters, each with one gateway and two subnets. */
  readonly clusters: number;
}

/** Where the objects of Submariner's kinds are. */
export const NAMESPACE = "submariner-operator";
/** The node whose apps are measured: a gateway node. */
export const OWN_NODE = "n0";

const KINDS = {
  nodes: { group: "", version: "v1", plural: "nodes" },
  pods: { group: "", version: "v1", plural: "pods" },
} as const;

const byte = (value: number, shift: number): number => (value >>> shift) & 0xff;
const dotted = (first: number, value: number): string => `${first}.${byte(value, 16)}.${byte(value, 8)}.${byte(value, 0)}`;

/** Underlay addresses of the nodes: 172.16.0.0/12, on the link of the measured node. */
export function nodeIp(node: number): string {
  return dotted(172, 0x100000 + node + 1);
}

/** Pods in 10.0.0.0/9 without a plan by node, as a CNI with pools of its own gives them out. */
function podIp(pod: number): string {
  return dotted(10, pod + 1);
}

function clusterIp(cluster: number): string {
  return dotted(192, 0xa80000 + cluster + 1);
}

function nodeObject(node: number, ready = true): RawObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `n${node}`, labels: node === 0 ? { "submariner.io/gateway": "true" } : {} },
    spec: {},
    status: {
      addresses: [{ type: "InternalIP", address: nodeIp(node) }],
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

function podObject(pod: number, nodes: number): RawObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `p${pod}`, namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { nodeName: `n${pod % nodes}`, containers: [{ name: "main", image: "pause" }] },
    status: { phase: "Running", podIP: podIp(pod), podIPs: [{ ip: podIp(pod) }] },
  };
}

function endpointObject(cluster: number, more: readonly string[] = []): RawObject {
  const id = `c${cluster}`;
  const cable = `submariner-cable-${id}-${clusterIp(cluster).replaceAll(".", "-")}`;
  const metadata = { namespace: NAMESPACE, labels: { "submariner-io/clusterID": id }, creationTimestamp: "2026-01-01T00:00:00Z" };
  return {
    apiVersion: "submariner.io/v1",
    kind: EndpointKind.kind,
    metadata: { ...metadata, name: `${id}-${cable}` },
    spec: {
      cluster_id: id,
      cable_name: cable,
      hostname: "gw",
      subnets: [`100.${cluster}.0.0/17`, `100.${cluster}.128.0/17`, ...more],
      private_ip: clusterIp(cluster),
      public_ip: "",
      nat_enabled: false,
      backend: "vxlan",
      backend_config: { "udp-port": "4500" },
      healthCheckIP: `100.${cluster}.0.1`,
    },
  };
}

function clusterObject(cluster: number): RawObject {
  const id = `c${cluster}`;
  const metadata = {
    name: id,
    namespace: NAMESPACE,
    labels: { "submariner-io/clusterID": id },
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const spec = { cluster_id: id, service_cidr: [], cluster_cidr: [`100.${cluster}.0.0/16`], global_cidr: [], color_codes: [] };
  return { apiVersion: "submariner.io/v1", kind: ClusterKind.kind, metadata, spec };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Fills an API server with a clusterset of that size, as if it had been there for long. */
export function fillWorld(server: FakeApiServer, { nodes, pods, clusters }: WorldSize): void {
  server.objects(KINDS.nodes).fill(range(nodes).map((node) => nodeObject(node)));
  server.objects(KINDS.pods).fill(range(pods).map((pod) => podObject(pod, nodes)));
  server.objects(EndpointKind).fill(range(clusters).map((cluster) => endpointObject(cluster)));
  server.objects(ClusterKind).fill(range(clusters).map((cluster) => clusterObject(cluster)));
}

/** What is changed, one object at a time. */
export const changeNames = ["pod", "endpoint", "node"] as const;
export type ChangeName = (typeof changeNames)[number];

/** One change: a pod comes, a cluster announces another subnet, a node becomes ready or not. */
export function changeWorld(server: FakeApiServer, change: ChangeName, step: number, size: WorldSize): void {
  if (change === "pod") server.objects(KINDS.pods).put(podObject(size.pods + step, size.nodes));
  else if (change === "endpoint") {
    // Each time another one, that nobody has: whatever the number of clusters.
    const cluster = step % size.clusters;
    const round = Math.floor(step / size.clusters) % 38;
    server.objects(EndpointKind).put(endpointObject(cluster, [`${130 + round}.${cluster}.0.0/16`]));
  } else server.objects(KINDS.nodes).put(nodeObject(size.nodes + step));
}
