// SPDX-License-Identifier: Apache-2.0
import {
  type ClusterFile,
  type HopRow,
  type NodeFacts,
  type NodeSpec,
  type Owner,
  partOf,
  type Rows,
  sameRow,
} from "@strait/model";
import { HopBook } from "./hop_book.ts";
import { ownedRows } from "./ownership.ts";
import { PartRows } from "./part_rows.ts";
import { AddressIndex, PathBook } from "./path_book.ts";
import { ProblemBook } from "./problem_book.ts";
import { RemoteBook } from "./remote_book.ts";
import type { Sources } from "./sources.ts";

/**
 * What a planner remembers from one update to the next, whichever app's it is. A node that plays another part in its cluster than
 * before begins a new one.
 */
export class PlannerMemory {
  readonly rows = new PartRows();
  readonly problems = new ProblemBook();
  readonly paths = new PathBook();
  readonly hops: HopBook;
  readonly remotes = new RemoteBook();
  readonly addresses = new AddressIndex();
  sources: Sources = {};
  last: { readonly nodes: ClusterFile["nodes"]; readonly clusters: ClusterFile["clusters"] } = { nodes: [], clusters: [] };
  readonly #owner: Owner;
  #ground: ReturnType<typeof groundOf> | undefined;

  /** @param kind of the hops that are planned, whose maps are the owner's */
  constructor(owner: Owner, kind: HopRow["kind"]) {
    this.#owner = owner;
    this.hops = new HopBook(kind, owner);
  }

  /** Whether it is of the time when the node played another part. */
  outdated(own: NodeSpec): boolean {
    return this.#ground !== undefined && this.#ground.part !== partOf(own);
  }

  /**
   * Begins an update.
   *
   * @param present what the maps hold, where somebody looked; indices that are in use there stay
   * @returns whether all parts are to be made anew
   */
  begin(file: ClusterFile, facts: NodeFacts, own: NodeSpec, present: Rows | undefined): boolean {
    if (present) {
      if (this.#ground === undefined) {
        this.hops.found(present);
        this.remotes.found(present);
      }
      this.rows.found(ownedRows(this.#owner, partOf(own), present));
    }
    const ground = groundOf(file, facts, own);
    const anew = !sameRow(ground, this.#ground);
    this.#ground = ground;
    return anew;
  }
}

/** What all parts of the plan are made with: where it changes, all are made anew. */
function groundOf(file: ClusterFile, facts: NodeFacts, own: NodeSpec) {
  const { name, addresses, standby } = own;
  const { cluster, subnets, mtu } = file;
  const { uplinks, device } = facts;
  return { name, addresses, part: partOf(own), standby, cluster, subnets, mtu, uplinks, device };
}
