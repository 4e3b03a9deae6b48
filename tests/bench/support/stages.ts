// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { type Lab, type Node, parseMetrics } from "@strait/lab";
import type { Carried } from "./carried.ts";
import type { Way } from "./measurement.ts";

/** The four nodes that a packet of the test passes, in its order. */
export interface Hops {
  readonly worker: Node;
  readonly gateway: Node;
  readonly farGateway: Node;
  readonly farWorker: Node;
}

type LinkStage = readonly [node: keyof Hops, ifname: string, direction: "rx" | "tx"];
type OurStage = readonly [node: keyof Hops, reason: string];

const PLAIN: readonly LinkStage[] = [
  ["worker", "eth0", "tx"],
  ["gateway", "eth1", "tx"],
  ["farGateway", "eth0", "tx"],
];

/** The devices of `kernelVxlan`, on both hops and at both ends of each. */
const KERNEL: readonly LinkStage[] = [
  ["worker", "vx-submariner", "tx"],
  ["gateway", "vx-submariner", "rx"],
  ["gateway", "vxlan-tunnel", "tx"],
  ["farGateway", "vxlan-tunnel", "rx"],
  ["farGateway", "vx-submariner", "tx"],
  ["farWorker", "vx-submariner", "rx"],
];

/** What the BPF programs do on each node (enum strait_reason). */
const OURS: readonly OurStage[] = [
  ["worker", "sent"],
  ["gateway", "transit_out"],
  ["farGateway", "transit_in"],
  ["farWorker", "delivered_pod"],
];

/**
 * Reads what every stage of a way has carried so far: interfaces for plain routing and kernel VXLAN, the counters of the BPF
 * programs, by way of the route agents' /metrics, for ours.
 */
export async function readStages(way: Way, lab: Lab, hops: Hops): Promise<Carried> {
  const read =
    way === "ours"
      ? OURS.map(async ([at, reason]) => [`${at} ${reason}`, await bytesOfReason(lab, hops[at], reason)] as const)
      : (way === "kernel" ? KERNEL : PLAIN).map(
          async ([at, ifname, direction]) =>
            [`${at} ${ifname} ${direction}`, await bytesOfLink(hops[at], ifname, direction)] as const,
        );
  return Object.fromEntries(await Promise.all(read));
}

/** Throws where a node holds what only another way would have put there. */
export async function checkNothingElse(way: Way, { worker, gateway, farGateway, farWorker }: Hops): Promise<void> {
  const allowed: readonly string[] = { plain: [], kernel: ["vx-submariner", "vxlan-tunnel"], ours: ["strait0", "strait1"] }[way];
  for (const node of [worker, gateway, farGateway, farWorker]) {
    const links = JSON.parse(await node.ns.run(["ip", "-j", "link", "show", "type", "vxlan"])) as { readonly ifname?: string }[];
    const stranger = links.find(({ ifname }) => ifname !== undefined && !allowed.includes(ifname));
    if (stranger !== undefined)
      throw new Error(`${node.label} has the device ${stranger.ifname}, which is not of the way "${way}"`);
    if (way !== "ours" && (await readdir(node.bpffs)).includes("strait"))
      throw new Error(`${node.label} has BPF objects of ours, which are not of the way "${way}"`);
  }
}

async function bytesOfLink(node: Node, ifname: string, direction: "rx" | "tx"): Promise<number> {
  const [link] = JSON.parse(await node.ns.run(["ip", "-j", "-s", "link", "show", "dev", ifname])) as {
    readonly stats64: Record<"rx" | "tx", { readonly bytes: number }>;
  }[];
  return link?.stats64[direction].bytes ?? 0;
}

async function bytesOfReason(lab: Lab, node: Node, wanted: string): Promise<number> {
  const samples = parseMetrics(await lab.app("routeagent", node).get("/metrics"));
  return samples
    .filter(({ name, labels }) => name === "strait_bytes_total" && labels["reason"]?.toLowerCase() === wanted)
    .reduce((sum, { value }) => sum + value, 0);
}
