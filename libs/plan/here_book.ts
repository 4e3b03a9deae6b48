// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  changedItems,
  covers,
  formatAddress,
  hostCidr,
  type NodeFacts,
  type PodInterfaceFact,
  sameCidr,
} from "@strait/model";
import { type Claim, claim, type PartRows } from "./part_rows.ts";

/**
 * Whether a prefix is part of what the own cluster announces. One that is announced as a whole is the gateway app's: see
 * `GatewayPlanner`, which gives way to nodes' entries only.
 */
export function isPartOf(announced: readonly Cidr[], prefix: Cidr): boolean {
  return announced.some((subnet) => covers(subnet, prefix)) && !announced.some((subnet) => sameCidr(subnet, prefix));
}

/**
 * What this node sees of itself: its pods, from the moment the CNI has wired them, whatever their Pod objects say or do not say
 * yet; and the addresses of the pods' ranges that the CNI gave the node, which its host network sends from. They are here,
 * whoever else has a broader prefix around them.
 *
 * @example
 * book.update(facts, file.subnets, anew, rows);
 */
export class HereBook {
  #interfaces: readonly PodInterfaceFact[] = [];
  #hosts: readonly Address[] = [];

  /** @param anew whether everything is to be looked at: `announced` is another than before */
  update(
    { podInterfaces, hostAddresses }: Pick<NodeFacts, "podInterfaces" | "hostAddresses">,
    announced: readonly Cidr[],
    anew: boolean,
    rows: PartRows,
  ): void {
    const { gone, come } = changedItems(this.#interfaces, podInterfaces);
    this.#interfaces = podInterfaces;
    for (const { ifindex } of gone) rows.set(`here ${ifindex}`, []);
    for (const { ifindex, pods } of anew ? podInterfaces : come) {
      rows.set(
        `here ${ifindex}`,
        claims(
          announced,
          pods.map(({ address }) => address),
        ),
      );
    }
    if (!anew && hostAddresses === this.#hosts) return;
    this.#hosts = hostAddresses;
    rows.set("here", claims(announced, hostAddresses));
  }
}

function claims(announced: readonly Cidr[], addresses: readonly Address[]): Claim[] {
  const unique = new Map(addresses.map((address) => [formatAddress(address), hostCidr(address)]));
  const inside = [...unique.values()].filter((prefix) => isPartOf(announced, prefix));
  return inside.map((prefix) => claim("subnets", { prefix, kind: "here", owner: "agent" }));
}
