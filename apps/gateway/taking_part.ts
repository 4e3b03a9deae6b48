// SPDX-License-Identifier: Apache-2.0
import type { EndpointToWrite } from "@strait/k8s";
import { type Member, type Prober, remoteLinks } from "@strait/member";
import { formatAddress, type GatewayMember, ownNode } from "@strait/model";
import type { AppContext } from "@strait/node";
import { elapsed } from "@strait/time";
import { cablesOf } from "./cables.ts";
import { JoinWatch } from "./join_watch.ts";

export interface TakingPartOptions {
  readonly context: Pick<AppContext, "state" | "counters" | "present" | "log" | "timers">;
  readonly member: Pick<Member, "source" | "nodeName">;
  readonly prober: Pick<Prober, "report"> | undefined;
}

/** Milliseconds that a node agent may take until it leads to the nodes; one that runs needs a moment. */
const AGENT_MS = 10_000;

/**
 * A gateway's way into the gateways of its cluster (docs/adr/0010): on standby at first, where another one carries the traffic;
 * told of once what comes over its cables gets to the nodes; and taking part once the other clusters know it.
 *
 * @example
 * const part = new TakingPart({ context, member, prober });
 * part.look(); // something changed
 * part.endpointOf(endpoint) // says "joining" while it is so
 */
export class TakingPart {
  readonly #options: TakingPartOptions;
  readonly #join: JoinWatch;
  /** Whether the node agent was seen to lead to the other nodes, which it does once it knows that this is a gateway. */
  #led = false;
  /** Since when that is waited for. */
  #waitsSince: number | undefined;
  /** Whether it found that the other clusters know it. */
  #known = false;

  constructor(options: TakingPartOptions) {
    this.#options = options;
    const { context, member, prober } = options;
    const { source } = member;
    this.#join = new JoinWatch({
      waiting: () => this.standby && this.#listed?.phase === "joining",
      links: () => {
        const cables = cablesOf(context, []);
        return remoteLinks(source.remoteEndpoints).map(({ key, gateway }) => {
          const status = prober?.report(key)?.status;
          // What is not probed is not known to answer, and never will be.
          const answers = status === "connecting" ? undefined : status === "connected";
          return { key, answers, joins: gateway.phase === "joining", arrived: cables.traffic(key) };
        });
      },
      joined: () => {
        // Asked for again until a pass has applied it, which may fail for a while.
        if (!this.#known) context.log.info("the other clusters know this gateway: it takes part");
        this.#known = true;
        source.takePart(true);
      },
      timers: context.timers,
    });
  }

  /** Whether others take this gateway's part in what was applied last. */
  get standby(): boolean {
    const { applied } = this.#options.context.state;
    return applied !== undefined && ownNode(applied.file).standby === true;
  }

  /** What keeps it on standby, one sentence each; none while there is hope. */
  get reasons(): readonly string[] {
    const { timers } = this.#options.context;
    const waited = this.#waitsSince === undefined || this.tellable ? 0 : elapsed(timers) - this.#waitsSince;
    const agent =
      "nobody is told of it yet: this node's agent does not lead to the other nodes; look whether submariner-routeagent runs here, and at its log";
    return [
      ...(waited < AGENT_MS ? [] : [agent]),
      ...this.#join.missing.map(
        (key) => `it takes no part yet: nothing came over the cable from ${key}, which answers over other gateways`,
      ),
    ];
  }

  /** To be called when anything changed. Cheap. */
  look(): void {
    const waits = this.standby && !this.#led;
    this.#waitsSince = waits ? (this.#waitsSince ?? elapsed(this.#options.context.timers)) : undefined;
    this.#join.look();
  }

  /** The label went: what the others know of this gateway, and its agent, they will have forgotten when it is back. */
  forget(): void {
    this.#led = false;
    this.#known = false;
    this.#options.member.source.takePart(false);
  }

  /** This gateway as it is to be told of; one that is not sent to yet says so. */
  endpointOf(endpoint: EndpointToWrite | undefined): EndpointToWrite | undefined {
    if (!endpoint || !this.standby) return endpoint;
    return { ...endpoint, gateways: endpoint.gateways.map((gateway) => ({ ...gateway, phase: "joining" })) };
  }

  /**
   * Whether it may be told of. Whoever is told of is sent to by the other clusters; while another gateway carries the traffic that
   * can wait until the agent leads on to the nodes.
   */
  get tellable(): boolean {
    return !this.standby || this.#leads();
  }

  stop(): void {
    this.#join.stop();
  }

  /** This gateway as the cluster lists it. */
  get #listed(): GatewayMember | undefined {
    const { source, nodeName } = this.#options.member;
    return source.ownEndpoint?.gateways.find(({ hostname }) => hostname === nodeName);
  }

  #leads(): boolean {
    const { context } = this.#options;
    const { applied } = context.state;
    if (this.#led || !applied) return this.#led;
    const { node, nodes } = applied.file;
    const workers = nodes.filter(({ name, gateway }) => !gateway && name !== node);
    const addresses = new Set(workers.flatMap((worker) => worker.addresses.map(formatAddress)));
    const hops = addresses.size === 0 ? [] : [...context.present().hops.values()];
    this.#led = addresses.size === 0 || hops.some(({ kind, remote }) => kind === "node" && addresses.has(formatAddress(remote)));
    return this.#led;
  }
}
