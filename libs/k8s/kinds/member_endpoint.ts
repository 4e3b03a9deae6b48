// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  BACKEND_KEYS,
  CABLE_PORT,
  CLUSTER_ID_LABEL,
  CREATED_AT_ANNOTATION,
  endpointName,
  formatAddress,
  formatCidr,
  formatGateways,
  GATEWAYS_ANNOTATION,
  type GatewayMember,
  type MemberEndpoint,
  ok,
  parseClusterId,
  parseGatewayAddresses,
  parseGateways,
  type Result,
  refuse,
} from "@strait/model";
import { apiVersionOf } from "../kind.ts";
import { type Endpoint, EndpointKind, type EndpointSpec } from "./endpoint_kind.ts";
import { parseSubnets } from "./member_subnets.ts";

/** Longest text that any single member of an Endpoint may hold. */
const MAX_TEXT = 512;
const MAX_OPTIONS = 32;

/** Plural fields count before the single one; a list may be there and empty, as Go writes it. */
function addresses(many: readonly string[] | undefined, one: string | undefined, what: string): Result<Address[]> {
  return parseGatewayAddresses(many && many.length > 0 ? many : [one ?? ""], what);
}

function portOf(spec: EndpointSpec): Result<number> {
  const text = spec.backend_config?.[BACKEND_KEYS.udpPort];
  if (text === undefined || text === "") return ok(CABLE_PORT);
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return ok(port);
  return refuse(`backend_config: udp-port "${text.slice(0, 16)}" is out of range: it must be 1 to 65535`);
}

/** The owner: what the spec says, which the name and the label must not contradict. */
function ownerOf({ metadata, spec }: Endpoint): Result<MemberEndpoint["clusterId"]> {
  const id = parseClusterId(spec.cluster_id);
  if (!id.ok) return id;
  const label = metadata.labels?.[CLUSTER_ID_LABEL];
  if (label !== undefined && label !== spec.cluster_id) {
    return refuse(`it says to be of cluster ${spec.cluster_id} but cluster ${label.slice(0, 63)} wrote it`);
  }
  if (!spec.cable_name.startsWith(`submariner-cable-${spec.cluster_id}-`)) {
    return refuse(`cable_name "${spec.cable_name.slice(0, 80)}" is not of cluster ${spec.cluster_id}`);
  }
  const name = endpointName(spec.cluster_id, spec.cable_name);
  return metadata.name === name ? id : refuse(`its name must be ${name}, as its cluster and cable are`);
}

function tooLong(spec: EndpointSpec): string | undefined {
  const options = Object.entries(spec.backend_config ?? {});
  if (options.length > MAX_OPTIONS) return `backend_config has more than ${MAX_OPTIONS} entries`;
  const fields = { cable_name: spec.cable_name, hostname: spec.hostname, backend: spec.backend };
  const long = [...Object.entries(fields), ...options].find(([key, value]) => key.length + value.length > MAX_TEXT);
  return long && `${long[0].slice(0, 40)} has more than ${MAX_TEXT} characters`;
}

/** When the object's first version was made: pulled copies carry the time of the broker's object. */
function createdAt({ metadata }: Endpoint): number {
  const text = metadata.annotations?.[CREATED_AT_ANNOTATION] ?? metadata.creationTimestamp;
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? 0 : time;
}

/**
 * What an Endpoint object says, or why it cannot be. Total: another cluster wrote it.
 *
 * @example
 * const read = readEndpoint(endpoint);
 * if (!read.ok) problems.push({ object: `Endpoint ${endpoint.metadata.name}`, reason: read.reason });
 */
export function readEndpoint(endpoint: Endpoint): Result<MemberEndpoint> {
  const { metadata, spec } = endpoint;
  const long = tooLong(spec);
  if (long) return refuse(long);
  const clusterId = ownerOf(endpoint);
  if (!clusterId.ok) return clusterId;
  const subnets = parseSubnets(spec.subnets, "subnets");
  if (!subnets.ok) return subnets;
  if (subnets.value.length === 0) return refuse("it announces no subnets");
  if (spec.hostname === "" || spec.hostname.length > 253) return refuse("hostname must have 1 to 253 characters");
  const privateIps = addresses(spec.privateIPs, spec.private_ip, "private_ip");
  if (!privateIps.ok) return privateIps;
  if (privateIps.value.length === 0) return refuse("private_ip names no address");
  const publicIps = addresses(spec.publicIPs, spec.public_ip, "public_ip");
  if (!publicIps.ok) return publicIps;
  const healthCheckIps = addresses(spec.healthCheckIPs, spec.healthCheckIP, "healthCheckIP");
  if (!healthCheckIps.ok) return healthCheckIps;
  const port = portOf(spec);
  if (!port.ok) return port;
  const list = metadata.annotations?.[GATEWAYS_ANNOTATION];
  const only: GatewayMember = {
    hostname: spec.hostname,
    privateIps: privateIps.value,
    publicIps: publicIps.value,
    port: port.value,
    healthCheckIps: healthCheckIps.value,
  };
  const gateways = list === undefined ? ok([only]) : parseGateways(list);
  if (!gateways.ok) return gateways;
  return ok({
    clusterId: clusterId.value,
    cableName: spec.cable_name,
    hostname: spec.hostname,
    subnets: subnets.value,
    privateIps: privateIps.value,
    publicIps: publicIps.value,
    natEnabled: spec.nat_enabled,
    backend: spec.backend,
    backendConfig: spec.backend_config ?? {},
    healthCheckIps: healthCheckIps.value,
    gateways: gateways.value,
    createdAt: createdAt(endpoint),
    uid: metadata.uid ?? "",
  });
}

/** One address of each family, the first of each, IPv4 first. */
function onePerFamily(list: readonly Address[]): readonly string[] {
  return [4, 6].flatMap((family) => {
    const first = list.find((address) => address.family === family);
    return first ? [formatAddress(first)] : [];
  });
}

/** What an Endpoint of ours says about itself. */
export type EndpointToWrite = Omit<MemberEndpoint, "createdAt" | "uid">;

/**
 * The spec of an Endpoint: the single fields, which Submariner reads, hold the IPv4 address where there is one, and the lists one
 * address of each family.
 */
export function endpointSpecOf(endpoint: EndpointToWrite): EndpointSpec {
  const privateIPs = onePerFamily(endpoint.privateIps);
  const publicIPs = onePerFamily(endpoint.publicIps);
  const healthCheckIPs = onePerFamily(endpoint.healthCheckIps);
  return {
    cluster_id: endpoint.clusterId,
    cable_name: endpoint.cableName,
    hostname: endpoint.hostname,
    subnets: endpoint.subnets.map(formatCidr),
    private_ip: privateIPs[0] ?? "",
    public_ip: publicIPs[0] ?? "",
    nat_enabled: endpoint.natEnabled,
    backend: endpoint.backend,
    backend_config: { ...endpoint.backendConfig },
    ...(healthCheckIPs[0] && { healthCheckIP: healthCheckIPs[0] }),
    privateIPs: [...privateIPs],
    ...(publicIPs.length > 0 && { publicIPs: [...publicIPs] }),
    ...(healthCheckIPs.length > 0 && { healthCheckIPs: [...healthCheckIPs] }),
  };
}

/** The Endpoint object of a cluster, to be written in this namespace. */
export function endpointObject(endpoint: EndpointToWrite, namespace: string): Endpoint {
  return {
    apiVersion: apiVersionOf(EndpointKind),
    kind: EndpointKind.kind,
    metadata: {
      name: endpointName(endpoint.clusterId, endpoint.cableName),
      namespace,
      annotations: { [GATEWAYS_ANNOTATION]: formatGateways(endpoint.gateways) },
    },
    spec: endpointSpecOf(endpoint),
  };
}
