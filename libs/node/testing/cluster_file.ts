// SPDX-License-Identifier: Apache-2.0
import { address, type ClusterFile, cidr, clusterId, nodeName } from "@strait/model";

/** What a test wants to be different in {@link clusterFile}. */
export interface ClusterFileChange extends Partial<Omit<ClusterFile, "node">> {
  /** The own node's name; it is the first of the nodes too. */
  readonly node?: string;
}

/**
 * A config of two clusters, as `parseClusterFile` would answer it: east (gateway gw1, worker w1), and west with one gateway.
 *
 * @example
 * clusterFile({ node: "gw1", log: "debug" })
 */
export function clusterFile({ node = "gw1", ...change }: ClusterFileChange = {}): ClusterFile {
  return Object.freeze({
    cluster: clusterId("east"),
    node: nodeName(node),
    subnets: [cidr("10.1.0.0/16")],
    nodes: [
      { name: nodeName(node), addresses: [address("172.31.1.2")], subnets: [cidr("10.1.0.0/24")], gateway: true },
      { name: nodeName("w1"), addresses: [address("172.31.1.3")], subnets: [cidr("10.1.1.0/24")], gateway: false },
    ],
    clusters: [
      {
        id: clusterId("west"),
        subnets: [cidr("10.2.0.0/16")],
        gateways: [{ name: nodeName("gw1"), addresses: [address("172.31.9.3")], port: 4500 }],
      },
    ],
    spread: true,
    pinDir: "/sys/fs/bpf/strait",
    log: "info",
    ...change,
  });
}
