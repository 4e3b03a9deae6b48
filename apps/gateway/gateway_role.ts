// SPDX-License-Identifier: Apache-2.0
import { EventRecorder, type GatewayConnection, GatewayKind, LeaderElector } from "@strait/k8s";
import {
  connectionOf,
  type GatewayReport,
  GatewayReporter,
  type Member,
  type OpenPings,
  Prober,
  Publisher,
  probeTargets,
  type RemoteLink,
  type RttSummary,
  remoteLinks,
} from "@strait/member";
import { type ClusterId, formatAddress, GATEWAY_LEASE, gatewayName, ok, type Problem, type Result, refuse } from "@strait/model";
import type { AppContext, Extra } from "@strait/node";
import { elapsed } from "@strait/time";
import type { BrokerDuty } from "./broker_duty.ts";
import { ArrivalWatch, cablesOf } from "./cables.ts";
import type { KubernetesConfig } from "./kubernetes_config.ts";
import { findLocalState, type LocalState } from "./local_state.ts";
import type { NodeNetwork } from "./node_network.ts";

export interface GatewayRoleOptions {
  readonly context: AppContext;
  readonly member: Member;
  readonly config: KubernetesConfig;
  readonly namespace: string;
  readonly clusterId: ClusterId;
  readonly network: NodeNetwork;
  readonly openPings: OpenPings;
  /** Makes what is done with the broker; undefined where there is none. */
  readonly openBroker: ((onChange: () => void) => BrokerDuty) | undefined;
}

/** What one connection is, with what metrics need besides. */
export interface ConnectionState {
  readonly link: RemoteLink;
  readonly connection: GatewayConnection;
  readonly rtt: RttSummary | undefined;
  /** When it became connected, in Unix milliseconds; undefined where it is not. */
  readonly establishedAt: number | undefined;
}

/** Arrivals count this long on links that are not probed: longer than two reports are apart. */
const ARRIVAL_MS = 10_000;
/** Failures named in a Gateway's statusFailure. */
const TOLD_FAILURES = 8;

/**
 * A gateway among the others of its cluster: stands for election, probes the other clusters, writes its Gateway object, and
 * while it leads publishes the cluster and exchanges objects with the broker. Whether it leads says nothing about forwarding:
 * every gateway forwards, and goes on when all of this stops.
 *
 * @example
 * const role = new GatewayRole({ context, member, config, namespace, clusterId, network, openPings, openBroker });
 * role.start();
 */
export class GatewayRole implements Extra {
  readonly name = "kubernetes";
  readonly #options: GatewayRoleOptions;
  readonly #elector: LeaderElector;
  readonly #publisher: Publisher;
  readonly #reporter: GatewayReporter;
  readonly #prober: Prober | undefined;
  readonly #events: EventRecorder;
  readonly #broker: BrokerDuty | undefined;
  readonly #arrivals = new ArrivalWatch(ARRIVAL_MS);
  readonly #established = new Map<string, number>();
  #recorded = new Set<string>();
  #local: LocalState | undefined;
  #leading = false;
  #holder: string | undefined;
  #ends: (() => void)[] = [];

  constructor(options: GatewayRoleOptions) {
    this.#options = options;
    const { context, member, config, namespace, openPings } = options;
    const { client, source, nodeName } = member;
    const { log, timers } = context;
    const identity = `${nodeName}-submariner-gateway`;
    const common = { client, namespace, log, timers };
    this.#elector = new LeaderElector({
      ...common,
      name: GATEWAY_LEASE,
      identity,
      ...config.lease,
      onChange: (leading, holder) => this.#elected(leading, holder),
    });
    this.#publisher = new Publisher({
      ...common,
      identity,
      clusters: source.clusters,
      endpoints: source.endpoints,
      gateways: source.gateways,
      wanted: () => this.#publication(),
    });
    this.#reporter = new GatewayReporter({ ...common, podName: config.podName, report: () => this.#report() });
    this.#events = new EventRecorder({ client, component: "strait-gateway", host: nodeName, log, timers });
    this.#broker = options.openBroker?.(() => {
      this.#reporter.changed();
      this.#record();
    });
    const { enabled, ...settings } = config.probes;
    if (enabled) this.#prober = new Prober({ ...settings, open: openPings, timers, onChange: () => this.#reporter.changed() });
  }

  /** Whether this gateway leads its cluster. */
  get leading(): boolean {
    return this.#leading;
  }

  /** The address that others see this gateway under; "" while it is not known. */
  get publishedIp(): string {
    const { publicIps = [], privateIps = [] } = this.#local?.endpoint ?? {};
    const [first] = [...publicIps, ...privateIps];
    return first ? formatAddress(first) : "";
  }

  /** How often the Gateway object was written. */
  get reports(): number {
    return this.#reporter.writes;
  }

  start(): void {
    const { source, nodeName } = this.#options.member;
    this.#ends = [
      source.endpoints.onChange(() => this.#refresh()),
      source.nodes.onChange((changes) => {
        if (changes.some(({ object }) => object.metadata.name === nodeName)) this.#refresh();
      }),
    ];
    this.#elector.start();
    this.#reporter.start();
  }

  applied(): void {
    this.#refresh();
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#prober?.close();
    await Promise.all([this.#elector.stop(), this.#publisher.stop(), this.#broker?.stop()]);
    await this.#reporter.stop();
    this.#options.network.close();
    this.#options.member.client.close();
  }

  status(): unknown {
    const { source } = this.#options.member;
    const { network } = source;
    return {
      leading: this.#leading,
      leader: this.#holder ?? null,
      network: network && {
        cni: { name: network.cni.name, evidence: network.cni.evidence, placement: network.cni.placement },
        podsFrom: network.pods.evidence,
        servicesFrom: network.services.evidence,
      },
      healthCheckIPs: (this.#local?.healthCheck.addresses ?? []).map(formatAddress),
      connections: this.connections().map(({ connection }) => connection),
      broker: this.#broker?.status() ?? null,
    };
  }

  readiness(): Result<unknown> {
    return this.#local?.endpoint ? ok(true) : refuse(this.#local?.failures[0] ?? "what this gateway is was not found out yet");
  }

  problems(): readonly Problem[] {
    const own = [...(this.#local?.failures ?? []), this.#publisher.failure, this.#reporter.failure].filter(
      (reason) => reason !== undefined,
    );
    return [...own.map((reason) => ({ object: "gateway", reason })), ...(this.#broker?.problems() ?? [])];
  }

  /** Every link to another cluster as it is now. */
  connections(): ConnectionState[] {
    const { context, member, config } = this.#options;
    const { source } = member;
    const cables = cablesOf(context, source.problems);
    const now = elapsed(context.timers);
    const links = remoteLinks(source.remoteEndpoints);
    const keys = new Set(links.map(({ key }) => key));
    for (const key of this.#established.keys()) if (!keys.has(key)) this.#established.delete(key);
    const noAddress = "one of both sides has no address to ping";
    return links.map((link) => {
      const probe = this.#prober?.report(link.key);
      const receiving = (): boolean => this.#arrivals.receiving(link.key, cables.traffic(link.key)?.rxPackets ?? 0n, now);
      const connection = connectionOf(link, {
        cable: cables.state(link.key),
        probe,
        unprobed: config.probes.enabled ? noAddress : "SUBMARINER_HEALTHCHECKENABLED is false",
        receiving: probe === undefined && receiving(),
      });
      if (connection.status !== "connected") this.#established.delete(link.key);
      else if (!this.#established.has(link.key)) this.#established.set(link.key, context.timers.now());
      return { link, connection, rtt: probe?.rtt, establishedAt: this.#established.get(link.key) };
    });
  }

  #elected(leading: boolean, holder: string | undefined): void {
    const { context } = this.#options;
    if (leading !== this.#leading)
      context.log.info(leading ? "this gateway leads" : "this gateway does not lead any more", { holder });
    else context.log.info("another gateway leads", { holder });
    this.#leading = leading;
    this.#holder = holder;
    this.#publisher.lead(leading);
    this.#broker?.lead(leading);
    this.#reporter.changed();
  }

  /** Looks again at what this gateway is, and tells whoever it concerns. */
  #refresh(): void {
    const { context, member, network } = this.#options;
    try {
      const local = findLocalState(this.#options, this.#local?.healthCheck.addresses);
      if (!local) return;
      this.#local = local;
      network.assign(local.healthCheck.assign);
      this.#prober?.setTargets(probeTargets(remoteLinks(member.source.remoteEndpoints), local.healthCheck.addresses));
    } catch (error) {
      // The kernel's answer to a question, for example in the moment an interface goes: the next pass asks again.
      context.log.warn("what this gateway is cannot be found out now", { reason: error });
      return;
    }
    this.#publisher.changed();
    this.#reporter.changed();
    this.#record();
  }

  #publication() {
    const { cluster } = this.#options.member.source;
    const endpoint = this.#local?.endpoint;
    return cluster && endpoint && { cluster, endpoint };
  }

  #report(): GatewayReport | undefined {
    const { context, namespace } = this.#options;
    const endpoint = this.#local?.endpoint;
    if (!endpoint) return undefined;
    return {
      namespace,
      version: context.version,
      haStatus: this.#leading ? "active" : "passive",
      endpoint,
      failures: this.#failures(),
      connections: this.connections().map(({ connection }) => connection),
    };
  }

  #failures(): string[] {
    const { source } = this.#options.member;
    const all = [...this.problems(), ...source.problems].map(({ object, reason }) =>
      object === "gateway" ? reason : `${object}: ${reason}`,
    );
    const rest = all.length - TOLD_FAILURES;
    return rest > 0 ? [...all.slice(0, TOLD_FAILURES), `and ${rest} more`] : all;
  }

  /** What is refused or out of reach is told once where `kubectl describe gateway` shows it, by the leader. */
  #record(): void {
    const { member, namespace } = this.#options;
    const told = new Set<string>();
    const name = gatewayName(member.nodeName);
    const gateway = { apiVersion: "submariner.io/v1", kind: GatewayKind.kind, metadata: { name, namespace } };
    for (const { object, reason } of [...member.source.problems, ...(this.#broker?.problems() ?? [])]) {
      const message = `${object}: ${reason}`;
      told.add(message);
      if (!this.#leading || this.#recorded.has(message)) continue;
      const kind = object === "broker" ? "BrokerUnavailable" : "Refused";
      this.#events.record(gateway, { type: "Warning", reason: kind, message });
    }
    if (this.#leading) this.#recorded = told;
  }
}
