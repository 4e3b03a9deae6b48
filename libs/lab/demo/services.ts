// SPDX-License-Identifier: Apache-2.0
import type { Family, KubeCluster, KubePod, Lab, Place } from "../mod.ts";
import { SERVICE } from "./manifest.ts";
import { table } from "./table.ts";

/** One line of the demo's result: did a pod reach another cluster's Service? */
export interface ServiceResult {
  /** Label of the node whose pod sends. */
  readonly from: string;
  /** The cluster of the Service. */
  readonly to: string;
  readonly family: Family;
  readonly tcp: boolean;
  readonly udp: boolean;
  /** What failed, and how. */
  readonly reasons: readonly string[];
}

/** The Service of a cluster as a place traffic can go to: its ClusterIPs, behind which the pods' programs answer. */
export async function serviceOf(kube: KubeCluster, behind: KubePod): Promise<Place> {
  const service = (await kube.request({ method: "GET", path: `/api/v1/namespaces/default/services/${SERVICE}` })) as {
    readonly spec: { readonly clusterIPs: readonly string[] };
  };
  const addresses = new Map<Family, string>(service.spec.clusterIPs.map((ip) => [ip.includes(":") ? 6 : 4, ip]));
  return {
    label: `${kube.cluster.id}/${SERVICE}`,
    cluster: kube.cluster.id,
    ns: behind.ns,
    families: [...addresses.keys()].sort(),
    address(family) {
      const found = addresses.get(family);
      if (found === undefined) throw new RangeError(`the Service of ${kube.cluster.id} has no IPv${family} address`);
      return found;
    },
    exec: (argv, options) => behind.exec(argv, options),
  };
}

/** Tries the Services from every pod of the other clusters, in each family, by a TCP stream and a datagram. */
export async function measureServices(lab: Lab, pods: readonly KubePod[], services: readonly Place[]): Promise<ServiceResult[]> {
  const results: ServiceResult[] = [];
  for (const to of services) {
    for (const from of pods.filter(({ cluster }) => cluster !== to.cluster)) {
      for (const family of from.families.filter((each) => to.families.includes(each))) {
        const udp = await lab.udp(from, to, { family, tries: 3 });
        const tcp = await lab.tcp(from, to, { family, timeout: udp.received ? 5000 : 1000 });
        results.push({
          from: from.node.label,
          to: to.cluster,
          family,
          tcp: tcp.ok,
          udp: udp.received,
          reasons: [
            ...(udp.received ? [] : [`udp: ${udp.reason ?? "no answer"}`]),
            ...(tcp.ok ? [] : [`tcp: ${tcp.reason ?? "the bytes differ"}`]),
          ],
        });
      }
    }
  }
  return results;
}

/** True where nothing failed. */
export function serviceOk({ tcp, udp }: ServiceResult): boolean {
  return tcp && udp;
}

/** A table of what was tried. */
export function drawServices(results: readonly ServiceResult[]): string {
  const word = (good: boolean) => (good ? "ok" : "FAILED");
  return table(
    ["from", "to the Service of", "family", "tcp 1 MiB", "udp", ""],
    results.map(({ from, to, family, tcp, udp, reasons }) => [
      from,
      to,
      `IPv${family}`,
      word(tcp),
      word(udp),
      reasons.join("; "),
    ]),
  );
}
