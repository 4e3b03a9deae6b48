// SPDX-License-Identifier: Apache-2.0
import type { Node } from "./node.ts";

/** Puts in front of the CNI's masquerading rules, or takes away, one that keeps the source of what goes to `subnet`. */
export async function keepSource(node: Node, verb: "-I" | "-D", subnet: string): Promise<void> {
  const tool = subnet.includes(":") ? "ip6tables" : "iptables";
  await node.ns.run([tool, "-t", "nat", verb, "POSTROUTING", "-d", subnet, "-j", "ACCEPT"]);
}
