// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, failedWith, memberPolicies } from "@strait/k8s";
import { apply } from "../objects.ts";

/**
 * Has the broker's API server let each member write its own objects only. The embedded broker does so by itself.
 *
 * @returns what to tell the user.
 */
export async function keepMembersApart(client: ApiClient, namespace: string, signal: AbortSignal): Promise<string> {
  try {
    await client.request({ method: "GET", path: "/apis/admissionregistration.k8s.io/v1", signal });
  } catch (error) {
    if (!failedWith(error, "NotFound")) throw error;
    const { gitVersion } = await client.version();
    if (gitVersion.endsWith("+strait.broker"))
      return "Each cluster can write its own objects only: the embedded broker sees to it";
    return `API server ${gitVersion} has no admission policies (Kubernetes 1.30 has): clusters can overwrite each other's objects`;
  }
  for (const object of memberPolicies(namespace)) await apply(client, object, signal);
  return "Each cluster can write its own objects only";
}
