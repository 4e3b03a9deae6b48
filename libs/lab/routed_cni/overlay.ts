// SPDX-License-Identifier: Apache-2.0
import { type Cluster, nodesOf } from "../cluster.ts";
import type { Node } from "../node.ts";
import { type Family, familyOf } from "../spec.ts";

/** Calico's devices, its VNI, its port, and the protocol number of its agent's routes. */
const DEVICE = { 4: "vxlan.calico", 6: "vxlan-v6.calico" } as const;
const VNI = 4096;
const PORT = 4789;
const PROTOCOL = 80;
/** What the outer headers take at most: those of IPv6. */
export const OVERLAY_BYTES = 70;

interface End {
  /** The node's own block. */
  readonly block: string;
  /** The block's first address, which no pod gets: the tunnel device's. */
  readonly tunnel: string;
  readonly mac: string;
  readonly address: string;
}

/**
 * A node's network as Calico's agent leaves it with VXLAN: a tunnel device with the first address of the node's block, per other node
 * a route to its block by its tunnel address, which the neighbour table and the device's own know, and nothing where the own block
 * has no pod.
 */
export async function layOverlay(node: Node, cluster: Cluster): Promise<void> {
  const peers = nodesOf(cluster).filter((other) => other !== node);
  for (const block of node.subnets) {
    const family = familyOf(block);
    const [dev, own] = [DEVICE[family], endOf(node, family)];
    const length = family === 4 ? 32 : 128;
    await node.ns.ip([
      `link add ${dev} address ${own.mac} mtu ${node.mtu - OVERLAY_BYTES} type vxlan id ${VNI} dstport ${PORT} local ${own.address} dev eth0 nolearning`,
      `link set ${dev} up`,
      `address add ${own.tunnel}/${length} dev ${dev}${family === 6 ? " nodad" : ""}`,
      `route add blackhole ${own.block} proto ${PROTOCOL}`,
      ...peers.flatMap((peer) => {
        const { block: theirs, tunnel, mac } = endOf(peer, family);
        return [
          `neighbour add ${tunnel} lladdr ${mac} dev ${dev} nud permanent`,
          // The lab's plain route to the other node's pods.
          `route del ${theirs}`,
          `route add ${theirs} via ${tunnel} dev ${dev} onlink proto ${PROTOCOL}`,
        ];
      }),
    ]);
    for (const peer of peers) {
      const { mac, address } = endOf(peer, family);
      await node.ns.run(["bridge", "fdb", "append", mac, "dev", dev, "dst", address]);
    }
  }
}

/** The end of the overlay of a family at a node: over the underlay of the same family, if it has one. */
function endOf(node: Node, family: Family): End {
  const { subnets, families, index } = node;
  const block = subnets.find((subnet) => familyOf(subnet) === family);
  if (block === undefined) throw new RangeError(`the node has no IPv${family} pods`);
  const underlay = families.includes(family) ? family : ((family === 4 ? 6 : 4) as Family);
  const tunnel = block.replace(/(::|\.0)\/\d+$/, (_, zero: string) => (zero === "::" ? "::1" : ".1"));
  const mac = `66:ca:11:c0:0${family}:${(index + 1).toString(16).padStart(2, "0")}`;
  return { block, tunnel, mac, address: node.address(underlay) };
}
