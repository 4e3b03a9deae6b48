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
  const nodes = client.resource(NodeKind);
  while (!signal.aborted) {
    try {
      if ((await nodes.get(config.node, { signal })) === undefined) {
        await nodes.create(nodeObject(config), { signal });
        log.info("node registered", { node: config.node });
      }
      const status = nodeStatus(config, seconds(Date.now()));
      await nodes.patch(config.node, { status }, { type: "merge", subresource: "status", signal });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (backoff.failures === 0)
        log.warn("node not registered yet", { reason: error instanceof ApiError ? error.message : error });
      await sleep(systemTimers, backoff.next(), signal);
    }
  }
}
