// SPDX-License-Identifier: Apache-2.0
import { type Cidr, changedItems, formatAddress, formatCidr, type PodRouteFact } from "@strait/model";
import { isPartOf } from "./here_book.ts";
import { type Claim, type PartRows, weakClaim } from "./part_rows.ts";

/** What decides how a route becomes a row. */
export interface RouteSetting {
  readonly rows: PartRows;
  readonly announced: readonly Cidr[];
  /** The hop to the node at an address; undefined where there is none. */
  readonly hopAt: (address: string) => number | undefined;
}

/**
 * The CNI's routes to the pods of other nodes, as a gateway's rows: what the node's own stack sends to a node goes to that node,
 * before any pod there has told where it is. Longer prefixes win; of the same prefix, what Nodes and Pods say. A route that
 * leads to no node of the cluster makes no row.
 *
 * @example
 * book.update(facts.podRoutes, addressesThatMoved, anew, { rows, announced, hopAt });
 */
export class RouteBook {
  readonly #byVia = new Map<string, Set<PodRouteFact>>();
  #last: readonly PodRouteFact[] = [];

  /**
   * @param moved addresses whose node, or the hop to it, may be another one
   * @param anew whether every route is to be looked at
   */
  update(routes: readonly PodRouteFact[], moved: Iterable<string>, anew: boolean, setting: RouteSetting): void {
    const { gone, come } = changedItems(this.#last, routes);
    this.#last = routes;
    for (const route of gone) {
      const via = viaOf(route);
      const siblings = this.#byVia.get(via);
      siblings?.delete(route);
      if (siblings?.size === 0) this.#byVia.delete(via);
      setting.rows.set(partOf(route), []);
    }
    for (const route of come) {
      const via = viaOf(route);
      this.#byVia.set(via, (this.#byVia.get(via) ?? new Set()).add(route));
    }
    const touched = new Set(anew ? routes : come);
    if (!anew) for (const address of moved) for (const route of this.#byVia.get(address) ?? []) touched.add(route);
    for (const route of touched) setting.rows.set(partOf(route), claims(route, setting));
  }
}

function viaOf({ via }: PodRouteFact): string {
  return via ? formatAddress(via) : "";
}

function partOf(route: PodRouteFact): string {
  return `route ${formatCidr(route.destination)} via ${viaOf(route)}`;
}

function claims(route: PodRouteFact, { announced, hopAt }: RouteSetting): Claim[] {
  const { destination } = route;
  const hop = isPartOf(announced, destination) ? hopAt(viaOf(route)) : undefined;
  return hop === undefined ? [] : [weakClaim("subnets", { prefix: destination, kind: "node", hop })];
}
