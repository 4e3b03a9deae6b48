// SPDX-License-Identifier: Apache-2.0
import type { Metrics, Sample } from "@strait/obs";
import type { Cables } from "./cables.ts";
import type { ConnectionState } from "./connection_book.ts";

/** What the metrics are made of, asked at every scrape. */
export interface GatewayView {
  readonly cluster: string;
  readonly hostname: string;
  /** The address that others see; "" where it is not known. */
  readonly endpointIp: string;
  readonly backend: string;
  readonly leading: boolean;
  readonly connections: readonly ConnectionState[];
  readonly cables: Cables;
  /** When the Gateway objects of this cluster were made, in Unix milliseconds, by host name. */
  readonly gateways: ReadonlyMap<string, number>;
  /** How often the Gateway object was written. */
  readonly reports: number;
}

/**
 * Submariner's metrics with Submariner's names. They are read when they are asked for, so that there is exactly one series of a
 * connection, with its present status; received and sent bytes are those of the data path, and counters although their names do
 * not end as counters' do. What Submariner's operator tells of all gateways is told by the leading one.
 */
export function registerGatewayMetrics(metrics: Metrics, view: () => GatewayView): void {
  const each =
    (sample: (state: ConnectionState, of: GatewayView) => number | bigint | undefined, more = labelsOf) =>
    (): Sample[] => {
      const of = view();
      return of.connections.flatMap((state) => {
        const value = sample(state, of);
        return value === undefined ? [] : [{ labels: more(state, of), value }];
      });
    };
  const register = (name: string, help: string, type: "counter" | "gauge", samples: () => Sample[]): void =>
    metrics.collector({ name, help, type }, samples);
  register(
    "submariner_gateway_rx_bytes",
    "Inner bytes received over a cable.",
    "counter",
    each(({ link }, { cables }) => cables.traffic(link.key)?.rxBytes),
  );
  register(
    "submariner_gateway_tx_bytes",
    "Inner bytes sent over a cable.",
    "counter",
    each(({ link }, { cables }) => cables.traffic(link.key)?.txBytes),
  );
  register(
    "submariner_connections",
    "1 for each connection, with its present status.",
    "gauge",
    each(() => 1, withStatus),
  );
  register("submariner_connections_short", "Connections by status.", "gauge", () => byStatus(view()));
  register(
    "submariner_connection_established_timestamp",
    "Unix seconds since when a connection is connected.",
    "gauge",
    each(({ establishedAt }) => establishedAt && Math.floor(establishedAt / 1000)),
  );
  register(
    "submariner_connection_latency_seconds",
    "The last round-trip time of a probe.",
    "gauge",
    each(({ rtt }) => rtt && rtt.last / 1000),
  );
  register("submariner_gateway_sync_iterations", "How often the Gateway object was written.", "counter", () => [
    { labels: {}, value: view().reports },
  ]);
  registerClusterMetrics(metrics, view);
}

function registerClusterMetrics(metrics: Metrics, view: () => GatewayView): void {
  const leader = (samples: (of: GatewayView) => Sample[]) => (): Sample[] => {
    const of = view();
    return of.leading ? samples(of) : [];
  };
  metrics.collector(
    { name: "submariner_gateways", help: "Gateways of this cluster.", type: "gauge" },
    leader(({ gateways }) => [{ labels: {}, value: gateways.size }]),
  );
  metrics.collector(
    { name: "submariner_gateway_creation_timestamp", help: "Unix seconds when a gateway's object was made.", type: "gauge" },
    leader(({ gateways, cluster }) =>
      [...gateways].map(([hostname, at]) => ({
        labels: { local_cluster: cluster, local_hostname: hostname },
        value: Math.floor(at / 1000),
      })),
    ),
  );
  metrics.collector(
    {
      name: "submariner_requested_connections",
      help: "1 for each connection that is asked for, with its present status.",
      type: "gauge",
    },
    leader((of) =>
      of.connections.map((state) => {
        const { local_cluster, local_hostname, remote_cluster, remote_hostname, status } = withStatus(state, of);
        return { labels: { local_cluster, local_hostname, remote_cluster, remote_hostname, status }, value: 1 };
      }),
    ),
  );
}

function labelsOf({ connection }: ConnectionState, { cluster, hostname, endpointIp, backend }: GatewayView) {
  const { endpoint } = connection;
  return {
    cable_driver: backend,
    local_cluster: cluster,
    local_hostname: hostname,
    local_endpoint_ip: endpointIp,
    remote_cluster: endpoint.cluster_id,
    remote_hostname: endpoint.hostname,
    remote_endpoint_ip: endpoint.public_ip || endpoint.private_ip,
  };
}

function withStatus(state: ConnectionState, of: GatewayView) {
  return { ...labelsOf(state, of), status: state.connection.status };
}

function byStatus({ connections, backend }: GatewayView): Sample[] {
  const counts = new Map(["connected", "connecting", "error"].map((status) => [status, 0]));
  for (const { connection } of connections) counts.set(connection.status, (counts.get(connection.status) ?? 0) + 1);
  return [...counts].map(([status, value]) => ({ labels: { cable_driver: backend, status }, value }));
}
