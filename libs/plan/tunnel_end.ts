// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  formatAddress,
  type NodeFacts,
  type NodeSpec,
  ok,
  type PathFact,
  type Result,
  type Role,
  refuse,
  sameAddress,
} from "@strait/model";

/** The two ends of a tunnel and the way between them. */
export interface TunnelEnd {
  readonly remote: Address;
  readonly local: Address;
  readonly path: PathFact;
}

function families(list: readonly Address[]): string {
  return [...new Set(list.map((a) => `IPv${a.family}`))].sort().join(" and ");
}

/** What this node knows of ways to others on one of our ports, prepared for look-ups. */
export class Ways {
  readonly #role: Role;
  readonly #own: NodeSpec;
  readonly #facts: Pick<NodeFacts, "uplinks">;
  readonly #paths: ReadonlyMap<string, PathFact>;

  /** @param paths those of `facts`, by the text of the remote address */
  constructor(role: Role, own: NodeSpec, facts: Pick<NodeFacts, "uplinks">, paths: ReadonlyMap<string, PathFact>) {
    this.#role = role;
    this.#own = own;
    this.#facts = facts;
    this.#paths = paths;
  }

  /**
   * The end a tunnel to a node goes to: its first address with a path and an address of ours to send from; IPv4 before
   * IPv6, as Submariner does. Refused with what is missing.
   */
  choose(remotes: readonly Address[]): Result<TunnelEnd> {
    for (const remote of [...remotes].sort((a, b) => a.family - b.family)) {
      const path = this.#paths.get(formatAddress(remote));
      const local = this.localFor(remote);
      if (path && local) return ok({ remote, local, path });
    }
    if (!remotes.some((remote) => this.localFor(remote))) {
      return refuse(
        `it has ${families(remotes)} addresses and node ${this.#own.name} has ${families(this.#own.addresses)}: ` +
          "give both an address of the same family",
      );
    }
    return refuse(`no route leads to ${remotes.map(formatAddress).join(" or ")}: add one, or name the uplink that leads there`);
  }

  /**
   * The own address that whoever is at `remote` is expected to speak to, if there is one of its family.
   *
   * The nodes of the own cluster know us by the addresses in the config. Other clusters may know us by another address, on
   * an uplink of its own: there the kernel's choice counts unless the config names one on that uplink.
   */
  localFor(remote: Address): Address | undefined {
    const own = this.#own.addresses.filter((a) => a.family === remote.family);
    const path = this.#paths.get(formatAddress(remote));
    if (!path) return own[0];
    const uplink = this.#facts.uplinks.find((link) => link.ifindex === path.ifindex);
    return (
      own.find((a) => sameAddress(a, path.local)) ??
      own.find((a) => uplink?.addresses.some((b) => sameAddress(a, b))) ??
      (this.#role === "cable" ? path.local : own[0])
    );
  }

  /** MTU of the uplink, where it is known. */
  uplinkMtu(path: PathFact): number | undefined {
    return this.#facts.uplinks.find((link) => link.ifindex === path.ifindex)?.mtu;
  }
}
