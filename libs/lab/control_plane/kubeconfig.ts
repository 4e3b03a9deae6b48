// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { KeyPair } from "./authority.ts";

export interface KubeConfigSpec {
  /** Name of the cluster and the context. */
  readonly name: string;
  readonly url: string;
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  /** How the user proves who it is. */
  readonly user: KeyPair | { readonly token: string };
  readonly namespace?: string;
}

/** A kubeconfig of one context, with everything inside it, as kubectl and `strait` read it. */
export function kubeConfig({ name, url, ca, user, namespace }: KubeConfigSpec): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const proof = "token" in user ? user : { "client-certificate-data": base64(user.cert), "client-key-data": base64(user.key) };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: `${name}-user`, ...(namespace === undefined ? {} : { namespace }) } }],
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": base64(ca) } }],
    users: [{ name: `${name}-user`, user: proof }],
  });
}
