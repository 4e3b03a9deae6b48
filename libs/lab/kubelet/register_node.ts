// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, Backoff, NodeKind, sleep, systemTimers } from "@strait/k8s";
import type { Log } from "@strait/obs";
import { seconds } from "./container_process.ts";
import type { KubeletConfig } from "./kubelet_config.ts";
import { nodeObject, nodeStatus } from "./node_object.ts";

/**
 * Makes the Node object, once, and writes its status; tries again until the API server takes it. A Node that somebody deletes
 * later is not made again: a kubelet registers when it starts.
 */
export async function registerNode(client: ApiClient, config: KubeletConfig, log: Log, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff({ first: 50, most: 2000 });
  let told = false;
  const nodes = client.resource(NodeKind);
  while (!signal.aborted) {
    try {
      // Written where it is missing, and only then: a Node is what others follow.
      if ((await nodes.get(config.node, { signal })) === undefined) {
        await nodes.create(nodeObject(config), { signal });
        log.info("node registered", { node: config.node });
      }
      const status = nodeStatus(config, seconds(Date.now()));
      await nodes.patch(config.node, { status }, { type: "merge", subresource: "status", signal });
      await removeNotReady(client, config.node, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!told) log.warn("node not registered yet", { reason: error instanceof ApiError ? error.message : error });
      told = true;
      await sleep(systemTimers, backoff.next(), signal);
    }
  }
}

/** kube-apiserver taints a new Node until the node lifecycle controller has seen it ready; the lab has no such controller. */
async function removeNotReady(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const nodes = client.resource(NodeKind);
  const taints = (await nodes.get(name, { signal }))?.spec?.taints ?? [];
  const kept = taints.filter(({ key }) => key !== "node.kubernetes.io/not-ready");
  if (kept.length < taints.length) await nodes.patch(name, { spec: { taints: kept } }, { type: "merge", signal });
}
