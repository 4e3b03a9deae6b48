// SPDX-License-Identifier: Apache-2.0
import { Informer, NodeKind } from "@strait/k8s";
import type { Member } from "@strait/member";
import type { Log } from "@strait/obs";
import type { Timers } from "@strait/time";

/**
 * Waits until this process's node is ready, whatever becomes of the API server meanwhile: what Submariner's agent does as an
 * init container (SUBMARINER_WAITFORNODE), so that it starts when the CNI plugin has done its part.
 *
 * @returns whether it is; false where the signal aborted first
 */
export async function waitForNode(
  { client, nodeName }: Pick<Member, "client" | "nodeName">,
  { log, timers, signal }: { readonly log: Log; readonly timers: Timers; readonly signal: AbortSignal },
): Promise<boolean> {
  const nodes = new Informer(client.resource(NodeKind), { fieldSelector: `metadata.name=${nodeName}`, log, timers });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ready = (): boolean =>
    (nodes.store.get(nodeName)?.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
  nodes.onChange(() => ready() && resolve(true));
  signal.addEventListener("abort", () => resolve(false), { once: true });
  if (signal.aborted) resolve(false);
  nodes.start();
  try {
    return await promise;
  } finally {
    await nodes.stop();
  }
}
