// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { MANAGED_BY } from "./names.ts";

/** Label by which a namespace says how strict it is with its pods, and the only level under which pods may use the host's network. */
export const POD_SECURITY = { label: "pod-security.kubernetes.io/enforce", level: "privileged" } as const;

/** The namespace of Strait; its pods use the host's network and capabilities, which the restricted levels forbid. */
export function namespaceObject(namespace: string): Manifest {
  const levels = { [POD_SECURITY.label]: POD_SECURITY.level, "pod-security.kubernetes.io/warn": POD_SECURITY.level };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { ...MANAGED_BY, ...levels } } };
}
