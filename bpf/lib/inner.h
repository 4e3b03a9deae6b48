/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* inner.h: the two changes we ever make to a pod's packet: one hop less to live, and the wire's congestion mark. */
#pragma once

#include "packet.h"

#define ECN_MASK 3
#define ECN_NOT_ECT 0
#define ECN_ECT1 1
#define ECN_ECT0 2
#define ECN_CE 3

/* Incremental update of an Internet checksum for one changed 16-bit word (RFC 1624, equation 3). All in network order. */
INLINE __u16 csum_replace(__u16 check, __u16 old_word, __u16 new_word)
{
	__u32 sum = (__u16)~check + (__u32)(__u16)~old_word + new_word;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

/* One router has seen the packet. The caller has made sure that more than one hop is left. */
INLINE int decrement_ttl(struct __sk_buff *skb, const struct packet *p, __u32 offset)
{
	if (p->family == 4) {
		struct {
			__u8 ttl;
			__u8 protocol;
			__u16 check;
		} now;
		__u16 before, after;

		if (bpf_skb_load_bytes(skb, offset + 8, &now, sizeof(now)))
			return STOP(STRAIT_DROP_TRUNCATED);
		__builtin_memcpy(&before, &now, sizeof(before));
		now.ttl = p->ttl - 1;
		__builtin_memcpy(&after, &now, sizeof(after));
		now.check = csum_replace(now.check, before, after);
		/* The header's sum stays what it was, so a checksum the NIC computed over the packet stays right without recomputing. */
		return bpf_skb_store_bytes(skb, offset + 8, &now, sizeof(now), 0) ? STOP(STRAIT_DROP_REWRITE) : 0;
	}
	{
		__u8 left = p->ttl - 1;

		return bpf_skb_store_bytes(skb, offset + 7, &left, sizeof(left), BPF_F_RECOMPUTE_CSUM) ? STOP(STRAIT_DROP_REWRITE)
												       : 0;
	}
}

/* What the inner ECN field becomes when a header marked `outer` is taken off (RFC 6040, figure 4), or -DROP_ECN. */
INLINE int ecn_after_pop(__u8 outer, __u8 inner)
{
	outer &= ECN_MASK;
	inner &= ECN_MASK;
	if (outer == ECN_CE)
		return inner == ECN_NOT_ECT ? STOP(STRAIT_DROP_ECN) : ECN_CE;
	if (outer == ECN_ECT1 && inner == ECN_ECT0)
		return ECN_ECT1;
	return inner;
}

static __noinline int store_ecn(struct __sk_buff *skb, __u32 family, __u32 offset, __u32 tos)
{
	__u8 head[2];

	if (bpf_skb_load_bytes(skb, offset, head, sizeof(head)))
		return STOP(STRAIT_DROP_TRUNCATED);
	if (family == 4) {
		__u16 before, after;

		__builtin_memcpy(&before, head, sizeof(before));
		head[1] = (__u8)tos;
		__builtin_memcpy(&after, head, sizeof(after));
		if (bpf_skb_store_bytes(skb, offset, head, sizeof(head), 0) ||
		    bpf_l3_csum_replace(skb, offset + 10, before, after, sizeof(after)))
			return STOP(STRAIT_DROP_REWRITE);
		return 0;
	}
	head[0] = (__u8)(0x60 | tos >> 4);
	head[1] = (__u8)((head[1] & 0x0f) | tos << 4);
	return bpf_skb_store_bytes(skb, offset, head, sizeof(head), BPF_F_RECOMPUTE_CSUM) ? STOP(STRAIT_DROP_REWRITE) : 0;
}

/* Carries the outer header's congestion mark over to the inner one. `offset` is the inner IP header's. */
INLINE int carry_ecn(struct __sk_buff *skb, const struct packet *p, __u8 outer_tos)
{
	int ecn = ecn_after_pop(outer_tos, p->tos);

	if (ecn < 0)
		return ecn;
	if (ecn == (p->tos & ECN_MASK))
		return 0;
	return store_ecn(skb, p->family, p->offset, (__u32)((p->tos & ~ECN_MASK) | ecn));
}
