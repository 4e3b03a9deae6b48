// SPDX-License-Identifier: Apache-2.0
import type { ApiClient, Cluster, Endpoint, Gateway, Informer } from "@strait/k8s";
import {
  type ClusterFile,
  type ClusterId,
  CREATED_AT_ANNOTATION,
  covers,
  type MemberCluster,
  type MemberEndpoint,
  type NodeName,
  type Problem,
  parseClusterId,
  sameRow,
} from "@strait/model";
import type { Log } from "@strait/obs";
import { type LocalSettings, Membership } from "@strait/plan";
import type { Timers } from "@strait/time";
import { readCidrs } from "../discovery/cidr_texts.ts";
import { CABLE_DRIVERS } from "../publish/local_endpoint.ts";
import { EndpointBook } from "./endpoint_book.ts";
import { FollowedPods } from "./followed_pods.ts";
import { KeptFile } from "./kept_file.ts";
import { MemberLists } from "./member_lists.ts";
import { type FoundNetwork, NetworkDiscovery } from "./network_discovery.ts";
import { NodeBook } from "./node_book.ts";
import type { PlacedNode } from "./placed_kinds.ts";
import { memberNode, podCidrTexts } from "./places.ts";

export interface MemberSourceOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly clusterId: ClusterId;
  readonly nodeName: NodeName;
  readonly role: "gateway" | "agent";
  /** SUBMARINER_CLUSTERCIDR, SUBMARINER_SERVICECIDR, SUBMARINER_NETWORKPLUGIN. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the cluster file says besides the cluster: pinDir, cniCacheDir, listen, log… */
  readonly settings: LocalSettings;
  /** What was applied last, perhaps by a process before this one; it is in force until the API server was heard. */
  readonly previous?: ClusterFile | undefined;
  readonly log: Log;
  readonly timers: Timers;
}

/**
 * What the planners work by, made of the cluster's own objects: nodes, the Endpoints of the other clusters (which the leading
 * gateway pulls from the broker), and pods where the CNI plugin demands it. Until everything was read once, and while the API
 * server is away, the last value stays: a partial view would take away what works.
 *
 * It is a `NodeSource` of libs/node.
 *
 * @example
 * const source = new MemberSource({ client, namespace, clusterId, nodeName, role: "agent", env, settings, log, timers });
 * source.onChange = () => loop.request("config");
 * source.start();
 */
export class MemberSource {
  readonly origin: string;
  onChange: () => void = () => {};
  readonly nodes: Informer<PlacedNode>;
  readonly clusters: Informer<Cluster>;
  readonly endpoints: Informer<Endpoint>;
  readonly gateways: Informer<Gateway>;
  readonly #options: MemberSourceOptions;
  readonly #lists: MemberLists;
  readonly #membership: Membership;
  readonly #discovery: NetworkDiscovery;
  readonly #pods: FollowedPods;
  readonly #nodeBook: NodeBook;
  readonly #endpointBook: EndpointBook;
  readonly #kept: KeptFile;
  #cluster: MemberCluster | undefined;

  constructor(options: MemberSourceOptions) {
    this.#options = options;
    const { client, namespace, clusterId, role, env, log, timers, previous, settings } = options;
    this.origin = `${client.connection.server} (Kubernetes)`;
    this.#lists = new MemberLists({ client, namespace, role, log, timers });
    this.nodes = this.#lists.nodes;
    this.clusters = this.#lists.clusters;
    this.endpoints = this.#lists.endpoints;
    this.gateways = this.#lists.gateways;
    this.#kept = new KeptFile(previous, settings);
    this.#membership = new Membership(previous);
    const membership = this.#membership;
    this.#nodeBook = new NodeBook({ membership, list: () => this.nodes.store.list() });
    this.#endpointBook = new EndpointBook({ clusterId, membership, list: () => this.endpoints.store.list() });
    this.#pods = new FollowedPods({ client, membership, onChange: () => this.#look(), log, timers });
    const clues = () => this.#clues();
    this.#discovery = new NetworkDiscovery({ client, namespace, env, role, clues, onChange: () => this.#look(), log, timers });
    this.#listen();
  }

  /** The last one that could be made; undefined until the first. */
  get file(): ClusterFile | undefined {
    return this.#kept.file;
  }

  /** What is refused or out of reach, one sentence each. */
  get reasons(): readonly string[] {
    return this.#kept.reasons;
  }

  /** What of it concerns objects of the clusterset. */
  get problems(): readonly Problem[] {
    return this.#kept.problems;
  }

  /** The own cluster's address plan; undefined until it was found out. */
  get cluster(): MemberCluster | undefined {
    return this.#cluster;
  }

  /** How it was found out. */
  get network(): FoundNetwork | undefined {
    return this.#discovery.network;
  }

  /** The other clusters' Endpoints that can be read, the newest of each; the same list until one changes. */
  get remoteEndpoints(): readonly MemberEndpoint[] {
    return this.#endpointBook.newest;
  }

  /** The own cluster's Endpoint, the newest where there are two; undefined where there is none, or none that can be read. */
  get ownEndpoint(): MemberEndpoint | undefined {
    return this.#endpointBook.own;
  }

  /**
   * Says that the other clusters know this node's gateway: from now on it takes part, whatever the Endpoint says yet. Or that this
   * is not known (any more).
   */
  takePart(known: boolean): void {
    this.#membership.takePart(known ? this.#options.nodeName : undefined);
    this.#look();
  }

  /** How many Endpoints of other clusters can be read: what looking at all of them costs. */
  get remoteCount(): number {
    return this.#endpointBook.size;
  }

  start(): void {
    this.#lists.start();
  }

  /** Nothing to do: changes are taken in as they come. */
  read(): void {}

  /** Ends it. The value stays readable. */
  close(): void {
    void this.stop();
  }

  /** As `close`, and waits for the end. */
  async stop(): Promise<void> {
    await Promise.all([this.#discovery.stop(), this.#pods.stop(), this.#lists.stop()]);
  }

  #listen(): void {
    this.nodes.onChange((changes) => {
      const news = this.#nodeBook.take(changes);
      if (news.length === 0) return;
      if (news.some(({ type, object }) => type === "delete" || this.#tellsMore(object))) this.#discovery.look();
      this.#look();
    });
    this.clusters.onChange((changes) => {
      for (const { type, object } of changes) this.#takeCluster(type, object);
      this.#discovery.look();
      this.#look();
    });
    this.endpoints.onChange((changes) => {
      this.#endpointBook.take(changes);
      this.#look();
    });
    this.#lists.onState(() => {
      if (this.nodes.state.synced && this.clusters.state.synced) this.#discovery.start();
      this.#look();
    });
  }

  /** Whether a node has pod subnets that lie outside of what is known of the network: nearly all of thousands have none. */
  #tellsMore(node: PlacedNode): boolean {
    const known = this.#discovery.network?.pods.cidrs;
    return !known || !readCidrs(podCidrTexts(node)).cidrs.every((cidr) => known.some((range) => covers(range, cidr)));
  }

  #takeCluster(type: "put" | "delete", { metadata, spec }: Cluster): void {
    const id = parseClusterId(spec.cluster_id);
    if (!id.ok || id.value === this.#options.clusterId) return;
    const text = metadata.annotations?.[CREATED_AT_ANNOTATION] ?? metadata.creationTimestamp ?? "";
    if (type === "delete") this.#membership.deleteJoined(id.value);
    else this.#membership.putJoined({ id: id.value, createdAt: Date.parse(text) || 0 });
  }

  #clues() {
    const { clusterId } = this.#options;
    const own = this.clusters.store.list().find(({ spec }) => spec.cluster_id === clusterId);
    return {
      published: own && { pods: own.spec.cluster_cidr, services: own.spec.service_cidr },
      nodeCidrs: this.nodes.store.list().map(podCidrTexts),
    };
  }

  /** Makes the value anew where something was said, once enough is known. */
  #look(): void {
    const { network } = this.#discovery;
    if (network) this.#found(network);
    const ready = network !== undefined && this.#lists.synced && this.#pods.synced;
    const plan = ready ? this.#membership.plan() : undefined;
    const refused = [...this.#nodeBook.refused, ...this.#endpointBook.refused];
    if (this.#kept.take({ plan, refused, away: this.#away() })) this.onChange();
  }

  /** What keeps changes from coming, and objects that do not decode. */
  #away(): string[] {
    const reasons = [this.#lists.away, this.#pods.away, this.#discovery.failure];
    return [...reasons.filter((reason) => reason !== undefined), ...this.#lists.refused];
  }

  #found({ pods, services, cni }: FoundNetwork): void {
    const { clusterId, nodeName, settings, role } = this.#options;
    const cluster = { id: clusterId, serviceCidrs: services.cidrs, podCidrs: pods.cidrs, globalCidrs: [] };
    if (!sameRow(cluster, this.#cluster)) {
      this.#cluster = cluster;
      this.#membership.own({ cluster, node: nodeName, backends: CABLE_DRIVERS, settings });
    }
    this.#nodeBook.place(cni.placement);
    const own = this.nodes.store.get(nodeName);
    if (role === "gateway" || !own) return;
    const member = memberNode(own, cni.placement);
    // Gateways lead to every pod, workers only to their own. One without a label goes on until the others have heard (docs/adr/0010).
    const forwards = this.file?.nodes.some(({ name, gateway }) => name === nodeName && gateway);
    const scope = forwards || (member.ok && member.value.gateway) ? "all" : { node: nodeName };
    this.#pods.follow(cni.placement === "node subnets" ? "none" : scope);
  }
}
