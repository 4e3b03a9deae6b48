// SPDX-License-Identifier: Apache-2.0
import type { ApiClient } from "@strait/k8s";
import { formatCidr } from "@strait/model";
import { type Log, StateLog } from "@strait/obs";
import { Backoff, sleep, type Timers } from "@strait/time";
import { type CidrEvidence, discoverCidrs, type FoundCidrs, UNSURE } from "../discovery/discover_cidrs.ts";
import { discoverCni, type FoundCni } from "../discovery/discover_cni.ts";
import { keepCidrs, keepCni } from "../discovery/keep_found.ts";
import { type NetworkEvidence, readEvidence } from "./read_evidence.ts";

/** What is known of the own cluster's network, each with its evidence. */
export interface FoundNetwork {
  readonly pods: FoundCidrs;
  readonly services: FoundCidrs;
  readonly cni: FoundCni;
}

/** What nodes and the leading gateway say; it changes while we run. */
export interface NetworkClues {
  readonly published: CidrEvidence["published"];
  readonly nodeCidrs: CidrEvidence["nodeCidrs"];
}

export interface NetworkDiscoveryOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The gateways find out and one of them publishes; the agents, of which there are thousands, believe that first. */
  readonly role: "gateway" | "agent";
  readonly clues: () => NetworkClues;
  readonly onChange: () => void;
  readonly log: Log;
  readonly timers: Timers;
}

/** Ranges may be added to a cluster that runs (ServiceCIDR objects), so it is asked again after so long. */
const AGAIN_MS = 600_000;

/**
 * Finds out the own cluster's subnets and CNI plugin, once asked and from time to time; while the API server is away it goes on
 * asking, and what was found stays.
 *
 * @example
 * const discovery = new NetworkDiscovery({ client, namespace, env, role: "gateway", clues, onChange, log, timers });
 * discovery.start();
 * discovery.network?.pods.cidrs
 */
export class NetworkDiscovery {
  readonly #options: NetworkDiscoveryOptions;
  readonly #states: StateLog;
  readonly #stopping = new AbortController();
  #evidence: NetworkEvidence | undefined;
  #network: FoundNetwork | undefined;
  /** As of the last time it was asked: a node that has no podCIDR in its first moment must not change it. */
  #cni: FoundCni | undefined;
  #told = "";
  #failure: string | undefined;
  #running: Promise<void> | undefined;

  constructor(options: NetworkDiscoveryOptions) {
    this.#options = options;
    this.#states = new StateLog(options.log);
  }

  /** Undefined until the API server was asked for the first time. */
  get network(): FoundNetwork | undefined {
    return this.#network;
  }

  /** Why it could not be asked lately; undefined where it could. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Begins; to be called once nodes are known. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** The clues may have changed. */
  look(): void {
    if (this.#evidence) this.#judge(this.#evidence);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { client, namespace, timers, role, env } = this.#options;
    const { signal } = this.#stopping;
    const wanted = role === "agent" || env["SUBMARINER_SERVICECIDR"] ? "plugin" : "everything";
    const backoff = new Backoff();
    while (!signal.aborted) {
      let wait = AGAIN_MS;
      try {
        this.#evidence = await readEvidence(client, namespace, wanted, signal);
        this.#failure = undefined;
        backoff.reset();
        this.#states.clear("discovery", "the cluster's network can be asked about again");
        this.#cni = undefined;
        this.#judge(this.#evidence);
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#states.set("discovery", "failed", "warn", "the cluster's network cannot be asked about", { reason: this.#failure });
        this.#options.onChange();
        wait = backoff.next();
      }
      await sleep(timers, wait, signal);
    }
  }

  #judge(evidence: NetworkEvidence): void {
    const { env, role, clues, log, onChange } = this.#options;
    const { published, nodeCidrs } = clues();
    const said = { pods: env["SUBMARINER_CLUSTERCIDR"], services: env["SUBMARINER_SERVICECIDR"] };
    let found = discoverCidrs({ ...evidence, env: said, nodeCidrs, ...(role === "agent" && { published }) });
    // A gateway must not believe what it published itself while there is better evidence.
    const [pods, services] = [found.pods.cidrs.length === 0, found.services.cidrs.length === 0];
    if (role === "gateway" && (pods || services)) {
      const last = discoverCidrs({ env: {}, nodeCidrs: [], published });
      const unsure = { rank: UNSURE };
      found = {
        pods: pods ? { ...last.pods, ...unsure } : found.pods,
        services: services ? { ...last.services, ...unsure } : found.services,
      };
    }
    const allNodesHaveCidrs = nodeCidrs.length > 0 && nodeCidrs.every((list) => list.length > 0);
    const before = this.#network;
    const plugin = () => discoverCni({ ...evidence, told: env["SUBMARINER_NETWORKPLUGIN"], allNodesHaveCidrs });
    this.#cni ??= keepCni(plugin(), before?.cni);
    const cni = this.#cni;
    const network = {
      pods: keepCidrs(found.pods, before?.pods),
      services: keepCidrs(found.services, before?.services),
      cni,
    };
    const text = JSON.stringify(network, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    if (text === this.#told) return;
    this.#told = text;
    this.#network = network;
    for (const reason of [...network.pods.refused, ...network.services.refused]) log.warn("evidence refused", { reason });
    log.info("the cluster's network", {
      pods: network.pods.cidrs.map(formatCidr).join(","),
      podsFrom: network.pods.evidence,
      services: network.services.cidrs.map(formatCidr).join(","),
      servicesFrom: network.services.evidence,
      cni: cni.name,
      cniFrom: cni.evidence,
      placedBy: cni.placement,
    });
    onChange();
  }
}
