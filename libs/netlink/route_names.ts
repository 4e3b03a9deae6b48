// SPDX-License-Identifier: Apache-2.0

const SCOPES = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
const TYPES = [
  "unspec",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
  "nat",
] as const;

/** How far a destination or address is (rtnetlink(7), rtm_scope). IPv6 routes are always global. A number: none the kernel names. */
export type RouteScope = keyof typeof SCOPES | number;

/** What a route does (rtnetlink(7), rtm_type). */
export type RouteType = (typeof TYPES)[number];

/** Tables with a name (linux/rtnetlink.h). */
export const RT_TABLE = { DEFAULT: 253, MAIN: 254, LOCAL: 255 } as const;

/** Originators the kernel knows (linux/rtnetlink.h, rtm_protocol). */
export const RTPROT = { REDIRECT: 1, KERNEL: 2, BOOT: 3, STATIC: 4, RA: 9, DHCP: 16 } as const;

export function scopeNumber(scope: RouteScope): number {
  return typeof scope === "number" ? scope : SCOPES[scope];
}

export function readScope(value: number): RouteScope {
  for (const [name, number] of Object.entries(SCOPES)) if (number === value) return name as keyof typeof SCOPES;
  return value;
}

export function typeNumber(type: RouteType): number {
  return TYPES.indexOf(type);
}

export function readType(value: number): RouteType {
  return TYPES[value] ?? "unspec";
}
