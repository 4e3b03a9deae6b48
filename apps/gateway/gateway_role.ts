// SPDX-License-Identifier: Apache-2.0
import { type Change, type KubeObject, LeaderElector } from "@strait/k8s";
import {
  type GatewayReport,
  GatewayReporter,
  type Member,
  type OpenPings,
  Prober,
  Publisher,
  probeTargets,
  remoteLinks,
} from "@strait/member";
import {
  type ClusterId,
  formatAddress,
  GATEWAY_LABEL,
  GATEWAY_LEASE,
  ok,
  ownNode,
  type Problem,
  type Result,
  refuse,
} from "@strait/model";
import { type AppContext, type Applied, type Extra, firstReasons } from "@strait/node";
import { StateLog } from "@strait/obs";
import { elapsed } from "@strait/time";
import type { BrokerDuty } from "./broker_duty.ts";
import { ConnectionBook, type ConnectionState } from "./connection_book.ts";
import type { KubernetesConfig } from "./kubernetes_config.ts";
import { findLocalState, type LocalState } from "./local_state.ts";
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

/** Milliseconds for each other cluster until a change of one is told to the prober. */
const RETARGET_EACH_MS = 4;

/** Milliseconds that what was found out about this node is believed while only other clusters and nodes change. */
const BELIEVED_MS = 10_000;

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
  readonly #states: StateLog;
  readonly #part: TakingPart;
  #local: LocalState | undefined;
  #leading = false;
  #holder: string | undefined;
  #ends: (() => void)[] = [];
  #retargeting: (() => void) | undefined;
  /** What the last pass worked by, and when it was last looked what this gateway is. */
  #seen: { readonly applied: Applied; readonly lookedAt: number } | undefined;

  constructor(options: GatewayRoleOptions) {
    this.#options = options;
    const { context, member, config, namespace, openPings } = options;
    const { client, source, nodeName } = member;
    const { log, timers } = context;
    this.#states = new StateLog(log);
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
        return node && isLabelled(node);
      },
      heard: () => this.#broker?.inStep() ?? true,
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
      source.endpoints.onChange(() => {
        this.#retargetSoon();
        this.#tell();
      }),
      source.nodes.onChange((changes) => {
        const own = changes.find(({ object }) => object.metadata.name === nodeName);
        if (own && (own.type === "delete" || !isLabelled(own.object))) this.#part.forget();
        if (own) this.#refresh();
        if (changes.some(gatewayLabelChanged)) this.#publisher.changed();
      }),
    ];
    this.#elector.start();
    this.#reporter.start();
  }

  /** Many passes are about other nodes and clusters: the kernel is not asked again for each of them. */
  applied(): void {
    const { state, timers } = this.#options.context;
    const { applied } = state;
    const { lookedAt = 0, applied: before } = this.#seen ?? {};
    const now = elapsed(timers);
    const believed = before && applied && this.#local && now - lookedAt < BELIEVED_MS && onlyOthersChanged(before, applied);
    if (applied) this.#seen = { applied, lookedAt: believed ? lookedAt : now };
    if (believed) this.#tell();
    else this.#refresh();
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end();
    this.#retargeting?.();
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
    const { network } = this.#options;
    try {
      const local = findLocalState(this.#options, this.#local?.healthCheck.addresses);
      if (!local) return;
      this.#local = local;
      network.assign(local.healthCheck.assign);
      this.#retarget();
    } catch (error) {
      // The kernel's answer to a question, for example in the moment an interface goes: the next pass asks again.
      const reason = error instanceof Error ? error.message : String(error);
      this.#states.set("local", reason, "warn", "what this gateway is cannot be found out now", { reason });
      return;
    }
    this.#states.clear("local", "what this gateway is was found out");
    this.#publisher.changed();
    this.#tell();
  }

  /** A look is at all other clusters: where they are many it is seldom, though not more seldom than once a second. */
  #retargetSoon(): void {
    const { context, member } = this.#options;
    const wait = Math.min(1000, member.source.remoteCount * RETARGET_EACH_MS);
    this.#retargeting ??= context.timers.after(wait, () => {
      this.#retargeting = undefined;
      this.#retarget();
    });
  }

  #retarget(): void {
    const own = this.#local?.healthCheck.addresses;
    if (own) this.#prober?.setTargets(probeTargets(remoteLinks(this.#options.member.source.remoteEndpoints), own));
  }

  #tell(): void {
    this.#reporter.changed();
    this.#part.look();
    this.#record();
  }

  #publication() {
    const { cluster } = this.#options.member.source;
    const endpoint = this.#part.endpointOf(this.#local?.endpoint);
    return cluster && endpoint && this.#part.tellable ? { cluster, endpoint } : undefined;
  }

  #report(): GatewayReport | undefined {
    const { context, namespace } = this.#options;
    const endpoint = this.#part.endpointOf(this.#local?.endpoint);
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

/** Whether a pass was asked for by the cluster file, and neither this node's entry in it nor what the kernel says of the node changed. */
function onlyOthersChanged(before: Applied, after: Applied): boolean {
  const of = ({ file, facts }: Applied) => [
    ownNode(file),
    file.subnets,
    facts.hostAddresses,
    facts.podInterfaces,
    facts.uplinks,
    facts.device,
  ];
  const old = of(before);
  return before.file !== after.file && of(after).every((part, i) => part === old[i]);
}

function isLabelled(node: KubeObject): boolean {
  return node.metadata.labels?.[GATEWAY_LABEL] === "true";
}

/** True where a node became a gateway or is one no more. */
function gatewayLabelChanged(change: Change<KubeObject>): boolean {
  const label = (node: KubeObject | undefined): string | undefined => node?.metadata.labels?.[GATEWAY_LABEL];
  return change.type === "delete" || label(change.object) !== label(change.old);
}
