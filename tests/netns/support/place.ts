// SPDX-License-Identifier: Apache-2.0
import type { Family, Node, Place } from "@strait/lab";

/**
 * A node as the pods of other clusters can reach it: by an address inside its pod range, which the CNI plugin gave it. The
 * node's own addresses lie in no announced subnet.
 *
 * @example
 * await lab.tcp(hostOf(east.nodes.w1), west.nodes.w1.pod(), { family: 6 });
 */
export function hostOf(node: Node): Place {
  const gateways = new Map(node.pod().cni.ips.map(({ address, gateway }) => [address.includes(":") ? 6 : 4, gateway] as const));
  return {
    label: `${node.label} (host)`,
    cluster: node.cluster,
    ns: node.ns,
    families: node.families,
    address(family: Family) {
      const found = gateways.get(family);
      if (found === undefined) throw new RangeError(`${node.label} has no IPv${family} address in its pod range`);
      return found;
    },
    exec: (argv, options) => node.exec(argv, options),
  };
}
