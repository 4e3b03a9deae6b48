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
 * State lies in `/run/strait-lab/<id>`, where each node has its own bpffs. address_plan.ts says who gets which address.
 */
import { mkdir } from "node:fs/promises";
import { clusterSubnets, linkLocal, nodeSubnet, underlayAddress, WAN } from "./address_plan.ts";
import { App, type AppName, type AppOptions } from "./app.ts";
import { run } from "./command.ts";
import { writeConfig } from "./config_file.ts";
import { keepSource } from "./keep_source.ts";
import { checkLabId, labDir, namespacePrefix, nextLabId } from "./lab_id.ts";
import { nothingLeft, removeLab } from "./leftovers.ts";
import { createNamespaces, FORWARDING, Namespace } from "./namespace.ts";
import { Node } from "./node.ts";
import type { Place } from "./place.ts";
import type { Pod } from "./pod.ts";
import { laySegment, type Segment, type Wire } from "./segment.ts";
import { type ClusterSpec, checkSpec, type Family, type LabSpec } from "./spec.ts";
import { TrafficDriver } from "./traffic/driver.ts";
import * as probes from "./traffic/probes.ts";

/** One cluster of a lab. `nodes` is keyed by the names of its specification. */
export interface Cluster<C extends ClusterSpec = ClusterSpec> {
  readonly id: string;
  readonly nodes: { readonly [N in C["nodes"][number]["name"]]: Node };
  /** What the cluster announces, IPv4 first. */
  readonly subnets: readonly string[];
  readonly gateways: readonly Node[];
  readonly segment: Segment;
}

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
  readonly underlay: readonly Family[];
  readonly #spec: S;
  readonly #clusters: Record<string, Cluster> = {};
  readonly #drivers = new Map<string, Promise<TrafficDriver>>();
  readonly #apps: App[] = [];
  #wan: Segment | undefined;
  #down = false;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.#remove();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  readonly #onExit = () => this.#remove();

  /** Use {@link createLab}. */
  constructor(id: string, spec: S) {
    this.id = id;
    this.dir = labDir(id);
    this.mtu = spec.mtu ?? 1500;
    this.underlay = [...(spec.underlay?.families ?? [4, 6])].sort();
    this.#spec = spec;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
    process.on("exit", this.#onExit);
  }

  get clusters(): Clusters<S> {
    return this.#clusters as unknown as Clusters<S>;
  }

  /** All clusters, in the order of the specification. */
  get clusterList(): readonly Cluster[] {
    return this.#spec.clusters.map((cluster) => this.cluster(cluster.id));
  }

  get nodes(): readonly Node[] {
    return this.clusterList.flatMap((cluster) => Object.values<Node>(cluster.nodes));
  }

  get pods(): readonly Pod[] {
    return this.nodes.flatMap((node) => node.pods);
  }

  /** The segment all gateways sit on; undefined where fewer than two gateways stand. */
  get wan(): Segment | undefined {
    return this.#wan;
  }

  /** Every wire of the underlay. */
  get wires(): readonly Wire[] {
    return [...this.clusterList.map((cluster) => cluster.segment), ...(this.#wan ? [this.#wan] : [])].flatMap((s) => s.wires);
  }

  /** Every app ever started, in order. */
  get apps(): readonly App[] {
    return this.#apps;
  }

  /** RangeError where there is none. */
  cluster(id: string): Cluster {
    const cluster = this.#clusters[id];
    if (cluster === undefined) throw new RangeError(`lab ${this.id} has no cluster ${id}`);
    return cluster;
  }

  /** A node by its label, "east/w1"; RangeError where there is none. */
  node(label: string): Node {
    const node = this.nodes.find((candidate) => candidate.label === label);
    if (node === undefined) throw new RangeError(`lab ${this.id} has no node ${label}`);
    return node;
  }

  /** Gateways a cluster's traffic for others leaves by. */
  othersOf(cluster: Cluster): readonly Cluster[] {
    return this.clusterList.filter((other) => other.id !== cluster.id);
  }

  /** `ping` from one place to another. */
  ping(from: Place, to: Place, options?: probes.PingOptions): Promise<probes.PingResult> {
    return probes.ping(from, to, options);
  }

  /** A TCP stream from one place to another, compared by SHA-256. */
  async tcp(from: Place, to: Place, options?: probes.TcpOptions): Promise<probes.TcpResult> {
    const [driver] = await Promise.all([this.driver(from), this.driver(to)]);
    return probes.tcp(driver, to, options);
  }

  /** A datagram from one place to another and back. */
  async udp(from: Place, to: Place, options?: probes.UdpOptions): Promise<probes.UdpResult> {
    const [driver] = await Promise.all([this.driver(from), this.driver(to)]);
    return probes.udp(driver, to, options);
  }

  /** A steady stream of datagrams from one place to another, until stopped. */
  async flow(from: Place, to: Place, options?: probes.FlowOptions): Promise<probes.Flow> {
    const [driver] = await Promise.all([this.driver(from), this.driver(to)]);
    return probes.Flow.start(driver, to, options);
  }

  /** The traffic program of a place, started on first use. */
  driver(place: Place): Promise<TrafficDriver> {
    const present = this.#drivers.get(place.ns.name);
    if (present !== undefined) return present;
    const started = TrafficDriver.start(place);
    this.#drivers.set(place.ns.name, started);
    return started;
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
    const config = await writeConfig(this, node, name, options.config);
    const app = App.start(name, node, config);
    this.#apps.push(app);
    await app.ready(options);
    return app;
  }

  /** Ends the traffic programs; the next probe starts new ones. */
  async endTraffic(): Promise<void> {
    const drivers = [...this.#drivers.values()];
    this.#drivers.clear();
    for (const driver of await Promise.allSettled(drivers)) if (driver.status === "fulfilled") driver.value.close();
  }

  /** Leaves the lab up when the process ends; `removeLab(id)` takes it down later. */
  async keep(): Promise<void> {
    await this.endTraffic();
    this.#forget();
  }

  /** Builds everything. Called by {@link createLab}. */
  async build(): Promise<void> {
    const prefix = namespacePrefix(this.id);
    const clusters = this.#spec.clusters;
    const gateways = clusters.flatMap((cluster) => cluster.nodes.filter((node) => node.gateway));
    const nodeNames = clusters.flatMap((cluster) => cluster.nodes.map((node) => `${prefix}${cluster.id}-${node.name}`));
    const podNames = clusters.flatMap((cluster) =>
      cluster.nodes.flatMap((node) =>
        Array.from({ length: node.pods ?? 0 }, (_, pod) => `${prefix}${cluster.id}-${node.name}-${pod}`),
      ),
    );
    const hubbed = [
      ...clusters.filter((cluster) => this.#needsHub(cluster.nodes.length)).map((cluster) => cluster.id),
      ...(this.#needsHub(gateways.length) && gateways.length > 1 ? ["wan"] : []),
    ];
    await claimDirectory(this.dir);
    await createNamespaces([...nodeNames, ...podNames, ...hubbed.map((segment) => `${prefix}hub-${segment}`)]);
    const hub = (name: string) => (hubbed.includes(name) ? new Namespace(`${prefix}hub-${name}`) : undefined);

    let wanMember = 0;
    for (const [index, cluster] of clusters.entries()) {
      const nodes = cluster.nodes.map((node, k) => this.#node(cluster, index + 1, k, node.gateway ? wanMember++ : undefined));
      const ends = nodes.map((node) => ({ ns: node.ns, ifname: "eth0" }));
      this.#clusters[cluster.id] = {
        id: cluster.id,
        nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
        subnets: this.#families(cluster).map((family) => clusterSubnets(cluster, index + 1)[family]),
        gateways: nodes.filter((node) => node.gateway),
        segment: await laySegment(cluster.id, ends, this.mtu, { hub: hub(cluster.id) }),
      };
    }
    const onWan = this.nodes.filter((node) => node.gateway);
    if (onWan.length > 1) {
      const ends = onWan.map((node) => ({ ns: node.ns, ifname: "eth1" }));
      this.#wan = await laySegment("wan", ends, this.mtu, { hub: hub("wan") });
    }
    await Promise.all(this.nodes.map((node) => this.#setUpNode(node)));
    const specs = clusters.flatMap((cluster) => cluster.nodes);
    await Promise.all(
      this.nodes.map(async (node, index) => {
        for (let pod = 0; pod < (specs[index]?.pods ?? 0); pod++) await node.addPod(new Namespace(`${node.ns.name}-${pod}`));
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#down) return;
    const left = this.#remove();
    if (!nothingLeft(left)) throw new Error(`lab ${this.id}: tear-down left ${JSON.stringify(left)}`);
  }

  /** A segment of one node only has a hub too, so that its eth0 has a carrier. */
  #needsHub(members: number): boolean {
    return members !== 2 || this.#spec.switched === true;
  }

  #families(cluster: ClusterSpec): readonly Family[] {
    return [...(cluster.families ?? ([4, 6] as const))].sort();
  }

  #node(cluster: ClusterSpec, number: number, k: number, wanMember: number | undefined): Node {
    const spec = cluster.nodes[k];
    if (spec === undefined) throw new RangeError(`cluster ${cluster.id} has no node ${k}`);
    const ns = new Namespace(`${namespacePrefix(this.id)}${cluster.id}-${spec.name}`);
    const dir = `${this.dir}/${cluster.id}-${spec.name}`;
    const own = (segment: number, n: number) => {
      const both = underlayAddress(segment, n);
      const addresses = Object.fromEntries(this.underlay.map((family) => [family, both[family]]));
      return { addresses, linkLocal: linkLocal(segment, n) };
    };
    return new Node({
      name: spec.name,
      cluster: cluster.id,
      index: k,
      gateway: spec.gateway ?? false,
      ns,
      dir,
      families: this.underlay,
      ...own(number, k),
      ...(wanMember === undefined ? {} : { wan: own(WAN, wanMember) }),
      runtime: {
        plugin: cluster.cni ?? "bridge",
        node: ns,
        stateDir: `${dir}/cni`,
        subnets: this.#families(cluster).map((family) => nodeSubnet(clusterSubnets(cluster, number)[family], k)),
        mtu: this.mtu,
      },
    });
  }

  /** Forwarding, addresses, routes to the pods of the cluster's other nodes, bpffs. */
  async #setUpNode(node: Node): Promise<void> {
    const cluster = this.cluster(node.cluster);
    const peers = Object.values<Node>(cluster.nodes).filter((peer) => peer !== node);
    const address = (text: string, dev: string) =>
      `address add ${text}/${text.includes(":") ? 64 : 24} dev ${dev}${text.includes(":") ? " nodad" : ""}`;
    const lines = [...node.linkAddresses("cluster").map((text) => address(text, "eth0"))];
    if (node.gateway && this.#wan) lines.push(...node.linkAddresses("wan").map((text) => address(text, "eth1")));
    for (const peer of peers) {
      for (const subnet of peer.subnets) {
        const family: Family = subnet.includes(":") ? 6 : 4;
        lines.push(`route add ${subnet} ${peer.via("cluster", family)} dev eth0`);
      }
    }
    await mkdir(node.bpffs, { recursive: true });
    await mkdir(node.cniDir, { recursive: true });
    await Promise.all([
      run(["mount", "-t", "bpf", "bpf", node.bpffs]),
      node.ns.sysctl(FORWARDING).then(() => node.ns.ip(lines)),
      // As the masquerade agent of a Kubernetes cluster does: what stays inside the cluster keeps its source.
      ...cluster.subnets.map((subnet) => keepSource(node, "-I", subnet)),
    ]);
  }

  #forget(): void {
    this.#down = true;
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
    process.off("exit", this.#onExit);
  }

  #remove() {
    if (this.#down) return removeLab(this.id);
    this.#forget();
    return removeLab(this.id);
  }
}

/** Makes the lab's directory. The last lab to go takes the parent directory with it, maybe right between our two steps. */
async function claimDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch(() => mkdir(dir, { recursive: true }));
}
