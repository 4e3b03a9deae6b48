// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, PodKind } from "@strait/k8s";
import { seconds } from "./container_process.ts";
import { podStatus, type StatusInputs } from "./pod_status.ts";
import type { KubeletPod, PodStatus } from "./pod_types.ts";

/**
 * Writes the status of one pod, once per difference, and removes its object in the end.
 *
 * @example
 * await writer.write({ pod, facts, startTime, record });
 */
export class StatusWriter {
  readonly #client: ApiClient;
  #written: string | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Writes the status where it differs from the one written last. Throws ApiError, but not where the pod is gone or another. */
  async write(inputs: Omit<StatusInputs, "now">): Promise<void> {
    const status = podStatus({ ...inputs, now: seconds(Date.now()) });
    const said = JSON.stringify(timeless(status));
    if (said === this.#written) return;
    const { name, namespace, uid } = inputs.pod.metadata;
    try {
      const body = { metadata: { uid }, status };
      await this.#client.resource(PodKind).patch(name, body, { type: "merge", namespace, subresource: "status" });
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 404 || error.status === 409))) throw error;
    }
    this.#written = said;
  }

  /** Removes the object at once; the kubelet alone may say that nothing of the pod runs any more. */
  async remove({ metadata: { name, namespace, uid } }: KubeletPod): Promise<void> {
    try {
      await this.#client.request({
        method: "DELETE",
        path: `/api/v1/namespaces/${namespace}/pods/${name}`,
        body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0, preconditions: { uid } },
      });
    } catch (error) {
      if (!(error instanceof ApiError && (error.status === 404 || error.status === 409))) throw error;
    }
  }
}

/** Without the times of conditions, which are kept from the object where nothing else changed. */
function timeless(status: PodStatus): object {
  return { ...status, conditions: status.conditions?.map((condition) => ({ ...condition, lastTransitionTime: "" })) };
}
