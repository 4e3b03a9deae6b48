// SPDX-License-Identifier: Apache-2.0
import type { ResourceType } from "../resource_type.ts";
import { customResourceDefinition } from "./custom_resource_definition.ts";
import { configMap, secret } from "./data_kinds.ts";
import { endpointSlice } from "./endpoint_slice.ts";
import { lease } from "./lease.ts";
import { namespace } from "./namespace.ts";
import { node } from "./node.ts";
import { pod } from "./pod.ts";
import { binding, role } from "./rbac.ts";
import { service } from "./service.ts";
import type { Strategy } from "./strategy.ts";
import { daemonSet, deployment, replicaSet } from "./workloads.ts";

const GROUP = "rbac.authorization.k8s.io";

const strategies: Readonly<Record<string, Strategy>> = {
  namespaces: namespace,
  nodes: node,
  pods: pod,
  "leases.coordination.k8s.io": lease,
  services: service,
  secrets: secret,
  configmaps: configMap,
  "endpointslices.discovery.k8s.io": endpointSlice,
  "customresourcedefinitions.apiextensions.k8s.io": customResourceDefinition,
  "daemonsets.apps": daemonSet,
  "deployments.apps": deployment,
  "replicasets.apps": replicaSet,
  [`roles.${GROUP}`]: role,
  [`clusterroles.${GROUP}`]: role,
  [`rolebindings.${GROUP}`]: binding,
  [`clusterrolebindings.${GROUP}`]: binding,
};

/** The strategy of a built-in kind; undefined where storing is all. */
export function strategyOf({ storage, builtIn }: ResourceType): Strategy | undefined {
  return builtIn ? strategies[storage] : undefined;
}
