// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "./broker/broker_objects.ts";
import type { KindNames } from "./kind.ts";
import { resourcePath } from "./resource_path.ts";

/** Where the API keeps the kinds that we write as manifests. */
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

/** The kind of a manifest in the API's words. @throws RangeError for a kind that is not in the table */
export function manifestKind({ apiVersion, kind }: Pick<Manifest, "apiVersion" | "kind">): KindNames {
  const place = places[kind];
  if (!place) throw new RangeError(`objects of kind ${kind} have no known path`);
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return { group, version, kind, plural: place.plural, scope: place.clusterWide ? "Cluster" : "Namespaced" };
}

/**
 * The path of a manifest's object; where no namespace is named, it is "default".
 *
 * @throws RangeError for a kind that is not in the table; ApiError (Invalid) for a name that would lead elsewhere
 * @example
 * manifestPath({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b" } }); // "/api/v1/namespaces/b/secrets/a"
 */
export function manifestPath(object: Pick<Manifest, "apiVersion" | "kind" | "metadata">): string {
  const { name, namespace = "default" } = object.metadata;
  return resourcePath(manifestKind(object), { name, namespace });
}
