// SPDX-License-Identifier: Apache-2.0
import type { Change } from "@strait/k8s";
import { type Problem, sameRow } from "@strait/model";
import type { Membership } from "@strait/plan";
import type { PodPlacement } from "../discovery/discover_cni.ts";
import type { PlacedNode } from "./placed_kinds.ts";
import { memberNode } from "./places.ts";

export interface NodeBookOptions {
  /** Is told what the nodes come to. */
  readonly membership: Pick<Membership, "putNode" | "deleteNode">;
  /** All that are there now, the changes that are taken in included. */
  readonly list: () => readonly PlacedNode[];
}

/**
 * The own cluster's nodes as the membership knows them. What their podCIDRs mean is found out later than they are: until then
 * none is taken.
 *
 * @example
 * const book = new NodeBook({ membership, list: () => informer.store.list() });
 * informer.onChange((changes) => book.take(changes));
 * book.place("node subnets");
 */
export class NodeBook {
  readonly #options: NodeBookOptions;
  /** By name. */
  readonly #refused = new Map<string, Problem>();
  #placement: PodPlacement | undefined;

  constructor(options: NodeBookOptions) {
    this.#options = options;
  }

  /** Those that the planners cannot know. */
  get refused(): readonly Problem[] {
    return [...this.#refused.values()];
  }

  /** Says how pods are placed; where that is news, all nodes are taken anew. */
  place(placement: PodPlacement): void {
    if (placement === this.#placement) return;
    this.#placement = placement;
    for (const node of this.#options.list()) this.#take("put", node, placement);
  }

  /** @returns those that say something new: kubelets write their nodes every few minutes or seconds, and most of it is nothing new */
  take(changes: readonly Change<PlacedNode>[]): readonly Change<PlacedNode>[] {
    const news = changes.filter((change) => change.type === "delete" || !change.old || !saysSame(change.object, change.old));
    if (this.#placement) for (const { type, object } of news) this.#take(type, object, this.#placement);
    return news;
  }

  #take(type: "put" | "delete", node: PlacedNode, placement: PodPlacement): void {
    const { name } = node.metadata;
    const { membership } = this.#options;
    const member = memberNode(node, placement);
    if (member.ok && type === "put") membership.putNode(member.value);
    else if (member.ok) membership.deleteNode(member.value.name);
    else if (type === "put") this.#refused.set(name, { object: `node ${name}`, reason: member.reason });
    else this.#refused.delete(name);
  }
}

function saysSame(a: PlacedNode, b: PlacedNode): boolean {
  const told = ({ spec, status, metadata: { labels, annotations } }: PlacedNode) => [spec, status, labels, annotations];
  return sameRow(told(a), told(b));
}
