// SPDX-License-Identifier: Apache-2.0
import { type CniResult, type CniRuntime, cniAdd, cniDel } from "./cni.ts";
import { type CommandOptions, type CommandOutput, output } from "./command.ts";
import { createNamespaces, type Namespace } from "./namespace.ts";
import { type Place, pickAddress } from "./place.ts";
import type { Family } from "./spec.ts";

/**
 * A pod: a namespace whose eth0 a real CNI plugin made.
 *
 * @example
 * await pod.exec(["ip", "-brief", "address"]);
 * pod.address(4); // "10.1.1.2"
 */
export class Pod implements Place {
  readonly label: string;
  readonly cluster: string;
  readonly ns: Namespace;
  /** What the plugin said it did. */
  readonly cni: CniResult;
  readonly #runtime: CniRuntime;
  readonly #addresses: Partial<Record<Family, string>> = {};

  private constructor(label: string, cluster: string, ns: Namespace, runtime: CniRuntime, cni: CniResult) {
    this.label = label;
    this.cluster = cluster;
    this.ns = ns;
    this.cni = cni;
    this.#runtime = runtime;
    for (const ip of cni.ips) {
      const address = ip.address.split("/")[0];
      if (address !== undefined) this.#addresses[address.includes(":") ? 6 : 4] = address;
    }
  }

  /** Makes the namespace (or takes `ns`, already made) and has the plugin wire it. The container id is the namespace's name. */
  static async create(label: string, cluster: string, runtime: CniRuntime, ns: Namespace | string): Promise<Pod> {
    const made = typeof ns === "string" ? (await createNamespaces([ns]))[0] : ns;
    if (made === undefined) throw new Error(`pod ${label}: no namespace`);
    return new Pod(label, cluster, made, runtime, await cniAdd(runtime, made.name, made));
  }

  get families(): readonly Family[] {
    return ([4, 6] as const).filter((family) => this.#addresses[family] !== undefined);
  }

  /** Name of the host side of the pod's interface, in the node's namespace. */
  get hostInterface(): string {
    const host = this.cni.interfaces.find((link) => link.sandbox === undefined && link.name.startsWith("veth"));
    if (host === undefined) throw new Error(`pod ${this.label}: the CNI result names no host interface`);
    return host.name;
  }

  address(family: Family): string {
    return pickAddress(this.label, this.#addresses, family);
  }

  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput> {
    return this.ns.exec(argv, options);
  }

  /** CNI DEL, then the namespace goes: as when Kubernetes deletes a pod. */
  async remove(): Promise<void> {
    await cniDel(this.#runtime, this.ns.name, this.ns);
    await output(["ip", "netns", "del", this.ns.name]);
  }
}
