// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "./connection.ts";
import { KubeConfigError } from "./kube_config_error.ts";
import type { Env } from "./kube_config_files.ts";
import { TokenFile } from "./token_file.ts";

/** Where Kubernetes mounts a pod's service account. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The connection of a pod to its own cluster's API server. Token and authority are read again when their files change.
 *
 * @throws KubeConfigError outside of a pod.
 */
export async function inClusterConnection({
  dir = SERVICE_ACCOUNT,
  env = process.env,
}: {
  readonly dir?: string | undefined;
  readonly env?: Env | undefined;
} = {}): Promise<Connection> {
  const host = env["KUBERNETES_SERVICE_HOST"];
  const port = env["KUBERNETES_SERVICE_PORT"];
  if (!host || !port) {
    throw new KubeConfigError("this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  }
  const token = new TokenFile(join(dir, "token"));
  const ca = new TokenFile(join(dir, "ca.crt"));
  const namespaceFile = join(dir, "namespace");
  try {
    token.read();
    const namespace = existsSync(namespaceFile) ? new TokenFile(namespaceFile).read() : undefined;
    ca.read();
    return {
      server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
      ...(namespace && { namespace }),
      get tls() {
        return { ca: ca.read() };
      },
      token: async () => token.read(),
      origin: "the pod's service account",
    };
  } catch (error) {
    throw new KubeConfigError(
      `the pod's service account is not there: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
