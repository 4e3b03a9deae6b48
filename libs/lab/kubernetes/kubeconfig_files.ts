// SPDX-License-Identifier: Apache-2.0
import { parse, stringify } from "yaml";

interface Named {
  readonly name: string;
}

interface KubeConfigFile {
  readonly clusters: readonly (Named & { readonly cluster: object })[];
  readonly users: readonly (Named & { readonly user: object })[];
}

/**
 * A kubeconfig of one cluster with cluster, user and context named `name`, whatever an API server called them.
 *
 * @example
 * await Bun.write("east", renamed(adminKubeconfig, "east"));
 */
export function renamed(text: string, name: string): string {
  const { clusters, users } = parse(text) as KubeConfigFile;
  const [cluster] = clusters;
  const [user] = users;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ ...cluster, name }],
    users: [{ ...user, name }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

/** Several kubeconfigs in one; the first one's context is the current one. */
export function merged(texts: readonly string[]): string {
  const all = texts.map((text) => parse(text) as Record<string, unknown>);
  const joined = (key: string) => all.flatMap((one) => (one[key] as readonly object[] | undefined) ?? []);
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": all[0]?.["current-context"] ?? "",
    clusters: joined("clusters"),
    users: joined("users"),
    contexts: joined("contexts"),
  });
}
