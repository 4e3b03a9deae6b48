// SPDX-License-Identifier: Apache-2.0
import { type Cluster, type Endpoint, readCluster, readEndpoint } from "@strait/k8s";
import { clusterName, refuse } from "@strait/model";
import type { SyncObject, SyncRules } from "@strait/plan";

/** Far above what a Cluster or Endpoint needs: 64 subnets and 32 gateways are about 12 KB. */
const MAX_BYTES = 64 << 10;

const specOf = (object: SyncObject): { readonly cluster_id: string } => (object as Cluster | Endpoint).spec;

/** Clusters go both ways. */
export const clusterRules: SyncRules = {
  what: "Cluster",
  members: ["spec"],
  owner: (object) => specOf(object).cluster_id,
  check: (object) => {
    const name = clusterName(specOf(object).cluster_id);
    if (object.metadata.name !== name) return refuse(`its name must be ${name}, as its cluster is`);
    return readCluster(object as Cluster);
  },
  maxBytes: MAX_BYTES,
  renew: false,
};

/** Endpoints go both ways. A failover makes a new one, and receivers take the newer. */
export const endpointRules: SyncRules = {
  what: "Endpoint",
  members: ["spec"],
  owner: (object) => specOf(object).cluster_id,
  check: (object) => readEndpoint(object as Endpoint),
  maxBytes: MAX_BYTES,
  renew: true,
};
