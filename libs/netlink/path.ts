// SPDX-License-Identifier: Apache-2.0
import type { Address, IfIndex } from "@strait/model";
import type { Route } from "./route.ts";

/** How the kernel sends a packet to an address: the answer of a route lookup. */
export interface Path {
  /** The router; undefined where the destination is on the link. */
  readonly via?: Address;
  readonly ifindex: IfIndex;
  /** The source address the kernel would choose. */
  readonly source: Address;
  /** Of the route, or of path MTU discovery, in bytes; undefined: the link's. */
  readonly mtu?: number;
  /** The destination is this host itself. */
  readonly local: boolean;
}

/**
 * The path of a looked-up route; undefined where it goes nowhere or has no source address to send from. Asked with a source,
 * the kernel does not repeat it.
 */
export function pathOf(route: Route, askedSource?: Address): Path | undefined {
  const hop = route.hops[0];
  const source = route.prefSource ?? askedSource;
  if (route.type !== "unicast" && route.type !== "local") return undefined;
  if (hop?.ifindex === undefined || !source) return undefined;
  return {
    ...(hop.via && { via: hop.via }),
    ifindex: hop.ifindex,
    source,
    ...(route.mtu !== undefined && { mtu: route.mtu }),
    local: route.type === "local",
  };
}
