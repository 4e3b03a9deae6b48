// SPDX-License-Identifier: Apache-2.0
import { API_MEMBER, underlayAddress, WAN, WORKSTATION_MEMBER } from "./address_plan.ts";
import type { CommandOptions, CommandOutput } from "./command.ts";
import type { Namespace } from "./namespace.ts";
import { type Place, pickAddress } from "./place.ts";
import type { WireEnd } from "./segment.ts";
import type { Family } from "./spec.ts";

/** A station's interface on a segment: a cluster's number, or WAN. */
interface Leg {
  readonly ifname: string;
  readonly segment: number;
  readonly member: number;
}

/**
 * A namespace of the lab that is no node: an API server's, the broker's, the workstation's. It does not forward.
 *
 * @example
 * const api = Station.api("east", 1, ns, [4, 6]);
 * api.address(4); // "172.31.1.250"
 */
export class Station implements Place {
  readonly label: string;
  readonly cluster: string;
  readonly ns: Namespace;
  readonly families: readonly Family[];
  readonly #legs: readonly Leg[];

  private constructor(label: string, cluster: string, ns: Namespace, families: readonly Family[], legs: readonly Leg[]) {
    this.label = label;
    this.cluster = cluster;
    this.ns = ns;
    this.families = families;
    this.#legs = legs;
  }

  /** Where the API server of cluster `number` runs: on its segment. */
  static api(cluster: string, number: number, ns: Namespace, families: readonly Family[]): Station {
    return new Station(`${cluster}/api`, cluster, ns, families, [{ ifname: "eth0", segment: number, member: API_MEMBER }]);
  }

  /** Where the broker runs: on the wan. */
  static broker(ns: Namespace, families: readonly Family[]): Station {
    return new Station("broker", "", ns, families, [{ ifname: "eth0", segment: WAN, member: API_MEMBER }]);
  }

  /** The workstation: on the segments of the Kubernetes clusters, and on the wan where there is one. */
  static workstation(ns: Namespace, families: readonly Family[], segments: readonly number[]): Station {
    const legs = segments.map((segment) => ({ ifname: `eth${segment}`, segment, member: WORKSTATION_MEMBER }));
    return new Station("workstation", "", ns, families, legs);
  }

  /** Its end of the wire on a segment, for {@link laySegment}. */
  end(segment: number): WireEnd {
    return { ns: this.ns, ifname: this.#leg(segment).ifname };
  }

  /** Its address on its first segment. */
  address(family: Family): string {
    const [leg] = this.#legs;
    const both = leg === undefined ? {} : underlayAddress(leg.segment, leg.member);
    const own = Object.fromEntries(this.families.map((each) => [each, (both as Record<Family, string>)[each]]));
    return pickAddress(this.label, own, family);
  }

  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput> {
    return this.ns.exec(argv, options);
  }

  /** Gives its interfaces their addresses, then adds `routes` (arguments of `ip`, "route add …"). */
  async setUp(routes: readonly string[] = []): Promise<void> {
    const addresses = this.#legs.flatMap(({ ifname, segment, member }) => {
      const both = underlayAddress(segment, member);
      return this.families.map((family) =>
        family === 6 ? `address add ${both[6]}/64 dev ${ifname} nodad` : `address add ${both[4]}/24 dev ${ifname}`,
      );
    });
    await this.ns.ip([...addresses, ...routes]);
  }

  #leg(segment: number): Leg {
    const leg = this.#legs.find((candidate) => candidate.segment === segment);
    if (leg === undefined) throw new RangeError(`${this.label} is not on segment ${segment}`);
    return leg;
  }
}
