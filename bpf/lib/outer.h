/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* outer.h: reading the outer header of a packet that may be for one of our tunnel ports. */
#pragma once

#include "config.h"
#include "packet.h"
#include "vxlan.h"

/* The outer header, however it was read. */
struct outer {
	struct strait_addr src;
	struct strait_addr dst;
	__u32 role; /* enum strait_role */
	__u32 vni;
	__u32 hash;      /* for the slot table: the source port carries the flow */
	__u16 ethertype; /* of the inner frame, network order */
	__u8 family;
	__u8 tos;
};

/* Bytes up to the inner IP header, at most. */
#define MAX_OUTER (ETH_HLEN + sizeof(struct outer6))

/* Reads the outer header of an Ethernet frame of that type (network order). Returns 0, or why the packet is not to be moved by its headers:
 * PASS_NOT_IP, PASS_NOT_OURS, PASS_FALLBACK, DROP_TRUNCATED, DROP_BAD_HEADER. */
INLINE int parse_outer(const struct view *v, __be16 ethertype, struct outer *o)
{
	struct packet p = {};
	struct tunnel *tunnel;
	__u32 plain;
	int stop;

	stop = parse_packet(v, ETH_HLEN, ethertype, &p);
	if (!p.family)
		return STRAIT_PASS_NOT_IP;
	if (stop || p.protocol != IPPROTO_UDP || p.later_part)
		return STRAIT_PASS_NOT_OURS;
	if (p.dport == intra_port)
		o->role = STRAIT_ROLE_INTRA;
	else if (p.dport == cable_port)
		o->role = STRAIT_ROLE_CABLE;
	else
		return STRAIT_PASS_NOT_OURS;
	o->src = p.src;
	o->dst = p.dst;
	o->family = p.family;
	o->tos = p.tos;
	o->hash = p.sport;

	plain = ETH_HLEN + (p.family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	if (p.fragment || p.l4_offset != plain)
		return STRAIT_PASS_FALLBACK;
	tunnel = packet_at(v, plain, sizeof(*tunnel));
	if (!tunnel)
		return STRAIT_DROP_TRUNCATED;
	/* An outer checksum would have to be verified and kept right; ours are zero, so whoever sets one gets the kernel's path. */
	if (tunnel->udp.check)
		return STRAIT_PASS_FALLBACK;
	if (!(tunnel->vxlan.flags & VXLAN_FLAG_VNI))
		return STRAIT_DROP_BAD_HEADER;
	o->vni = (__u32)tunnel->vxlan.vni[0] << 16 | (__u32)tunnel->vxlan.vni[1] << 8 | tunnel->vxlan.vni[2];
	o->ethertype = tunnel->eth.h_proto;
	return 0;
}
