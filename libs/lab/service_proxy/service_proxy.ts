// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, EndpointSliceKind, Informer, ServiceKind } from "@strait/k8s";
import type { Log } from "@strait/obs";
import { output } from "../command.ts";
import { proxyRules } from "./proxy_rules.ts";

/**
 * The lab's kube-proxy: follows Services and EndpointSlices and keeps the nftables rules of the network namespace it runs in.
 * Rules outlive it; until both were read once, those of an earlier one stay.
 *
 * @example
 * new ServiceProxy(client, ["10.1.0.0/16"], log).start();
 */
export class ServiceProxy {
  readonly #clusterCidrs: readonly string[];
  readonly #log: Log;
  readonly #services;
  readonly #slices;
  readonly #applied = new Map<number, string>();
  #wanted = false;
  #busy = false;

  constructor(client: ApiClient, clusterCidrs: readonly string[], log: Log) {
    this.#clusterCidrs = clusterCidrs;
    this.#log = log;
    this.#services = new Informer(client.resource(ServiceKind), { log });
    this.#slices = new Informer(client.resource(EndpointSliceKind), { log });
  }

  start(): void {
    for (const informer of [this.#services, this.#slices]) {
      informer.onState(() => this.#kick());
      informer.start();
    }
    this.#services.onChange(() => this.#kick());
    this.#slices.onChange(() => this.#kick());
  }

  #kick(): void {
    this.#wanted = true;
    if (!this.#busy && this.#services.state.synced && this.#slices.state.synced) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#wanted) {
      this.#wanted = false;
      for (const family of [4, 6] as const) await this.#apply(family);
    }
    this.#busy = false;
  }

  async #apply(family: 4 | 6): Promise<void> {
    const rules = proxyRules(family, {
      services: this.#services.store.list(),
      slices: this.#slices.store.list(),
      clusterCidrs: this.#clusterCidrs,
    });
    if (this.#applied.get(family) === rules) return;
    const { code, stderr } = await output(["nft", "-f", "-"], { stdin: rules });
    if (code === 0) this.#applied.set(family, rules);
    else this.#log.error("rules of Services refused", { family, reason: stderr.trim() });
  }
}
