// SPDX-License-Identifier: Apache-2.0
import { type Cidr, type ClusterFile, type Delivery, formatCidr, type NodeFacts, type PodInterfaceFact } from "@strait/model";

/** So many filters are named, the rest is counted. */
const NAMED = 3;

/**
 * How the packets of this node's pods pass it. Straight between interface and wire where that is what everybody wants or nobody
 * would notice; through the stack where somebody filters there what the node forwards, since a filter that does not see a packet
 * cannot refuse it. Both directions together: connection tracking that sees one of them only takes the other for invalid.
 *
 * @example
 * deliveryOf(file, facts) // { way: "stack", why: "table inet calico, chain forward filters what is forwarded", exceptions: [] }
 */
export function deliveryOf({ delivery = "auto" }: ClusterFile, { forward, podInterfaces }: NodeFacts): Delivery {
  if (delivery !== "auto") return { way: delivery, why: "the config says so", exceptions: [] };
  const filters = forward?.filters ?? [];
  if (filters.length === 0) {
    const exceptions = podInterfaces
      .flatMap(({ name, watchedBy }) => (watchedBy === undefined ? [] : [{ name, why: watchedBy }]))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { way: "direct", why: "nobody filters what is forwarded", exceptions };
  }
  const rest = filters.length - NAMED;
  const named = [...filters.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(" and ");
  return { way: "stack", why: `${named} ${filters.length > 1 ? "filter" : "filters"} what is forwarded`, exceptions: [] };
}

/** Whether the packets of the pods behind an interface go through the stack. */
export function goesThroughStack({ way, exceptions }: Delivery, { name }: Pick<PodInterfaceFact, "name">): boolean {
  return way === "stack" || exceptions.some((exception) => exception.name === name);
}

/**
 * Sources that others must leave as they are on the way to other clusters: what the own cluster announces. None where nobody
 * masquerades, so that no connection is tracked for our sake alone.
 */
export function keptSourcesOf({ subnets }: ClusterFile, { forward }: NodeFacts): readonly Cidr[] {
  return forward?.masquerades ? [...subnets].sort((a, b) => (formatCidr(a) < formatCidr(b) ? -1 : 1)) : [];
}
