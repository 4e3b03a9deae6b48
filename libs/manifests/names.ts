// SPDX-License-Identifier: Apache-2.0

/** Names of what `strait join` puts into a cluster: Submariner's, so that its tools and habits still work (reference §1.7, §9.10). */
export const NAMES = {
  namespace: "submariner-operator",
  gateway: "submariner-gateway",
  routeagent: "submariner-routeagent",
  submariner: "submariner",
  brokerSecret: "submariner-broker-secret",
  pskSecret: "submariner-ipsec-psk",
  gatewayLabel: "submariner.io/gateway",
} as const;

/** Label of everything `strait` made, by which `strait uninstall` finds it again. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "strait" } as const;

/** Where the broker's credential is mounted in the gateway. */
export const BROKER_SECRET_DIR = `/run/secrets/submariner.io/${NAMES.brokerSecret}`;
