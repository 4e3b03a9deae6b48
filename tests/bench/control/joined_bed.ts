// SPDX-License-Identifier: Apache-2.0
import { createLab, type KubeCluster, type KubePod, type Lab, type NodeSpec } from "@strait/lab";

/** What kind of Kubernetes stands below: our API server and kubelet stand-ins, or everything as a real cluster has it. */
export const clusterKinds = ["light", "real"] as const;
export type ClusterKind = (typeof clusterKinds)[number];

const NODES: readonly NodeSpec[] = [{ name: "gw1", gateway: true }, { name: "w1" }];

/** Two clusters of two nodes that the `strait` command joined through a broker, and a pod in the second one. */
export interface JoinedBed {
  readonly lab: Lab;
  readonly near: KubeCluster;
  readonly far: KubePod;
}

/** Builds it; the caller disposes of the lab. */
export async function joinedBed(kind: ClusterKind): Promise<JoinedBed> {
  const lab: Lab = await createLab({
    kubernetes: kind,
    ...(kind === "real" ? { nodes: "real" as const } : {}),
    broker: true,
    clusters: [
      { id: "east", kubernetes: true, cni: "bridge" as const, nodes: NODES },
      { id: "west", kubernetes: true, cni: "ptp" as const, nodes: NODES },
    ],
  });
  try {
    await lab.broker();
    await lab.workstation.run(["strait", "deploy-broker", "--context", "broker"]);
    await Promise.all(
      ["east", "west"].map((id) =>
        lab.workstation.run(["strait", "join", "broker-info.subm", "--context", id, "--clusterid", id, "--gateway-node", "gw1"]),
      ),
    );
    await lab.kube("west").createPod({ name: "far", node: "w1" });
    return { lab, near: lab.kube("east"), far: await lab.kube("west").pod("far", { timeout: 60_000 }) };
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}
