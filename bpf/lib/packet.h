/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* packet.h: parsing. A cursor walks the headers; each step checks its bounds, advances, and returns 0 or a negative reason. */
#pragma once

#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "shared.h"

#define INLINE static __always_inline

/* Functions return a reason: 0 is "go on", a negative number is -reason: the packet's fate is decided. */
#define STOP(reason) (-(int)(reason))

#define IP_MF 0x2000
#define IP_OFFSET 0x1fff
#define MAX_HEADERS 140  /* IPv6 with extensions and a TCP header with options: what is pulled when a header is not linear */
#define MAX_EXTENSIONS 4 /* IPv6 extension headers that are walked; RFC 8200 4.1 names six kinds, each at most once */

/* What the programs know of an IP packet that starts at `offset` of the skb. Host order but for the addresses. */
struct packet {
	struct strait_addr src;
	struct strait_addr dst;
	__u32 offset;    /* of the IP header */
	__u32 l4_offset; /* of the TCP/UDP/ICMP header */
	__u32 length;    /* of the IP packet as its own header says */
	__u32 packets;   /* on the wire: a GSO packet stands for several */
	__u16 sport;     /* or ICMP echo identifier; 0 where there is none */
	__u16 dport;
	__u8 protocol; /* after extension headers */
	__u8 family;   /* 4 or 6 */
	__u8 ttl;
	__u8 tos;        /* traffic class, ECN in the low two bits */
	__u8 fragment;   /* 1: part of a fragmented packet */
	__u8 later_part; /* 1: a fragment other than the first, so no ports */
	__u8 tcp_flags;
	__u8 l4_length; /* of the TCP or UDP header; 0 for others */
};

INLINE void addr_from_v4(struct strait_addr *addr, __u32 v4)
{
	addr->words[0] = 0;
	addr->words[1] = 0;
	addr->words[2] = bpf_htonl(0xffff);
	addr->words[3] = v4;
}

INLINE int addr_is_v4(const struct strait_addr *addr)
{
	return (addr->words[0] | addr->words[1] | (addr->words[2] ^ bpf_htonl(0xffff))) == 0;
}

INLINE void addr_from_v6(struct strait_addr *addr, const struct in6_addr *v6)
{
	addr->words[0] = v6->in6_u.u6_addr32[0];
	addr->words[1] = v6->in6_u.u6_addr32[1];
	addr->words[2] = v6->in6_u.u6_addr32[2];
	addr->words[3] = v6->in6_u.u6_addr32[3];
}

INLINE int addr_equal(const struct strait_addr *a, const struct strait_addr *b)
{
	return ((a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1]) | (a->words[2] ^ b->words[2]) |
		(a->words[3] ^ b->words[3])) == 0;
}

INLINE int addr_is_zero(const struct strait_addr *a)
{
	return (a->words[0] | a->words[1] | a->words[2] | a->words[3]) == 0;
}

/* The context shows 32-bit fields that the verifier turns into 64-bit pointers as they are loaded. Loads in C may be merged by clang and
 * zero-extended again later (`w2 = w2`), which makes a number of the pointer; the assembly keeps each load a pointer. */
INLINE void *packet_data(const struct __sk_buff *skb)
{
	void *data;

	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(data) : "r"(skb), "i"(offsetof(struct __sk_buff, data)));
	return data;
}

INLINE void *packet_end(const struct __sk_buff *skb)
{
	void *end;

	asm volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(end) : "r"(skb), "i"(offsetof(struct __sk_buff, data_end)));
	return end;
}

/* The readable bytes of a packet. Pointers of the verifier: to be taken anew after any helper that may move the packet. */
struct view {
	void *data;
	void *end;
	__u32 gso; /* more than 0: one header stands for several packets, so its length may not be its own */
};

INLINE struct view view_of(const struct __sk_buff *skb)
{
	struct view v = { .data = packet_data(skb), .end = packet_end(skb), .gso = skb->gso_size };

	return v;
}

/* Bounds-checked pointer to `size` bytes at `offset`, or NULL. offset must be bounded for the verifier. */
INLINE void *packet_at(const struct view *v, __u32 offset, __u32 size)
{
	void *at = v->data + offset;

	return at + size > v->end ? NULL : at;
}

/* A 32-bit mix (the finalizer of MurmurHash3, public domain): cheap in BPF, good enough to spread flows. */
INLINE __u32 mix32(__u32 h)
{
	h ^= h >> 16;
	h *= 0x85ebca6b;
	h ^= h >> 13;
	h *= 0xc2b2ae35;
	h ^= h >> 16;
	return h;
}

/* The flow's hash, the same for every packet of a flow, on every node, after every restart. Fragments hash without ports, as only
 * the first of them carries any; bpf_get_hash_recalc() is not used because its seed differs from boot to boot and a socket may change it. */
INLINE __u32 flow_hash(const struct packet *p)
{
	__u32 h = p->protocol;
	__u32 i;

#pragma unroll
	for (i = 0; i < 4; i++) {
		h = (h ^ p->src.words[i]) * 0x9e3779b1;
		h = ((h << 13) | (h >> 19)) ^ p->dst.words[i];
	}
	if (!p->fragment)
		h = (h * 0x9e3779b1) ^ ((__u32)p->sport << 16 | p->dport);
	return mix32(h);
}

/* Ports and TCP flags. A whole header is asked for only of the protocols we read. */
INLINE int parse_l4(const struct view *v, struct packet *p)
{
	__u8 *at;

	if (p->later_part)
		return 0;
	switch (p->protocol) {
	case IPPROTO_TCP:
		at = packet_at(v, p->l4_offset, sizeof(struct tcphdr));
		if (!at)
			return STOP(STRAIT_DROP_TRUNCATED);
		p->tcp_flags = at[13];
		p->l4_length = (__u8)((at[12] >> 4) * 4);
		break;
	case IPPROTO_UDP:
		at = packet_at(v, p->l4_offset, sizeof(struct udphdr));
		if (!at)
			return STOP(STRAIT_DROP_TRUNCATED);
		p->l4_length = sizeof(struct udphdr);
		break;
	case IPPROTO_SCTP:
		at = packet_at(v, p->l4_offset, 4);
		if (!at)
			return STOP(STRAIT_DROP_TRUNCATED);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		at = packet_at(v, p->l4_offset, 8);
		if (!at)
			return STOP(STRAIT_DROP_TRUNCATED);
		/* Echo request and reply (ICMP 8, 0; ICMPv6 128, 129) carry an identifier; it stands in for both ports. */
		if (at[0] == 8 || at[0] == 0 || at[0] == 128 || at[0] == 129)
			p->sport = p->dport = (__u16)(at[4] << 8 | at[5]);
		return 0;
	default:
		return 0;
	}
	p->sport = (__u16)(at[0] << 8 | at[1]);
	p->dport = (__u16)(at[2] << 8 | at[3]);
	return 0;
}

INLINE int parse_ipv4(const struct view *v, __u32 offset, struct packet *p)
{
	struct iphdr *ip = packet_at(v, offset, sizeof(*ip));
	__u32 frag, ihl;

	if (!ip)
		return STOP(STRAIT_DROP_TRUNCATED);
	if (ip->version != 4 || ip->ihl < 5)
		return STOP(STRAIT_DROP_BAD_HEADER);
	ihl = (__u32)ip->ihl * 4;
	p->length = bpf_ntohs(ip->tot_len);
	/* BIG TCP leaves the length 0 where 16 bits cannot hold it. */
	if (p->length < ihl && !(p->length == 0 && v->gso))
		return STOP(STRAIT_DROP_BAD_HEADER);
	frag = bpf_ntohs(ip->frag_off);
	addr_from_v4(&p->src, ip->saddr);
	addr_from_v4(&p->dst, ip->daddr);
	p->offset = offset;
	p->l4_offset = offset + ihl;
	p->protocol = ip->protocol;
	p->family = 4;
	p->ttl = ip->ttl;
	p->tos = ip->tos;
	p->fragment = (frag & (IP_MF | IP_OFFSET)) != 0;
	p->later_part = (frag & IP_OFFSET) != 0;
	return 0;
}

struct extension {
	__u8 next;
	__u8 length; /* in units of 8 bytes beyond the first 8; the fragment header has no length */
	__be16 fragment_offset;
};

INLINE int is_extension(__u8 protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING || protocol == IPPROTO_DSTOPTS ||
	       protocol == IPPROTO_FRAGMENT;
}

INLINE int parse_ipv6(const struct view *v, __u32 offset, struct packet *p)
{
	struct ipv6hdr *ip = packet_at(v, offset, sizeof(*ip));
	__u32 l4 = offset + sizeof(*ip);
	__u8 next;
	int i;

	if (!ip)
		return STOP(STRAIT_DROP_TRUNCATED);
	if (ip->version != 6)
		return STOP(STRAIT_DROP_BAD_HEADER);
	addr_from_v6(&p->src, &ip->saddr);
	addr_from_v6(&p->dst, &ip->daddr);
	p->offset = offset;
	p->family = 6;
	/* In the maps such an address is an IPv4 one: on the wire it would stand for somebody it is not (RFC 6890: neither source nor destination). */
	if (addr_is_v4(&p->src) || addr_is_v4(&p->dst))
		return STOP(STRAIT_DROP_BAD_HEADER);
	p->ttl = ip->hop_limit;
	p->tos = (__u8)(ip->priority << 4 | ip->flow_lbl[0] >> 4);
	p->length = bpf_ntohs(ip->payload_len) + (__u32)sizeof(*ip);
	next = ip->nexthdr;

	for (i = 0; i < MAX_EXTENSIONS; i++) {
		struct extension *ext;

		if (!is_extension(next))
			break;
		if (l4 > 512) /* keeps the offset bounded for the verifier; longer chains are nobody's traffic */
			return STOP(STRAIT_DROP_BAD_HEADER);
		ext = packet_at(v, l4, sizeof(struct extension));
		if (!ext)
			return STOP(STRAIT_DROP_TRUNCATED);
		if (next == IPPROTO_FRAGMENT) {
			p->fragment = 1;
			p->later_part = (bpf_ntohs(ext->fragment_offset) & 0xfff8) != 0;
			l4 += 8;
		} else {
			l4 += ((__u32)ext->length + 1) * 8;
		}
		next = ext->next;
		if (p->later_part)
			break;
	}
	if (l4 > 2048)
		return STOP(STRAIT_DROP_BAD_HEADER);
	p->l4_offset = l4;
	p->protocol = next;
	return 0;
}

/* Parses the IP packet at `offset`. ethertype is in network order. Returns 0, -PASS_NOT_IP or a drop. */
INLINE int parse_packet(const struct view *v, __u32 offset, __be16 ethertype, struct packet *p)
{
	int stop;

	__builtin_memset(p, 0, sizeof(*p));
	if (ethertype == bpf_htons(ETH_P_IP))
		stop = parse_ipv4(v, offset, p);
	else if (ethertype == bpf_htons(ETH_P_IPV6))
		stop = parse_ipv6(v, offset, p);
	else
		return STOP(STRAIT_PASS_NOT_IP);
	if (stop)
		return stop;
	return parse_l4(v, p);
}

/* parse_packet(), once more with the headers pulled into the linear part where the first try found too few bytes there. */
INLINE int parse_packet_pulling(struct __sk_buff *skb, __u32 offset, __be16 ethertype, struct packet *p)
{
	struct view v = view_of(skb);
	int stop = parse_packet(&v, offset, ethertype, p);
	__u32 want = offset + MAX_HEADERS;

	if (stop == STOP(STRAIT_DROP_TRUNCATED) && (long)skb->len > v.end - v.data) {
		if (bpf_skb_pull_data(skb, skb->len < want ? skb->len : want))
			return STOP(STRAIT_DROP_TRUNCATED);
		v = view_of(skb);
		stop = parse_packet(&v, offset, ethertype, p);
	}
	/* Noted now: bpf_skb_adjust_room() forgets it until the packet is segmented. */
	p->packets = skb->gso_segs > 1 ? skb->gso_segs : 1;
	return stop;
}
