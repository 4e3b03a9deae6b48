// SPDX-License-Identifier: Apache-2.0
/**
 * The kinds of the clusterset as valibot schemas: what decodes an object also makes its CustomResourceDefinition.
 *
 * @module
 */
export { customKinds, exchangedKinds } from "./all_kinds.ts";
export { type Broker, BrokerKind } from "./broker_kind.ts";
export { type Cluster, ClusterKind } from "./cluster_kind.ts";
export { CRD_REVISION, type CrdManifest, crdOf, crds } from "./crds.ts";
export type { CustomKind, CustomNames, PrinterColumn } from "./custom_kind.ts";
export { type Endpoint, EndpointKind, type EndpointSpec } from "./endpoint_kind.ts";
export { type Connection as GatewayConnection, type Gateway, GatewayKind, type GatewayStatus } from "./gateway_kind.ts";
export {
  type ClusterGlobalEgressIP,
  ClusterGlobalEgressIPKind,
  type GlobalEgressIP,
  GlobalEgressIPKind,
  type GlobalIngressIP,
  GlobalIngressIPKind,
} from "./global_ip_kinds.ts";
export { clusterObject, readCluster } from "./member_cluster.ts";
export { type EndpointToWrite, endpointObject, endpointSpecOf, readEndpoint } from "./member_endpoint.ts";
export { MAX_SUBNETS } from "./member_subnets.ts";
export { type RouteAgent, RouteAgentKind } from "./route_agent_kind.ts";
export { type GatewayRoute, GatewayRouteKind, type NonGatewayRoute, NonGatewayRouteKind } from "./route_kinds.ts";
export { type ServiceDiscovery, ServiceDiscoveryKind } from "./service_discovery_kind.ts";
export { type ServiceExport, ServiceExportKind, type ServiceImport, ServiceImportKind } from "./service_kinds.ts";
export type { StructuralSchema } from "./structural_schema.ts";
export { type Submariner, SubmarinerKind } from "./submariner_kind.ts";
