// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  type Cluster,
  ClusterKind,
  type Endpoint,
  EndpointKind,
  type Gateway,
  GatewayKind,
  Informer,
  type KubeObject,
  keyOf,
  readEndpoint,
} from "@strait/k8s";
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
  parseNodeName,
} from "@strait/model";
import type { Log } from "@strait/obs";
import { type ListedGateway, type LocalSettings, Membership, newerFirst } from "@strait/plan";
import type { Timers } from "@strait/time";
import { readCidrs } from "../discovery/cidr_texts.ts";
import { CABLE_DRIVERS } from "../publish/local_endpoint.ts";
import { FollowedPods } from "./followed_pods.ts";
import { type FoundNetwork, NetworkDiscovery } from "./network_discovery.ts";
import { type PlacedNode, PlacedNodeKind } from "./placed_kinds.ts";
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
  readonly #membership: Membership;
  readonly #discovery: NetworkDiscovery;
  readonly #pods: FollowedPods;
  readonly #remote = new Map<string, MemberEndpoint>();
  /** The newest of each cluster; made when it is asked for. */
  #newest: readonly MemberEndpoint[] | undefined;
  readonly #refused = new Map<string, Problem>();
  #ownEndpoint: MemberEndpoint | undefined;
  #file: ClusterFile | undefined;
  #problems: readonly Problem[] = [];
  #reasons: readonly string[] = [NOTHING_YET];
  /** What a list says that was never asked for: no fault. */
  readonly #unread: string | undefined;
  #cluster: MemberCluster | undefined;
  #placement: FoundNetwork["cni"]["placement"] | undefined;
  #started = false;

  constructor(options: MemberSourceOptions) {
    this.#options = options;
    const { client, namespace, log, timers, previous, settings } = options;
    this.origin = `${client.connection.server} (Kubernetes)`;
    // Its settings are those of the environment it was made in.
    this.#file = previous && { ...settingless(previous), ...settings };
    this.#membership = new Membership(previous);
    const own = { namespace, log, timers };
    this.nodes = new Informer(client.resource(PlacedNodeKind), { log, timers });
    this.clusters = new Informer(client.resource(ClusterKind), own);
    this.endpoints = new Informer(client.resource(EndpointKind), own);
    this.gateways = new Informer(client.resource(GatewayKind), own);
    this.#unread = this.nodes.state.reason;
    this.#pods = new FollowedPods({ client, membership: this.#membership, onChange: () => this.#look(), log, timers });
    const { env, role } = options;
    const clues = () => this.#clues();
    this.#discovery = new NetworkDiscovery({ client, namespace, env, role, clues, onChange: () => this.#look(), log, timers });
    this.#listen();
  }

  /** The last one that could be made; undefined until the first. */
  get file(): ClusterFile | undefined {
    return this.#file;
  }

  /** What is refused or out of reach, one sentence each. */
  get reasons(): readonly string[] {
    return this.#reasons;
  }

  /** What of it concerns objects of the clusterset. */
  get problems(): readonly Problem[] {
    return this.#problems;
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
    this.#newest ??= this.#newestEndpoints();
    return this.#newest;
  }

  /** The own cluster's Endpoint, the newest where there are two; undefined where there is none, or none that can be read. */
  get ownEndpoint(): MemberEndpoint | undefined {
    return this.#ownEndpoint;
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
    return this.#remote.size;
  }

  #newestEndpoints(): readonly MemberEndpoint[] {
    const newest = new Map<string, MemberEndpoint>();
    for (const endpoint of this.#remote.values()) {
      const other = newest.get(endpoint.clusterId);
      if (!other || other.createdAt < endpoint.createdAt) newest.set(endpoint.clusterId, endpoint);
    }
    return [...newest.values()].sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1));
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const informer of this.#informers()) informer.start();
  }

  /** Nothing to do: changes are taken in as they come. */
  read(): void {}

  /** Ends it. The value stays readable. */
  close(): void {
    void this.stop();
  }

  /** As `close`, and waits for the end. */
  async stop(): Promise<void> {
    await Promise.all([this.#discovery.stop(), this.#pods.stop(), ...this.#informers().map((informer) => informer.stop())]);
  }

  #informers(): readonly Informer<KubeObject>[] {
    // Gateways matter to a gateway only: they change every few seconds, and agents are many.
    const all = [this.nodes, this.clusters, this.endpoints, ...(this.#options.role === "gateway" ? [this.gateways] : [])];
    return all as unknown as Informer<KubeObject>[];
  }

  #listen(): void {
    this.nodes.onChange((changes) => {
      // Kubelets write their nodes every few minutes or seconds: most changes say nothing new.
      const news = changes.filter((change) => change.type === "delete" || !change.old || !sameNode(change.object, change.old));
      for (const { type, object } of news) this.#takeNode(type, object);
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
      for (const { type, object } of changes) this.#takeEndpoint(type, object);
      if (changes.some(({ object }) => object.spec.cluster_id === this.#options.clusterId)) this.#takeOwn();
      this.#look();
    });
    for (const informer of this.#informers()) {
      informer.onState(() => {
        if (this.nodes.state.synced && this.clusters.state.synced) this.#discovery.start();
        this.#look();
      });
    }
  }

  /** Whether a node has pod subnets that lie outside of what is known of the network: nearly all of thousands have none. */
  #tellsMore(node: PlacedNode): boolean {
    const known = this.#discovery.network?.pods.cidrs;
    return !known || !readCidrs(podCidrTexts(node)).cidrs.every((cidr) => known.some((range) => covers(range, cidr)));
  }

  #takeNode(type: "put" | "delete", node: PlacedNode): void {
    const placement = this.#placement;
    if (!placement) return; // All are taken once it is known what their podCIDRs mean.
    const member = memberNode(node, placement);
    if (!member.ok)
      this.#refused.set(`node ${node.metadata.name}`, { object: `node ${node.metadata.name}`, reason: member.reason });
    else if (type === "put") this.#membership.putNode(member.value);
    else this.#membership.deleteNode(member.value.name);
    if (type === "delete") this.#refused.delete(`node ${node.metadata.name}`);
  }

  #takeCluster(type: "put" | "delete", { metadata, spec }: Cluster): void {
    const id = parseClusterId(spec.cluster_id);
    if (!id.ok || id.value === this.#options.clusterId) return;
    const text = metadata.annotations?.[CREATED_AT_ANNOTATION] ?? metadata.creationTimestamp ?? "";
    if (type === "delete") this.#membership.deleteJoined(id.value);
    else this.#membership.putJoined({ id: id.value, createdAt: Date.parse(text) || 0 });
  }

  /** Who forwards for the own cluster. Of one that cannot be read the last good state stays. */
  #takeOwn(): void {
    const own = this.endpoints.store.list().filter(({ spec }) => spec.cluster_id === this.#options.clusterId);
    const read = own.map(readEndpoint).flatMap((result) => (result.ok ? [result.value] : []));
    if (own.length > 0 && read.length === 0) return;
    this.#ownEndpoint = read.sort(newerFirst)[0];
    const listed = (this.#ownEndpoint?.gateways ?? []).flatMap(({ hostname, phase }): ListedGateway[] => {
      const name = parseNodeName(hostname);
      return name.ok ? [{ name: name.value, ...(phase && { phase }) }] : [];
    });
    this.#membership.putListed(listed);
  }

  #takeEndpoint(type: "put" | "delete", endpoint: Endpoint): void {
    const key = keyOf(endpoint);
    const object = `Endpoint ${endpoint.metadata.name}`;
    this.#refused.delete(object);
    const read = type === "put" ? readEndpoint(endpoint) : undefined;
    if (read?.ok && read.value.clusterId !== this.#options.clusterId) {
      this.#remote.set(key, read.value);
      this.#newest = undefined;
      this.#membership.putEndpoint(key, read.value);
      return;
    }
    // What cannot be read any more keeps its last good state, as everything that is refused does.
    if (read && !read.ok) {
      if (endpoint.spec.cluster_id !== this.#options.clusterId) this.#refused.set(object, { object, reason: read.reason });
      return;
    }
    if (!this.#remote.delete(key)) return;
    this.#newest = undefined;
    this.#membership.deleteEndpoint(key);
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
    const ready = network !== undefined && this.#informers().every(({ state }) => state.synced) && this.#pods.synced;
    const plan = ready ? this.#membership.plan() : undefined;
    const file = plan?.file;
    const before = this.#file;
    if (file && !(before && sameFile(file, before))) this.#file = file;
    const problems = [...(plan?.problems ?? []), ...this.#refused.values()];
    const faults = [...new Set([...this.#away(), ...problems.map(({ object, reason }) => `${object}: ${reason}`)])];
    const reasons = this.#file || faults.length > 0 ? faults : [NOTHING_YET];
    if (this.#file === before && reasons.join("\n") === this.#reasons.join("\n")) return;
    this.#problems = problems;
    this.#reasons = reasons;
    this.onChange();
  }

  /** What keeps changes from coming, and objects that do not decode. */
  #away(): string[] {
    const following = this.#informers().flatMap(({ state: { reason } }) =>
      reason === undefined || reason === this.#unread ? [] : [reason],
    );
    const objects = this.#informers().flatMap(({ refused }) => [...refused].map(([key, reason]) => `${key}: ${reason}`));
    const others = [this.#pods.reason, this.#discovery.failure].filter(
      (reason) => reason !== undefined && reason !== this.#unread,
    ) as string[];
    return [...following.slice(0, 1), ...others, ...objects];
  }

  #found({ pods, services, cni }: FoundNetwork): void {
    const { clusterId, nodeName, settings, role } = this.#options;
    const cluster = { id: clusterId, serviceCidrs: services.cidrs, podCidrs: pods.cidrs, globalCidrs: [] };
    if (!sameValue(cluster, this.#cluster)) {
      this.#cluster = cluster;
      this.#membership.own({ cluster, node: nodeName, backends: CABLE_DRIVERS, settings });
    }
    if (this.#placement !== cni.placement) {
      this.#placement = cni.placement;
      for (const node of this.nodes.store.list()) this.#takeNode("put", node);
    }
    const own = this.nodes.store.get(nodeName);
    if (role === "gateway" || !own) return;
    const member = memberNode(own, cni.placement);
    // Gateways lead to every pod, workers only to their own.
    const scope = member.ok && member.value.gateway ? "all" : { node: nodeName };
    this.#pods.follow(cni.placement === "node subnets" ? "none" : scope);
  }
}

/** What of a last state is not of the environment it was made in. */
function settingless(last: ClusterFile): Omit<ClusterFile, keyof LocalSettings> {
  const { cluster, node, subnets, podSubnets, nodes, clusters } = last;
  return { cluster, node, subnets, ...(podSubnets && { podSubnets }), nodes, clusters };
}

const NOTHING_YET = "nothing was read from the API server yet";

/** Whether the planners would see no difference: the parts are the same objects, as `Membership` keeps them. */
function sameFile(a: ClusterFile, b: ClusterFile): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ClusterFile>;
  return [...keys].every((key) => a[key] === b[key]);
}

function sameNode(a: PlacedNode, b: PlacedNode): boolean {
  const told = ({ spec, status, metadata: { labels, annotations } }: PlacedNode) => [spec, status, labels, annotations];
  return sameValue(told(a), told(b));
}

function sameValue(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
  return text(a) === text(b);
}
