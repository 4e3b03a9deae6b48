// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { address, CABLE_DEVICE, type IfIndex, INTRA_PORT, type LinkRow, STRAIT_DEVICE } from "@strait/model";
import type { Link, Netlink } from "@strait/netlink";
import { hostPath } from "./host_root.ts";

/** Loose reverse-path filtering: what the stack answers for a pod of another node may come in here (ip-sysctl.rst). */
const RP_FILTER_LOOSE = "2";

/**
 * The IPv4 dummy address (RFC 7600; IANA 192.0.0.8/32). On a device without any IPv4 address even the loose filter drops what
 * has its way back over another device (fib_validate_source, seen on 6.1 over an IPv6 underlay). Switching it off would not do:
 * of the settings "all" and the device's own, the larger counts. Of host scope, so it is nobody's source address.
 */
const DUMMY_ADDRESS = address("192.0.0.8");

/** Names of the links that are ours. */
export const deviceNames: readonly string[] = [STRAIT_DEVICE, CABLE_DEVICE];

/** The one device that must exist before a plan can be made: programs name it, routes lead to it. */
export function ensureStraitDevice(netlink: Netlink): { link: Link; writes: number } {
  const found = netlink.linkByName(STRAIT_DEVICE);
  const port = found?.vxlan?.external ? found.vxlan.port : 0;
  if (found && port === INTRA_PORT && found.flags.up) return { link: found, writes: 0 };
  const link = found && port === INTRA_PORT ? found : create(netlink, STRAIT_DEVICE, INTRA_PORT, found);
  netlink.setLink(link.ifindex, { up: true });
  loosen(netlink, STRAIT_DEVICE, link.ifindex);
  return { link: netlink.linkByIndex(link.ifindex) ?? link, writes: 1 };
}

/**
 * Makes a device as the plan wants it, or changes only what differs. A device of that name which is no external VXLAN
 * device on that port is replaced: the name is ours.
 *
 * @returns how many changes were made
 */
export function ensureDevice(netlink: Netlink, row: LinkRow): number {
  const found = netlink.linkByName(row.name);
  const fits = found?.vxlan?.external === true && found.vxlan.port === row.port;
  const link = fits ? found : create(netlink, row.name, row.port, found);
  let writes = fits ? 0 : 1;
  // A MAC is changed only while nothing depends on it being stable: peers compute it from our address.
  if (link.mac !== row.mac) {
    netlink.setLink(link.ifindex, { mac: row.mac });
    writes++;
  }
  if (link.mtu !== row.mtu || !link.flags.up) {
    netlink.setLink(link.ifindex, { mtu: row.mtu, up: true });
    writes++;
  }
  if (writes > 0) loosen(netlink, row.name, link.ifindex);
  return writes;
}

function create(netlink: Netlink, name: string, port: number, found: Link | undefined): Link {
  if (found) netlink.deleteLink(found.ifindex);
  // Receiving zero outer IPv6 checksums (RFC 6935) is off by default; ours are zero. NOARP: nobody answers behind it.
  return netlink.addLink({
    kind: "vxlan",
    name,
    port,
    external: true,
    learning: false,
    udp6ZeroChecksumRx: true,
    udp6ZeroChecksumTx: true,
    arp: false,
  });
}

function loosen(netlink: Netlink, name: string, ifindex: IfIndex): void {
  netlink.addAddress({ ifindex, address: DUMMY_ADDRESS, prefixLength: 32, scope: "host" });
  const path = hostPath(`/proc/sys/net/ipv4/conf/${name}/rp_filter`);
  if (readFileSync(path, "utf8").trim() !== RP_FILTER_LOOSE) writeFileSync(path, RP_FILTER_LOOSE);
}
