// SPDX-License-Identifier: Apache-2.0
import type { Broker, Cluster, Endpoint, Gateway, RouteAgent, Submariner } from "@strait/k8s";

/** A table of `strait show`: heads and cells for people, records for `-o json`. */
export interface View {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Said where there is nothing to show. */
  readonly none: string;
  /** Whether something in it is not as it should be. */
  readonly bad: boolean;
}

function view(
  none: string,
  columns: readonly string[],
  records: readonly Readonly<Record<string, unknown>>[],
  bad = false,
): View {
  const cell = (value: unknown): string =>
    Array.isArray(value) ? value.join(", ") : value === true ? "yes" : value === false ? "no" : String(value ?? "");
  const keys = Object.keys(records[0] ?? {});
  return { heads: columns, rows: records.map((record) => keys.map((key) => cell(record[key]))), records, none, bad };
}

/** One row per connection of every gateway; those of passive ones too, as they are kept warm. */
export function connections(gateways: readonly Gateway[]): View {
  const records = gateways.flatMap((gateway) =>
    (gateway.status?.connections ?? []).map((connection) => ({
      gateway: connection.endpoint.hostname,
      cluster: connection.endpoint.cluster_id,
      remoteIp: connection.usingIP || connection.endpoint[connection.usingNAT ? "public_ip" : "private_ip"],
      nat: connection.usingNAT ?? false,
      cableDriver: connection.endpoint.backend,
      subnets: connection.endpoint.subnets,
      status: connection.status,
      rttAverage: connection.latencyRTT?.average ?? "",
      on: gateway.metadata.name,
    })),
  );
  const heads = ["GATEWAY", "CLUSTER", "REMOTE IP", "NAT", "CABLE DRIVER", "SUBNETS", "STATUS", "RTT avg.", "SEEN FROM"];
  const bad = records.some((record) => record.status !== "connected");
  return view("there are no connections: no other cluster has joined, or no gateway runs", heads, records, bad);
}

/** One row per Endpoint, own and others'. */
export function endpoints(all: readonly Endpoint[], ownCluster: string | undefined): View {
  const records = all.map(({ spec }) => ({
    cluster: spec.cluster_id,
    endpointIp: spec.private_ip,
    publicIp: spec.public_ip,
    cableDriver: spec.backend,
    type: spec.cluster_id === ownCluster ? "local" : "remote",
  }));
  return view(
    "there are no endpoints: no gateway has published one",
    ["CLUSTER", "ENDPOINT IP", "PUBLIC IP", "CABLE DRIVER", "TYPE"],
    records,
  );
}

/** What to say of one gateway's connections. */
export function summary(gateway: Gateway): string {
  const all = gateway.status?.connections ?? [];
  if (gateway.status?.statusFailure) return gateway.status.statusFailure;
  if (all.length === 0) return "There are no connections";
  const up = all.filter((connection) => connection.status === "connected").length;
  return up === all.length ? `All connections (${up}) are established` : `${up} connections out of ${all.length} are established`;
}

/** One row per gateway node. */
export function gateways(all: readonly Gateway[]): View {
  const records = all.map((gateway) => ({
    node: gateway.metadata.name,
    haStatus: gateway.status?.haStatus ?? "",
    summary: summary(gateway),
  }));
  const none = "there are no gateways: label a node with submariner.io/gateway=true";
  const bad = all.some((gateway) => Boolean(gateway.status?.statusFailure));
  return view(none, ["NODE", "HA STATUS", "SUMMARY"], records, bad);
}

/** One row per node agent: which release runs there, how many of the other clusters its probes reach, and what is wrong on its node. */
export function nodes(all: readonly RouteAgent[]): View {
  const records = all.map(({ metadata, status }) => {
    const remote = status?.remoteEndpoints ?? [];
    const connected = remote.filter((endpoint) => endpoint.status === "connected");
    return {
      node: metadata.name,
      version: status?.version ?? "",
      reached: `${connected.length} of ${remote.length}`,
      problem: status?.statusFailure ?? "",
    };
  });
  const bad = records.some(({ problem }) => problem !== "");
  return view("there are no node agents", ["NODE", "VERSION", "CLUSTERS REACHED", "PROBLEM"], records, bad);
}

/** What the cluster announces, and how that was found. */
export function networks(submariner: Submariner | undefined, cluster: Cluster | undefined): View {
  const split = (text: string | undefined): string[] => (text ?? "").split(",").filter((part) => part !== "");
  const spec = submariner?.spec;
  const record = {
    networkPlugin: submariner?.status?.networkPlugin ?? "",
    serviceCidrs: cluster?.spec.service_cidr ?? split(spec?.serviceCIDR),
    clusterCidrs: cluster?.spec.cluster_cidr ?? split(spec?.clusterCIDR),
    globalCidr: cluster?.spec.global_cidr ?? split(spec?.globalCIDR),
  };
  const heads = ["NETWORK PLUGIN", "SERVICE CIDRS", "CLUSTER CIDRS", "GLOBAL CIDR"];
  return view("Strait has not joined this cluster to a clusterset", heads, submariner || cluster ? [record] : []);
}

/** A component that runs here. */
export interface ComponentVersion {
  readonly component: string;
  readonly repository: string;
  readonly configured: string;
  readonly running: string;
  readonly arch: string;
}

/** One row per component. */
export function versions(all: readonly ComponentVersion[]): View {
  const heads = ["COMPONENT", "REPOSITORY", "CONFIGURED", "RUNNING", "ARCH"];
  const records = all.map(({ component, repository, configured, running, arch }) => ({
    component,
    repository,
    configured,
    running,
    arch,
  }));
  return view("Strait does not run in this cluster", heads, records);
}

/** One row per Broker object, where this cluster is the broker. */
export function brokers(all: readonly Broker[]): View {
  const records = all.map(({ metadata, spec }) => ({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    components: spec?.components ?? [],
    globalnet: spec?.globalnetEnabled ?? false,
    globalnetCidr: spec?.globalnetCIDRRange ?? "",
    globalnetSize: spec?.defaultGlobalnetClusterSize ?? "",
    domains: spec?.defaultCustomDomains ?? [],
  }));
  const heads = ["NAMESPACE", "NAME", "COMPONENTS", "GLOBALNET", "GLOBALNET CIDR", "DEFAULT GLOBALNET SIZE", "DEFAULT DOMAINS"];
  return view("this cluster is no broker", heads, records);
}
