// SPDX-License-Identifier: Apache-2.0
import type { ControlPlaneKind } from "./control_plane/kind.ts";
import type { ProxyMode } from "./real_node/real_node_config.ts";

/** IP version: of a pod's address (inner) or of the nodes' (underlay). */
export type Family = 4 | 6;

/** Stand-in: a small process of ours in the node's network namespace. Real: what a node has that a user owns. */
export type NodeKind = "stand-in" | "real";

/**
 * The CNI plugin that wires the pods of a cluster. "bridge" and "ptp" are those of the CNI project. Two more are for real nodes:
 * "routed" is ours, a /32 per pod behind proxy ARP, and a policy that drops what connection tracking calls invalid, as Calico has it;
 * "flannel" is flannel's own daemon with its VXLAN overlay between the nodes.
 */
export type CniPlugin = "bridge" | "ptp" | "routed" | "flannel";

export interface NodeSpec {
  /** DNS label of at most 20 characters, unique in its cluster. */
  readonly name: string;
  /** Sits on the wan segment too, and runs the gateway app. */
  readonly gateway?: boolean;
  /** How many pods, wired without Kubernetes; 0 when absent. In a Kubernetes cluster pods come through the API. */
  readonly pods?: number;
}

export interface ClusterSpec {
  /** DNS label of at most 20 characters, unique in the lab. */
  readonly id: string;
  readonly nodes: readonly NodeSpec[];
  /** "bridge" when absent. */
  readonly cni?: CniPlugin;
  /** Families of the pods' addresses; both when absent. */
  readonly families?: readonly Family[];
  /** Replaces the plan's pod ranges: a.b.0.0/16 and h:h:h::/48, node k gets the k-th /24 and /64. */
  readonly subnets?: { readonly v4?: string; readonly v6?: string };
  /** Has an API server and a kubelet stand-in on every node. */
  readonly kubernetes?: boolean;
  /** Nodes say their pod ranges; true when absent. Where false, only each pod tells where its address is, as with some CNI plugins. */
  readonly nodeCidrs?: boolean;
  /** How its real nodes translate Services; LabSpec.proxy when absent. */
  readonly proxy?: ProxyMode;
  /** CoreDNS runs in it and its pods ask there, where its nodes are real; false when absent. It may come up after the lab. */
  readonly dns?: boolean;
}

/**
 * What a lab consists of.
 *
 * @example
 * const spec: LabSpec = { clusters: [{ id: "east", nodes: [{ name: "gw1", gateway: true, pods: 1 }] }] };
 */
export interface LabSpec {
  readonly clusters: readonly ClusterSpec[];
  /** Families of the nodes' addresses; both when absent. */
  readonly underlay?: { readonly families?: readonly Family[] };
  /** Of every wire and every pod's interface, in bytes; 1500 when absent. */
  readonly mtu?: number;
  /** Part of every name the lab takes: 1 to 8 lower-case letters and digits. Taken from pid and a counter when absent. */
  readonly id?: string;
  /** A broker's namespace on the wan segment; `Lab.broker` starts it. */
  readonly broker?: boolean;
  /** Which API servers its Kubernetes clusters and the broker get; "light" when absent. */
  readonly kubernetes?: ControlPlaneKind;
  /** What the nodes of its Kubernetes clusters are made of; "real" (containerd, kubelet, kube-proxy) wants `kubernetes: "real"`. */
  readonly nodes?: NodeKind;
  /** Changes a light API server remembers for watches that resume; its own default when absent. Few of them make watches expire (410). */
  readonly history?: number;
  /** How real nodes translate Services; "nftables" when absent. */
  readonly proxy?: ProxyMode;
  /** Puts a bridge into the middle of two-member segments too, so that carrier can be taken from one member. */
  readonly switched?: boolean;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/;
/** One octet of the plan numbers the cluster, and 9 is the wan. */
const MOST_CLUSTERS = 8;

/** Refuses what no lab can be made of: throws TypeError or RangeError with one sentence that says what to change. */
export function checkSpec(spec: LabSpec): void {
  if (spec.clusters.length === 0) throw new TypeError("a lab needs at least one cluster");
  if (spec.clusters.length > MOST_CLUSTERS) throw new RangeError(`a lab has room for ${MOST_CLUSTERS} clusters`);
  if (spec.nodes === "real" && spec.kubernetes !== "real") throw new TypeError('nodes: "real" wants kubernetes: "real"');
  for (const { id, cni, dns, nodeCidrs } of spec.clusters) {
    if (spec.nodes !== "real" && (cni === "routed" || cni === "flannel")) {
      throw new TypeError(`cluster ${id}: cni "${cni}" wants nodes: "real"`);
    }
    if (spec.nodes !== "real" && dns) throw new TypeError(`cluster ${id}: dns wants nodes: "real"`);
    if (cni === "flannel" && nodeCidrs === false) throw new TypeError(`cluster ${id}: cni "flannel" wants nodeCidrs`);
  }
  if (spec.mtu !== undefined && !(spec.mtu >= 1280 && spec.mtu <= 65535)) {
    throw new RangeError(`mtu ${spec.mtu}: must be 1280 to 65535`);
  }
  checkFamilies("underlay", spec.underlay?.families);
  noDuplicates(
    "cluster id",
    spec.clusters.map((cluster) => cluster.id),
  );
  noDuplicates("namespace", namespacesOf(spec));
  for (const cluster of spec.clusters) {
    checkLabel("cluster id", cluster.id);
    checkFamilies(`cluster ${cluster.id}`, cluster.families);
    noDuplicates(
      `node of ${cluster.id}`,
      cluster.nodes.map((node) => node.name),
    );
    if (cluster.nodes.length === 0 || cluster.nodes.length > 200) {
      throw new RangeError(`cluster ${cluster.id}: must have 1 to 200 nodes`);
    }
    for (const node of cluster.nodes) checkLabel(`node of ${cluster.id}`, node.name);
    if (cluster.kubernetes && cluster.nodes.some((node) => node.pods !== undefined)) {
      throw new TypeError(`cluster ${cluster.id}: its pods come through the API, leave out pods`);
    }
  }
}

/** Families of a cluster's pods, IPv4 first. */
export function familiesOf(cluster: ClusterSpec): readonly Family[] {
  return [...(cluster.families ?? ([4, 6] as const))].sort();
}

/** Families of the nodes' addresses, IPv4 first. */
export function underlayOf(spec: LabSpec): readonly Family[] {
  return [...(spec.underlay?.families ?? ([4, 6] as const))].sort();
}

/** Family of an address or CIDR. */
export function familyOf(subnet: string): Family {
  return subnet.includes(":") ? 6 : 4;
}

/** What the lab's namespaces are called, without the lab's prefix: nodes, pods, and the hubs of segments that need one. */
export function namespacesOf(spec: LabSpec): string[] {
  // A segment of one node has a hub too, so that its eth0 has a carrier.
  const needsHub = (members: number) => members !== 2 || spec.switched === true;
  return [
    ...spec.clusters.flatMap((cluster) =>
      cluster.nodes.flatMap((node) => [
        `${cluster.id}-${node.name}`,
        ...Array.from({ length: node.pods ?? 0 }, (_, pod) => `${cluster.id}-${node.name}-${pod}`),
      ]),
    ),
    ...spec.clusters.filter((cluster) => cluster.kubernetes).map((cluster) => `${cluster.id}-api`),
    ...(spec.broker ? ["broker"] : []),
    ...(hasWorkstation(spec) ? ["workstation"] : []),
    ...spec.clusters.filter((cluster) => needsHub(clusterMembers(cluster))).map((cluster) => `hub-${cluster.id}`),
    ...(hasWan(spec) && needsHub(wanMembers(spec)) ? ["hub-wan"] : []),
  ];
}

/** True where a lab has something `kubectl` and `strait` are typed against, and so a place to type them. */
export function hasWorkstation(spec: LabSpec): boolean {
  return spec.broker === true || spec.clusters.some((cluster) => cluster.kubernetes);
}

/** True where there is a wan segment: something is to be joined by it. */
export function hasWan(spec: LabSpec): boolean {
  return wanMembers(spec) > 1;
}

/** Members of a cluster's segment: its nodes, and in a Kubernetes cluster the API server and the workstation. */
function clusterMembers(cluster: ClusterSpec): number {
  return cluster.nodes.length + (cluster.kubernetes ? 2 : 0);
}

/** Members of the wan segment. */
function wanMembers(spec: LabSpec): number {
  const gateways = spec.clusters.flatMap((cluster) => cluster.nodes.filter((node) => node.gateway)).length;
  return gateways + (spec.broker ? 1 : 0) + (hasWorkstation(spec) ? 1 : 0);
}

function checkLabel(what: string, text: string): void {
  if (!LABEL.test(text)) throw new TypeError(`${what} "${text}": must be a DNS label of at most 20 characters`);
}

function checkFamilies(what: string, families: readonly Family[] | undefined): void {
  if (families?.length === 0) throw new TypeError(`${what}: families is empty, name 4, 6 or both`);
}

function noDuplicates(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`${what} "${twice}" is named twice`);
}
