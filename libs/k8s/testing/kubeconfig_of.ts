// SPDX-License-Identifier: Apache-2.0

/** A kubeconfig for an API server that asks nobody who they are. Example: `kubeconfigOf("http://127.0.0.1:8080")`. */
export function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "test", user: {} }],
  });
}
