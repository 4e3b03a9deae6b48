// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import { nodesOf } from "../cluster.ts";
import type { Cluster } from "../mod.ts";
import { PORT } from "../traffic/protocol.ts";

/** Name of the Service in every cluster of the demo. */
export const SERVICE = "web";

/**
 * A pod on every node of a cluster and a Service in front of all of them, as a file for `kubectl apply -f`. `image`: one that real nodes
 * have and that does nothing; the kubelet stand-in looks at the command alone.
 */
export function podsAndService(cluster: Cluster, image?: string): string {
  const container = image === undefined ? { image: "strait", command: ["sleep", "infinity"] } : { image };
  const pods = nodesOf(cluster).map((node) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${SERVICE}-${node.name}`, labels: { app: SERVICE } },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": node.name },
      terminationGracePeriodSeconds: 1,
      containers: [{ name: SERVICE, ...container }],
    },
  }));
  const port = (protocol: string) => ({ name: protocol.toLowerCase(), protocol, port: PORT, targetPort: PORT });
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: SERVICE },
    spec: { selector: { app: SERVICE }, ipFamilyPolicy: "PreferDualStack", ports: [port("TCP"), port("UDP")] },
  };
  return [...pods, service].map((object) => stringify(object)).join("---\n");
}
