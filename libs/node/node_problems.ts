// SPDX-License-Identifier: Apache-2.0
import { type ClusterFile, formatAddress, type NodeFacts, ownNode, type Problem, sameAddress } from "@strait/model";

/**
 * Where the config says something of this node that is not so: uplinks that are not there, addresses it has not. Everything else
 * goes on: the interface may come up later.
 *
 * @example
 * nodeProblems(file, facts) // [{object: "uplink eth9", reason: "there is no such interface on this node: …"}]
 */
export function nodeProblems(file: ClusterFile, facts: NodeFacts): Problem[] {
  const found = new Set(facts.uplinks.map((uplink) => uplink.name));
  const names = [...found].join(", ") || "none";
  const uplinks = (file.uplinks ?? [])
    .filter((name) => !found.has(name))
    .map((name) => ({
      object: `uplink ${name}`,
      reason: `there is no such interface that is up: correct uplinks or leave it out to have them found (usable of those named: ${names})`,
    }));
  const own = ownNode(file);
  const addresses = own.addresses
    .filter((address) => !facts.hostAddresses.some((present) => sameAddress(present, address)))
    .map((address) => ({
      object: `address ${formatAddress(address)}`,
      reason: `the config gives it to node ${own.name}, but no interface here has it: correct node, its addresses, or add the address`,
    }));
  return [...uplinks, ...addresses];
}
