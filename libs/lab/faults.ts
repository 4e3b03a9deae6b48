// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "./cluster_lab.ts";
import { output } from "./command.ts";
import type { Installed } from "./installed.ts";
import { undoOnce } from "./installed.ts";
import type { Node } from "./node.ts";
import type { Wire } from "./segment.ts";

/** The wire of a node on a segment: "cluster" is its eth0, "wan" a gateway's eth1. RangeError where it has none. */
export function wireOf(lab: Lab, node: Node, segment: "cluster" | "wan"): Wire {
  const ifname = segment === "cluster" ? "eth0" : "eth1";
  const wire = lab.wires.find(({ ends }) => ends.some((end) => end.ns.name === node.ns.name && end.ifname === ifname));
  if (wire === undefined) throw new RangeError(`${node.label} has no wire on the ${segment} segment`);
  return wire;
}

/**
 * Cuts a wire in silence, in both directions: carrier, addresses and routes stay, whatever is sent is lost. A queue without
 * room does it, since that comes after every tc program and its redirects.
 *
 * @example
 * await using cut = await cutWire(wireOf(lab, gw1, "wan"));
 */
export async function cutWire(wire: Wire): Promise<Installed> {
  await Promise.all(
    wire.ends.map((end) => end.ns.run(["tc", "qdisc", "replace", "dev", end.ifname, "root", "pfifo", "limit", "0"])),
  );
  return undoOnce(async () => {
    await Promise.all(wire.ends.map((end) => end.ns.run(["tc", "qdisc", "del", "dev", end.ifname, "root"])));
  });
}

/** Takes the carrier from a node's end of a wire by setting the hub's end down: needs a hub (three members or `switched`). */
export async function unplugWire(lab: Lab, wire: Wire): Promise<Installed> {
  const port = wire.ends[1];
  if (lab.nodes.some((node) => node.ns.name === port.ns.name)) {
    throw new TypeError("this wire joins two nodes: make the lab with `switched: true` to unplug one of them");
  }
  await port.ns.ip([`link set ${port.ifname} down`]);
  return undoOnce(() => port.ns.ip([`link set ${port.ifname} up`]));
}

/** Gives both ends of a wire another MTU. IPv6 goes from an interface below 1280. Undoing puts the lab's own MTU back. */
export async function shrinkMtu(lab: Lab, wire: Wire, mtu: number): Promise<Installed> {
  const set = async (value: number) => {
    await Promise.all(wire.ends.map((end) => end.ns.ip([`link set ${end.ifname} mtu ${value}`])));
  };
  await set(mtu);
  return undoOnce(() => set(lab.mtu));
}

/** Kills, without a warning, every process in a node's namespace; its pods and what the kernel holds stay. */
export async function killProcesses(node: Node): Promise<void> {
  const { stdout } = await output(["ip", "netns", "pids", node.ns.name]);
  for (const pid of stdout.split("\n").filter((line) => line !== "")) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {} // ended by itself meanwhile
  }
}
