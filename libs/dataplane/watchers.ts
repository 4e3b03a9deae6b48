// SPDX-License-Identifier: Apache-2.0
import { KernelError, queryTc } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { DIRECTIONS, isOurFilter, OUR_PREFIX } from "./filters.ts";

/** What a look at an interface takes from elsewhere. */
export interface WatcherSight {
  /** Ids of our own programs, asked for where a name is not to be had (see `queryTc`). None where absent. */
  readonly ours?: () => ReadonlySet<number>;
  readonly query?: typeof queryTc;
}

/**
 * Somebody else's program or filter of tc at a pod's interface: as policy it would not see what goes past it, in either direction.
 * Undefined where there is none. Nobody tells when one comes: it is seen when something about the interface changes, else within
 * the minute in which everything is looked at.
 *
 * @example
 * watcherAt(netlink, ifindex, { ours: () => podProgramIds(pinDir) }) // "tc program policy at egress"
 */
export function watcherAt(netlink: Netlink, ifindex: IfIndex, sight: WatcherSight = {}): string | undefined {
  try {
    return findWatcher(netlink, ifindex, sight);
  } catch (error) {
    // It went while it was looked at.
    if (error instanceof KernelError && error.errnoName === "ENODEV") return undefined;
    throw error;
  }
}

function findWatcher(
  netlink: Netlink,
  ifindex: IfIndex,
  { ours = () => new Set(), query = queryTc }: WatcherSight,
): string | undefined {
  const isOurs = ({ id, name }: { readonly id: number; readonly name: string }): boolean =>
    name === "" ? ours().has(id) : name.startsWith(OUR_PREFIX);
  for (const direction of DIRECTIONS) {
    const program = query(ifindex, direction).find((each) => each.kind === "tcx" && !isOurs(each));
    if (program) return `tc program ${program.name || program.id} at ${direction}`;
    const filter = netlink.filters(ifindex, direction).find((each) => !isOurFilter(each));
    if (filter) return `tc filter ${filter.kind} of priority ${filter.priority} at ${direction}`;
  }
  return undefined;
}
