// SPDX-License-Identifier: Apache-2.0

/**
 * Clusters made of network namespaces. Two of them, as the demo builds them:
 *
 * ```
 *   cluster east  10.1.0.0/16 fd01::/48          cluster west  10.2.0.0/16 fd02::/48
 *
 *     pod        pod        pod                    pod        pod        pod      eth0, made by a real CNI plugin
 *      ┃          ┃          ┃                      ┃          ┃          ┃       (bridge or ptp), MTU of the lab
 *   ╭──┸──╮    ╭──┸──╮    ╭──┸──╮                ╭──┸──╮    ╭──┸──╮    ╭──┸──╮
 *   │ w1  │    │ w2  │    │ gw1 │ eth1 ━━━━━ eth1│ gw1 │    │ w1  │    │ w2  │    nodes: forwarding on, routes to the
 *   ╰──┰──╯    ╰──┰──╯    ╰──┰──╯   wan segment  ╰──┰──╯    ╰──┰──╯    ╰──┰──╯    pod ranges of their own cluster
 *      ┃ eth0     ┃ eth0     ┃ eth0                 ┃ eth0     ┃ eth0     ┃ eth0
 *   ───┸──────────┸──────────┸───                ───┸──────────┸──────────┸───    cluster segment
 *   172.31.1.0/24 fd31:1::/64     172.31.9.0/24  172.31.2.0/24 fd31:2::/64
 *                                 fd31:9::/64
 * ```
 *
 * Every box and every pod is a namespace `st<id>-<cluster>-<node>[-<pod>]`; a segment of two members is one veth pair,
 * a larger one a bridge in a namespace of its own, `st<id>-hub-<segment>`. Nothing stands in the host's own namespace.
 *
 * A cluster with `kubernetes: true` has an API server in `st<id>-<cluster>-api` on its segment, a kubelet stand-in on every node
 * (kubelet/main.ts, kube-proxy's part in service_proxy/) and stand-ins for the controllers its control plane lacks (controllers/);
 * its pods come through the API. The broker stands in `st<id>-broker` on the wan segment. `kubectl` and `strait` are typed in
 * `st<id>-workstation`, which is on every segment.
 *
 * State lies in `/run/strait-lab/<id>`, where each node has its own bpffs. address_plan.ts says who gets which address.
 */
import { innerMtu, linkMtu } from "@strait/model";
import { App, type AppOptions } from "./app.ts";
import type { AppName } from "./app_files.ts";
import { build } from "./build.ts";
import { type Built, type Cluster, nodesOf, wiresOf } from "./cluster.ts";
import { endRunning } from "./command.ts";
import { writeConfig } from "./config_file.ts";
import type { BrokerServer } from "./kubernetes/embedded_broker.ts";
import type { KubeCluster } from "./kubernetes/kube_cluster.ts";
import { type KubeSide, startKubernetes } from "./kubernetes/start_kubernetes.ts";
import type { Workstation } from "./kubernetes/workstation.ts";
import { checkLabId, labDir, nextLabId } from "./lab_id.ts";
import { type Leftovers, nothingLeft, removeLab } from "./leftovers.ts";
import type { Node } from "./node.ts";
import type { Place } from "./place.ts";
import type { Pod } from "./pod.ts";
import type { Segment, Wire } from "./segment.ts";
import { checkSpec, type Family, type LabSpec, underlayOf } from "./spec.ts";
import {
  type Flow,
  type FlowOptions,
  type PingOptions,
  type PingResult,
  ping,
  type TcpOptions,
  type TcpResult,
  type UdpOptions,
  type UdpResult,
} from "./traffic/probes.ts";
import { Traffic } from "./traffic/traffic.ts";

type Clusters<S extends LabSpec> = { readonly [C in S["clusters"][number] as C["id"]]: Cluster<C> };

/**
 * Builds a lab: namespaces, wires, addresses, pods. What an earlier lab of the same id left is removed first. Ctrl-C, SIGTERM
 * and the end of the process remove the lab, unless {@link Lab.keep} was called.
 *
 * @example
 * await using lab = await createLab({ clusters: [
 *   { id: "east", nodes: [{ name: "gw1", gateway: true, pods: 1 }, { name: "w1", pods: 1 }] },
 *   { id: "west", nodes: [{ name: "gw1", gateway: true, pods: 1 }], cni: "ptp" },
 * ] });
 * await lab.startStrait();
 * await lab.tcp(lab.clusters.east.nodes.w1.pod(), lab.clusters.west.nodes.gw1.pod(), { bytes: 1 << 24 });
 */
export async function createLab<const S extends LabSpec>(spec: S): Promise<Lab<S>> {
  checkSpec(spec);
  const id = checkLabId(spec.id ?? nextLabId());
  const before = removeLab(id);
  if (!nothingLeft(before)) throw new Error(`lab ${id}: an earlier lab of this id cannot be removed: ${JSON.stringify(before)}`);
  const lab = new Lab<S>(id, spec);
  try {
    await lab.build();
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
  return lab;
}

/** A lab that is up. Made by {@link createLab}. */
export class Lab<S extends LabSpec = LabSpec> {
  readonly id: string;
  readonly dir: string;
  readonly mtu: number;
  /** Families of the nodes' addresses, IPv4 first. */
  readonly underlay: readonly Family[];
  /** The traffic programs. */
  readonly traffic = new Traffic();
  readonly #spec: S;
  readonly #apps: App[] = [];
  #built: Built = { clusters: [] };
  #kube: KubeSide | undefined;
  #down = false;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    endRunning(); // a lab may be half built: nothing may be added behind our back
    this.#remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  readonly #onExit = () => this.#remove();

  /** Use {@link createLab}. */
  constructor(id: string, spec: S) {
    this.id = id;
    this.dir = labDir(id);
    this.mtu = spec.mtu ?? 1500;
    this.underlay = underlayOf(spec);
    this.#spec = spec;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
    process.on("exit", this.#onExit);
  }

  /** The clusters by id. */
  get clusters(): Clusters<S> {
    return Object.fromEntries(this.#built.clusters.map((cluster) => [cluster.id, cluster])) as unknown as Clusters<S>;
  }

  /** All clusters, in the order of the specification. */
  get clusterList(): readonly Cluster[] {
    return this.#built.clusters;
  }

  get nodes(): readonly Node[] {
    return nodesOf(...this.#built.clusters);
  }

  get pods(): readonly Pod[] {
    return this.nodes.flatMap((node) => node.pods);
  }

  /** The segment all gateways sit on; undefined where fewer than two gateways stand. */
  get wan(): Segment | undefined {
    return this.#built.wan;
  }

  /** Every wire of the underlay. */
  get wires(): readonly Wire[] {
    return wiresOf(this.#built);
  }

  /** Every app ever started, in order. */
  get apps(): readonly App[] {
    return this.#apps;
  }

  /** The last app of that name started on a node; RangeError where none was. */
  app(name: AppName, node: Node): App {
    const app = this.#apps.findLast((candidate) => candidate.name === name && candidate.node === node);
    if (app === undefined) throw new RangeError(`${name} was never started on ${node.label}`);
    return app;
  }

  /** A cluster by its id; RangeError where there is none. */
  cluster(id: string): Cluster {
    const cluster = this.#built.clusters.find((candidate) => candidate.id === id);
    if (cluster === undefined) throw new RangeError(`lab ${this.id} has no cluster ${id}`);
    return cluster;
  }

  /** A node by its label, "east/w1"; RangeError where there is none. */
  node(label: string): Node {
    const node = this.nodes.find((candidate) => candidate.label === label);
    if (node === undefined) throw new RangeError(`lab ${this.id} has no node ${label}`);
    return node;
  }

  /** Largest packet of a pod that fits a VXLAN tunnel over this lab's wires, in bytes, IP header included. */
  get innerMtu(): number {
    return innerMtu(linkMtu(this.mtu), this.underlay.includes(4) ? 4 : 6);
  }

  /** Every cluster but this one. */
  othersOf(cluster: Cluster): readonly Cluster[] {
    return this.clusterList.filter((other) => other.id !== cluster.id);
  }

  /** `ping` from one place to another. */
  ping(from: Place, to: Place, options?: PingOptions): Promise<PingResult> {
    return ping(from, to, options);
  }

  /** A TCP stream from one place to another, compared by SHA-256. */
  tcp(from: Place, to: Place, options?: TcpOptions): Promise<TcpResult> {
    return this.traffic.tcp(from, to, options);
  }

  /** A datagram from one place to another and back. */
  udp(from: Place, to: Place, options?: UdpOptions): Promise<UdpResult> {
    return this.traffic.udp(from, to, options);
  }

  /** A steady stream of datagrams from one place to another, until stopped. */
  flow(from: Place, to: Place, options?: FlowOptions): Promise<Flow> {
    return this.traffic.flow(from, to, options);
  }

  /**
   * Starts the route agent on every node and the gateway app on every gateway, and waits until all are ready.
   * Configuration files are written first (config_file.ts).
   */
  async startStrait(options: AppOptions = {}): Promise<readonly App[]> {
    const wanted = this.nodes.flatMap((node) =>
      (node.gateway ? (["gateway", "routeagent"] as const) : (["routeagent"] as const)).map((name) => ({ node, name })),
    );
    return Promise.all(wanted.map(({ node, name }) => this.startApp(name, node, options)));
  }

  /** Starts one app on one node with a fresh configuration file and waits until it is ready. */
  async startApp(name: AppName, node: Node, options: AppOptions = {}): Promise<App> {
    const config = await writeConfig(this.clusterList, node, name, options.config);
    const app = App.start(name, node, config, options.env);
    this.#apps.push(app);
    await app.ready(options);
    return app;
  }

  /** Leaves the lab up when the process ends; `removeLab(id)` takes it down later. */
  async keep(): Promise<void> {
    await this.traffic.end();
    this.#kube?.relay.close();
    this.#forget();
  }

  /** The workstation of a lab with Kubernetes clusters or a broker; RangeError in another. */
  get workstation(): Workstation {
    return this.#kubeSide.workstation;
  }

  /** The Kubernetes side of a cluster; RangeError where it has none. */
  kube(id: string): KubeCluster {
    const found = this.#kubeSide.clusters.get(id);
    if (found === undefined) throw new RangeError(`cluster ${id} of lab ${this.id} has no Kubernetes`);
    return found;
  }

  /** The Kubernetes sides of all clusters that have one. */
  get kubeClusters(): readonly KubeCluster[] {
    return [...(this.#kube?.clusters.values() ?? [])];
  }

  /** The broker's API server; starts it at the first call. RangeError in a lab without one. */
  broker(): Promise<BrokerServer> {
    return this.#kubeSide.broker();
  }

  /** Builds everything. Called by {@link createLab}. */
  async build(): Promise<void> {
    this.#built = await build(this.id, this.#spec);
    if (this.#built.workstation !== undefined) this.#kube = await startKubernetes(this.#built, this.#spec, this.dir);
  }

  get #kubeSide(): KubeSide {
    if (this.#kube === undefined) throw new RangeError(`lab ${this.id} has no Kubernetes cluster and no broker`);
    return this.#kube;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#down) return;
    const left = this.#remove();
    if (!nothingLeft(left)) throw new Error(`lab ${this.id}: tear-down left ${JSON.stringify(left)}`);
  }

  #forget(): void {
    this.#down = true;
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
    process.off("exit", this.#onExit);
  }

  #remove(): Leftovers {
    this.#forget();
    return removeLab(this.id);
  }
}
