// SPDX-License-Identifier: Apache-2.0
import type { CniRuntime } from "./cni.ts";
import type { CommandOptions, CommandOutput } from "./command.ts";
import type { Namespace } from "./namespace.ts";
import { type Place, pickAddress } from "./place.ts";
import { Pod } from "./pod.ts";
import type { Family } from "./spec.ts";

/** What a node is made from; see cluster_lab.ts. */
export interface NodeParts {
  readonly name: string;
  readonly cluster: string;
  /** Place in its cluster, from 0. */
  readonly index: number;
  readonly gateway: boolean;
  readonly ns: Namespace;
  /** Holds the apps' configuration, logs and sockets, `bpf` (a bpffs) and `cni`. */
  readonly dir: string;
  readonly families: readonly Family[];
  /** On the cluster segment (eth0). */
  readonly addresses: Partial<Record<Family, string>>;
  readonly linkLocal: string;
  /** On the wan segment (eth1): gateways only. */
  readonly wan?: { readonly addresses: Partial<Record<Family, string>>; readonly linkLocal: string };
  readonly runtime: CniRuntime;
}

/**
 * A node: a namespace that forwards, with the cluster segment on eth0 and, for a gateway, the wan on eth1.
 *
 * @example
 * await node.exec(["ip", "route"]);
 * const pod = await node.addPod();
 */
export class Node implements Place {
  readonly label: string;
  readonly name: string;
  readonly cluster: string;
  readonly index: number;
  readonly gateway: boolean;
  readonly ns: Namespace;
  readonly dir: string;
  readonly families: readonly Family[];
  readonly #parts: NodeParts;
  readonly #pods: Pod[] = [];
  #podNumber = 0;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.label = `${parts.cluster}/${parts.name}`;
    this.name = parts.name;
    this.cluster = parts.cluster;
    this.index = parts.index;
    this.gateway = parts.gateway;
    this.ns = parts.ns;
    this.dir = parts.dir;
    this.families = parts.families;
  }

  get pods(): readonly Pod[] {
    return this.#pods;
  }

  /** Pod ranges of this node, IPv4 first. */
  get subnets(): readonly string[] {
    return this.#parts.runtime.subnets;
  }

  /** libcni's cache directory of this node: what a real node has at /var/lib/cni. Results lie in `results/` below it. */
  get cniDir(): string {
    return this.#parts.runtime.stateDir;
  }

  /** Of its pods' interfaces, in bytes. */
  get mtu(): number {
    return this.#parts.runtime.mtu;
  }

  /** Mount point of this node's own bpffs. */
  get bpffs(): string {
    return `${this.dir}/bpf`;
  }

  address(family: Family): string {
    return pickAddress(this.label, this.#parts.addresses, family);
  }

  /** Address on the wan segment; RangeError on a node that is no gateway. */
  wanAddress(family: Family): string {
    return pickAddress(`${this.label} (wan)`, this.#parts.wan?.addresses ?? {}, family);
  }

  /** `via …` of a route of `family` to this node over the segment: an address of the other family where it must be. */
  via(segment: "cluster" | "wan", family: Family): string {
    const end = segment === "cluster" ? this.#parts : this.#parts.wan;
    if (end === undefined) throw new RangeError(`${this.label} is not on the wan segment`);
    const own = end.addresses[family];
    if (own !== undefined) return `via ${own}`;
    return family === 6 ? `via ${end.linkLocal}` : `via inet6 ${end.addresses[6] ?? end.linkLocal}`;
  }

  /** Every address of the node's interface on a segment, the link-local one included. */
  linkAddresses(segment: "cluster" | "wan"): readonly string[] {
    const end = segment === "cluster" ? this.#parts : this.#parts.wan;
    return end === undefined ? [] : [...Object.values(end.addresses), end.linkLocal];
  }

  /** The `index`-th pod; RangeError where there is none. */
  pod(index = 0): Pod {
    const pod = this.#pods[index];
    if (pod === undefined) throw new RangeError(`${this.label} has no pod ${index}`);
    return pod;
  }

  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput> {
    return this.ns.exec(argv, options);
  }

  /** One more pod, wired by the CNI plugin; `ns` is given where the namespace stands already. */
  async addPod(ns?: Namespace): Promise<Pod> {
    const number = this.#podNumber++;
    const pod = await Pod.create(`${this.label}/${number}`, this.cluster, this.#parts.runtime, ns ?? `${this.ns.name}-${number}`);
    this.#pods.push(pod);
    return pod;
  }

  /** CNI DEL and the end of the pod's namespace. */
  async removePod(pod: Pod): Promise<void> {
    const index = this.#pods.indexOf(pod);
    if (index < 0) throw new RangeError(`${pod.label} is no pod of ${this.label}`);
    this.#pods.splice(index, 1);
    await pod.remove();
  }
}
