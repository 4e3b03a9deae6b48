// SPDX-License-Identifier: Apache-2.0
import type { Manifest, Secret } from "@strait/k8s";
import { MANAGED_BY, NAMES } from "@strait/manifests";
import type { JoinSecret } from "@strait/model";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** The cluster's own credential for the broker, with the keys the apps read: token, ca.crt, namespace. */
export function brokerSecret(member: Secret, brokerNamespace: string, namespace: string): Manifest {
  const { token = "", "ca.crt": ca } = member.data ?? {};
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: NAMES.brokerSecret, namespace, labels: MANAGED_BY },
    type: "Opaque",
    data: { token, namespace: base64(brokerNamespace), ...(ca !== undefined && { "ca.crt": ca }) },
  };
}

/** The clusterset's pre-shared key, as the join file carries it. */
export function pskSecret(psk: JoinSecret, namespace: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: NAMES.pskSecret, namespace, labels: MANAGED_BY },
    type: "Opaque",
    data: psk.data,
  };
}

/** The namespace of Strait; its pods use the host's network and capabilities, which the restricted levels forbid. */
export function namespaceObject(namespace: string): Manifest {
  const level = { "pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "privileged" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { ...MANAGED_BY, ...level } } };
}
