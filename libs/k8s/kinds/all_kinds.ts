// SPDX-License-Identifier: Apache-2.0
import type { KubeObject } from "../kube_object.ts";
import { BrokerKind } from "./broker_kind.ts";
import { ClusterKind } from "./cluster_kind.ts";
import type { CustomKind } from "./custom_kind.ts";
import { EndpointKind } from "./endpoint_kind.ts";
import { GatewayKind } from "./gateway_kind.ts";
import { ClusterGlobalEgressIPKind, GlobalEgressIPKind, GlobalIngressIPKind } from "./global_ip_kinds.ts";
import { RouteAgentKind } from "./route_agent_kind.ts";
import { GatewayRouteKind, NonGatewayRouteKind } from "./route_kinds.ts";
import { ServiceDiscoveryKind } from "./service_discovery_kind.ts";
import { ServiceExportKind, ServiceImportKind } from "./service_kinds.ts";
import { SubmarinerKind } from "./submariner_kind.ts";

/** The kinds that clusters exchange through the broker. The API server of a broker needs these, and BrokerKind. */
export const exchangedKinds: readonly CustomKind<KubeObject>[] = [
  ClusterKind,
  EndpointKind,
  ServiceExportKind,
  ServiceImportKind,
];

/** Every kind that a CustomResourceDefinition of ours serves. */
export const customKinds: readonly CustomKind<KubeObject>[] = [
  BrokerKind,
  ClusterGlobalEgressIPKind,
  ClusterKind,
  EndpointKind,
  GatewayKind,
  GatewayRouteKind,
  GlobalEgressIPKind,
  GlobalIngressIPKind,
  NonGatewayRouteKind,
  RouteAgentKind,
  ServiceDiscoveryKind,
  ServiceExportKind,
  ServiceImportKind,
  SubmarinerKind,
];
