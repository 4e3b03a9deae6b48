// SPDX-License-Identifier: Apache-2.0
import type { ApiClient } from "@strait/k8s";
import type { TokenRef } from "./pod_objects.ts";
import type { KubeletPod } from "./pod_types.ts";

interface Held {
  readonly token: string;
  /** Milliseconds since the epoch: from then on a new one is wanted. */
  readonly renewAt: number;
}

/**
 * The ServiceAccount tokens of one pod, got by the TokenRequest API and bound to the pod; renewed when four fifths of their
 * life are over.
 *
 * @example
 * await tokens.fetch([{ expirationSeconds: 3607 }], Date.now());
 * tokens.get({ expirationSeconds: 3607 }); // "eyJ…"
 */
export class PodTokens {
  readonly #client: ApiClient;
  readonly #pod: KubeletPod;
  readonly #held = new Map<string, Held>();

  constructor(client: ApiClient, pod: KubeletPod) {
    this.#client = client;
    this.#pod = pod;
  }

  /** Gets those that are missing or due. Throws ApiError. */
  async fetch(wanted: readonly TokenRef[], now: number): Promise<void> {
    for (const ref of wanted) {
      const held = this.#held.get(keyOf(ref));
      if (held === undefined || held.renewAt <= now) this.#held.set(keyOf(ref), await this.#request(ref, now));
    }
  }

  /** A token that {@link fetch} got. */
  get(ref: TokenRef): string {
    const held = this.#held.get(keyOf(ref));
    if (held === undefined) throw new TypeError(`no token for ${keyOf(ref)} was fetched`);
    return held.token;
  }

  /** When the next one is due; undefined where there is none. */
  get renewAt(): number | undefined {
    return this.#held.size === 0 ? undefined : Math.min(...[...this.#held.values()].map(({ renewAt }) => renewAt));
  }

  async #request({ audience, expirationSeconds }: TokenRef, now: number): Promise<Held> {
    const { name, namespace, uid } = this.#pod.metadata;
    const account = this.#pod.spec.serviceAccountName ?? "default";
    const answer = (await this.#client.request({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          ...(audience === undefined ? {} : { audiences: [audience] }),
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    })) as { readonly status: { readonly token: string; readonly expirationTimestamp: string } };
    const { token, expirationTimestamp } = answer.status;
    return { token, renewAt: now + (Date.parse(expirationTimestamp) - now) * 0.8 };
  }
}

function keyOf({ audience = "", expirationSeconds }: TokenRef): string {
  return `${audience}/${expirationSeconds}`;
}
