// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "./address.ts";

/** Longest name of a Kubernetes object, in characters (DNS-1123 subdomain). */
export const MAX_OBJECT_NAME = 253;

/**
 * Makes an object's name of any text as Submariner does: lower case, "-" for everything else than a-z, 0-9, "-" and ".", no "-"
 * at the ends. Both sides must agree on it, or two objects stand for one thing.
 *
 * @example
 * sanitizeName("Gw_1.Example") // "gw-1.example"
 */
export function sanitizeName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .replace(/^-+|-+$/g, "");
}

/**
 * The name of the cable that ends at this address of a cluster's gateway. IPv6 addresses are written in the short form.
 *
 * @example
 * cableName("east", address("172.31.1.2")) // "submariner-cable-east-172-31-1-2"
 */
export function cableName(clusterId: string, privateIp: Address): string {
  return `submariner-cable-${clusterId}-${formatAddress(privateIp).replace(/[.:]/g, "-")}`;
}

/** The name of the Endpoint object of a cable. Example: `endpointName("east", "submariner-cable-east-172-31-1-2")`. */
export function endpointName(clusterId: string, cable: string): string {
  return sanitizeName(`${clusterId}-${cable}`);
}

/** The name of a cluster's Cluster object. */
export function clusterName(clusterId: string): string {
  return sanitizeName(clusterId);
}

/** The name of a gateway node's Gateway object. */
export function gatewayName(hostname: string): string {
  return sanitizeName(hostname);
}

/** The ServiceAccount a cluster uses on the broker. Example: `clusterAccountName("east")` is "cluster-east". */
export function clusterAccountName(clusterId: string): string {
  return `cluster-${clusterId}`;
}
