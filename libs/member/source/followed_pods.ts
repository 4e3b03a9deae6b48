// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, Informer, keyOf } from "@strait/k8s";
import type { Log } from "@strait/obs";
import type { MemberPod, Membership } from "@strait/plan";
import type { Timers } from "@strait/time";
import { awayReason } from "./away_reason.ts";
import { type PlacedPod, PlacedPodKind } from "./placed_pod.ts";

export interface FollowedPodsOptions {
  readonly client: ApiClient;
  readonly membership: Membership;
  readonly onChange: () => void;
  readonly log: Log;
  readonly timers: Timers;
}

/** Whose pods are followed: nobody's, those of one node, or all. */
export type PodScope = "none" | "all" | { readonly node: string };

/**
 * The pods that the membership must know one by one. Another scope is taken up without a gap: what was known stays until the
 * new list is there.
 *
 * @example
 * pods.follow({ node: "w1" });
 * pods.follow("all");
 */
export class FollowedPods {
  readonly #options: FollowedPodsOptions;
  readonly #known = new Set<string>();
  #scope = "none";
  #stopped = false;
  #informer: Informer<PlacedPod> | undefined;

  constructor(options: FollowedPodsOptions) {
    this.#options = options;
  }

  /** Whether all that is to be followed was read once. */
  get synced(): boolean {
    return this.#informer?.state.synced ?? true;
  }

  /** Why changes are not followed now; undefined where they are, or nobody's are to be. */
  get away(): string | undefined {
    return this.#informer && awayReason(this.#informer);
  }

  follow(scope: PodScope): void {
    if (this.#stopped) return;
    const text = typeof scope === "string" ? scope : `spec.nodeName=${scope.node}`;
    if (text === this.#scope) return;
    this.#scope = text;
    const old = this.#informer;
    void old?.stop();
    const { client, log, timers } = this.#options;
    const selection = typeof scope === "string" ? {} : { fieldSelector: text };
    const informer = scope === "none" ? undefined : new Informer(client.resource(PlacedPodKind), { ...selection, log, timers });
    this.#informer = informer;
    if (!informer) {
      this.#forget(() => false);
      return;
    }
    let first = true;
    informer.onChange((changes) => {
      if (informer !== this.#informer) return;
      for (const { type, object } of changes) this.#take(type === "put" ? object.place : undefined, keyOf(object));
      if (!first) this.#options.onChange();
    });
    informer.onState(() => {
      if (informer !== this.#informer) return;
      if (informer.state.synced && first) {
        first = false;
        this.#forget((key) => informer.store.get(key) !== undefined);
      }
      this.#options.onChange();
    });
    informer.start();
  }

  /** Ends it for good: what is still on its way begins nothing new. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#informer?.stop();
  }

  #take(member: MemberPod | undefined, key: string): void {
    if (member) {
      this.#known.add(member.key);
      this.#options.membership.putPod(member);
    } else if (this.#known.delete(key)) this.#options.membership.deletePod(key);
  }

  #forget(keep: (key: string) => boolean): void {
    for (const key of this.#known) if (!keep(key)) this.#take(undefined, key);
    this.#options.onChange();
  }
}
