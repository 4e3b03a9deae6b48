// SPDX-License-Identifier: Apache-2.0
import type { Address } from "./address.ts";
import type { Cidr } from "./cidr.ts";
import type { ClusterId } from "./ids.ts";

/** A cluster as it tells the clusterset: Submariner's Cluster object. The lists keep their order. */
export interface MemberCluster {
  readonly id: ClusterId;
  readonly serviceCidrs: readonly Cidr[];
  readonly podCidrs: readonly Cidr[];
  /** Empty where the cluster does not translate its addresses (Globalnet). */
  readonly globalCidrs: readonly Cidr[];
}

/**
 * Where a gateway is on its way into the cluster's gateways or out of them (docs/adr/0010):
 *
 * - `joining`: it takes what comes over its cables; its own cluster sends to it once it says that the others know it.
 * - `leaving`: whoever still sends to it is served; nobody sends to it any more.
 * - `left`: it steers its own traffic over other gateways; what it sent last is still taken, and it still takes what comes over its
 *   cables, from whoever heard later.
 */
export type GatewayPhase = "joining" | "leaving" | "left";

/** A gateway node of a cluster: where its cables end. */
export interface GatewayMember {
  /** The node's host name as its cluster wrote it; may hold what a Kubernetes name may not. */
  readonly hostname: string;
  /** The addresses of the node itself, IPv4 first; one or more. */
  readonly privateIps: readonly Address[];
  /** The addresses that others see; empty where they are the private ones or not known. */
  readonly publicIps: readonly Address[];
  /** UDP port of its cables. */
  readonly port: number;
  /** What answers a ping through the tunnel; empty: nothing is to be pinged. */
  readonly healthCheckIps: readonly Address[];
  /** Absent: it takes part. */
  readonly phase?: GatewayPhase;
}

/**
 * How a cluster is reached: Submariner's Endpoint object, one per cluster, written by its leading gateway. Ours list every
 * live gateway in `gateways`; for a cluster of Submariner's the list holds the one node the Endpoint is about.
 */
export interface MemberEndpoint {
  readonly clusterId: ClusterId;
  readonly cableName: string;
  readonly hostname: string;
  /** What lies behind it, in the order of `announcedSubnets`. */
  readonly subnets: readonly Cidr[];
  readonly privateIps: readonly Address[];
  readonly publicIps: readonly Address[];
  readonly natEnabled: boolean;
  /** The cable driver: vxlan, wireguard, libreswan… */
  readonly backend: string;
  /** Options of the cable driver: udp-port, natt-discovery-port, publicKey… */
  readonly backendConfig: Readonly<Record<string, string>>;
  readonly healthCheckIps: readonly Address[];
  /** Never empty. */
  readonly gateways: readonly GatewayMember[];
  /** When the API server made the object, in milliseconds since 1970: of two of one cluster the newer one counts. */
  readonly createdAt: number;
  readonly uid: string;
}

/**
 * What a cluster announces: its global CIDRs if it has any, else its service CIDRs and then its pod CIDRs, the IPv4 ones
 * before the IPv6 ones. Peers that run Submariner read positions of this list, and IPv4 only, so the order is kept.
 */
export function announcedSubnets(cluster: Pick<MemberCluster, "serviceCidrs" | "podCidrs" | "globalCidrs">): readonly Cidr[] {
  if (cluster.globalCidrs.length > 0) return cluster.globalCidrs;
  const all = [...cluster.serviceCidrs, ...cluster.podCidrs];
  return [4, 6].flatMap((family) => all.filter((subnet) => subnet.address.family === family));
}
