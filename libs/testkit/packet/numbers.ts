// SPDX-License-Identifier: Apache-2.0

/** EtherTypes (IEEE 802). */
export const etherTypes = { ip4: 0x0800, arp: 0x0806, vlan: 0x8100, ip6: 0x86dd } as const;

/** Numbers of IPv6 extension headers (RFC 8200 4). */
export const extensionTypes = { hopByHop: 0, routing: 43, destination: 60 } as const;

/** IP protocol numbers (IANA). `none` says that nothing follows. */
export const protocols = { icmp: 1, ip4: 4, tcp: 6, udp: 17, ip6: 41, fragment6: 44, icmp6: 58, none: 59, sctp: 132 } as const;

/** UDP ports behind which a VXLAN header is looked for: ours, and the one RFC 7348 registers. */
export const vxlanPorts: readonly number[] = [4500, 4789, 4800];
