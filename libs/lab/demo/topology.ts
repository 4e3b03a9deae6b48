// SPDX-License-Identifier: Apache-2.0
import type { Cluster, Lab, Node } from "../mod.ts";

/**
 * Draws a lab of two clusters, one line per node, the cable between the gateways in the middle.
 *
 * @example
 * console.log(drawTopology(lab, "VXLAN, UDP 4500"));
 */
export function drawTopology(lab: Lab, cable: string): string {
  const [first, second] = lab.clusterList;
  if (first === undefined) return "";
  const top = [
    title(first),
    ...workers(first).map((node) => `  ├─ ${describe(node)}`),
    ...first.gateways.map((node) => `  ╰─ ${describe(node)}`),
  ];
  if (second === undefined) return top.join("\n");
  const middle = [
    ...first.gateways.map((node) => `      ┃  ${wan(node)}`),
    `      ┃  ${cable}`,
    ...second.gateways.map((node) => `      ┃  ${wan(node)}`),
  ];
  const bottom = [
    ...second.gateways.map((node) => `  ╭─ ${describe(node)}`),
    ...workers(second).map((node) => `  ├─ ${describe(node)}`),
    title(second),
  ];
  return [...top, ...middle, ...bottom].join("\n");
}

function title(cluster: Cluster): string {
  return `  cluster ${cluster.id}   ${cluster.subnets.join("  ")}   pods wired by the CNI plugin ${cluster.cni}`;
}

function workers(cluster: Cluster): Node[] {
  return Object.values<Node>(cluster.nodes).filter((node) => !node.gateway);
}

function describe(node: Node): string {
  const pods = node.pods.map((pod) => `pod ${pod.families.map((family) => pod.address(family)).join("  ")}`);
  const own = node.families.map((family) => node.address(family)).join("  ");
  return `${node.name.padEnd(4)} ${own.padEnd(24)} ${pods.join("   ")}`;
}

function wan(node: Node): string {
  return node.families.map((family) => node.wanAddress(family)).join("  ");
}
