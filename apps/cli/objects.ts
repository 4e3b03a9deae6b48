// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, applyManifest, failedWith, type Manifest, manifestPath } from "@strait/k8s";

/** Who we are to server-side apply. */
const FIELD_MANAGER = "strait";

/** Makes an object as wanted, by server-side apply: what others put into it stays. */
export function apply(client: ApiClient, object: Manifest, signal?: AbortSignal): Promise<void> {
  return applyManifest(client, object, { fieldManager: FIELD_MANAGER, signal });
}

/** Creates an object unless it is there. @returns whether it was created */
export async function createIfMissing(client: ApiClient, object: Manifest, signal?: AbortSignal): Promise<boolean> {
  const path = manifestPath(object);
  try {
    await client.request({
      method: "POST",
      path: path.slice(0, path.lastIndexOf("/")),
      query: { fieldManager: FIELD_MANAGER },
      body: object,
      ...(signal && { signal }),
    });
    return true;
  } catch (error) {
    if (failedWith(error, "AlreadyExists")) return false;
    throw error;
  }
}

/** Deletes an object. @returns false where it was not there */
export async function remove(client: ApiClient, object: Pick<Manifest, "apiVersion" | "kind" | "metadata">): Promise<boolean> {
  try {
    await client.request({ method: "DELETE", path: manifestPath(object), query: { propagationPolicy: "Background" } });
    return true;
  } catch (error) {
    if (failedWith(error, "NotFound")) return false;
    throw error;
  }
}
