// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Node } from "@strait/lab";

const ROOT = join(import.meta.dir, "..", "..", "..");

/** Programs of every kind on every interface, by name: what a fresh process sees through @strait/ffi. */
const PROGRAMS = `
import { queryTc } from "@strait/ffi";
import { Netlink } from "@strait/netlink";
using netlink = new Netlink();
const found = {};
for (const { name, ifindex } of netlink.links())
  for (const direction of ["ingress", "egress"])
    for (const program of queryTc(ifindex, direction)) (found[name + " " + direction] ??= []).push(program.kind + " " + program.name);
console.log(JSON.stringify(found));`;

const LISTINGS = {
  links: ["ip", "-d", "-o", "link"],
  addresses: ["ip", "-o", "address"],
  routes4: ["ip", "-4", "route", "show", "table", "all"],
  routes6: ["ip", "-6", "route", "show", "table", "all"],
  rules4: ["ip", "-4", "rule"],
  rules6: ["ip", "-6", "rule"],
  qdiscs: ["tc", "qdisc"],
  filters: ["sh", "-c", "for i in $(ls /sys/class/net); do tc filter show dev $i ingress; tc filter show dev $i egress; done"],
  packetFilter: ["nft", "list", "ruleset"],
  sysctls: ["sh", "-c", "cd /proc/sys/net && grep -rs . ipv4/conf ipv6/conf ipv4/ip_forward | sort"],
  features: ["sh", "-c", "for i in eth0 eth1; do ethtool -k $i 2>/dev/null || true; done"],
  programs: [process.execPath, "-e", PROGRAMS],
} as const;

/** What a node holds that an app might leave behind, as text by kind. */
export type NodeState = Readonly<Record<keyof typeof LISTINGS | "pins", string>>;

/**
 * Lists links, addresses, routes of all tables, rules, qdiscs, filters, BPF programs, packet filter, sysctls, interface
 * features and pins of a node, without what changes by itself (counters, ages of addresses).
 *
 * @example
 * const before = await nodeState(node);
 */
export async function nodeState(node: Node): Promise<NodeState> {
  const listed = await Promise.all(
    Object.entries(LISTINGS).map(async ([kind, argv]) => {
      const { code, stdout, stderr } = await node.exec(argv, { cwd: ROOT });
      if (code !== 0) throw new Error(`${argv.slice(0, 3).join(" ")} on ${node.label}: ${stderr}`);
      return [kind, steady(stdout)] as const;
    }),
  );
  return { ...Object.fromEntries(listed), pins: pinsOf(node).join("\n") } as NodeState;
}

/** Paths of everything on a node's bpffs, sorted. */
export function pinsOf(node: Node): readonly string[] {
  return (readdirSync(node.bpffs, { recursive: true }) as string[]).sort();
}

function steady(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      line
        .replace(/ (packets|bytes) \d+/g, "")
        .replace(/ expires \S+| tentative/g, "")
        .replace(/ \w+_timer +[\d.]+/g, ""),
    )
    .filter((line) => !/mc_forwarding|stable_secret/.test(line))
    .join("\n");
}
