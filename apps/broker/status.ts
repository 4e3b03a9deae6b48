// SPDX-License-Identifier: Apache-2.0
import { type Cluster, ClusterKind, type Endpoint, EndpointKind, Informer, type KubeObject } from "@strait/k8s";
import { ok, refuse } from "@strait/model";
import { Health, type Log, Metrics, StateLog, statusApp } from "@strait/obs";
import type { Hono } from "hono";
import { identity } from "./config.ts";
import type { OnRefused, RunningBroker } from "./wire.ts";

/** What /status of a broker tells. */
export interface BrokerStatus {
  readonly app: string;
  readonly version: string;
  readonly url: string;
  readonly clusters: readonly { readonly id: string; readonly endpoints: readonly string[]; readonly refusedWrites: number }[];
}

/** What the broker tells about itself, from before it serves until it ends. */
export class BrokerReport {
  readonly health = new Health();
  readonly metrics = new Metrics();
  readonly #log: Log;
  readonly #states: StateLog;
  readonly #refused = new Map<string, number>();
  #broker: RunningBroker | undefined;
  #clusters: Informer<Cluster> | undefined;
  #endpoints: Informer<Endpoint> | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.#states = new StateLog(log);
    this.health.ready("api", () => (this.#broker === undefined ? refuse("the API server starts") : ok(undefined)));
    const gauge = (name: string, help: string, value: () => number) =>
      this.metrics.collector({ name, help, type: "gauge" }, () => [{ labels: {}, value: value() }]);
    gauge("strait_broker_clusters", "Clusters that are joined through this broker.", () => this.#clusters?.store.size ?? 0);
    gauge("strait_broker_endpoints", "Endpoints that they publish.", () => this.#endpoints?.store.size ?? 0);
    this.metrics.collector(
      { name: "strait_broker_refused_writes_total", help: "Writes of a member to what is not its own.", type: "counter" },
      () => [...this.#refused].map(([cluster, value]) => ({ labels: { cluster }, value })),
    );
  }

  /** Counts a refused write and says it once, until the reason is another one. */
  readonly onRefused: OnRefused = (cluster, reason) => {
    this.#refused.set(cluster, (this.#refused.get(cluster) ?? 0) + 1);
    this.#states.set(`member ${cluster}`, reason, "warn", "refused a write", { cluster, reason });
  };

  /** Follows the members of a broker that serves. */
  follow(broker: RunningBroker): void {
    this.#broker = broker;
    this.#clusters = new Informer(broker.client.resource(ClusterKind), { log: this.#log });
    this.#endpoints = new Informer(broker.client.resource(EndpointKind), { log: this.#log });
    this.#clusters.onChange((changes) => {
      for (const change of changes) {
        if (change.type === "delete") this.#log.info("a cluster left", { cluster: change.object.metadata.name });
        else if (change.old === undefined) this.#log.info("a cluster is there", { cluster: change.object.metadata.name });
      }
    });
    this.#clusters.start();
    this.#endpoints.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#clusters?.stop(), this.#endpoints?.stop()]);
  }

  status(): BrokerStatus {
    const { name, version } = identity;
    const endpoints: readonly KubeObject[] = this.#endpoints?.store.list() ?? [];
    const owner = ({ metadata }: KubeObject) => metadata.labels?.["submariner-io/clusterID"];
    const clusters = (this.#clusters?.store.list() ?? []).map(({ metadata: { name: id } }) => ({
      id,
      endpoints: endpoints.filter((one) => owner(one) === id).map((one) => one.metadata.name),
      refusedWrites: this.#refused.get(id) ?? 0,
    }));
    return { app: name, version, url: this.#broker?.server.url ?? "", clusters };
  }

  /** The endpoints to serve it from. */
  app(): Hono {
    const { health, metrics } = this;
    return statusApp({ health, metrics, status: () => this.status(), onError: (error) => this.#log.error("status", { error }) });
  }
}
