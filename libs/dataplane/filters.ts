// SPDX-License-Identifier: Apache-2.0
import { CLSACT_HANDLE, CLSACT_PRIORITY, detachTc, queryTc } from "@strait/ffi";
import type { IfIndex } from "@strait/model";
import type { Filter, Netlink } from "@strait/netlink";

/** Both ways of an interface. */
export const DIRECTIONS = ["ingress", "egress"] as const;
export type TcDirection = (typeof DIRECTIONS)[number];

/** What the names of all our programs begin with. */
export const OUR_PREFIX = "strait_";

/** Whether a filter stands where ours do (docs/design/dataplane.md). */
export function isOurFilter({ kind, handle, priority }: Filter): boolean {
  return kind === "bpf" && handle === CLSACT_HANDLE && priority === CLSACT_PRIORITY;
}

/** Names of our programs in the clsact filters of an interface; the kernel keeps 15 characters of each. */
export function ourFilters(ifindex: number, direction: TcDirection): string[] {
  return queryTc(ifindex, direction).flatMap(({ kind, name }) =>
    kind === "clsact" && name.startsWith(OUR_PREFIX) ? [name] : [],
  );
}

/**
 * Removes our clsact filter, and with the last filter of all the qdisc that held it: attaching made it. A qdisc with filters
 * of somebody else stays, and so does an empty one we had no filter in.
 *
 * @returns whether a filter of ours was there
 */
export function removeFilter(netlink: Netlink, ifindex: IfIndex, direction: TcDirection): boolean {
  if (ourFilters(ifindex, direction).length === 0 || !detachTc({ ifindex, direction })) return false;
  if (DIRECTIONS.every((hook) => netlink.filters(ifindex, hook).length === 0)) netlink.deleteClsact(ifindex);
  return true;
}
