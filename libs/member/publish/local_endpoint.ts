// SPDX-License-Identifier: Apache-2.0
import type { EndpointToWrite } from "@strait/k8s";
import {
  type Address,
  announcedSubnets,
  BACKEND_KEYS,
  cableName,
  type GatewayMember,
  type MemberCluster,
  ok,
  type Result,
  refuse,
} from "@strait/model";
import type { NodeSettings } from "./node_settings.ts";

/** Cable drivers that we have. */
export const CABLE_DRIVERS = ["vxlan"] as const;

/** What a gateway knows of itself. */
export interface LocalGateway {
  readonly cluster: MemberCluster;
  readonly hostname: string;
  readonly settings: NodeSettings;
  /** SUBMARINER_CABLEDRIVER. */
  readonly backend: string;
  readonly natEnabled: boolean;
  /** Towards the default route, IPv4 first. */
  readonly privateIps: readonly Address[];
  readonly publicIps: readonly Address[];
  readonly healthCheckIps: readonly Address[];
}

/**
 * The Endpoint of this node: what it publishes where it leads, and shows in its Gateway where it does not. It lists only
 * itself as a gateway; `withGateways` adds the others.
 *
 * @example
 * const endpoint = localEndpoint(local);
 * if (!endpoint.ok) gateway.failure = endpoint.reason;
 */
export function localEndpoint(local: LocalGateway): Result<EndpointToWrite> {
  const { cluster, hostname, settings, backend, natEnabled, privateIps, publicIps, healthCheckIps } = local;
  const subnets = announcedSubnets(cluster);
  const [first] = privateIps;
  if (!first) return refuse(`node ${hostname} has no address towards the outside: give it a default route or an InternalIP`);
  if (subnets.length === 0) {
    return refuse("the cluster's subnets are not known: set SUBMARINER_CLUSTERCIDR and SUBMARINER_SERVICECIDR");
  }
  if (!(CABLE_DRIVERS as readonly string[]).includes(backend)) {
    return refuse(`cable driver "${backend}" is not there: use ${CABLE_DRIVERS.join(" or ")}`);
  }
  const itself: GatewayMember = { hostname, privateIps, publicIps, port: settings.udpPort, healthCheckIps };
  return ok({
    clusterId: cluster.id,
    cableName: cableName(cluster.id, first),
    hostname,
    subnets,
    privateIps,
    publicIps,
    natEnabled,
    backend,
    backendConfig: {
      [BACKEND_KEYS.udpPort]: String(settings.udpPort),
      [BACKEND_KEYS.nattDiscoveryPort]: String(settings.nattDiscoveryPort),
      [BACKEND_KEYS.preferredServer]: String(settings.preferredServer),
      ...(settings.publicIp !== undefined && { [BACKEND_KEYS.publicIp]: settings.publicIp }),
    },
    healthCheckIps,
    gateways: [itself],
  });
}

/** The Endpoint with all gateways that are alive: its own as it is, and the others that were seen. */
export function withGateways(endpoint: EndpointToWrite, others: readonly GatewayMember[]): EndpointToWrite {
  const own = endpoint.gateways;
  return { ...endpoint, gateways: [...own, ...others.filter(({ hostname }) => hostname !== endpoint.hostname)] };
}
