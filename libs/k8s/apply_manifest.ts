// SPDX-License-Identifier: Apache-2.0
import type { ApiClient } from "./api_client.ts";
import type { Manifest } from "./broker/broker_objects.ts";
import { manifestPath } from "./manifest_path.ts";

/**
 * Makes an object as wanted, by server-side apply: what others put into it stays, what they set otherwise is taken over.
 *
 * @throws ApiError
 * @example
 * for (const object of brokerObjects()) await applyManifest(client, object, { fieldManager: "strait" });
 */
export async function applyManifest(
  client: ApiClient,
  object: Manifest,
  { fieldManager, signal }: { readonly fieldManager: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await client.request({
    method: "PATCH",
    path: manifestPath(object),
    query: { fieldManager, force: "true" },
    contentType: "application/apply-patch+yaml",
    body: object,
    ...(signal && { signal }),
  });
}
