// SPDX-License-Identifier: Apache-2.0
import type { IfIndex } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { attempt, type Changes } from "./map_sync.ts";
import { type Pins, removePins } from "./pins.ts";
import { spreadUplink, unspreadUplink } from "./spread.ts";

/**
 * Spreads the uplinks that should be, takes back the others that were. An uplink that is left alone is no failure: it works.
 * Where the kernel puts no packets together (GRO off, as between veths) few and large ones arrive, and another CPU costs more
 * than it takes over.
 */
export function applySpread(netlink: Netlink, pins: Pins, asked: readonly IfIndex[], changes: Changes): void {
  const wanted = asked.filter((ifindex) => {
    const link = netlink.linkByIndex(ifindex);
    return link !== undefined && netlink.features(link.name).get("rx-gro")?.active === true;
  });
  for (const ifindex of wanted) {
    const link = netlink.linkByIndex(ifindex);
    if (link) attempt(changes, "writes", "spread", `uplink ${link.name}`, () => (spreadUplink(pins, link) === "spread" ? 1 : 0));
  }
  for (const ifindex of pins.listSpread()) {
    if (wanted.includes(ifindex)) continue;
    const link = netlink.linkByIndex(ifindex);
    attempt(changes, "removes", "spread", `interface ${ifindex}`, () => {
      if (link) return Number(unspreadUplink(pins, link));
      removePins(pins.spread(ifindex)); // the interface is gone, and its queues with it
      return 1;
    });
  }
}
