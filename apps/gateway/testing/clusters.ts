// SPDX-License-Identifier: Apache-2.0
import { ClusterKind, EndpointKind } from "@strait/k8s";
import type { FakeApiServer, RawObject } from "@strait/k8s/testing";

/** A Node of the own cluster. */
export function nodeObject(name: string, ip: string, podCidr: string, gateway = true): RawObject {
  return {
    metadata: { name, labels: gateway ? { "submariner.io/gateway": "true" } : {} },
    spec: { podCIDRs: [podCidr] },
    status: { addresses: [{ type: "InternalIP", address: ip }], conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** An Endpoint of another cluster, as the leading gateway pulls it from the broker. */
export function remoteEndpoint(cluster: string, ip: string, change: Record<string, unknown> = {}): RawObject {
  const cable = `submariner-cable-${cluster}-${ip.replaceAll(".", "-")}`;
  return {
    apiVersion: "submariner.io/v1",
    kind: EndpointKind.kind,
    metadata: {
      name: `${cluster}-${cable}`,
      namespace: "submariner-operator",
      labels: { "submariner-io/clusterID": cluster },
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      cluster_id: cluster,
      cable_name: cable,
      hostname: `${cluster}-gw1`,
      subnets: ["100.2.0.0/16", "10.2.0.0/16"],
      private_ip: ip,
      public_ip: "",
      nat_enabled: false,
      backend: "vxlan",
      backend_config: { "udp-port": "4500" },
      healthCheckIP: "10.2.0.1",
      ...change,
    },
  };
}

/** A cluster of two gateway nodes and a worker, joined to west. */
export function fillEast(server: FakeApiServer): void {
  const nodes = server.objects({ group: "", version: "v1", plural: "nodes" });
  nodes.put(nodeObject("gw1", "172.31.1.2", "10.1.0.0/24"));
  nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24"));
  server.objects(EndpointKind).put(remoteEndpoint("west", "172.31.9.3"));
  server.objects(ClusterKind).put({
    metadata: {
      name: "west",
      namespace: "submariner-operator",
      labels: { "submariner-io/clusterID": "west" },
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      cluster_id: "west",
      service_cidr: ["100.2.0.0/16"],
      cluster_cidr: ["10.2.0.0/16"],
      global_cidr: [],
      color_codes: ["blue"],
    },
  });
}
