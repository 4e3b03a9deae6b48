// SPDX-License-Identifier: Apache-2.0
import { type Cidr, type ClusterFile, contains, covers, type NodeFacts, type NodeSpec, sameCidr } from "@strait/model";

/**
 * Which of the announced subnets a gateway's stack is to have, as far as no row leads elsewhere. Always those where Services may be,
 * which it translates. Of pods only those where the CNI has a route that names no node (over a device of its own, or by a next
 * hop inside the pods' ranges): elsewhere all it could do is to let the packet out by the default route.
 *
 * @example
 * subnets.of(file, facts, own); // the same list for the same input
 */
export class StackSubnets {
  #from: readonly unknown[] = [];
  #subnets: readonly Cidr[] = [];

  of(
    { subnets, podSubnets }: Pick<ClusterFile, "subnets" | "podSubnets">,
    { podRoutes }: Pick<NodeFacts, "podRoutes">,
    own: Pick<NodeSpec, "subnets">,
  ): readonly Cidr[] {
    const from = [subnets, podSubnets, podRoutes, own.subnets];
    if (from.every((value, i) => value === this.#from[i])) return this.#subnets;
    this.#from = from;
    const ways = podRoutes.filter(
      ({ destination, via }) =>
        (via === undefined || subnets.some((subnet) => contains(subnet, via))) &&
        !own.subnets.some((subnet) => covers(subnet, destination)),
    );
    this.#subnets = subnets.filter(
      (subnet) =>
        !podSubnets?.some((pods) => sameCidr(pods, subnet)) || ways.some(({ destination }) => covers(subnet, destination)),
    );
    return this.#subnets;
  }
}
