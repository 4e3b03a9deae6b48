// SPDX-License-Identifier: Apache-2.0
import { KernelError, queryTc } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { DIRECTIONS, isOurFilter, OUR_PREFIX } from "./filters.ts";

/**
 * Somebody else's program or filter of tc at a pod's interface: as policy it would not see what goes past it, in either direction.
 * Undefined where there is none. Nobody tells when one comes: it is seen when something about the interface changes, else within
 * the minute in which everything is looked at.
 *
 * @example
 * watcherAt(netlink, ifindex) // "tc program policy at egress"
 */
export function watcherAt(netlink: Netlink, ifindex: IfIndex): string | undefined {
  try {
    return findWatcher(netlink, ifindex);
  } catch (error) {
    // It went while it was looked at.
    if (error instanceof KernelError && error.errnoName === "ENODEV") return undefined;
    throw error;
  }
}

function findWatcher(netlink: Netlink, ifindex: IfIndex): string | undefined {
  for (const direction of DIRECTIONS) {
    // Where names are not to be had (see queryTc) ours cannot be told from others at ingress; at egress of a pod's interface we have none.
    const program = queryTc(ifindex, direction).find(
      ({ kind, name }) => kind === "tcx" && (direction === "egress" || name !== "") && !name.startsWith(OUR_PREFIX),
    );
    if (program) return `tc program ${program.name || program.id} at ${direction}`;
    const filter = netlink.filters(ifindex, direction).find((each) => !isOurFilter(each));
    if (filter) return `tc filter ${filter.kind} of priority ${filter.priority} at ${direction}`;
  }
  return undefined;
}
