// SPDX-License-Identifier: Apache-2.0
import { type Address, type Cidr, contains, type Family, formatAddress, sameAddress } from "@strait/model";

/** An address of this node and where it is. */
export interface HeldAddress {
  readonly address: Address;
  /** On one of our own devices, on the host side of a pod's interface, or elsewhere (a CNI bridge, flannel.1). */
  readonly on: "ours" | "pod" | "other";
}

export interface HealthCheckInput {
  /** All global addresses of this node's stack. */
  readonly held: readonly HeldAddress[];
  /** The pod subnets that lead to this node. */
  readonly nodeSubnets: readonly Cidr[];
  /** All pod subnets of the cluster. */
  readonly podSubnets: readonly Cidr[];
  /** What was chosen before; kept while it can be, for every change costs each other cluster a probe's history. */
  readonly current: readonly Address[];
}

/** What others ping through the tunnel to reach this very node. */
export interface HealthCheckChoice {
  /** At most one of each family, IPv4 first. */
  readonly addresses: readonly Address[];
  /** Those among them that our device must be given. */
  readonly assign: readonly Address[];
  /** Why there is none, where there is none. */
  readonly reason: string | undefined;
}

/**
 * Chooses the addresses that answer for this gateway. They must lie in what the cluster announces and lead to this node and no
 * other, so they are inside the node's own pod subnets:
 *
 * 1. what was chosen before, while the node has it;
 * 2. an address on an interface that is no pod's, such as the CNI's bridge or flannel.1;
 * 3. else (ptp, and bridges before the first pod) the first address of the subnet, which we put on our own device: no IPAM gives
 *    it away, as it is the network's own address, and flannel does the same.
 *
 * Where pods' addresses say nothing about nodes (Calico's and others' own plans) only an address that the plugin itself gave the
 * node will do (tunl0, cilium_host): none of ours could be led here. An address on a pod's own interface comes and goes with it.
 *
 * @example
 * chooseHealthCheckIps({ held: [{ address: address("10.1.0.1"), on: "other" }], nodeSubnets: [cidr("10.1.0.0/24")], podSubnets: [], current: [] })
 */
export function chooseHealthCheckIps(input: HealthCheckInput): HealthCheckChoice {
  const addresses: Address[] = [];
  const assign: Address[] = [];
  for (const family of [4, 6] as const) {
    const chosen = chooseOne(family, input);
    if (!chosen) continue;
    addresses.push(chosen.address);
    if (chosen.assign) assign.push(chosen.address);
  }
  const reason =
    addresses.length > 0
      ? undefined
      : "no address of this node lies in the cluster's pod subnets, so nothing of it can be pinged through the tunnel";
  return { addresses, assign, reason };
}

function chooseOne(family: Family, input: HealthCheckInput): { address: Address; assign: boolean } | undefined {
  const { held, current } = input;
  const ofFamily = (subnets: readonly Cidr[]): Cidr[] => subnets.filter(({ address }) => address.family === family);
  const own = ofFamily(input.nodeSubnets);
  const inside = (subnets: readonly Cidr[], address: Address): boolean => subnets.some((subnet) => contains(subnet, address));
  const [network] = own;
  const usable = own.length > 0 ? own : ofFamily(input.podSubnets);
  const ours = (address: Address): boolean => network !== undefined && sameAddress(address, network.address);
  const candidates = held
    .filter(({ address, on }) => inside(usable, address) && (on === "other" || (on === "ours" && ours(address))))
    .sort((a, b) => compareText(formatAddress(a.address), formatAddress(b.address)));
  const kept =
    candidates.find(({ address }) => current.some((one) => sameAddress(one, address))) ??
    candidates.find(({ on }) => on === "ours") ??
    candidates[0];
  if (kept) return { address: kept.address, assign: kept.on === "ours" };
  return network && { address: network.address, assign: true };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
