// SPDX-License-Identifier: Apache-2.0
import {
  changedItems,
  type Delivery,
  formatAddress,
  type IfIndex,
  type PodInterfaceFact,
  type PodRow,
  sameRow,
} from "@strait/model";
import { goesThroughStack } from "./delivery.ts";
import { claim, type PartRows } from "./part_rows.ts";
import { interfaces } from "./plan.ts";
import type { ProblemBook } from "./problem_book.ts";

interface Claimant {
  readonly name: string;
  readonly row: PodRow;
}

/**
 * The pods of this node, interface by interface. A pod that two interfaces show is the first one's, and a problem. Where packets
 * go through the stack no pod is known to the programs, and what comes out of it is marked so.
 */
export class PodBook {
  readonly #claimants = new Map<string, Claimant[]>();
  #last: readonly PodInterfaceFact[] = [];
  #interfaces: readonly IfIndex[] = [];
  #delivery: Delivery | undefined;

  /** Interfaces where the pods' program belongs, in order; the same list while none comes or goes. */
  get interfaces(): readonly IfIndex[] {
    return this.#interfaces;
  }

  update(podInterfaces: readonly PodInterfaceFact[], delivery: Delivery, rows: PartRows, problems: ProblemBook): void {
    const turned = this.#delivery !== undefined && !sameRow(this.#delivery, delivery);
    const { gone, come } = turned ? { gone: this.#last, come: podInterfaces } : changedItems(this.#last, podInterfaces);
    this.#delivery = delivery;
    this.#last = podInterfaces;
    if (gone.length === 0 && come.length === 0) return;
    const touched = new Set<string>();
    for (const { ifindex, pods } of gone) {
      rows.set(`interface ${ifindex}`, []);
      for (const { address } of pods) this.#remove(formatAddress(address), ifindex, touched);
    }
    for (const fact of [...come].sort((a, b) => a.ifindex - b.ifindex)) {
      const { name, ifindex, mac: hostMac, pods, sources } = fact;
      const stack = goesThroughStack(delivery, fact);
      rows.set(
        `interface ${ifindex}`,
        sources.map((prefix) => claim("sources", { ifindex, prefix, ...(stack && { stack }) })),
      );
      if (stack) continue;
      for (const { address, mac } of pods) {
        this.#add(formatAddress(address), { name, row: { address, ifindex, hostMac, ...(mac && { mac }) } }, touched);
      }
    }
    for (const pod of touched) this.#claim(pod, rows, problems);
    const now = interfaces(podInterfaces);
    if (now.join() !== this.#interfaces.join()) this.#interfaces = now;
  }

  #remove(pod: string, ifindex: IfIndex, touched: Set<string>): void {
    touched.add(pod);
    const rest = (this.#claimants.get(pod) ?? []).filter(({ row }) => row.ifindex !== ifindex);
    if (rest.length > 0) this.#claimants.set(pod, rest);
    else this.#claimants.delete(pod);
  }

  #add(pod: string, claimant: Claimant, touched: Set<string>): void {
    touched.add(pod);
    const all = [...(this.#claimants.get(pod) ?? []), claimant];
    this.#claimants.set(
      pod,
      all.sort((a, b) => a.row.ifindex - b.row.ifindex),
    );
  }

  #claim(pod: string, rows: PartRows, problems: ProblemBook): void {
    const [first, ...others] = this.#claimants.get(pod) ?? [];
    rows.set(`pod ${pod}`, first ? [claim("pods", first.row)] : []);
    problems.set(
      `pod ${pod}`,
      others.map(({ name, row }) => ({
        object: `pod ${pod}`,
        reason: `interface ${first?.row.ifindex} has the same pod: packets go there until ${name} (${row.ifindex}) is the only one`,
      })),
    );
  }
}
