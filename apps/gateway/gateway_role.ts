// SPDX-License-Identifier: Apache-2.0
import { LeaderElector } from "@strait/k8s";
import { type GatewayReport, GatewayReporter, type Member, type OpenPings, ProbeAim, Prober, Publisher } from "@strait/member";
import { type ClusterId, formatAddress, GATEWAY_LEASE, ok, type Problem, type Result, refuse } from "@strait/model";
import { type AppContext, type Extra, firstReasons } from "@strait/node";
import type { BrokerDuty } from "./broker_duty.ts";
import { ConnectionBook, type ConnectionState } from "./connection_book.ts";
import { gatewayLabelChanged, isGatewayNode } from "./gateway_label.ts";
import type { KubernetesConfig } from "./kubernetes_config.ts";
import { LocalBook } from "./local_book.ts";
import { findLocalState } from "./local_state.ts";
import type { NodeNetwork } from "./node_network.ts";
import { TakingPart } from "./taking_part.ts";
import { TroubleEvents } from "./trouble_events.ts";

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
  readonly #events: TroubleEvents;
  readonly #connections: ConnectionBook;
  readonly #broker: BrokerDuty | undefined;
  readonly #part: TakingPart;
  readonly #book: LocalBook;
  readonly #aim: ProbeAim;
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
      isGateway: (name) => {
        const node = source.nodes.store.get(name);
        return node && isGatewayNode(node);
      },
      heard: () => this.#broker?.inStep() ?? true,
      othersLeave: () => source.remoteEndpoints.some(({ gateways }) => gateways.some(({ phase }) => phase === "leaving")),
      wanted: () => this.#publication(),
    });
    this.#reporter = new GatewayReporter({ ...common, podName: config.podName, report: () => this.#report() });
    this.#events = new TroubleEvents({ ...common, nodeName });
    this.#broker = options.openBroker?.(() => {
      this.#reporter.changed();
      this.#record();
    });
    const { enabled, ...settings } = config.probes;
    if (enabled) this.#prober = new Prober({ ...settings, open: openPings, timers, onChange: () => this.#reporter.changed() });
    this.#connections = new ConnectionBook({ context, source, prober: this.#prober });
    this.#part = new TakingPart({ context, member, prober: this.#prober });
    this.#aim = new ProbeAim({ prober: this.#prober, source, own: () => this.#book.state?.healthCheck.addresses, timers });
    this.#book = new LocalBook({
      find: (current) => findLocalState(options, current),
      use: ({ healthCheck }) => {
        options.network.assign(healthCheck.assign);
        this.#aim.now();
      },
      log,
      timers,
    });
  }

  /** Whether this gateway leads its cluster. */
  get leading(): boolean {
    return this.#leading;
  }

  /** The address that others see this gateway under; "" while it is not known. */
  get publishedIp(): string {
    const { publicIps = [], privateIps = [] } = this.#book.state?.endpoint ?? {};
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
      source.endpoints.onChange(() => {
        this.#aim.soon();
        this.#tell();
      }),
      source.nodes.onChange((changes) => {
        const own = changes.find(({ object }) => object.metadata.name === nodeName);
        if (own && (own.type === "delete" || !isGatewayNode(own.object))) this.#part.forget();
        if (own) this.#refresh();
        if (changes.some(gatewayLabelChanged)) this.#publisher.changed();
      }),
    ];
    this.#elector.start();
    this.#reporter.start();
  }

  applied(): void {
    if (this.#book.believed(this.#options.context.state.applied)) this.#tell();
    else this.#refresh();
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#aim.stop();
    this.#prober?.close();
    this.#part.stop();
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
      standby: this.#part.standby,
      network: network && {
        cni: { name: network.cni.name, evidence: network.cni.evidence, placement: network.cni.placement },
        podsFrom: network.pods.evidence,
        servicesFrom: network.services.evidence,
      },
      healthCheckIPs: (this.#book.state?.healthCheck.addresses ?? []).map(formatAddress),
      connections: this.connections().map(({ connection }) => connection),
      broker: this.#broker?.status() ?? null,
    };
  }

  readiness(): Result<unknown> {
    return this.#book.state?.endpoint
      ? ok(true)
      : refuse(this.#book.state?.failures[0] ?? "what this gateway is was not found out yet");
  }

  problems(): readonly Problem[] {
    const own = [...(this.#book.state?.failures ?? []), this.#publisher.failure, this.#reporter.failure].filter(
      (reason) => reason !== undefined,
    );
    return [
      ...[...own, ...this.#part.reasons].map((reason) => ({ object: "gateway", reason })),
      ...(this.#broker?.problems() ?? []),
    ];
  }

  /** Every link to another cluster as it is now. */
  connections(): ConnectionState[] {
    return this.#connections.list();
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
    if (!this.#book.look()) return;
    this.#publisher.changed();
    this.#tell();
  }

  #tell(): void {
    this.#reporter.changed();
    this.#part.look();
    this.#record();
  }

  #publication() {
    const { cluster } = this.#options.member.source;
    const endpoint = this.#part.endpointOf(this.#book.state?.endpoint);
    return cluster && endpoint && this.#part.tellable ? { cluster, endpoint } : undefined;
  }

  #report(): GatewayReport | undefined {
    const { context, namespace } = this.#options;
    const endpoint = this.#part.endpointOf(this.#book.state?.endpoint);
    if (!endpoint || !this.#part.tellable) return undefined;
    return {
      namespace,
      version: context.version,
      haStatus: this.#leading ? "active" : "passive",
      endpoint,
      failures: this.#failures(),
      connections: this.connections().map(({ connection }) => connection),
    };
  }

  #failures(): readonly string[] {
    const { source } = this.#options.member;
    const all = [...this.problems(), ...source.problems].map(({ object, reason }) =>
      object === "gateway" ? reason : `${object}: ${reason}`,
    );
    return firstReasons(all, TOLD_FAILURES);
  }

  /** Events are the leader's to write: the others see the same. */
  #record(): void {
    if (this.#leading) this.#events.tell([...this.#options.member.source.problems, ...(this.#broker?.problems() ?? [])]);
  }
}
