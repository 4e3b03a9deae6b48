// SPDX-License-Identifier: Apache-2.0
import { expect } from "bun:test";
import {
  type ClusterSpec,
  createLab,
  type Family,
  type KubeApp,
  type KubeCluster,
  type KubePod,
  type Lab,
  type LabSpec,
  type NodeSpec,
  wantedKind,
} from "@strait/lab";
import { SteadyLoad } from "../../netns/support/steady_load.ts";
import { until } from "./until.ts";

/** A gateway and a worker. */
export const TWO_NODES: readonly NodeSpec[] = [{ name: "gw1", gateway: true }, { name: "w1" }];
/** Two gateways and a worker. */
export const TWO_GATEWAYS: readonly NodeSpec[] = [{ name: "gw1", gateway: true }, { name: "gw2", gateway: true }, { name: "w1" }];

const FAMILIES: readonly Family[] = [4, 6];

export interface JoinedOptions {
  /** See LabSpec. */
  readonly history?: number;
  /** See ClusterSpec; true when absent. */
  readonly nodeCidrs?: boolean;
  /** Real nodes and control planes, where given: what each cluster has of its own. They need the image. */
  readonly real?: Readonly<Record<string, Pick<ClusterSpec, "cni" | "proxy" | "nodeCidrs" | "dns">>>;
  /** Clusters that are there and do not join yet. */
  readonly later?: readonly string[];
  /** What is done with the lab before anything of Strait's is there. */
  readonly before?: (lab: Lab) => Promise<void>;
}

interface GatewayObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly haStatus?: string;
    readonly connections?: readonly { readonly status: string; readonly endpoint: { readonly cluster_id: string } }[] | null;
  };
}

/** Clusters that the `strait` command joined through a broker, with a pod on every node, and traffic between them. */
export class JoinedLab {
  readonly lab: Lab;
  readonly #pods: Map<string, KubePod>;

  private constructor(lab: Lab, pods: Map<string, KubePod>) {
    this.lab = lab;
    this.#pods = pods;
  }

  /** A pod of every node, by the node's label: "east/w1". */
  get pods(): ReadonlyMap<string, KubePod> {
    return this.#pods;
  }

  /** Builds, joins and waits until every gateway is connected and pods reach each other. */
  static async create(
    nodes: Readonly<Record<string, readonly NodeSpec[]>> = { east: TWO_NODES, west: TWO_NODES },
    { history, nodeCidrs = true, real, later = [], before }: JoinedOptions = {},
  ): Promise<JoinedLab> {
    const spec: LabSpec = {
      kubernetes: real === undefined ? wantedKind() : "real",
      ...(real === undefined ? {} : { nodes: "real" }),
      broker: true,
      ...(history === undefined ? {} : { history }),
      clusters: Object.entries(nodes).map(([id, of], index) => ({
        id,
        kubernetes: true,
        nodes: of,
        nodeCidrs,
        cni: index % 2 === 0 ? ("bridge" as const) : ("ptp" as const),
        ...real?.[id],
      })),
    };
    const lab: Lab = await createLab(spec);
    try {
      await before?.(lab);
      await lab.broker();
      await lab.workstation.run(["strait", "deploy-broker", "--context", "broker"]);
      const members = lab.kubeClusters.filter(({ cluster }) => !later.includes(cluster.id));
      await Promise.all(members.map((kube) => join(lab, kube)));
      const pods = new Map<string, KubePod>();
      await Promise.all(
        lab.nodes.map(async (node) => {
          const kube = lab.kube(node.cluster);
          await kube.createPod({ name: `on-${node.name}`, node: node.name });
          pods.set(node.label, await kube.pod(`on-${node.name}`, { timeout: 60_000 }));
        }),
      );
      const joined = new JoinedLab(lab, pods);
      await joined.connected(members);
      await joined.trafficPasses(members.map(({ cluster }) => cluster.id));
      return joined;
    } catch (error) {
      const logs = JoinedLab.logsOf(lab);
      await lab[Symbol.asyncDispose]();
      throw new Error(`the clusters were not joined: ${error instanceof Error ? error.message : error}\n${logs}`, {
        cause: error,
      });
    }
  }

  /** The pod of a node. */
  pod(label: string): KubePod {
    const pod = this.pods.get(label);
    if (pod === undefined) throw new RangeError(`no pod on ${label}`);
    return pod;
  }

  /** Looks again for the pod of a node, which was made anew, until it reaches a pod of another cluster. */
  async renew(label: string, to: string): Promise<void> {
    const node = this.lab.node(label);
    const { cluster, name } = node;
    await until(
      `a pod of ${label} to reach ${to} again`,
      async () => {
        const pod = await this.lab.kube(cluster).pod(`on-${name}`);
        const { ok, output } = await this.lab.ping(pod, this.pod(to), { timeout: 500 });
        const agent = () => this.lab.kube(cluster).app(node, "routeagent").logTail(12);
        if (!ok) throw new Error(`${pod.address(4)} to ${this.pod(to).address(4)}: ${output}\n--- node agent\n${agent()}`);
        this.#pods.set(label, pod);
        return true;
      },
      150_000,
    );
  }

  /** Every app that should run, gateways first. */
  get apps(): readonly KubeApp[] {
    return appsOf(this.lab);
  }

  /** Gateway objects of a cluster. */
  async gateways(kube: KubeCluster): Promise<readonly GatewayObject[]> {
    const path = "/apis/submariner.io/v1/namespaces/submariner-operator/gateways";
    return ((await kube.request({ method: "GET", path })) as { readonly items: readonly GatewayObject[] }).items;
  }

  /** Waits until every gateway of every cluster is connected to all others. */
  async connected(clusters: readonly KubeCluster[] = this.lab.kubeClusters): Promise<void> {
    for (const kube of clusters) {
      await until(
        `all gateways of ${kube.cluster.id} to be connected`,
        async () => {
          const gateways = await this.gateways(kube);
          const good =
            gateways.length >= kube.cluster.gateways.length &&
            gateways.every(({ status }) => {
              const connections = status?.connections ?? [];
              return connections.length >= clusters.length - 1 && connections.every((each) => each.status === "connected");
            });
          if (!good) throw new Error(JSON.stringify(gateways.map(({ metadata, status }) => ({ [metadata.name]: status }))));
          return true;
        },
        40_000,
      );
    }
  }

  /** Steady datagrams both ways between the last nodes' pods of two clusters, and between their first gateways'. */
  load(from = "east", to = "west"): Promise<SteadyLoad> {
    const ends = (cluster: string) => {
      const own = [...this.pods.values()].filter((pod) => pod.cluster === cluster).sort((a, b) => (a.label < b.label ? -1 : 1));
      return [own.at(0), own.at(-1)].flatMap((pod) => (pod === undefined ? [] : [pod]));
    };
    const [near, far] = [ends(from), ends(to)];
    const pairs = near.flatMap((a, index) => {
      const b = far[index];
      return b === undefined
        ? []
        : ([
            [a, b],
            [b, a],
          ] as const);
    });
    return SteadyLoad.start(this.lab, pairs, { each: 1 });
  }

  /** Waits until every pod reaches every pod of the other clusters (of those named), then none of a few packets may be lost. */
  async trafficPasses(clusters: readonly string[] = this.lab.clusterList.map(({ id }) => id)): Promise<void> {
    const pods = [...this.pods.values()].filter(({ cluster }) => clusters.includes(cluster));
    for (const from of pods) {
      for (const to of pods.filter(({ cluster }) => cluster !== from.cluster)) {
        for (const family of FAMILIES) {
          const name = `${from.label} to reach ${to.label} over IPv${family}`;
          await until(name, async () => (await this.lab.ping(from, to, { family, timeout: 500 })).ok);
          expect((await this.lab.ping(from, to, { family, count: 5 })).output).toContain(" 0% packet loss");
        }
      }
    }
  }

  /** What went wrong, for a failing test. */
  static logsOf(lab: Lab): string {
    return appsOf(lab)
      .map((app) => `--- ${app.label}\n${app.logTail(12)}`)
      .join("\n");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lab[Symbol.asyncDispose]();
  }
}

/** `strait join`, as a user types it. */
export async function join(lab: Lab, kube: KubeCluster, more: readonly string[] = []): Promise<void> {
  const { id, gateways } = kube.cluster;
  const names = gateways.map(({ name }) => name).join(",");
  // Nobody but who set the cluster up knows its pod ranges where the nodes do not say theirs.
  const ranges = kube.cluster.nodeCidrs ? [] : ["--clustercidr", kube.cluster.subnets.join(",")];
  await lab.workstation.run([
    "strait",
    "join",
    "broker-info.subm",
    "--context",
    id,
    "--clusterid",
    id,
    "--gateway-node",
    names,
    ...ranges,
    ...more,
  ]);
}

function appsOf(lab: Lab): KubeApp[] {
  const of = (name: KubeApp["name"], nodes: Lab["nodes"]) => nodes.map((node) => lab.kube(node.cluster).app(node, name));
  return [
    ...of(
      "gateway",
      lab.nodes.filter(({ gateway }) => gateway),
    ),
    ...of("routeagent", lab.nodes),
  ];
}
