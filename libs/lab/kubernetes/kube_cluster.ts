// SPDX-License-Identifier: Apache-2.0

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApiRequest, Node as KubeNode } from "@strait/k8s";
import { type Cluster, nodesOf } from "../cluster.ts";
import { type ControlPlane, startControlPlane } from "../control_plane/control_plane.ts";
import { Daemon } from "../control_plane/daemon.ts";
import type { ControlPlaneKind } from "../control_plane/kind.ts";
import { Namespace } from "../namespace.ts";
import type { Node } from "../node.ts";
import { clusterDns } from "../real_node/cluster_dns.ts";
import { flannelRights } from "../real_node/flannel.ts";
import { ForeignNamespace } from "../real_node/foreign_namespace.ts";
import { startLabNode } from "../real_node/lab_node.ts";
import { pauseImage } from "../real_node/pause_image.ts";
import type { RealNode } from "../real_node/real_node.ts";
import { PAUSE_IMAGE, type ProxyMode } from "../real_node/real_node_config.ts";
import { realPods } from "../real_node/real_pods.ts";
import type { NodeKind } from "../spec.ts";
import type { Station } from "../station.ts";
import type { ApiRelay } from "./api_relay.ts";
import { KubeApp } from "./kube_app.ts";
import { KubePod } from "./kube_pod.ts";
import { API_PORT, kubeletConfig } from "./kubelet_files.ts";
import { kubeletDir, podsOf } from "./node_pods.ts";
import type { Workstation } from "./workstation.ts";

const KUBELET = fileURLToPath(new URL("../kubelet/main.ts", import.meta.url));
const SERVICE_PROXY = fileURLToPath(new URL("../service_proxy/main.ts", import.meta.url));
const CONTROLLERS = fileURLToPath(new URL("../controllers/main.ts", import.meta.url));

/** What each kind of control plane lacks. */
const STAND_INS: Readonly<Record<ControlPlaneKind, readonly string[]>> = {
  light: ["scheduler", "daemonsets", "endpointslices"],
  real: ["scheduler"],
};

/** How long nodes may take to be ready, in milliseconds: more than they need on a busy machine. */
const START_LIMIT = 60_000;

/** What a Kubernetes cluster of a lab is made from. */
export interface KubeClusterParts {
  readonly cluster: Cluster;
  readonly api: Station;
  readonly kind: ControlPlaneKind;
  readonly labId: string;
  readonly nodes: NodeKind;
  readonly proxy: ProxyMode;
  /** See LabSpec.history. */
  readonly history?: number | undefined;
  /** Folder of the control plane. */
  readonly dir: string;
  readonly workstation: Workstation;
  readonly relay: ApiRelay;
}

/**
 * The Kubernetes side of one cluster: API server, kubelet stand-ins, the controllers its control plane lacks.
 *
 * @example
 * const east = lab.kube("east");
 * await east.createPod({ name: "web", node: "w1" });
 * const pod = await east.pod("web");
 */
export class KubeCluster {
  readonly cluster: Cluster;
  readonly control: ControlPlane;
  /** The administrator's, with the cluster's name as context. */
  readonly kubeconfig: string;
  readonly #parts: KubeClusterParts;
  readonly #kubelets = new Map<string, Daemon>();
  readonly #realNodes = new Map<string, RealNode>();
  #controllers: Daemon | undefined;

  private constructor(parts: KubeClusterParts, control: ControlPlane) {
    this.cluster = parts.cluster;
    this.control = control;
    this.kubeconfig = parts.workstation.kubeconfig(parts.cluster.id);
    this.#parts = parts;
  }

  /** Starts everything; resolves when every node is ready. */
  static async start(parts: KubeClusterParts): Promise<KubeCluster> {
    const { cluster, api, kind, dir, workstation, nodes, history } = parts;
    const [family] = api.families;
    const control = await startControlPlane({
      kind,
      name: cluster.id,
      ns: api.ns,
      dir,
      address: api.address(family ?? 4),
      port: API_PORT,
      names: api.families.map((each) => api.address(each)),
      serviceCidrs: cluster.serviceSubnets,
      outlive: true, // the lab ends it by its namespace
      scheduler: nodes === "real",
      ...(history === undefined || kind === "real" ? {} : { flags: ["--history", `${history}`] }),
    });
    workstation.addContext(cluster.id, await Bun.file(control.kubeconfig).text());
    const kube = new KubeCluster(parts, control);
    if (nodes === "real") {
      await pauseImage(); // made once, before all nodes want it
      const first = [
        ...(cluster.cni === "flannel" ? flannelRights() : []),
        ...(cluster.dns ? clusterDns(cluster.serviceSubnets) : []),
      ];
      for (const request of first) await kube.request(request);
      await Promise.all(nodesOf(cluster).map((node) => kube.#startRealNode(node)));
    } else {
      kube.startControllers();
      await Promise.all(nodesOf(cluster).map((node) => kube.startKubelet(node)));
    }
    await kube.#nodesReady();
    return kube;
  }

  /** A real node; RangeError where the lab has stand-ins. */
  realNode(node: Node): RealNode {
    const real = this.#realNodes.get(node.name);
    if (real === undefined) throw new RangeError(`${node.label} is no real node`);
    return real;
  }

  /** The kubelet stand-in of a node. */
  kubelet(node: Node): Daemon {
    const daemon = this.#kubelets.get(node.name);
    if (daemon === undefined) throw new RangeError(`${node.label} has no kubelet stand-in`);
    return daemon;
  }

  /** Starts the kubelet stand-in of a node, after it was ended too: it takes over the pods that run. */
  async startKubelet(node: Node): Promise<Daemon> {
    const dir = kubeletDir(node);
    await mkdir(dir, { recursive: true });
    const file = `${dir}/config.json`;
    await Bun.write(file, JSON.stringify(kubeletConfig(this.cluster, this.#parts.api, node, this.kubeconfig), undefined, 2));
    // In the machine's own mount namespace, since it makes network namespaces that the lab has to find.
    const argv = ["nsenter", `--net=${node.ns.path}`, process.execPath, "run", KUBELET, file];
    const daemon = new Daemon({ name: "kubelet", argv, dir, outlive: true });
    this.#kubelets.set(node.name, daemon);
    return daemon;
  }

  /** The stand-ins for controllers, one process. */
  get controllers(): Daemon {
    if (this.#controllers === undefined) throw new RangeError(`the controllers of ${this.cluster.id} were never started`);
    return this.#controllers;
  }

  /** Starts the stand-ins for controllers, after they were ended too. */
  startControllers(): Daemon {
    const { api, dir, kind } = this.#parts;
    const argv = [process.execPath, "run", CONTROLLERS, this.kubeconfig, ...STAND_INS[kind]];
    this.#controllers = new Daemon({ name: "controllers", argv, dir, ns: api.ns, outlive: true });
    return this.#controllers;
  }

  /** A request to the API server as its administrator; throws RelayError. */
  request(request: Omit<ApiRequest, "signal">): Promise<unknown> {
    return this.#parts.relay.request(this.kubeconfig, request);
  }

  /** One of Strait's apps on a node. */
  app(node: Node, name: KubeApp["name"]): KubeApp {
    return new KubeApp(node, name, this.#realNodes.get(node.name));
  }

  /** A pod that has its addresses, "name" or "namespace/name"; waits for them up to `timeout` milliseconds (60000 when absent). */
  async pod(name: string, { timeout = 60_000 }: { readonly timeout?: number } = {}): Promise<KubePod> {
    const wanted = name.includes("/") ? name : `default/${name}`;
    const deadline = Date.now() + timeout;
    for (;;) {
      for (const [label, real] of this.#realNodes) {
        const { pid, dir } = real;
        const node = nodesOf(this.cluster).find((each) => each.name === label);
        if (!node || pid === undefined) continue;
        for (const { name: each, netns, ips } of realPods(dir)) {
          const ns = new ForeignNamespace(pid, netns);
          // Records of pods that went with the node's power stay until its kubelet has tidied up.
          if (each === wanted && existsSync(ns.path)) return new KubePod(wanted, node, { ns, ips });
        }
      }
      for (const node of nodesOf(this.cluster)) {
        const found = podsOf(node).find(
          ({ pod: { metadata }, sandbox }) => sandbox !== undefined && `${metadata.namespace}/${metadata.name}` === wanted,
        );
        if (found?.sandbox !== undefined) {
          const { netns, podIPs: ips } = found.sandbox;
          return new KubePod(wanted, node, { ns: new Namespace(basename(netns)), ips });
        }
      }
      if (Date.now() > deadline) throw new Error(`pod ${wanted} of ${this.cluster.id} has no addresses after ${timeout} ms`);
      await Bun.sleep(5);
    }
  }

  /** Makes a pod that does nothing, by the API, on a node where one is named; {@link pod} waits for it. */
  async createPod({ name, node, labels = {} }: PodWish): Promise<void> {
    await this.request({
      method: "POST",
      path: "/api/v1/namespaces/default/pods",
      body: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          ...(node === undefined ? {} : { nodeSelector: { "kubernetes.io/hostname": node } }),
          // The stand-in does not look at images; real nodes have one that does nothing.
          containers: [
            this.#parts.nodes === "real"
              ? { name: "main", image: PAUSE_IMAGE }
              : { name: "main", image: "strait-lab", command: ["sleep", "infinity"] },
          ],
        },
      },
    });
  }

  /** Takes a real node away for good: its power, its disk, what its kernel held, and its Node object. */
  async removeNode(node: Node): Promise<void> {
    await this.realNode(node).remove();
    this.#realNodes.delete(node.name);
    await this.request({ method: "DELETE", path: `/api/v1/nodes/${node.name}` });
    const links = JSON.parse(await node.ns.run(["ip", "-j", "-d", "link"])) as readonly {
      readonly ifname: string;
      readonly linkinfo?: { readonly info_kind?: string };
    }[];
    // Those that stand for its network cards are veths.
    const made = links.filter(({ linkinfo }) => ["bridge", "vxlan"].includes(linkinfo?.info_kind ?? ""));
    for (const { ifname } of made) await node.ns.run(["ip", "link", "delete", ifname]);
  }

  /** Puts a fresh real node of the same name and addresses where {@link removeNode} took one away; resolves when it is ready. */
  async addNode(node: Node): Promise<void> {
    await this.#startRealNode(node);
    await this.#nodesReady();
  }

  /** The Node object first, with its pod ranges, as the cloud's controllers would leave it; the kubelet takes it for its own. */
  async #startRealNode(node: Node): Promise<void> {
    const { labId, cluster, proxy } = this.#parts;
    await this.request({
      method: "POST",
      path: "/api/v1/nodes",
      body: {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: node.name, labels: { "kubernetes.io/hostname": node.name } },
        spec: cluster.nodeCidrs ? { podCIDR: node.subnets[0], podCIDRs: node.subnets } : {},
      },
    });
    const real = await startLabNode({ labId, node, cluster, control: this.control, proxy });
    this.#realNodes.set(node.name, real);
    if (proxy === "none") {
      // Something has to translate Services where kube-proxy does not: the stand-in's, which is none of Kubernetes' own.
      const argv = [process.execPath, "run", SERVICE_PROXY, this.kubeconfig, ...cluster.subnets];
      new Daemon({ name: "service-proxy", argv, dir: real.dir, ns: node.ns, outlive: true });
    }
  }

  async #nodesReady(): Promise<void> {
    const wanted = nodesOf(this.cluster);
    const deadline = Date.now() + START_LIMIT;
    for (;;) {
      const { items } = (await this.request({ method: "GET", path: "/api/v1/nodes" })) as { readonly items: readonly KubeNode[] };
      if (items.filter(isReady).length >= wanted.length) return;
      if (Date.now() > deadline) {
        const [slow] = wanted.filter(({ name }) => !items.some((item) => item.metadata.name === name && isReady(item)));
        const log = slow && (this.#realNodes.get(slow.name)?.logTail() ?? this.kubelet(slow).logTail());
        throw new Error(`${slow?.label} is not ready after ${START_LIMIT / 1000} s: ${log}`);
      }
      await Bun.sleep(20);
    }
  }
}

/** A pod that {@link KubeCluster.createPod} makes. */
export interface PodWish {
  readonly name: string;
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function isReady({ spec, status }: KubeNode): boolean {
  return (
    (spec?.taints ?? []).length === 0 &&
    (status?.conditions ?? []).some((each) => each.type === "Ready" && each.status === "True")
  );
}
