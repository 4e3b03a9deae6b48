// SPDX-License-Identifier: Apache-2.0
import { type ClusterSpec, createLab, type KubePod, type Lab, type NodeSpec } from "@strait/lab";

/** What kind of Kubernetes stands below: our API server and kubelet stand-ins, or everything as a real cluster has it. */
export const clusterKinds = ["light", "real"] as const;
export type ClusterKind = (typeof clusterKinds)[number];

const NODES: readonly NodeSpec[] = [{ name: "gw1", gateway: true }, { name: "w1" }];

/** East's nodes say which pods are theirs; of west only each pod says where it is, and its ranges are told to the command. */
const CLUSTERS: readonly ClusterSpec[] = [
  { id: "east", kubernetes: true, cni: "bridge", nodes: NODES },
  { id: "west", kubernetes: true, cni: "bridge", nodes: NODES, nodeCidrs: false },
];

/** Two clusters of two nodes that the `strait` command joined through a broker, and a pod on the worker of each. */
export interface JoinedBed {
  readonly kind: ClusterKind;
  readonly lab: Lab;
  /** By cluster. */
  readonly pods: Readonly<Record<"east" | "west", KubePod>>;
}

/** Builds it and waits until the gateways are connected; the caller disposes of the lab. */
export async function joinedBed(kind: ClusterKind): Promise<JoinedBed> {
  const lab: Lab = await createLab({
    kubernetes: kind,
    ...(kind === "real" ? { nodes: "real" as const } : {}),
    broker: true,
    clusters: CLUSTERS,
  });
  try {
    await lab.broker();
    await lab.workstation.run(["strait", "deploy-broker", "--context", "broker"]);
    await Promise.all(
      lab.kubeClusters.map(({ cluster: { id, nodeCidrs, subnets } }) => {
        const ranges = nodeCidrs ? [] : ["--clustercidr", subnets.join(",")];
        const join = ["strait", "join", "broker-info.subm", "--context", id, "--clusterid", id, "--gateway-node", "gw1"];
        return lab.workstation.run([...join, ...ranges]);
      }),
    );
    const podOf = async (id: string): Promise<KubePod> => {
      await lab.kube(id).createPod({ name: "steady", node: "w1" });
      return lab.kube(id).pod("steady", { timeout: 60_000 });
    };
    const [east, west] = await Promise.all([podOf("east"), podOf("west")]);
    for (const { cluster } of lab.kubeClusters)
      await lab.workstation.run(["strait", "status", "--context", cluster.id, "--wait"]);
    return { kind, lab, pods: { east, west } };
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}
