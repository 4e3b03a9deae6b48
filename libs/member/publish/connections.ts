// SPDX-License-Identifier: Apache-2.0
import { type EndpointSpec, endpointSpecOf, type GatewayConnection } from "@strait/k8s";
import { type Address, formatAddress, type GatewayMember, type MemberEndpoint, sanitizeName } from "@strait/model";
import { goDuration } from "../probes/go_duration.ts";
import type { ProbeReport, ProbeTarget } from "../probes/prober.ts";
import type { RttSummary } from "../probes/rtt_window.ts";

/** A cable to one gateway of another cluster, as this node made it. */
export interface CableState {
  /** Where its packets go; undefined where it could not be made. */
  readonly remote: Address | undefined;
  /** Why it could not be made. */
  readonly reason: string | undefined;
}

/** One link to another cluster: a cable of ours to one of its gateways. */
export interface RemoteLink {
  /** CLUSTER/GATEWAY as the cluster file names them; also the key of its probe. */
  readonly key: string;
  readonly endpoint: MemberEndpoint;
  readonly gateway: GatewayMember;
}

/**
 * The links to the other clusters, one for each gateway that an Endpoint names and that is there to stay: first those to the
 * Endpoints' own gateways, one a cluster, as Submariner has them, then those to the others.
 */
export function remoteLinks(endpoints: readonly MemberEndpoint[]): readonly RemoteLink[] {
  const known = linksOf.get(endpoints);
  if (known) return known;
  const leads = ({ endpoint, gateway }: RemoteLink): boolean => gateway.hostname === endpoint.hostname;
  const links = endpoints.flatMap((endpoint) =>
    staying(endpoint).map((gateway) => ({ key: `${endpoint.clusterId}/${sanitizeName(gateway.hostname)}`, endpoint, gateway })),
  );
  const sorted = [...links.filter(leads), ...links.filter((link) => !leads(link))];
  linksOf.set(endpoints, sorted);
  return sorted;
}

/** Nothing is sent to those that leave, so nothing is to be known of the way there; where all do, they are all that there is. */
function staying({ gateways }: MemberEndpoint): readonly GatewayMember[] {
  const staying = gateways.filter(({ phase }) => phase === undefined || phase === "joining");
  return staying.length > 0 ? staying : gateways;
}

/** Lists are asked for with every change and every probe, and change seldom. */
const linksOf = new WeakMap<readonly MemberEndpoint[], readonly RemoteLink[]>();
const specsOf = new WeakMap<GatewayMember, { readonly endpoint: MemberEndpoint; readonly spec: EndpointSpec }>();

/** Whom to ping for each link, from which of our addresses: a pair of one family, IPv4 first. Links that offer none are left out. */
export function probeTargets(links: readonly RemoteLink[], own: readonly Address[]): Map<string, ProbeTarget> {
  const targets = new Map<string, ProbeTarget>();
  for (const { key, gateway } of links) {
    for (const from of own) {
      const to = gateway.healthCheckIps.find(({ family }) => family === from.family);
      if (to && !targets.has(key)) targets.set(key, { to, from });
    }
  }
  return targets;
}

/** What is known about a link besides what its Endpoint says. */
export interface LinkState {
  readonly cable: CableState;
  /** Undefined where it is not probed. */
  readonly probe: ProbeReport | undefined;
  /** Why it is not probed. */
  readonly unprobed: string;
  /** Whether packets of the other gateway came over the cable lately; what counts where it is not probed. */
  readonly receiving: boolean;
}

/**
 * A link as a Gateway tells it. It is connected only where packets passed both ways lately: a probe was answered, or, where
 * nothing can be probed, packets came from the other side.
 */
export function connectionOf({ endpoint, gateway }: RemoteLink, state: LinkState): GatewayConnection {
  const { cable, probe } = state;
  return {
    ...judge(state),
    endpoint: specOf(endpoint, gateway),
    usingIP: cable.remote ? formatAddress(cable.remote) : "",
    usingNAT:
      cable.remote !== undefined &&
      !gateway.privateIps.some((ip) => formatAddress(ip) === formatAddress(cable.remote as Address)),
    ...(probe?.rtt && { latencyRTT: latencyOf(probe.rtt) }),
  };
}

function judge({ cable, probe, unprobed, receiving }: LinkState): Pick<GatewayConnection, "status" | "statusMessage"> {
  if (!cable.remote) return { status: "error", statusMessage: cable.reason ?? "the cable is not made yet" };
  if (probe) return { status: probe.status, statusMessage: probe.message };
  if (receiving) return { status: "connected", statusMessage: "" };
  return { status: "connecting", statusMessage: `no packets come from it, and it is not probed: ${unprobed}` };
}

/** The Endpoint as it would be if that gateway led its cluster. */
function specOf(endpoint: MemberEndpoint, gateway: GatewayMember): EndpointSpec {
  const known = specsOf.get(gateway);
  if (known?.endpoint === endpoint) return known.spec;
  const { hostname, privateIps, publicIps, healthCheckIps } = gateway;
  const spec = endpointSpecOf({ ...endpoint, hostname, privateIps, publicIps, healthCheckIps });
  specsOf.set(gateway, { endpoint, spec });
  return spec;
}

function latencyOf({ last, min, average, max, stdDev }: RttSummary): GatewayConnection["latencyRTT"] {
  return {
    last: goDuration(last),
    min: goDuration(min),
    average: goDuration(average),
    max: goDuration(max),
    stdDev: goDuration(stdDev),
  };
}
