// SPDX-License-Identifier: Apache-2.0
import { type EndpointToWrite, endpointSpecOf, type Gateway, type GatewayConnection, GatewayKind } from "@strait/k8s";
import {
  formatGateways,
  GATEWAYS_ANNOTATION,
  type GatewayMember,
  gatewayName,
  parseGateways,
  type Result,
  refuse,
  UPDATE_TIMESTAMP_ANNOTATION,
} from "@strait/model";

/** "active" on the leading gateway of a cluster, "passive" on the others. */
export type HaStatus = "active" | "passive";

/** What a gateway tells of itself. */
export interface GatewayReport {
  readonly namespace: string;
  readonly version: string;
  readonly haStatus: HaStatus;
  readonly endpoint: EndpointToWrite;
  /** One sentence each; none when all is well. */
  readonly failures: readonly string[];
  readonly connections: readonly GatewayConnection[];
}

/** Connections that a Gateway lists: an API server takes no object much over 1 MiB, and each has some 700 bytes. */
export const MAX_CONNECTIONS = 1000;

/**
 * The Gateway object of this node, with the time of its writing in Unix seconds. Besides what Submariner has it carries this
 * gateway alone in GATEWAYS_ANNOTATION, so that the leader learns every address of it. Of more than MAX_CONNECTIONS the first
 * ones are listed, and statusFailure says how many are not.
 */
export function gatewayObject(
  { namespace, version, haStatus, endpoint, failures, connections }: GatewayReport,
  now: number,
): Gateway {
  const listed = connections.slice(0, MAX_CONNECTIONS);
  const missing = connections.length - listed.length;
  const all = missing > 0 ? [...failures, `${missing} of ${connections.length} connections are not listed`] : failures;
  const itself = endpoint.gateways.filter(({ hostname }) => hostname === endpoint.hostname);
  return {
    apiVersion: `${GatewayKind.group}/${GatewayKind.version}`,
    kind: GatewayKind.kind,
    metadata: {
      name: gatewayName(endpoint.hostname),
      namespace,
      annotations: {
        [UPDATE_TIMESTAMP_ANNOTATION]: String(Math.floor(now / 1000)),
        [GATEWAYS_ANNOTATION]: formatGateways(itself),
      },
    },
    status: {
      version,
      haStatus,
      localEndpoint: endpointSpecOf(endpoint),
      statusFailure: all.join("; "),
      connections: listed,
    },
  } as Gateway;
}

/** Where the cables of a gateway of the own cluster end, as its Gateway object says, or why it cannot be used. */
export function gatewayMember({ metadata, status }: Gateway): Result<GatewayMember> {
  const text = metadata.annotations?.[GATEWAYS_ANNOTATION];
  // A gateway of Submariner's in the same cluster writes no such list, and does not forward unless it leads.
  if (text === undefined) return refuse(`gateway ${metadata.name} does not say where its cables end: it does not run Strait`);
  const list = parseGateways(text);
  if (!list.ok) return list;
  const member = list.value.find(({ hostname }) => hostname === status.localEndpoint.hostname);
  return member ? { ok: true, value: member } : refuse(`gateway ${metadata.name} lists another node than its own`);
}
