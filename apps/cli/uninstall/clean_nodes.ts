// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type Manifest, type Node, NodeKind, type Pod, PodKind } from "@strait/k8s";
import { capabilitiesFor, downward, isOlderKernel, MANAGED_BY, NAMES, nodeFolders } from "@strait/manifests";
import { apply, remove } from "../objects.ts";
import { whyNot } from "../rollout.ts";
import type { Steps } from "../steps.ts";
import { waitUntil } from "../wait_until.ts";

export interface CleanParts {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly image: string;
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A pod that takes down what Strait left on one node: programs, maps, links, routes, files. */
export function cleaningPod({ metadata: { name: node }, status }: Node, namespace: string, image: string): Manifest {
  const add = capabilitiesFor(isOlderKernel(status?.nodeInfo?.kernelVersion));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `strait-uninstall-${node}`.slice(0, 253), namespace, labels: MANAGED_BY },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: "Never",
      serviceAccountName: NAMES.routeagent,
      automountServiceAccountToken: false,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "uninstall",
          image,
          command: ["strait", "routeagent", "--uninstall"],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"], add },
            seccompProfile: { type: "RuntimeDefault" },
          },
          terminationMessagePolicy: "FallbackToLogsOnError",
          env: [...downward],
          volumeMounts: nodeFolders.volumeMounts,
        },
      ],
      volumes: nodeFolders.volumes,
    },
  };
}

/** Runs one such pod on every node and says which node is not clean, and why. */
export async function cleanNodes({ client, namespace, image, steps, signal, timeoutMs }: CleanParts): Promise<void> {
  const nodes = [...(await client.resource(NodeKind).list()).items].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const pods = client.resource(PodKind);
  const wanted = nodes.map((node) => ({ node: node.metadata.name, pod: cleaningPod(node, namespace, image) }));
  for (const { pod } of wanted) await apply(client, pod, signal);
  const end = performance.now() + timeoutMs;
  for (const { node, pod } of wanted) {
    steps.progress(`Cleaning node ${node}`);
    let last: Pod | undefined;
    const done = await waitUntil(
      async () => {
        last = await pods.get(pod.metadata.name, { namespace });
        return last?.status?.phase === "Succeeded" || last?.status?.phase === "Failed" ? last.status.phase : undefined;
      },
      { timeoutMs: Math.max(0, end - performance.now()), signal },
    );
    if (done === "Succeeded") steps.say("done", `Node ${node} is clean`);
    else steps.say("failed", `Node ${node} is not clean: ${last ? whyNot(last) : "its pod is gone"}`);
    await remove(client, pod);
  }
}
