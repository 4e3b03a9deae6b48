// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "./cluster_lab.ts";

/** What travels on the wires: packets as large as the sender's GSO makes them, or packets of MTU size as on a real NIC. */
export type WireMode = "gso" | "mtu";

const FEATURES = {
  gso: ["tso", "on", "gso", "on", "tx-udp_tnl-segmentation", "on", "tx-udp_tnl-csum-segmentation", "on", "gro", "off"],
  mtu: ["tso", "off", "gso", "off", "tx-udp_tnl-segmentation", "off", "tx-udp_tnl-csum-segmentation", "off", "gro", "on"],
} as const;

/**
 * Sets both ends of every underlay wire to a mode; "gso" is what veth does by default. In "mtu" mode the sending end
 * segments and the receiving end aggregates (GRO), as with a real NIC: a veth benchmark with GSO on the wire hides what a
 * decapsulator does to aggregation. Needs `ethtool`.
 *
 * @example
 * await wireMode(lab, "mtu");
 */
export async function wireMode(lab: Lab, mode: WireMode): Promise<void> {
  const ends = lab.wires.flatMap((wire) => wire.ends);
  await Promise.all(ends.map((end) => end.ns.run(["ethtool", "-K", end.ifname, ...FEATURES[mode]])));
}
