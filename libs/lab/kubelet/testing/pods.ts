// SPDX-License-Identifier: Apache-2.0
import type { ContainerSpec, KubeletPod, PodSpec } from "../pod_types.ts";

/** A pod for tests, "default/web" on node w1. */
export function testPod(spec: Partial<PodSpec> = {}, container: Partial<ContainerSpec> = {}): KubeletPod {
  return {
    metadata: { name: "web", namespace: "default", uid: "0a1b2c3d", labels: { app: "web" } },
    spec: { nodeName: "w1", containers: [{ name: "main", image: "any", command: ["sleep", "9"], ...container }], ...spec },
  };
}
