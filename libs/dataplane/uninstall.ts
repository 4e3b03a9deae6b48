// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { detachTc, queryTc } from "@strait/ffi";
import { ROUTE_PROTOCOL } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { deviceNames } from "./devices.ts";
import { Pins, removePins } from "./pins.ts";

const DIRECTIONS = ["ingress", "egress"] as const;

/**
 * Removes every object of ours from this node, whichever process made it: attachments, routes, devices, pins. The traffic
 * to other clusters ends. Harmless where nothing is left; objects of others stay.
 *
 * @returns what was removed, in order
 */
export function uninstallDataplane({ pinDir }: { readonly pinDir: string }): { removed: string[] } {
  const removed: string[] = [];
  const pins = new Pins(pinDir);
  using netlink = new Netlink();
  for (const pin of pins.listLinks()) {
    const { place, ifindex, direction } = pin;
    if (detachTc({ ifindex, direction, pinPath: pins.link(pin) })) removed.push(`${place} program at interface ${ifindex}`);
  }
  removeFilters(netlink, removed);
  for (const { destination, hops, priority } of netlink.routes({ protocol: ROUTE_PROTOCOL })) {
    const ifindex = hops[0]?.ifindex;
    const key = { destination, protocol: ROUTE_PROTOCOL, priority, ...(ifindex !== undefined && { ifindex }) };
    if (netlink.deleteRoute(key)) removed.push(`a route of protocol ${ROUTE_PROTOCOL}`);
  }
  for (const name of deviceNames) if (netlink.deleteLink(name)) removed.push(`device ${name}`);
  if (existsSync(pinDir)) {
    removePins(pinDir);
    removed.push(`pins in ${pinDir}`);
  }
  return { removed };
}

/** What was attached by clsact filters, which have no pins, and the clsact qdiscs that hold nothing any more. */
function removeFilters(netlink: Netlink, removed: string[]): void {
  const clsact = netlink.qdiscs().filter(({ kind }) => kind === "clsact");
  for (const { ifindex } of clsact) {
    let ours = false;
    for (const direction of DIRECTIONS) {
      const present = queryTc(ifindex, direction).some(({ kind, name }) => kind === "clsact" && name.startsWith("strait_"));
      if (present && detachTc({ ifindex, direction })) ours = true;
    }
    if (!ours) continue;
    removed.push(`filters at interface ${ifindex}`);
    // Only where we had filters: an empty qdisc of somebody else is theirs to remove.
    if (!hasFilters(ifindex)) netlink.deleteClsact(ifindex);
  }
}

function hasFilters(ifindex: number): boolean {
  return DIRECTIONS.some((direction) => queryTc(ifindex, direction).some(({ kind }) => kind === "clsact"));
}
