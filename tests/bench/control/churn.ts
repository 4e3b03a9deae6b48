// SPDX-License-Identifier: Apache-2.0
import type { KubeCluster } from "@strait/lab";

/** Milliseconds from one pod to the next, in each cluster. */
const BETWEEN = 1000;
/** So many pods later one goes again. */
const LIVES = 5;

/** Lets pods come and go in clusters until the signal ends it; resolves when the last was asked to go. */
export async function churn(kubes: readonly KubeCluster[], signal: AbortSignal): Promise<void> {
  const gone = (number: number) =>
    Promise.all(kubes.map((kube) => kube.request({ method: "DELETE", path: `/api/v1/namespaces/default/pods/churn-${number}` })));
  let made = 0;
  for (; !signal.aborted; made++) {
    const node = made % 2 === 0 ? "gw1" : "w1";
    await Promise.all(kubes.map((kube) => kube.createPod({ name: `churn-${made}`, node })));
    if (made >= LIVES) await gone(made - LIVES);
    await Bun.sleep(BETWEEN);
  }
  for (let left = Math.max(0, made - LIVES); left < made; left++) await gone(left);
}
