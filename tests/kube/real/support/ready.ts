// SPDX-License-Identifier: Apache-2.0
import type { KubeCluster } from "@strait/lab";
import { until } from "../../../control/support/until.ts";

interface PodObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Waits until a pod is ready, looking often: what must work by then is tried right afterwards. */
export async function ready(kube: KubeCluster, name: string, namespace = "default"): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const look = async () => {
    const { status } = (await kube.request({ method: "GET", path })) as PodObject;
    return status?.conditions?.some((each) => each.type === "Ready" && each.status === "True");
  };
  await until(`pod ${name} to be ready`, look, 60_000);
}
