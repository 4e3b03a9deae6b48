// SPDX-License-Identifier: Apache-2.0
import type { HeldAddress } from "@strait/member";
import {
  type Address,
  address,
  addressBits,
  CABLE_DEVICE,
  type IfIndex,
  STRAIT_DEVICE,
  sameAddress,
  specialAddress,
} from "@strait/model";
import { Netlink } from "@strait/netlink";

/** What the gateway asks and does of its node's addresses, besides what the dataplane does. */
export interface NodeNetwork {
  /** All addresses that others may be told, and on what they are. `pods` are the host sides of pods' interfaces. */
  held(pods: ReadonlySet<IfIndex>): HeldAddress[];
  /** The sources the kernel would use towards the outside, one for each family, IPv4 first: routes are looked up, nothing is sent. */
  outside(hints: readonly Address[]): Address[];
  /** Gives our own device exactly these addresses; false while it is not there. */
  assign(addresses: readonly Address[]): boolean;
  close(): void;
}

/** Well-known far ends, for the look-up only. */
const FAR = [address("8.8.8.8"), address("2001:4860:4860::8888")] as const;

/**
 * The addresses of this node, by rtnetlink.
 *
 * @example
 * const network = openNodeNetwork();
 * network.outside([]) // [172.31.1.2]
 */
export function openNodeNetwork(): NodeNetwork {
  const netlink = new Netlink();
  const global = () => netlink.addresses().filter((entry) => entry.scope === "global" && !entry.tentative && !entry.dadFailed);
  return {
    held(pods) {
      const links = new Map(netlink.links().map((link) => [link.ifindex, link]));
      return global().flatMap(({ ifindex, address }): HeldAddress[] => {
        const link = links.get(ifindex);
        if (!link || specialAddress(address)) return [];
        if (link.name === CABLE_DEVICE || link.name === STRAIT_DEVICE) return [{ address, on: "ours" }];
        // A bridge is the host side of all its pods, but its address stays when they go.
        return [{ address, on: pods.has(ifindex) && link.kind !== "bridge" ? "pod" : "other" }];
      });
    },
    outside(hints) {
      return FAR.flatMap((far) => {
        const towards = [far, ...hints.filter(({ family }) => family === far.family)];
        for (const to of towards) {
          const path = netlink.getRoute(to);
          if (path && !path.local && !specialAddress(path.source)) return [path.source];
        }
        return [];
      });
    },
    assign(addresses) {
      const link = netlink.linkByName(CABLE_DEVICE);
      if (!link) return addresses.length === 0;
      const there = global().filter(({ ifindex }) => ifindex === link.ifindex);
      for (const entry of there)
        if (!addresses.some((wanted) => sameAddress(wanted, entry.address))) netlink.deleteAddress(entry);
      for (const wanted of addresses) {
        if (there.some((entry) => sameAddress(wanted, entry.address))) continue;
        netlink.addAddress({ ifindex: link.ifindex, address: wanted, prefixLength: addressBits(wanted.family), noDad: true });
      }
      return true;
    },
    close: () => netlink.close(),
  };
}
