// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, NamespaceKind } from "@strait/k8s";
import { POD_SECURITY } from "@strait/manifests";
import { Failure } from "../failure.ts";

/**
 * Refuses a namespace whose owner keeps pods off the host's network: the API server would refuse every pod of ours, one by one, in
 * events that nobody reads. A namespace without such a label gets ours.
 */
export async function checkPodSecurity(client: ApiClient, namespace: string, signal: AbortSignal): Promise<void> {
  const level = (await client.resource(NamespaceKind).get(namespace, { signal }))?.metadata.labels?.[POD_SECURITY.label];
  if (level === undefined || level === POD_SECURITY.level) return;
  throw new Failure(
    `namespace ${namespace} enforces the pod security level "${level}", under which no pod may use the host's network: run kubectl label --overwrite namespace ${namespace} ${POD_SECURITY.label}=${POD_SECURITY.level}, or join with --namespace OTHER`,
  );
}
