// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Family,
  formatAddress,
  type NodeFacts,
  type NodeSpec,
  ok,
  type PathFact,
  type Result,
  refuse,
  sameAddress,
} from "@strait/model";

/** The two ends of a tunnel and the way between them. */
export interface TunnelEnd {
  readonly remote: Address;
  readonly local: Address;
  readonly path: PathFact;
}

/** What this node knows of ways to others, prepared for look-ups. */
export class Ways {
  readonly #own: NodeSpec;
  readonly #facts: NodeFacts;
  readonly #paths: ReadonlyMap<string, PathFact>;

  constructor(own: NodeSpec, facts: NodeFacts) {
    this.#own = own;
    this.#facts = facts;
    this.#paths = new Map(facts.paths.map((path) => [formatAddress(path.remote), path]));
  }

  /**
   * The end a tunnel to a node goes to: its first address of a family this node has too and with a path; IPv4 before IPv6,
   * as Submariner does. Refused with what is missing.
   */
  choose(remotes: readonly Address[]): Result<TunnelEnd> {
    const meeting = remotes.filter((remote) => this.#has(remote.family));
    if (meeting.length === 0) {
      const families = (list: readonly Address[]): string => [...new Set(list.map((a) => `IPv${a.family}`))].sort().join(" and ");
      return refuse(
        `it has ${families(remotes)} addresses and node ${this.#own.name} has ${families(this.#own.addresses)}: ` +
          "give both an address of the same family",
      );
    }
    for (const remote of [...meeting].sort((a, b) => a.family - b.family)) {
      const path = this.#paths.get(formatAddress(remote));
      const local = this.localFor(remote);
      if (path && local) return ok({ remote, local, path });
    }
    return refuse(`no route leads to ${meeting.map(formatAddress).join(" or ")}: add one, or name the uplink that leads there`);
  }

  /** The own address that a node at `remote` is expected to speak to, if this node has one of its family. */
  localFor(remote: Address): Address | undefined {
    const own = this.#own.addresses.filter((a) => a.family === remote.family);
    const path = this.#paths.get(formatAddress(remote));
    if (!path) return own[0];
    // The far side knows us by the addresses in the config only, so the kernel's choice counts only where it is one of them.
    const uplink = this.#facts.uplinks.find((link) => link.ifindex === path.ifindex);
    return (
      own.find((a) => sameAddress(a, path.local)) ?? own.find((a) => uplink?.addresses.some((b) => sameAddress(a, b))) ?? own[0]
    );
  }

  /** MTU of the uplink, where it is known. */
  uplinkMtu(path: PathFact): number | undefined {
    return this.#facts.uplinks.find((link) => link.ifindex === path.ifindex)?.mtu;
  }

  #has(family: Family): boolean {
    return this.#own.addresses.some((a) => a.family === family);
  }
}
