// SPDX-License-Identifier: Apache-2.0
import type { KubeObject } from "@strait/k8s";
import { BROKER_LOST_ANNOTATION } from "@strait/model";
import type { Log } from "@strait/obs";
import type { LostBroker } from "./lost_broker.ts";
import type { TwoLists } from "./two_lists.ts";

export interface LossWatchOptions<T extends KubeObject> {
  readonly lists: Pick<TwoLists<T>, "all" | "clusterOf" | "isOurs" | "ofCluster" | "pair">;
  /** Is told what was lost. */
  readonly lost: LostBroker;
  /** Whether there is anything that we made on the broker and that no news has told of yet. */
  readonly unseen: () => boolean;
  /** What the objects are called in the log. */
  readonly what: string;
  readonly log: Log;
}

/**
 * Finds out that the broker lost its data, by what the two lists show. Copies of the others' objects then stay until their clusters
 * are back: that they are not on the broker says nothing about them.
 *
 * @example
 * if (change.type === "delete") watch.vanished(name);
 * else for (const other of watch.appeared(change.object)) lookAt(other);
 */
export class LossWatch<T extends KubeObject> {
  readonly #options: LossWatchOptions<T>;

  constructor(options: LossWatchOptions<T>) {
    this.#options = options;
  }

  /** Both sides were read for the first time: what we had there, and what we copied from there, may be gone. */
  begun(): void {
    const { lists } = this.#options;
    const [ours, kept] = [lists.ofCluster("local").length, lists.ofCluster("broker").length];
    const copies = lists.all("local").length - ours;
    const empty = lists.all("broker").length === 0;
    if (copies > 0 && ((ours > 0 && kept === 0) || empty)) this.found();
  }

  /** Something is gone from the broker. Where anything of ours that we did not remove is too, the broker lost it. */
  vanished(name: string): void {
    const { lists, lost, unseen } = this.#options;
    const unasked = lost.vanished(name);
    const { local } = lists.pair(name);
    const ours = local !== undefined && lists.isOurs(local);
    if ((ours && unasked) || unseen()) this.found();
  }

  /**
   * The broker has it. Its cluster is there, so that of its copies those that are not on the broker are not waited for any more.
   *
   * @returns their names
   */
  appeared(object: T): readonly string[] {
    const { lists, lost } = this.#options;
    lost.appeared(object.metadata.name);
    return lists
      .ofCluster("local", lists.clusterOf(object))
      .filter(({ metadata }) => metadata.annotations?.[BROKER_LOST_ANNOTATION] !== undefined || lost.has(metadata.name))
      .map(({ metadata }) => metadata.name);
  }

  /** The broker lost its data: copies of what is not there now stay. */
  found(): void {
    const { lists, lost, what, log } = this.#options;
    const copies = lists.all("local").filter((object) => !lists.isOurs(object));
    const missing = copies.filter(({ metadata }) => lists.pair(metadata.name).broker === undefined);
    const told = lost.losing;
    lost.lose(missing.map(({ metadata }) => metadata.name));
    const fields = { kind: what, copies: missing.length };
    if (!told && missing.length > 0) log.warn("the broker lost its data: copies of the others' stay", fields);
  }
}
