// SPDX-License-Identifier: Apache-2.0
import type { Api, Json } from "./api.ts";
import { waitFor } from "./wait_for.ts";

/** A new namespace with its default ServiceAccount; returns its name. */
export async function newNamespace(api: Api): Promise<string> {
  const { metadata } = await api.make("/api/v1/namespaces", { metadata: { generateName: "conformance-" } });
  const account = `/api/v1/namespaces/${metadata.name}/serviceaccounts/default`;
  await waitFor(`the default ServiceAccount of ${metadata.name}`, async () => (await api.get(account)).status === 200);
  return metadata.name;
}

/** A ConfigMap, the simplest namespaced kind. */
export function configMap(name: string, more: { labels?: Json; data?: Json; metadata?: Json } = {}): Json {
  const { labels, data = { a: "1" }, metadata } = more;
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...(labels && { labels }), ...metadata }, data };
}

/** Path of the ConfigMaps of a namespace. */
export const configMaps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;

let counter = 0;

/** A name for an object outside namespaces that no other test has. */
export const unique = (prefix: string): string => `${prefix}-${process.pid.toString(36)}${(counter++).toString(36)}`;
