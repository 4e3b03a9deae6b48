// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  type ClusterFile,
  compareAddress,
  contains,
  type Family,
  type NodeFacts,
  type NodeSpec,
  sameAddress,
} from "@strait/model";

/** An own address of each family that other clusters can answer to: inside the node's own subnets, else inside the cluster's. */
export type Sources = { readonly [F in Family]?: Address };

/**
 * Finds them; the lowest where there are several.
 *
 * The first address of an IPv6 subnet belongs to all its routers (RFC 4291 2.6.1), and a kernel that routes such a subnet without
 * naming a gateway sends no ICMPv6 error there (`ipv6_anycast_destination`): whoever sends from it never hears that a packet was too big.
 * CNI plugins and we ourselves give it to devices all the same, so it is the source only where a node has no other.
 *
 * @example
 * sourcesOf(file, ownNode(file), facts) // { 4: 10.1.1.0, 6: fd01::1 }
 */
export function sourcesOf(file: Pick<ClusterFile, "subnets">, own: NodeSpec, facts: Pick<NodeFacts, "hostAddresses">): Sources {
  const announced = [...own.subnets, ...file.subnets];
  const isShared = (a: Address): boolean => announced.some((subnet) => isRouters(subnet, a));
  const of = (family: Family): Address | undefined => {
    const candidates = facts.hostAddresses.filter((a) => a.family === family).sort(compareAddress);
    const inside = (subnets: ClusterFile["subnets"]): Address | undefined => {
      const isInside = (a: Address): boolean => subnets.some((s) => contains(s, a));
      return candidates.find((a) => isInside(a) && !isShared(a)) ?? candidates.find(isInside);
    };
    return inside(own.subnets) ?? inside(file.subnets);
  };
  const [four, six] = [of(4), of(6)];
  return { ...(four && { 4: four }), ...(six && { 6: six }) };
}

/** Whether it is the subnet-router anycast address; links between two routers have none (RFC 6164). */
function isRouters({ address, prefixLength }: Cidr, candidate: Address): boolean {
  return candidate.family === 6 && prefixLength < 127 && sameAddress(address, candidate);
}
