// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "./cluster_lab.ts";
import { output } from "./command.ts";
import { type Installed, undoOnce } from "./installed.ts";
import { keepSource } from "./keep_source.ts";
import type { Node } from "./node.ts";
import { type Family, familyOf } from "./spec.ts";
import { submarinerFilter } from "./submariner_filter.ts";

export interface KernelVxlanOptions {
  /**
   * What a gateway does with a packet for a worker of its own: "vxlan" (when absent) encapsulates it again, as we do, so
   * both hops are tunnels in both directions; "cni" leaves it to the CNI's routes, as Submariner does.
   */
  readonly returnPath?: "vxlan" | "cni";
}

const INTRA = { device: "vx-submariner", vni: 100, port: 4800, octet: 240 } as const;
const CABLE = { device: "vxlan-tunnel", vni: 1000, port: 4500, octet: 241 } as const;
/** Table and rule priority of the routes over the cable (Submariner's vxlan driver). */
const CABLE_TABLE = 100;
/** Table of the routes from a gateway to its own workers, with `returnPath: "vxlan"`. */
const RETURN_TABLE = 101;
type Tunnel = typeof INTRA | typeof CABLE;

/**
 * The kernel's own way over the same hops: VXLAN devices with Submariner's names, ports, VNIs, tables, addresses and packet
 * filter rules, for the bench to compare with.
 *
 * ```
 *   worker  main: remote → 240.gw dev vx-submariner          (VNI 100, UDP 4800, remote = gateway)
 *   gateway 100:  remote → 241.gw' dev vxlan-tunnel          (VNI 1000, UDP 4500, zero-MAC FDB row per remote gateway)
 *   gateway 101:  node's pods → 240.node dev vx-submariner   (VNI 100, zero-MAC FDB row per node)
 * ```
 *
 * Submariner is IPv4 only at this; pods' IPv6 goes through the same devices, whose own IPv6 addresses are fd00:240::/64 and
 * fd00:241::/64. The outer family is IPv4 where the underlay speaks it. First gateways only.
 *
 * @example
 * await using tunnels = await kernelVxlan(lab);
 */
export async function kernelVxlan(lab: Lab, options: KernelVxlanOptions = {}): Promise<Installed> {
  const undo: (() => Promise<unknown>)[] = [];
  const installed = undoOnce(async () => {
    await Promise.all(undo.map((step) => step()));
  });
  try {
    await install(lab, options, undo);
  } catch (error) {
    await installed.remove();
    throw error;
  }
  return installed;
}

/** Puts everything in place; each step that needs undoing first says how. */
async function install(lab: Lab, options: KernelVxlanOptions, undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const cluster of lab.clusterList) {
    const [own] = cluster.gateways;
    if (own === undefined) throw new TypeError(`cluster ${cluster.id} has no gateway`);
    const others = lab.othersOf(cluster);
    const remote = others.flatMap((other) => other.subnets);
    const nodes = Object.values<Node>(cluster.nodes);
    for (const node of nodes) {
      undo.push(() => tearDown(node));
      if (node === own) continue;
      await addDevice(lab, node, INTRA, own);
      await node.ns.ip(
        remote.map(
          (subnet) => `route add ${subnet} via ${vtep(lab, own, INTRA, familyOf(subnet))} dev ${INTRA.device} proto static`,
        ),
      );
    }
    await addDevice(lab, own, INTRA);
    await addDevice(lab, own, CABLE);
    const workers = nodes.filter((node) => node !== own);
    const gateways = others.flatMap((other) => other.gateways.slice(0, 1));
    await appendFdb(own, [
      ...workers.map((node) => fdb(INTRA, outerAddress(lab, node, INTRA))),
      ...gateways.map((gateway) => fdb(CABLE, outerAddress(lab, gateway, CABLE))),
    ]);
    await useTable(own, CABLE_TABLE);
    const lines: string[] = [];
    for (const other of others) {
      const [gateway] = other.gateways;
      if (gateway === undefined) continue;
      lines.push(
        ...other.subnets.map(
          (subnet) =>
            `route add ${subnet} via ${vtep(lab, gateway, CABLE, familyOf(subnet))} dev ${CABLE.device} table ${CABLE_TABLE} metric 100`,
        ),
      );
    }
    if (options.returnPath !== "cni") {
      await useTable(own, RETURN_TABLE);
      for (const node of workers) {
        lines.push(
          ...node.subnets.map(
            (subnet) =>
              `route add ${subnet} via ${vtep(lab, node, INTRA, familyOf(subnet))} dev ${INTRA.device} table ${RETURN_TABLE}`,
          ),
        );
      }
    }
    await own.ns.ip(lines);
    for (const node of nodes) {
      await node.ns.run(["nft", "-f", "-"], { stdin: submarinerFilter(cluster.subnets, remote) });
      for (const subnet of remote) {
        await keepSource(node, "-I", subnet);
        undo.push(() => keepSource(node, "-D", subnet));
      }
    }
  }
}

async function addDevice(lab: Lab, node: Node, tunnel: Tunnel, remote?: Node): Promise<void> {
  const outer = outerFamily(lab);
  const mtu = lab.mtu - (outer === 4 ? 50 : 70);
  const local = outerAddress(lab, node, tunnel);
  const group = remote === undefined ? "" : `remote ${outerAddress(lab, remote, tunnel)}`;
  await node.ns.ip([
    `link add ${tunnel.device} mtu ${mtu} type vxlan id ${tunnel.vni} local ${local} ${group} dstport ${tunnel.port} nolearning`,
    `address add ${vtep(lab, node, tunnel, 4)}/8 dev ${tunnel.device}`,
    `address add ${vtep(lab, node, tunnel, 6)}/64 dev ${tunnel.device} nodad`,
    `link set ${tunnel.device} up`,
  ]);
  await node.ns.sysctl({ [`net/ipv4/conf/${tunnel.device}/rp_filter`]: 2 });
}

/** Sends what a table has a route for its way, in both families. */
async function useTable(node: Node, table: number): Promise<void> {
  for (const family of [4, 6] as const) await node.ns.ip([`rule add priority ${table} table ${table}`], { family });
}

async function tearDown(node: Node): Promise<void> {
  for (const tunnel of [INTRA, CABLE]) await output(["ip", "-n", node.ns.name, "link", "del", tunnel.device]);
  for (const table of [CABLE_TABLE, RETURN_TABLE]) {
    for (const family of ["-4", "-6"]) await output(["ip", family, "-n", node.ns.name, "rule", "del", "priority", `${table}`]);
  }
  await node.exec(["nft", "delete", "table", "inet", "submariner"]);
}

function fdb(tunnel: Tunnel, remote: string): string {
  return `fdb append 00:00:00:00:00:00 dev ${tunnel.device} dst ${remote} self permanent`;
}

async function appendFdb(node: Node, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await node.ns.run(["bridge", "-batch", "-"], { stdin: `${lines.join("\n")}\n` });
}

function outerFamily(lab: Lab): Family {
  return lab.underlay.includes(4) ? 4 : 6;
}

function outerAddress(lab: Lab, node: Node, tunnel: Tunnel): string {
  return tunnel === INTRA ? node.address(outerFamily(lab)) : node.wanAddress(outerFamily(lab));
}

/** Address of a node on a tunnel's device: Submariner replaces the first octet of the node's IPv4 address. */
function vtep(lab: Lab, node: Node, tunnel: Tunnel, family: Family): string {
  const outer = outerAddress(lab, node, tunnel);
  if (family === 6) return `fd00:${tunnel.octet}::${outer.split(/[.:]/).at(-1)}`;
  if (outerFamily(lab) === 4) return outer.replace(/^\d+/, `${tunnel.octet}`);
  return `${tunnel.octet}.31.0.${Number.parseInt(outer.split(":").at(-1) ?? "", 16)}`;
}
