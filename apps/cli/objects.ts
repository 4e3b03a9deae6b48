// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, failedWith, type Manifest } from "@strait/k8s";

/** Who we are to server-side apply. */
export const FIELD_MANAGER = "strait";

/** Where the API keeps the kinds that this command writes. */
const places: Readonly<Record<string, { readonly plural: string; readonly clusterWide?: true }>> = {
  Namespace: { plural: "namespaces", clusterWide: true },
  CustomResourceDefinition: { plural: "customresourcedefinitions", clusterWide: true },
  ClusterRole: { plural: "clusterroles", clusterWide: true },
  ClusterRoleBinding: { plural: "clusterrolebindings", clusterWide: true },
  ValidatingAdmissionPolicy: { plural: "validatingadmissionpolicies", clusterWide: true },
  ValidatingAdmissionPolicyBinding: { plural: "validatingadmissionpolicybindings", clusterWide: true },
  ServiceAccount: { plural: "serviceaccounts" },
  Secret: { plural: "secrets" },
  ConfigMap: { plural: "configmaps" },
  Role: { plural: "roles" },
  RoleBinding: { plural: "rolebindings" },
  DaemonSet: { plural: "daemonsets" },
  Service: { plural: "services" },
  Pod: { plural: "pods" },
  Submariner: { plural: "submariners" },
  Broker: { plural: "brokers" },
};

/**
 * The path of an object, or of its kind where no name is wanted.
 *
 * @throws RangeError for a kind that is not in the table
 * @example
 * pathOf({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b" } }); // "/api/v1/namespaces/b/secrets/a"
 */
export function pathOf({ apiVersion, kind, metadata }: Pick<Manifest, "apiVersion" | "kind" | "metadata">): string {
  const place = places[kind];
  if (!place) throw new RangeError(`objects of kind ${kind} have no known path`);
  const api = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = place.clusterWide ? "" : `/namespaces/${metadata.namespace ?? "default"}`;
  return `${api}${within}/${place.plural}/${metadata.name}`;
}

/** Group and plural of an object's kind, as RBAC names them. RangeError for a kind that is not in the table. */
export function resourceOf({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): {
  readonly group: string;
  readonly resource: string;
} {
  const place = places[kind];
  if (!place) throw new RangeError(`objects of kind ${kind} have no known path`);
  return { group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "", resource: place.plural };
}

/** What an object is called in messages. Example: "Secret submariner-operator/submariner-ipsec-psk". */
export function nameOf({ kind, metadata }: Pick<Manifest, "kind" | "metadata">): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;
}

/** Makes an object as wanted, by server-side apply: what others put into it stays. */
export async function apply(client: ApiClient, object: Manifest, signal?: AbortSignal): Promise<void> {
  await client.request({
    method: "PATCH",
    path: pathOf(object),
    query: { fieldManager: FIELD_MANAGER, force: "true" },
    contentType: "application/apply-patch+yaml",
    body: object,
    ...(signal && { signal }),
  });
}

/** Creates an object unless it is there. @returns whether it was created */
export async function createIfMissing(client: ApiClient, object: Manifest, signal?: AbortSignal): Promise<boolean> {
  const path = pathOf(object);
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
    await client.request({ method: "DELETE", path: pathOf(object), query: { propagationPolicy: "Background" } });
    return true;
  } catch (error) {
    if (failedWith(error, "NotFound")) return false;
    throw error;
  }
}
