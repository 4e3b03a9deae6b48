// SPDX-License-Identifier: Apache-2.0
import { COLOR_CODES, clusterName, formatCidr, type MemberCluster, ok, parseClusterId, type Result } from "@strait/model";
import { apiVersionOf } from "../kind.ts";
import { type Cluster, ClusterKind } from "./cluster_kind.ts";
import { parseSubnets } from "./member_subnets.ts";

/** What a Cluster object says, or why it cannot be. Another cluster wrote it. */
export function readCluster({ spec }: Pick<Cluster, "spec">): Result<MemberCluster> {
  const id = parseClusterId(spec.cluster_id);
  if (!id.ok) return id;
  const serviceCidrs = parseSubnets(spec.service_cidr, "service_cidr");
  if (!serviceCidrs.ok) return serviceCidrs;
  const podCidrs = parseSubnets(spec.cluster_cidr, "cluster_cidr");
  if (!podCidrs.ok) return podCidrs;
  const globalCidrs = parseSubnets(spec.global_cidr, "global_cidr");
  if (!globalCidrs.ok) return globalCidrs;
  return ok({ id: id.value, serviceCidrs: serviceCidrs.value, podCidrs: podCidrs.value, globalCidrs: globalCidrs.value });
}

/** The Cluster object of a cluster, to be written in this namespace. */
export function clusterObject(cluster: MemberCluster, namespace: string): Cluster {
  return {
    apiVersion: apiVersionOf(ClusterKind),
    kind: ClusterKind.kind,
    metadata: { name: clusterName(cluster.id), namespace },
    spec: {
      cluster_id: cluster.id,
      service_cidr: cluster.serviceCidrs.map(formatCidr),
      cluster_cidr: cluster.podCidrs.map(formatCidr),
      // An empty list, never null: Submariner's definition asks for it.
      global_cidr: cluster.globalCidrs.map(formatCidr),
      color_codes: [...COLOR_CODES],
    },
  };
}
