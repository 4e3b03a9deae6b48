// SPDX-License-Identifier: Apache-2.0
import type { ClusterSpec, Family } from "./spec.ts";

/**
 * Who gets which address, the same in every lab, since every lab lives in namespaces of its own:
 *
 * | what | IPv4 | IPv6 |
 * |---|---|---|
 * | pods of cluster c (1…8) | 10.c.0.0/16 | fd0c::/48 |
 * | pods of its node k (0…) | 10.c.k.0/24 | fd0c:0:0:k::/64 |
 * | cluster segment, node k | 172.31.c.(k+2)/24 | fd31:c::(k+2)/64 |
 * | wan segment, n-th gateway | 172.31.9.(n+2)/24 | fd31:9::(n+2)/64 |
 * | Services of a Kubernetes cluster c | 10.(100+c).0.0/16 | fd10:c::/112 |
 * | API server of cluster c; broker | 172.31.c.250; 172.31.9.250 | fd31:c::fa; fd31:9::fa |
 * | workstation, on every segment s | 172.31.s.251 | fd31:s::fb |
 */
export const WAN = 9;
/** Place on its segment of an API server, the broker's too: behind the 200 nodes a cluster may have. */
export const API_MEMBER = 248;
/** Place of the workstation on every segment. */
export const WORKSTATION_MEMBER = 249;

/** The ranges a cluster announces. `number` is its place in the lab, from 1. */
export function clusterSubnets(spec: ClusterSpec, number: number): Record<Family, string> {
  return { 4: spec.subnets?.v4 ?? `10.${number}.0.0/16`, 6: spec.subnets?.v6 ?? `fd0${number}::/48` };
}

/** The ranges Services of a Kubernetes cluster get their addresses from. `number` is the cluster's place in the lab, from 1. */
export function serviceSubnets(number: number): Record<Family, string> {
  return { 4: `10.${100 + number}.0.0/16`, 6: `fd10:${number}::/112` };
}

/**
 * The pod range of node `k` inside its cluster's range.
 *
 * @example
 * nodeSubnet("10.1.0.0/16", 2); // "10.1.2.0/24"
 * nodeSubnet("fd01::/48", 2);   // "fd01:0:0:2::/64"
 */
export function nodeSubnet(cluster: string, k: number): string {
  const v4 = /^(\d+\.\d+)\.0\.0\/16$/.exec(cluster);
  if (v4) return `${v4[1]}.${k}.0/24`;
  const v6 = /^([0-9a-f:]+)::\/48$/.exec(cluster);
  const groups = v6?.[1]?.split(":") ?? [];
  if (groups.length === 0 || groups.length > 3) throw new TypeError(`${cluster}: must be a.b.0.0/16 or h:h:h::/48`);
  while (groups.length < 3) groups.push("0");
  return `${groups.join(":")}:${k.toString(16)}::/64`;
}

/** The address of member `n` (from 0) of an underlay segment: a cluster's number, or {@link WAN}. */
export function underlayAddress(segment: number, n: number): Record<Family, string> {
  return { 4: `172.31.${segment}.${n + 2}`, 6: `fd31:${segment}::${(n + 2).toString(16)}` };
}

/**
 * The link-local address of member `n` of a segment. Known beforehand, so it can be the next hop of IPv6 pod routes where
 * the underlay speaks IPv4 only.
 */
export function linkLocal(segment: number, n: number): string {
  return `fe80::${segment}:${(n + 2).toString(16)}`;
}
