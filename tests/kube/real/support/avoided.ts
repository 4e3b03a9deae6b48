// SPDX-License-Identifier: Apache-2.0
import type { Lab, Node } from "@strait/lab";
import { until } from "../../../control/support/until.ts";

/** What this reads of a node agent's /status: it tells what the maps hold, the gateway app's rows included. */
interface Steering {
  readonly hops: readonly { readonly index: number; readonly peer?: string }[];
  readonly clusters: readonly { readonly slots: readonly { readonly hop: number }[] }[];
}

/**
 * Waits until no slot of any other node leads to a node. That the API servers say so is not enough: who has read it writes it to
 * the kernel some milliseconds later.
 *
 * @example
 * await lists(lab, "east", "gw1:leaving gw2", ["east", "west"]);
 * await avoided(lab, lab.node("east/gw1")); // from here on a packet that is lost is lost by somebody else
 */
export async function avoided(lab: Lab, node: Node): Promise<void> {
  for (const other of lab.nodes.filter(({ label }) => label !== node.label)) {
    const agent = lab.kube(other.cluster).app(other, "routeagent");
    await until(`${other.label} to send nothing to ${node.label}`, async () => {
      const { hops, clusters } = JSON.parse(await agent.get("/status")) as Steering;
      const used = new Set(clusters.flatMap(({ slots }) => slots.map(({ hop }) => hop)));
      const peers = hops.filter(({ index }) => used.has(index)).map(({ peer }) => peer);
      if (peers.length === 0) throw new Error("it leads nowhere");
      const name = other.cluster === node.cluster ? node.name : node.label;
      // One without a name is one that its config has just forgotten.
      return !peers.some((peer) => peer === undefined || peer === name);
    });
  }
}
