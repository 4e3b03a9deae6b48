// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "../api_error.ts";
import { decodeObject } from "../decode_object.ts";
import type { Kind, KindNames } from "../kind.ts";
import type { KubeObject } from "../kube_object.ts";
import type { ResourceClient } from "../resource_client.ts";
import type { FakeCall } from "./fake_call.ts";
import { FakeObjects } from "./fake_objects.ts";
import { FakeResource } from "./fake_resource.ts";

/**
 * The objects of a cluster without a server: what takes `Pick<ApiClient, "resource">` works on it, and time stands still while it
 * does, so that it goes well with FakeTimers.
 *
 * @example
 * const cluster = new FakeCluster();
 * const elector = new LeaderElector({ client: cluster, timers, … });
 * cluster.intercept = () => { throw cluster.away(); };
 */
export class FakeCluster {
  /** Every call that came, in order. */
  readonly calls: FakeCall[] = [];
  /** Asked before every call: may throw (an ApiError, as a client does), or wait. */
  intercept: (call: FakeCall) => void | Promise<void> = () => {};
  readonly #kinds = new Map<string, FakeObjects>();
  #version = 0;

  /** The objects of a kind, as they are kept. */
  objects({ group, plural }: Pick<KindNames, "group" | "plural">): FakeObjects {
    const key = `${plural}.${group}`;
    let found = this.#kinds.get(key);
    if (!found) {
      found = new FakeObjects(() => ++this.#version);
      this.#kinds.set(key, found);
    }
    return found;
  }

  resource<T extends KubeObject>(kind: Kind<T>): ResourceClient<T> {
    return new FakeResource(kind, this.objects(kind), {
      version: () => this.#version,
      before: async (call) => {
        this.calls.push(call);
        await this.intercept(call);
      },
    });
  }

  /** The object as its kind decodes it. @throws TypeError where there is none or it is malformed. */
  read<T extends KubeObject>(kind: Kind<T>, key: string): T {
    const decoded = decodeObject(kind, this.objects(kind).get(key));
    if (decoded.ok) return decoded.value;
    throw new TypeError(`${kind.plural} "${key}": ${decoded.reason}`);
  }

  /** What a client throws when nobody answers. */
  away(): ApiError {
    return new ApiError("the connection was refused", { verb: "get", object: "anything", reason: "Transport" });
  }
}
