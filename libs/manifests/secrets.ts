// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { MANAGED_BY, NAMES } from "./names.ts";

/** A cluster's own credential for the broker, each value in base64. */
export interface BrokerCredential {
  readonly token: string;
  /** Of the broker. */
  readonly namespace: string;
  readonly "ca.crt"?: string;
}

/** The cluster's own credential for the broker, with the keys the apps read: token, ca.crt, namespace. */
export function brokerSecret(data: BrokerCredential, namespace: string): Manifest {
  const metadata = { name: NAMES.brokerSecret, namespace, labels: MANAGED_BY };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
}

/** The clusterset's pre-shared key, as the join file carries it. */
export function pskSecret(data: Readonly<Record<string, string>>, namespace: string): Manifest {
  const metadata = { name: NAMES.pskSecret, namespace, labels: MANAGED_BY };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
}
