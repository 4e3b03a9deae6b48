// SPDX-License-Identifier: Apache-2.0
import type { RouteAgent } from "@strait/k8s";
import { type Member, type OpenPings, ProbeAim, Prober, remoteLinks } from "@strait/member";
import { type Address, formatAddress, ownNode, type Problem, sameRow } from "@strait/model";
import { type AppContext, type Extra, shortened } from "@strait/node";
import { sourcesOf } from "@strait/plan";
import { AgentReporter } from "./agent_reporter.ts";
import type { KubernetesConfig } from "./kubernetes_config.ts";
import { type RemoteHealth, remoteHealth } from "./remote_health.ts";

export interface AgentRoleOptions {
  readonly context: AppContext;
  readonly member: Member;
  readonly config: KubernetesConfig;
  readonly namespace: string;
  readonly openPings: OpenPings;
  /** Of the node, found elsewhere: told in its object, too. */
  readonly nodeProblems?: () => readonly Problem[];
}

/** Failures named in a RouteAgent's statusFailure. */
const TOLD_FAILURES = 8;

/**
 * What a node agent does besides the node's own traffic: it pings the other clusters from this node, and tells in its RouteAgent
 * object how they are reached and what is not as it should be.
 *
 * @example
 * const role = new AgentRole({ context, member, config, namespace, openPings });
 * role.start();
 */
export class AgentRole implements Extra {
  readonly name = "kubernetes";
  readonly #options: AgentRoleOptions;
  readonly #reporter: AgentReporter;
  readonly #prober: Prober | undefined;
  readonly #aim: ProbeAim;
  #sources: readonly Address[] = [];
  /** The list that the sources were found in. */
  #seen: readonly Address[] | undefined;
  #problems: string | undefined;
  #end: (() => void) | undefined;

  constructor(options: AgentRoleOptions) {
    this.#options = options;
    const { context, member, config, namespace, openPings } = options;
    const { log, timers } = context;
    const { client, nodeName } = member;
    this.#reporter = new AgentReporter({ client, namespace, nodeName, status: () => this.#status(), log, timers });
    const { enabled, ...settings } = config.probes;
    if (enabled) this.#prober = new Prober({ ...settings, open: openPings, timers, onChange: () => this.#reporter.changed() });
    const aimed = () => this.#reporter.changed();
    this.#aim = new ProbeAim({ prober: this.#prober, source: member.source, own: () => this.#sources, aimed, timers });
  }

  /** What {@link AgentRoleOptions.nodeProblems} gives has changed. */
  changed(): void {
    this.#reporter.changed();
  }

  start(): void {
    this.#end = this.#options.member.source.endpoints.onChange(() => this.#aim.soon());
    this.#reporter.start();
  }

  /** Passes are many and nearly all of them change nothing here: what is looked at is as little. */
  applied(): void {
    const { state } = this.#options.context;
    const { hostAddresses } = state.applied?.facts ?? { hostAddresses: [] };
    if (hostAddresses !== this.#seen) {
      this.#seen = hostAddresses;
      const sources = probeSources(this.#options.context);
      if (!sameRow(sources, this.#sources)) {
        this.#sources = sources;
        this.#aim.now();
      }
    }
    const problems = state.problems.map(({ object, reason }) => `${object}: ${reason}`).join("; ");
    if (problems !== this.#problems) this.#reporter.changed();
    this.#problems = problems;
  }

  async stop(): Promise<void> {
    this.#end?.();
    this.#aim.stop();
    this.#prober?.close();
    await this.#reporter.stop();
    this.#options.member.client.close();
  }

  status(): unknown {
    const { network } = this.#options.member.source;
    return {
      network: network && {
        cni: { name: network.cni.name, evidence: network.cni.evidence, placement: network.cni.placement },
      },
      probedFrom: this.#sources.map(formatAddress),
      remoteEndpoints: this.#health(),
      reports: this.#reporter.writes,
    };
  }

  problems(): readonly Problem[] {
    const { failure } = this.#reporter;
    return failure === undefined ? [] : [{ object: "RouteAgent", reason: failure }];
  }

  #health(): RemoteHealth[] {
    const { member, config } = this.#options;
    const noAddress = "this node or the other gateway has no address in its cluster's subnets to ping with";
    const unprobed = config.probes.enabled ? noAddress : "SUBMARINER_HEALTHCHECKENABLED is false";
    return remoteHealth(remoteLinks(member.source.remoteEndpoints), (key) => this.#prober?.report(key), unprobed);
  }

  #status(): RouteAgent["status"] {
    const { context, member, nodeProblems = () => [] } = this.#options;
    const own = context.state.applied ? [] : ["nothing was applied on this node yet"];
    const all = [
      ...own,
      ...[...context.state.problems, ...member.source.problems, ...nodeProblems()].map(
        ({ object, reason }) => `${object}: ${reason}`,
      ),
    ];
    return { version: context.version, statusFailure: shortened(all, TOLD_FAILURES), remoteEndpoints: this.#health() };
  }
}

/** Addresses of this node that other clusters can answer to, which is the source of this node's own traffic over our routes too. */
function probeSources({ state }: Pick<AppContext, "state">): Address[] {
  const { applied } = state;
  return applied ? Object.values(sourcesOf(applied.file, ownNode(applied.file), applied.facts)) : [];
}
