/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* vxlan.h: the outer headers (RFC 7348): push them, pop them, or write others in their place. */
#pragma once

#include "config.h"
#include "inner.h"
#include "maps.h"
#include "packet.h"

#define VXLAN_FLAG_VNI 0x08
/* Linux 6.3, BPF_F_ADJ_ROOM_DECAP_L3_IPV4 and _IPV6: the headers of Debian 12 do not name them yet. Used only where can_pop_mixed. */
#define ADJ_ROOM_DECAP_L3_IPV4 (1ULL << 7)
#define ADJ_ROOM_DECAP_L3_IPV6 (1ULL << 8)
#define OUTER_TTL 64
#define SPORT_BASE 0xc000u /* 49152: the dynamic range, as RFC 7348 5 recommends */
#define SPORT_MASK 0x3fffu

struct vxlan {
	__u8 flags;
	__u8 reserved[3];
	__u8 vni[3];
	__u8 reserved_too;
};

/* What follows the outer IP header: 8 + 8 + 14 bytes. */
struct tunnel {
	struct udphdr udp;
	struct vxlan vxlan;
	struct ethhdr eth;
} __attribute__((packed));

struct outer4 {
	struct iphdr ip;
	struct tunnel tunnel;
} __attribute__((packed));

struct outer6 {
	struct ipv6hdr ip;
	struct tunnel tunnel;
} __attribute__((packed));

_Static_assert(sizeof(struct outer4) == 20 + 8 + 8 + 14, "outer4");
_Static_assert(sizeof(struct outer6) == 40 + 8 + 8 + 14, "outer6");

INLINE __u32 outer_size(__u32 family)
{
	return family == 4 ? sizeof(struct outer4) : sizeof(struct outer6);
}

/* The slot of a flow as the encapsulating node sees it. The bits differ from those in the source port, so that the choice of a gateway
 * (by the hash) and that gateway's choice of a lane (by the port) are independent. */
INLINE __u32 slot_of_hash(__u32 hash)
{
	return hash >> 14;
}

INLINE void fill_tunnel(struct tunnel *tunnel, const struct strait_hop *hop, __u16 sport, __u32 length, __be16 ethertype)
{
	tunnel->udp.source = bpf_htons(sport);
	tunnel->udp.dest = bpf_htons(hop->port);
	tunnel->udp.len = bpf_htons((__u16)length);
	tunnel->udp.check = 0; /* RFC 7348 5; for IPv6 RFC 6935 allows it to tunnels */
	__builtin_memset(&tunnel->vxlan, 0, sizeof(tunnel->vxlan));
	tunnel->vxlan.flags = VXLAN_FLAG_VNI;
	tunnel->vxlan.vni[0] = (__u8)(hop->vni >> 16);
	tunnel->vxlan.vni[1] = (__u8)(hop->vni >> 8);
	tunnel->vxlan.vni[2] = (__u8)hop->vni;
	__builtin_memcpy(tunnel->eth.h_dest, hop->remote_mac, ETH_ALEN);
	__builtin_memcpy(tunnel->eth.h_source, hop->local_mac, ETH_ALEN);
	tunnel->eth.h_proto = ethertype;
}

INLINE __u16 ipv4_checksum(const void *ip)
{
	const __u16 *words = ip;
	__u32 sum = 0;
	int i;

#pragma unroll
	for (i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

/* The whole outer header for `hop`. length is that of the frame without its Ethernet header, inner packet included. */
INLINE void fill_outer4(struct outer4 *outer, const struct strait_hop *hop, __u32 length, __u16 sport, __u8 tos, __be16 ethertype)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tos = tos,
		.tot_len = bpf_htons((__u16)length),
		/* May be fragmented on the way (no DF), so it needs an identification. */
		.id = (__u16)bpf_get_prandom_u32(),
		.ttl = OUTER_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = hop->local.words[3],
		.daddr = hop->remote.words[3],
	};

	ip.check = ipv4_checksum(&ip);
	outer->ip = ip;
	fill_tunnel(&outer->tunnel, hop, sport, length - sizeof(ip), ethertype);
}

INLINE void fill_outer6(struct outer6 *outer, const struct strait_hop *hop, __u32 length, __u16 sport, __u8 tos, __be16 ethertype)
{
	struct ipv6hdr ip = {
		.version = 6,
		.priority = tos >> 4,
		.flow_lbl = { (__u8)(tos << 4) },
		.payload_len = bpf_htons((__u16)(length - sizeof(ip))),
		.nexthdr = IPPROTO_UDP,
		.hop_limit = OUTER_TTL,
	};

	__builtin_memcpy(&ip.saddr, &hop->local, sizeof(ip.saddr));
	__builtin_memcpy(&ip.daddr, &hop->remote, sizeof(ip.daddr));
	outer->ip = ip;
	fill_tunnel(&outer->tunnel, hop, sport, length - sizeof(ip), ethertype);
}

/* Writes the outer header for `hop` over the bytes between the Ethernet header and the inner IP header. */
INLINE int write_outer(struct __sk_buff *skb, const struct strait_hop *hop, __u16 sport, __u8 tos, __be16 ethertype)
{
	__u32 length = skb->len - ETH_HLEN;

	if (hop->family == 4) {
		struct outer4 outer;

		fill_outer4(&outer, hop, length, sport, tos, ethertype);
		return bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), BPF_F_RECOMPUTE_CSUM) ? STOP(STRAIT_DROP_REWRITE)
												       : 0;
	}
	{
		struct outer6 outer;

		fill_outer6(&outer, hop, length, sport, tos, ethertype);
		return bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), BPF_F_RECOMPUTE_CSUM) ? STOP(STRAIT_DROP_REWRITE)
												       : 0;
	}
}

/* Puts the outer header for `hop` around the packet. GSO packets stay whole: the kernel or the NIC cuts them with the headers copied. */
INLINE int push_outer(struct __sk_buff *skb, const struct strait_hop *hop, const struct packet *p, __u32 hash)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L4_UDP | BPF_F_ADJ_ROOM_ENCAP_L2(ETH_HLEN) |
		      BPF_F_ADJ_ROOM_ENCAP_L2_ETH | BPF_F_ADJ_ROOM_NO_CSUM_RESET;
	__be16 ethertype = p->family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);

	flags |= hop->family == 4 ? BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 : BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;
	if (bpf_skb_adjust_room(skb, (__s32)outer_size(hop->family), BPF_ADJ_ROOM_MAC, flags))
		return STOP(STRAIT_DROP_REWRITE);
	/* The inner congestion mark is copied out (RFC 6040 4.1, normal mode); the DSCP is the underlay's own business. */
	return write_outer(skb, hop, (__u16)(SPORT_BASE | (hash & SPORT_MASK)), p->tos & ECN_MASK, ethertype);
}

/* Takes the outer header off. The Ethernet header stays, with the inner packet's type. */
INLINE int pop_outer(struct __sk_buff *skb, __u32 outer_family, const struct packet *p)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET;

	if (outer_family != p->family) {
		__be16 ethertype = p->family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);

		flags |= p->family == 4 ? ADJ_ROOM_DECAP_L3_IPV4 : ADJ_ROOM_DECAP_L3_IPV6;
		if (bpf_skb_adjust_room(skb, -(__s32)outer_size(outer_family), BPF_ADJ_ROOM_MAC, flags) ||
		    bpf_skb_store_bytes(skb, offsetof(struct ethhdr, h_proto), &ethertype, sizeof(ethertype), 0))
			return STOP(STRAIT_DROP_REWRITE);
	} else if (bpf_skb_adjust_room(skb, -(__s32)outer_size(outer_family), BPF_ADJ_ROOM_MAC, flags)) {
		return STOP(STRAIT_DROP_REWRITE);
	}
	/* What the NIC or GRO verified counts the outer checksum first; only what was verified beyond it is the inner packet's. */
	bpf_csum_level(skb, BPF_CSUM_LEVEL_DEC);
	return 0;
}

/* Hands the encapsulated packet to the hop's uplink. */
INLINE int send_to(const struct strait_hop *hop)
{
	struct bpf_redir_neigh next = {};

	if (addr_is_zero(&hop->via))
		return bpf_redirect_neigh(hop->ifindex, NULL, 0, 0) == TC_ACT_REDIRECT ? 0 : STOP(STRAIT_DROP_REWRITE);
	if (hop->family == 4) {
		next.nh_family = 2; /* AF_INET */
		next.ipv4_nh = hop->via.words[3];
	} else {
		next.nh_family = 10; /* AF_INET6 */
		__builtin_memcpy(next.ipv6_nh, &hop->via, sizeof(next.ipv6_nh));
	}
	return bpf_redirect_neigh(hop->ifindex, &next, sizeof(next), 0) == TC_ACT_REDIRECT ? 0 : STOP(STRAIT_DROP_REWRITE);
}
