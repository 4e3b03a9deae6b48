// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "@strait/lab";

/** `kubectl rollout restart` of a DaemonSet of Strait's, until every node runs the new pod. */
export async function rolledOut(lab: Lab, cluster: string, set: string): Promise<void> {
  const kubectl = (...argv: string[]) => lab.workstation.kubectl(cluster, ["-n", "submariner-operator", "rollout", ...argv]);
  await kubectl("restart", `daemonset/${set}`);
  await kubectl("status", `daemonset/${set}`, "--timeout=120s");
}
