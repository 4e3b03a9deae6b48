// SPDX-License-Identifier: Apache-2.0

/** Light: Strait's own small API server. Real: Debian's etcd with the kube-apiserver and kube-controller-manager of tests/kube. */
export type ControlPlaneKind = "light" | "real";

/** The kind that STRAIT_KUBE names; light where it is not set. Throws on any other word. */
export function wantedKind(env: Readonly<Record<string, string | undefined>> = process.env): ControlPlaneKind {
  const kind = env["STRAIT_KUBE"] ?? "light";
  if (kind === "light" || kind === "real") return kind;
  throw new TypeError(`STRAIT_KUBE is ${kind}: it must be light or real`);
}
