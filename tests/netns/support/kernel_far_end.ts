// SPDX-License-Identifier: Apache-2.0
import type { Family, Lab, Node } from "@strait/lab";
import { address, CABLE_PORT, CABLE_VNI, vtepMac } from "@strait/model";

const DEVICE = "vxlan1000";

/**
 * The far end of a cable without anything of ours: the kernel's own VXLAN device on a gateway, with the MAC that we send to
 * and a route back to each subnet of `peer`'s cluster; the other nodes of the gateway's cluster are told to send through it.
 * That it talks with us proves that what we put on the wire is VXLAN as everybody else knows it.
 *
 * @example
 * await using far = await kernelFarEnd(lab, lab.clusters.west.nodes.gw1, lab.clusters.east.nodes.gw1);
 */
export async function kernelFarEnd(lab: Lab, gateway: Node, peer: Node): Promise<AsyncDisposable> {
  const outer: Family = lab.underlay.includes(4) ? 4 : 6;
  const [local, remote] = [gateway.wanAddress(outer), peer.wanAddress(outer)];
  const subnets = lab.cluster(peer.cluster).subnets;
  const checksums = outer === 6 ? "udp6zerocsumtx udp6zerocsumrx" : "";
  await gateway.ns.ip([
    `link add ${DEVICE} mtu ${lab.innerMtu} address ${vtepMac(address(local))} type vxlan id ${CABLE_VNI} local ${local} remote ${remote} dstport ${CABLE_PORT} nolearning ${checksums}`,
    `address add 169.254.100.1/32 dev ${DEVICE}`,
    `link set ${DEVICE} up`,
    ...subnets.flatMap((subnet) => {
      const via = subnet.includes(":") ? "fe80::ffff" : "169.254.100.2";
      return [
        `neighbour add ${via} lladdr ${vtepMac(address(remote))} dev ${DEVICE} nud permanent`,
        `route add ${subnet} via ${via} dev ${DEVICE} onlink`,
      ];
    }),
  ]);
  const others = lab.nodes.filter((node) => node.cluster === gateway.cluster && node !== gateway);
  const lines = (verb: string) =>
    subnets.map((subnet) => `route ${verb} ${subnet} ${gateway.via("cluster", subnet.includes(":") ? 6 : 4)} dev eth0`);
  for (const node of others) await node.ns.ip(lines("add"));
  return {
    async [Symbol.asyncDispose]() {
      for (const node of others) await node.ns.ip(lines("del"));
      await gateway.ns.ip([`link del ${DEVICE}`]);
    },
  };
}
