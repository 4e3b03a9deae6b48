// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import type { CommandOptions, CommandOutput } from "../command.ts";
import type { Namespace } from "../namespace.ts";
import type { Node } from "../node.ts";
import { type Place, pickAddress } from "../place.ts";
import type { Family } from "../spec.ts";

/**
 * A pod that came through the API, as a place for traffic.
 *
 * @example
 * const pod = await lab.kube("east").pod("web");
 * await lab.ping(pod, other);
 */
export class KubePod implements Place {
  readonly label: string;
  readonly cluster: string;
  /** "namespace/name" */
  readonly name: string;
  readonly node: Node;
  readonly ns: Namespace;
  readonly #addresses: Partial<Record<Family, string>> = {};

  constructor(name: string, node: Node, { ns, ips }: { readonly ns: Namespace; readonly ips: readonly string[] }) {
    this.name = name;
    this.label = `${node.label}/${basename(name)}`;
    this.cluster = node.cluster;
    this.node = node;
    this.ns = ns;
    for (const ip of ips) this.#addresses[ip.includes(":") ? 6 : 4] ??= ip;
  }

  get families(): readonly Family[] {
    return ([4, 6] as const).filter((family) => this.#addresses[family] !== undefined);
  }

  address(family: Family): string {
    return pickAddress(this.label, this.#addresses, family);
  }

  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput> {
    return this.ns.exec(argv, options);
  }
}
