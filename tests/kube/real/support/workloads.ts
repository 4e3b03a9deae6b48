// SPDX-License-Identifier: Apache-2.0
import { type Family, type KubePod, type Lab, PAUSE_IMAGE, type Place, TRAFFIC_PORT } from "@strait/lab";
import { stringify } from "yaml";
import { until } from "../../../control/support/until.ts";

/** Pods of a Deployment, of a DaemonSet, and of a DaemonSet on the host network, with a Service in front of each. */
const KINDS = ["deployed", "everywhere", "on-hosts"] as const;

function workload(name: (typeof KINDS)[number]): object[] {
  const labels = { app: name };
  const port = (protocol: string) => ({ name: protocol.toLowerCase(), protocol, port: TRAFFIC_PORT, targetPort: TRAFFIC_PORT });
  return [
    {
      apiVersion: "apps/v1",
      kind: name === "deployed" ? "Deployment" : "DaemonSet",
      metadata: { name },
      spec: {
        ...(name === "deployed" && { replicas: 2 }),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            hostNetwork: name === "on-hosts",
            terminationGracePeriodSeconds: 0,
            // What answers is started in their namespaces from outside.
            containers: [{ name: "main", image: PAUSE_IMAGE }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { selector: labels, ipFamilyPolicy: "PreferDualStack", ports: [port("TCP"), port("UDP")] },
    },
  ];
}

/** A cluster's workloads as places for traffic. */
export interface Workloads {
  readonly pods: readonly KubePod[];
  readonly services: readonly Place[];
}

/** Makes the workloads of a cluster with kubectl and waits until all of them run and their Services have addresses behind them. */
export async function startWorkloads(lab: Lab, cluster: string): Promise<Workloads> {
  const kube = lab.kube(cluster);
  const { workstation } = lab;
  const manifest = KINDS.flatMap(workload)
    .map((object) => stringify(object))
    .join("---\n");
  await workstation.kubectl(cluster, ["apply", "-f", "-"], { stdin: manifest });
  for (const name of KINDS) {
    const kind = name === "deployed" ? "deployment" : "daemonset";
    await workstation.kubectl(cluster, ["rollout", "status", `${kind}/${name}`, "--timeout=60s"]);
  }
  const list = async <T>(path: string) =>
    ((await kube.request({ method: "GET", path })) as { readonly items: readonly T[] }).items;
  const made = await list<Meta>("/api/v1/namespaces/default/pods?labelSelector=app+in+(deployed,everywhere)");
  const pods = await Promise.all(made.map(({ metadata }) => kube.pod(metadata.name)));
  for (const family of [4, 6]) {
    await until(`the Services of ${cluster} to have endpoints`, async () => {
      const path = `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices`;
      const slices = (await list<Slice>(path)).filter(({ addressType }) => addressType === `IPv${family}`);
      return KINDS.every((name) =>
        slices.some(
          (slice) => slice.metadata.labels?.["kubernetes.io/service-name"] === name && (slice.endpoints ?? []).length === 2,
        ),
      );
    });
  }
  const services = await list<Meta & { readonly spec: { readonly clusterIPs: readonly string[] } }>(
    "/api/v1/namespaces/default/services",
  );
  const wanted = services.filter(({ metadata }) => KINDS.some((name) => name === metadata.name));
  return { pods, services: wanted.map(({ metadata, spec }) => servicePlace(lab, cluster, metadata.name, spec.clusterIPs)) };
}

interface Meta {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}
interface Slice extends Meta {
  readonly addressType: string;
  readonly endpoints?: readonly object[] | null;
}

/** A Service as something traffic goes to; whoever asks there for a program to answer gets that of a node. */
function servicePlace(lab: Lab, cluster: string, name: string, ips: readonly string[]): Place {
  const node = lab.nodes.find((each) => each.cluster === cluster);
  if (node === undefined) throw new RangeError(`${cluster} has no node`);
  const addresses = new Map<Family, string>(ips.map((ip) => [ip.includes(":") ? 6 : 4, ip]));
  return {
    label: `${cluster}/${name}`,
    cluster,
    ns: node.ns,
    families: [...addresses.keys()].sort(),
    address: (family) => addresses.get(family) ?? "",
    exec: (argv, options) => node.exec(argv, options),
  };
}
