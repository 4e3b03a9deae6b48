// SPDX-License-Identifier: Apache-2.0
import type { Dataplane } from "@strait/dataplane";
import { formatAddress, type HopRow, type Owner, type Rows } from "@strait/model";
import type { Applied } from "./node_state.ts";

/** Counters of one hop. Bytes are inner bytes, IP header included. */
export interface HopTraffic {
  readonly txPackets: bigint;
  readonly txBytes: bigint;
  readonly rxPackets: bigint;
  readonly rxBytes: bigint;
}

/** A hop as /status tells it. */
export interface HopReport extends HopTraffic {
  readonly index: number;
  readonly kind: HopRow["kind"];
  readonly owner: Owner;
  /** Name of the node, or CLUSTER/GATEWAY; absent where the config does not know the address any more. */
  readonly peer?: string;
  readonly remote: string;
  readonly local: string;
  readonly port: number;
  /** Largest inner packet in bytes. */
  readonly mtu: number;
  readonly ifindex: number;
}

const NOTHING: HopTraffic = { txPackets: 0n, txBytes: 0n, rxPackets: 0n, rxBytes: 0n };

/** The hops of this node by index: the app's own as it wanted them in the last pass, the other app's as they are `present`. */
export function hopReports(
  applied: Applied,
  owner: Owner,
  traffic: ReturnType<Dataplane["counters"]>["traffic"],
  present?: Pick<Rows, "hops">,
): HopReport[] {
  const hops = [...(present?.hops.values() ?? [])].filter((hop) => hop.owner !== owner);
  hops.push(...applied.plan.rows.hops.values());
  const names = peerNames(applied, new Set(hops.map(({ kind }) => kind)));
  return hops
    .sort((a, b) => a.index - b.index)
    .map((hop) => {
      const peer = names.get(`${hop.kind} ${formatAddress(hop.remote)} ${hop.kind === "node" ? "" : hop.port}`);
      return {
        index: hop.index,
        kind: hop.kind,
        owner: hop.owner,
        ...(peer !== undefined && { peer }),
        remote: formatAddress(hop.remote),
        local: formatAddress(hop.local),
        port: hop.port,
        mtu: hop.mtu,
        ifindex: hop.ifindex,
        ...(traffic.get(hop.index) ?? NOTHING),
      };
    });
}

/** Of the kinds that are asked for: a cluster has thousands of nodes, and a gateway no hop to any of them. */
function peerNames({ file }: Applied, kinds: ReadonlySet<HopRow["kind"]>): Map<string, string> {
  const names = new Map<string, string>();
  const nodes = kinds.has("node") ? file.nodes : [];
  for (const { name, addresses } of nodes) for (const a of addresses) names.set(`node ${formatAddress(a)} `, name);
  for (const { id, gateways } of file.clusters) {
    for (const { name, addresses, port } of gateways) {
      for (const a of addresses) names.set(`vxlan ${formatAddress(a)} ${port}`, `${id}/${name}`);
    }
  }
  return names;
}
