// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { detachTc } from "@strait/ffi";
import { NFT_TABLE, ROUTE_PROTOCOL } from "@strait/model";
import { Netlink, Nftables } from "@strait/netlink";
import { deviceNames } from "./devices.ts";
import { DIRECTIONS, removeFilter } from "./filters.ts";
import { removeKeptSources } from "./kept_sources.ts";
import { listLayouts, Pins, removePins } from "./pins.ts";
import { unspreadUplink } from "./spread.ts";

/**
 * Removes every object of ours from this node, whichever process made it: attachments, routes, devices, pins. The traffic
 * to other clusters ends. Harmless where nothing is left; objects of others stay.
 *
 * @returns what was removed, in order
 */
export function uninstallDataplane({ pinDir }: { readonly pinDir: string }): { removed: string[] } {
  const removed: string[] = [];
  using netlink = new Netlink();
  // Those of other versions too: with their pins their programs would go all the same, and what is beside them would stay.
  const layouts = listLayouts(pinDir).map((layout) => new Pins(pinDir, layout));
  for (const pins of layouts) {
    for (const pin of pins.listLinks()) {
      const { place, ifindex, direction } = pin;
      if (detachTc({ ifindex, direction, pinPath: pins.link(pin) })) removed.push(`${place} program at interface ${ifindex}`);
    }
  }
  removeFilters(netlink, removed);
  for (const pins of layouts) {
    for (const ifindex of pins.listSpread()) {
      const link = netlink.linkByIndex(ifindex);
      if (link && unspreadUplink(pins, link)) removed.push(`receive packet steering of ${link.name}`);
    }
  }
  for (const { destination, hops, priority } of netlink.routes({ protocol: ROUTE_PROTOCOL })) {
    const ifindex = hops[0]?.ifindex;
    const key = { destination, protocol: ROUTE_PROTOCOL, priority, ...(ifindex !== undefined && { ifindex }) };
    if (netlink.deleteRoute(key)) removed.push(`a route of protocol ${ROUTE_PROTOCOL}`);
  }
  using nftables = Nftables.open();
  if (removeKeptSources(nftables) > 0) removed.push(`table inet ${NFT_TABLE}`);
  for (const name of deviceNames) if (netlink.deleteLink(name)) removed.push(`device ${name}`);
  if (existsSync(pinDir)) {
    removePins(pinDir);
    removed.push(`pins in ${pinDir}`);
  }
  return { removed };
}

/** What was attached by clsact filters, which have no pins. */
function removeFilters(netlink: Netlink, removed: string[]): void {
  for (const { kind, ifindex } of netlink.qdiscs()) {
    if (kind !== "clsact") continue;
    for (const direction of DIRECTIONS) {
      if (removeFilter(netlink, ifindex, direction)) removed.push(`${direction} filter at interface ${ifindex}`);
    }
  }
}
