// SPDX-License-Identifier: Apache-2.0
import type { Address, Cidr, ClusterFile, ClusterId, MemberCluster, MemberEndpoint, NodeName, Problem } from "@strait/model";

/** What a cluster file says besides nodes and clusters. */
export type LocalSettings = Omit<ClusterFile, "cluster" | "node" | "subnets" | "podSubnets" | "nodes" | "clusters">;

/** The own cluster and node. */
export interface OwnCluster {
  /** Its id and everything it announces. */
  readonly cluster: MemberCluster;
  readonly node: NodeName;
  /** Cable drivers that can be used here; Endpoints with another are refused. */
  readonly backends: readonly string[];
  readonly settings: LocalSettings;
}

/** A node of the own cluster as Kubernetes knows it. */
export interface MemberNode {
  readonly name: NodeName;
  /** Of type InternalIP. */
  readonly addresses: readonly Address[];
  /** spec.podCIDRs; empty where the CNI plugin keeps its own book. */
  readonly podCidrs: readonly Cidr[];
  /** Whether it is labelled as a gateway. */
  readonly gateway: boolean;
  /** Condition Ready. */
  readonly ready: boolean;
}

/** A pod of the own cluster that has addresses of its own and has not ended. */
export interface MemberPod {
  /** namespace/name. */
  readonly key: string;
  readonly node: NodeName;
  readonly addresses: readonly Address[];
  /** Milliseconds since 1970: where two pods have one address, the newer one has it. */
  readonly createdAt: number;
}

/** When a cluster joined: the age of its Cluster object on the broker. */
export interface JoinedCluster {
  readonly id: ClusterId;
  readonly createdAt: number;
}

/** Everything that is known, at once: what `planMembership` takes. Orders carry no meaning. */
export interface MembershipView {
  readonly own: OwnCluster;
  readonly nodes: readonly MemberNode[];
  readonly pods: readonly MemberPod[];
  readonly joined: readonly JoinedCluster[];
  readonly endpoints: readonly MemberEndpoint[];
}

/** The planners' input made of it, and what could not be taken into it. */
export interface MembershipPlan {
  /** Undefined where nothing can be made: then what was applied before stays. */
  readonly file: ClusterFile | undefined;
  /** Sorted by object. */
  readonly problems: readonly Problem[];
}
