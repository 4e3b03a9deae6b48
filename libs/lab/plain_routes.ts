// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "./cluster_lab.ts";
import { output } from "./command.ts";
import { type Installed, undoOnce } from "./installed.ts";
import { keepSource } from "./keep_source.ts";
import type { Node } from "./node.ts";
import { familyOf } from "./spec.ts";

/** Routes of {@link plainRoutes} carry this protocol number, by which they are removed. */
const PROTOCOL = 201;

/**
 * Plain routing between the clusters, no tunnel: what a tunnel is measured against, and what proves that a lab works before
 * anything of ours runs in it. Worker → first gateway of its cluster → first gateway of the other cluster; sources are
 * kept, since the CNI's masquerade is told to leave the other clusters alone.
 *
 * @example
 * await using routes = await plainRoutes(lab);
 */
export async function plainRoutes(lab: Lab): Promise<Installed> {
  const exempt: { node: Node; subnet: string }[] = [];
  for (const cluster of lab.clusterList) {
    const [own] = cluster.gateways;
    for (const other of lab.othersOf(cluster)) {
      const [remote] = other.gateways;
      if (own === undefined || remote === undefined) continue;
      for (const node of Object.values<Node>(cluster.nodes)) {
        await node.ns.ip(
          other.subnets.map((subnet) => {
            const family = familyOf(subnet);
            const hop = node === own ? `${remote.via("wan", family)} dev eth1` : `${own.via("cluster", family)} dev eth0`;
            return `route add ${subnet} ${hop} proto ${PROTOCOL}`;
          }),
        );
        exempt.push(...other.subnets.map((subnet) => ({ node, subnet })));
      }
    }
  }
  await Promise.all(exempt.map(({ node, subnet }) => keepSource(node, "-I", subnet)));
  return undoOnce(async () => {
    await Promise.all([
      ...lab.nodes.flatMap((node) =>
        (["-4", "-6"] as const).map((family) =>
          output(["ip", family, "-n", node.ns.name, "route", "flush", "proto", `${PROTOCOL}`]),
        ),
      ),
      ...exempt.splice(0).map(({ node, subnet }) => keepSource(node, "-D", subnet)),
    ]);
  });
}
